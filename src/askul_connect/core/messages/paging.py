"""The one contract of every list: opaque cursor in commit order, tombstones, total on the first page."""

from __future__ import annotations

from attrs import frozen

DEFAULT_PAGE_SIZE = 200
MAXIMUM_PAGE_SIZE = 1_000


@frozen(kw_only=True)
class ListRequest:
    """Asks for what has changed since a cursor; an empty cursor means from the beginning.

    Attributes:
        cursor: The ``next_cursor`` of the page before.
        page_size: 1 to 1,000.
    """

    cursor: str = ""
    page_size: int = DEFAULT_PAGE_SIZE


@frozen(kw_only=True)
class PageInfo:
    """Where a page ends.

    Attributes:
        next_cursor: To be sent next time, also when nothing more is there now.
        more: Whether another page is waiting at this moment.
        total: Records alive in the whole list, on the first page only.
        deleted: Keys of records of this page's span that no longer exist.
    """

    next_cursor: str
    more: bool
    total: int | None = None
    deleted: tuple[str, ...] = ()
