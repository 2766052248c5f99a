"""Lets the tools see the plugins below `plugins_contrib`, which come and go without any list to keep.

`python .ci/contrib.py install` installs each plugin as a wheel into this interpreter, `develop` does so
editable; `contracts` and `types` run import-linter and mypy on the sources of the package and of all plugins.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins_contrib").glob("*/pyproject.toml"))
SOURCES = [ROOT / "src", *(plugin / "src" for plugin in PLUGINS)]
SOURCE_PATH = os.pathsep.join(map(str, SOURCES))


def run(*command: str, **environment: str) -> int:
    """Run a tool to its end."""
    return subprocess.call(command, env=os.environ | environment, cwd=ROOT)


def install(*editable: str) -> int:
    """Install all plugins in one go, so that pip settles their needs together."""
    if not PLUGINS:
        return 0
    targets = [part for plugin in PLUGINS for part in (*editable, str(plugin))]
    return run(sys.executable, "-m", "pip", "install", "--quiet", *targets)


def develop() -> int:
    """Install all plugins so that a change of their sources counts at once."""
    return install("--editable")


def contracts() -> int:
    """Check who imports whom. No cache: a stale one hides a broken contract."""
    return run("lint-imports", "--no-cache", PYTHONPATH=SOURCE_PATH)


def types() -> int:
    """Check every package in one run."""
    packages = [path.parent.name for source in SOURCES for path in sorted(source.glob("*/__init__.py"))]
    return run("mypy", *(f"--package={name}" for name in packages), MYPYPATH=SOURCE_PATH)


if __name__ == "__main__":
    tasks = {"install": install, "develop": develop, "contracts": contracts, "types": types}
    sys.exit(tasks[sys.argv[1]]())
