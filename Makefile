# Needs python3 (3.11 or newer) and make, nothing else. `make test PYTHON=/path/to/python3.12` picks the interpreter.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types contracts docs docs-generate check mutants bench spec kept-dump fuzz dev clean

# The first interpreter that runs, is new enough and can make environments. One on PATH may exist and still refuse (pyenv).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3 "$$HOME"/.pyenv/versions/3.1[123]*/bin/python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
PYTHON := $(PYTHON)

# The stamps carry the version: with another interpreter the environments are made anew.
VERSION := $(shell "$(PYTHON)" -c 'import platform; print(platform.python_version())' 2>/dev/null)
DEMO_READY := .venv/ready-$(VERSION)
TOX_READY := .venv-tox/ready-$(VERSION)
DEV_READY := .venv-dev/ready-$(VERSION)
TOX := .venv-tox/bin/python -m tox run
PIP := -m pip install --quiet --disable-pip-version-check

SOURCES := pyproject.toml $(shell find src -type f -not -path '*/__pycache__/*' 2>/dev/null)

# Interpreters that the shims on PATH may hide; tox takes those it finds and skips the rest.
INTERPRETERS = $(wildcard $(foreach v,3.11 3.12 3.13,$(HOME)/.pyenv/versions/$(v)*/bin/python$(v) /usr/bin/python$(v) /usr/local/bin/python$(v)))
DISCOVER = $(if $(INTERPRETERS),--discover $(INTERPRETERS))

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Makes the environment in the stamp's folder, unless the stamp says that it is there.
define environment
	@test -n "$(VERSION)" || { echo "Found no Python 3.11 or newer with venv; say where: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -d $(@D) || rm -f $(@D)  # tox may have left a file .venv that points to another environment
	@test -e $@ || "$(PYTHON)" -m venv --clear $(@D)
endef

demo: $(DEMO_READY) ## the whole job once, on SQLite, with the reference supplier in process
	.venv/bin/askul-connect --directory demo-data demo

$(DEMO_READY): $(SOURCES)
	$(environment)
	.venv/bin/python $(PIP) '.[server,postgres]'
	@touch $@

$(TOX_READY):
	$(environment)
	.venv-tox/bin/python $(PIP) 'tox>=4.23'
	@touch $@

$(DEV_READY): pyproject.toml $(wildcard plugins_contrib/*/pyproject.toml)
	$(environment)
	.venv-dev/bin/python $(PIP) -e '.[dev,docs,test]'
	.venv-dev/bin/python .ci/contrib.py develop
	@touch $@

test: $(TOX_READY) ## the tests on the built wheel, with the interpreter found (ARGS="-k name" goes to pytest)
	$(TOX) -e py -- $(ARGS)

test-all: $(TOX_READY) ## the same with each of 3.11, 3.12 and 3.13 that is present
	ALL_TESTS=1 $(TOX) $(DISCOVER) -e py311,py312,py313 -- $(ARGS)

lint: $(TOX_READY) ## style and formatting
	$(TOX) -e lint

types: $(TOX_READY) ## mypy, strict
	$(TOX) -e types

contracts: $(TOX_READY) ## which module may import which
	$(TOX) -e contracts

docs: $(TOX_READY) ## the documentation, into docs/_build/html
	$(TOX) -e docs

docs-generate: $(DEV_READY) ## write the pages of docs/ that are made from the code
	.venv-dev/bin/python docs/generate.py

check: test-all lint types contracts docs ## all of these

mutants: $(DEV_READY) ## take each protection away and show which test notices (ARGS="name" for some)
	.venv-dev/bin/python mutants/run.py $(ARGS)

bench: $(DEV_READY) ## how fast it is against the bare tools, one table (ARGS="order soap" chooses rows; HEAVY=1 for a million lines)
	.venv-dev/bin/python -m benchmarks $(ARGS)

kept-dump: $(DEV_READY) ## write the dump of the present schema that later versions have to take over (tests/kept_dumps)
	.venv-dev/bin/python tests/kept_dumps/make.py

fuzz: $(DEV_READY) ## Atheris on every entrance for strangers' bytes, FUZZ_SECONDS (60) each (ARGS="soap ubl" for some)
	.venv-dev/bin/python $(PIP) -e '.[fuzz]'
	.venv-dev/bin/python -m fuzz $(ARGS)

spec: ## the numbers of the specification that have no test
	@"$(PYTHON)" tests/meta/spec_coverage.py

dev: $(DEV_READY) ## .venv-dev, with the package and the plugins editable, and every tool

clean: ## remove environments, caches and the demo's data
	rm -rf .venv .venv-tox .venv-dev .tox build dist docs/_build demo-data
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
