"""Opaque, signed cursors over the change feeds: one way of paging for every list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from attrs import frozen

from askul_connect.core.errors import CursorExpired, ValueInvalid
from askul_connect.core.messages.paging import MAXIMUM_PAGE_SIZE, ListRequest, PageInfo
from askul_connect.core.services.supplier.context import Context

T = TypeVar("T")

_KEY_FACT = "cursor-key"
_SIGNATURE_BYTES = 16


@frozen(kw_only=True)
class Page:
    """The keys of one page, in commit order, and where it ends."""

    keys: tuple[str, ...]
    info: PageInfo


def _key(context: Context) -> bytes:
    stored = context.unit.facts.get(_KEY_FACT)
    if stored is None:
        stored = context.house.ids.token(_KEY_FACT).reveal()
        context.unit.facts.put(_KEY_FACT, stored)
    return stored.encode()


def _sign(key: bytes, account_id: str, feed: str, sequence: int) -> bytes:
    return _sign_text(key, account_id, feed, str(sequence).encode())


def _sign_text(key: bytes, account_id: str, feed: str, text: bytes) -> bytes:
    signed = f"{account_id}\n{feed}\n".encode() + text
    return hmac.new(key, signed, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _encode(key: bytes, account_id: str, feed: str, sequence: int) -> str:
    signed = sequence.to_bytes(8, "big") + _sign(key, account_id, feed, sequence)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def _bytes_of(cursor: str) -> bytes:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorExpired("the cursor is not one of ours", where="cursor") from None


def _decode(key: bytes, account_id: str, feed: str, cursor: str) -> int:
    raw = _bytes_of(cursor)
    sequence = int.from_bytes(raw[:8], "big")
    if not hmac.compare_digest(raw[8:], _sign(key, account_id, feed, sequence)):
        raise CursorExpired("the cursor was made for another list, account or supplier", where="cursor")
    return sequence


def place_of(context: Context, feed: str, request: ListRequest) -> int:
    """The place in a list that a request's cursor stands for, for lists that are not read from a feed; 0 without one.

    Raises:
        CursorExpired: The cursor is not one of this list.
        ValueInvalid: The page size is out of range.
    """
    check_page_size(request)
    if not request.cursor:
        return 0
    return _decode(_key(context), context.caller.account_id, feed, request.cursor)


def cursor_at(context: Context, feed: str, place: int) -> str:
    """The cursor of a place in such a list."""
    return _encode(_key(context), context.caller.account_id, feed, place)


def sealed_cursor(context: Context, feed: str, place: str) -> str:
    """The cursor of a place that is more than a number; good for the account and that list only."""
    key = _key(context)
    text = place.encode()
    signed = text + _sign_text(key, context.caller.account_id, feed, text)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def opened_cursor(context: Context, feed: str, cursor: str) -> str:
    """The place that such a cursor stands for.

    Raises:
        CursorExpired: The cursor is not one of this list and account.
    """
    raw = _bytes_of(cursor)
    text, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign_text(_key(context), context.caller.account_id, feed, text)):
        raise CursorExpired("the cursor was made for another list, account or supplier", where="cursor")
    return text.decode()


def check_page_size(request: ListRequest) -> None:
    """Refuse a page size out of range.

    Raises:
        ValueInvalid: It is.
    """
    if not 1 <= request.page_size <= MAXIMUM_PAGE_SIZE:
        raise ValueInvalid(
            f"pageSize is 1 to {MAXIMUM_PAGE_SIZE}, not {request.page_size}", where="page_size"
        )


def page(
    context: Context,
    feed: str,
    request: ListRequest,
    *,
    of_account: bool = True,
    visible: Callable[[Sequence[str]], frozenset[str]] | None = None,
    waiting: Callable[[], Sequence[str]] | None = None,
) -> Page:
    """The next page of a feed.

    Args:
        context: The call; a cursor is good for its account only.
        feed: Name of the feed.
        request: The caller's cursor and page size.
        of_account: False for a feed that is the same for all accounts.
        visible: Which of some keys the caller may see; None means all.
        waiting: The keys that may not be shown yet. The list ends before the first of them for now, so that no cursor
            passes it; None means that there is nothing to wait for.

    Raises:
        CursorExpired: The cursor is not one of this list.
        ValueInvalid: The page size is out of range.
    """
    check_page_size(request)
    caller = context.caller.account_id
    owner = caller if of_account else ""
    key = _key(context)
    after = _decode(key, caller, feed, request.cursor) if request.cursor else 0
    changes = context.unit.changes.since(owner, feed, after, request.page_size + 1)
    held = frozenset(waiting()) if waiting else frozenset()
    end = next((place for place, change in enumerate(changes) if change.key in held), len(changes))
    shown, more = changes[: min(end, request.page_size)], end > request.page_size
    last = shown[-1].sequence if shown else after
    allowed = None if visible is None else visible([change.key for change in shown])
    seen = [change for change in shown if allowed is None or change.key in allowed]
    first_page = not request.cursor
    return Page(
        keys=tuple(change.key for change in seen if not change.deleted),
        info=PageInfo(
            next_cursor=_encode(key, caller, feed, last),
            more=more,
            # a caller limited to departments would learn from the total how much it cannot see
            total=_total(context, owner, feed, held) if first_page and visible is None else None,
            deleted=tuple(change.key for change in seen if change.deleted),
        ),
    )


def _total(context: Context, owner: str, feed: str, held: frozenset[str]) -> int:
    changes = context.unit.changes
    return changes.alive(owner, feed) - (changes.alive_from(owner, feed, held) if held else 0)


def sequence_page(  # noqa: PLR0917 -- a list in four of its own terms
    context: Context,
    feed: str,
    request: ListRequest,
    since: Callable[[int, int], Sequence[T]],
    place: Callable[[T], int],
    total: int,
) -> tuple[Sequence[T], PageInfo]:
    """The next page of records that are numbered in commit order themselves and never change.

    Args:
        context: The call; a cursor is good for its account only.
        feed: Name of the list.
        request: The caller's cursor and page size.
        since: Up to so many records behind a number.
        place: The number of a record.
        total: How many records there are.

    Raises:
        CursorExpired: The cursor is not one of this list.
        ValueInvalid: The page size is out of range.
    """
    _check_size(request)
    caller = context.caller.account_id
    key = _key(context)
    after = _decode(key, caller, feed, request.cursor) if request.cursor else 0
    found = since(after, request.page_size + 1)
    shown = found[: request.page_size]
    last = place(shown[-1]) if shown else after
    return shown, PageInfo(
        next_cursor=_encode(key, caller, feed, last),
        more=len(found) > request.page_size,
        total=None if request.cursor else total,
    )


def _check_size(request: ListRequest) -> None:
    if not 1 <= request.page_size <= MAXIMUM_PAGE_SIZE:
        raise ValueInvalid(
            f"pageSize is 1 to {MAXIMUM_PAGE_SIZE}, not {request.page_size}", where="page_size"
        )


def in_order(keys: Sequence[str], found: Mapping[str, T]) -> tuple[T, ...]:
    """The records of a page in the page's order."""
    return tuple(found[key] for key in keys if key in found)
