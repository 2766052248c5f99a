"""Writes the pages that are made from the code: `make docs-generate`, or `python docs/generate.py`.

A test compares the pages with what this makes, so a page never says anything else than the code does.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from _pages.errors import errors_page  # noqa: E402 -- found by the line above
from _pages.finance_tables import finance_tables_page  # noqa: E402
from _pages.operations import operations_page  # noqa: E402
from _pages.permissions import permissions_page  # noqa: E402
from _pages.states import states_page  # noqa: E402


def pages() -> dict[str, str]:
    """Each page's text by its path below `docs`."""
    return {
        "reference/errors.md": errors_page(),
        "reference/finance-tables.md": finance_tables_page(),
        "reference/operations.md": operations_page(),
        "reference/permissions.md": permissions_page(),
        "reference/states.md": states_page(),
    }


def main() -> None:
    """Write those that differ."""
    for path, text in pages().items():
        page = DOCS / path
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote docs/{path}\n")


if __name__ == "__main__":
    main()
