"""Runs the Python blocks of the README and of the documentation as tests.

Console blocks are not run. The blocks of one page share their names and run in order, so one page
stays on one worker (`--dist=loadfile` in pyproject.toml).
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser


def _enter_empty_folder(namespace: dict[str, Any]) -> None:
    """Run a page in a folder of its own, so that what it writes never lands in the checkout."""
    namespace["_came_from"] = Path.cwd()
    namespace["_folder"] = tempfile.mkdtemp(prefix="askul-connect-docs-")
    os.chdir(namespace["_folder"])


def _leave_folder(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_came_from"])
    shutil.rmtree(namespace["_folder"], ignore_errors=True)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/**/*.md", "docs/*.md", "plugins_contrib/*/README.md"],
    excludes=["docs/_build/**"],
    setup=_enter_empty_folder,
    teardown=_leave_folder,
).pytest()
