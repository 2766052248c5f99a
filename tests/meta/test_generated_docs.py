"""The pages made from the code are as the code makes them now."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[str, str] = runpy.run_path(str(DOCS / "generate.py"))["pages"]()


@pytest.mark.parametrize("path", PAGES)
def test_page_is_up_to_date(path: str) -> None:
    page = DOCS / path
    written = page.read_text(encoding="utf-8") if page.exists() else ""

    assert written == PAGES[path], f"docs/{path} differs from the code; run: make docs-generate"


@pytest.mark.parametrize("path", PAGES)
def test_page_says_how_it_is_made(path: str) -> None:
    assert PAGES[path].startswith("% Made from the code by `make docs-generate`.")
