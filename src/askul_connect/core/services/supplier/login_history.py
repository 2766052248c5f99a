"""The login history, read (AUTH-10)."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.accounts import LoginRecord, Role
from askul_connect.core.errors import AccessDenied
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.messages.sessions import (
    ListLoginHistoryRequest,
    ListLoginHistoryResponse,
    LoginHistoryEntry,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import cursor_at, place_of
from askul_connect.core.services.supplier.ticket_access import account_served, audit_read

_FEED = "logins"
#: Behind every place of a chain: where reading backwards begins.
_END = 1 << 62


def list_login_history(context: Context, request: ListLoginHistoryRequest) -> ListLoginHistoryResponse:
    """The caller's own attempts, or those of an account, in the order they were settled.

    An account's are for its administrator, and for the supplier's staff with a ticket of it, by which support finds
    the number of a refusal (AUTH-2). Each page that staff read is in the account's own audit records (AUTH-19).

    Raises:
        AccessDenied: Somebody else asks for an account's; a staff member names no open ticket of a customer.
        CursorExpired: The cursor is not one of this list.
    """
    account_id, user_id = _whose(context, request)
    backwards = request.newest_first
    # staff see several accounts: a cursor is good for the one it was made for
    whose = account_id if context.is_staff else user_id
    feed = f"{_FEED}:{whose}:{'back' if backwards else 'on'}"
    place = place_of(context, feed, request)
    if context.is_staff:
        audit_read(context, request.ticket, account_id, request.reference or account_id, ("login history",))
    if request.reference:
        found = context.unit.logins.of_reference(account_id, request.reference)
        records = [found] if found is not None and user_id in ("", found.user_id) else []
        return _answer(records, PageInfo(next_cursor="", more=False, total=len(records)))
    start = place or (_END if backwards else 0)
    found_page = context.unit.logins.page(
        account_id, user_id, start, request.page_size + 1, backwards=backwards
    )
    shown = found_page[: request.page_size]
    last = shown[-1].sequence if shown else place
    return _answer(
        shown,
        PageInfo(
            next_cursor=cursor_at(context, feed, last),
            more=len(found_page) > request.page_size,
            total=None if request.cursor else context.unit.logins.count(account_id, user_id),
        ),
    )


def _whose(context: Context, request: ListLoginHistoryRequest) -> tuple[str, str]:
    """Account and user whose attempts the caller may see; no user for all of the account."""
    if context.is_staff:
        return account_served(context, request.ticket), ""
    caller = context.caller
    if request.whole_account:
        if caller.role is not Role.ADMINISTRATOR:
            raise AccessDenied("the account's login history is for its administrator")
        return caller.account_id, ""
    if caller.session is None:
        raise AccessDenied("a client credential has no logins")
    return caller.session.home_account_id, caller.session.user_id


def _answer(records: Sequence[LoginRecord], page: PageInfo) -> ListLoginHistoryResponse:
    return ListLoginHistoryResponse(
        attempts=tuple(
            LoginHistoryEntry(
                reference=one.reference,
                at=one.at,
                login_id=one.login_id,
                user_id=one.user_id,
                result=one.result,
                reason=one.reason,
                address=one.address,
                device=one.device,
                risk=one.risk,
            )
            for one in records
        ),
        page=page,
    )
