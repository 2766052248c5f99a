"""Under tox the tests use the installed wheel, and the wheel holds every file of the package."""

import os
import sysconfig
from importlib.metadata import distribution
from pathlib import Path

import pytest

import askul_connect

pytestmark = pytest.mark.skipif(
    os.environ.get("ASKUL_CONNECT_EXPECT_WHEEL") != "1", reason="only where tox has installed the wheel"
)

SOURCE = Path(__file__).parents[2] / "src" / "askul_connect"
INSTALLED = Path(askul_connect.__file__).parent


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_package_comes_from_site_packages() -> None:
    assert Path(sysconfig.get_path("purelib")) / "askul_connect" == INSTALLED


def test_install_is_not_editable() -> None:
    assert '"editable": true' not in (distribution("askul-connect").read_text("direct_url.json") or "")


def test_wheel_is_complete() -> None:
    missing = files_below(SOURCE) - files_below(INSTALLED)

    assert not missing
    assert (INSTALLED / "py.typed").is_file()
