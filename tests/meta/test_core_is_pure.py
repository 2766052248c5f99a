"""Core is a function of its arguments: no clock, environment, randomness, files or output.

ruff bans the same things by import (TID251, T20); here are also those that have no import, and no comment
switches this test off.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "askul_connect" / "core"

BUILTINS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
MODULES = {
    "asyncio",
    "ctypes",
    "getpass",
    "glob",
    "http",
    "importlib",
    "locale",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "time",
}
DOTTED_MODULES = {"urllib.request", "logging.config", "logging.handlers"}
CLOCKS = {"now", "today", "utcnow"}
RANDOM_IDS = {"uuid1", "uuid4", "uuid6", "uuid7", "uuid8", "getnode"}
OTHER_PACKAGES = {"attr", "attrs", "askul_connect"}


def impurities(source: str) -> Iterator[str]:
    """Name what in a module's source reaches outside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from _module(node.lineno, node.module)
            for alias in node.names:
                yield from _attribute(node.lineno, node.module, alias.name)
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            yield f"{node.lineno}: uses {node.id}"
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node.lineno, ast.unparse(node.value), node.attr)


def _module(line: int, module: str) -> Iterator[str]:
    top = module.partition(".")[0]
    if top in MODULES or module in DOTTED_MODULES:
        yield f"{line}: imports {module}"
    elif top not in sys.stdlib_module_names and top not in OTHER_PACKAGES:
        yield f"{line}: imports {module}, which is neither the standard library nor attrs"
    elif top == "askul_connect" and not f"{module}.".startswith("askul_connect.core."):
        yield f"{line}: imports {module}, which lies outside core"


def _attribute(line: int, owner: str, name: str) -> Iterator[str]:
    if name in CLOCKS and owner.rpartition(".")[2] in {"date", "datetime"}:
        yield f"{line}: reads the clock: {owner}.{name}"
    if owner == "uuid" and name in RANDOM_IDS:
        yield f"{line}: makes an id: {owner}.{name}"
    if f"{owner}.{name}" in DOTTED_MODULES | {"io.open", "builtins.open", "builtins.print"}:
        yield f"{line}: uses {owner}.{name}"


def test_core_is_pure() -> None:
    files = sorted(CORE.rglob("*.py"))
    assert files, f"no files in {CORE}"

    found = [
        f"{path.relative_to(ROOT)}:{problem}"
        for path in files
        for problem in impurities(path.read_text(encoding="utf-8"))
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import time as t",
        "from os import environ",
        "import urllib.request",
        "from urllib import request",
        "from random import choice",
        "from uuid import uuid4",
        "import uuid\nuuid.uuid4()",
        "import sqlalchemy",
        "from askul_connect.adapters import sql",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "from datetime import date\nread = date.today",
        "open('x')",
        "print('x')",
        "import io\nio.open('x')",
        "def f():\n    eval('1')",
    ],
)
def test_each_reach_outside_is_seen(source: str) -> None:
    assert list(impurities(source))


@pytest.mark.parametrize(
    "source",
    [
        "from attrs import frozen",
        "from datetime import UTC, datetime, date",
        "from askul_connect.core.errors import Error",
        "from .errors import Error",
        "def f(clock):\n    return clock.now()",
        "from urllib.parse import quote",
        "import uuid\nuuid.UUID(int=1)",
        "import logging\nlogging.getLogger(__name__)",
    ],
)
def test_what_is_pure_passes(source: str) -> None:
    assert not list(impurities(source))
