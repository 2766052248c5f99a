"""One company registered twice: found for the support desk (ACC-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from askul_connect.core.domain.accounts import Account, AccountState
from askul_connect.core.domain.company_names import company_key, phone_key, postcode_key
from askul_connect.core.messages.registration import (
    DuplicatePair,
    ListDuplicateAccountsRequest,
    ListDuplicateAccountsResponse,
)
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import require_open_ticket

_LIVE = tuple(one for one in AccountState if one not in {AccountState.REJECTED, AccountState.WITHDRAWN})


def alike(one: Account, other: Account) -> tuple[str, ...]:
    """What says that two accounts are of one company; nothing when they are not."""
    reasons = []
    if one.corporate_number and one.corporate_number == other.corporate_number:
        reasons.append("corporate-number")
    if company_key(one.name) == company_key(other.name):
        if phone_key(one.phone) and phone_key(one.phone) == phone_key(other.phone):
            reasons.append("phone")
        if postcode_key(one.postcode) and postcode_key(one.postcode) == postcode_key(other.postcode):
            reasons.append("postcode")
    return tuple(reasons)


def duplicates_of(unit: SupplierUnitOfWork, account: Account) -> Sequence[tuple[Account, tuple[str, ...]]]:
    """Accounts that look like the same company, with what says so."""
    named = unit.accounts.by_name(company_key(account.name))
    numbered = unit.accounts.by_corporate_number(account.corporate_number) if account.corporate_number else ()
    found = {one.account_id: one for one in (*named, *numbered)}
    found.pop(account.account_id, None)
    live = [one for one in found.values() if one.state in _LIVE]
    return [(one, reasons) for one in live if (reasons := alike(one, account))]


def list_duplicate_accounts(
    context: Context, request: ListDuplicateAccountsRequest
) -> ListDuplicateAccountsResponse:
    """Every pair of accounts that look like one company; the reading is recorded."""
    require_open_ticket(context, request.ticket)
    pairs = [
        DuplicatePair(
            older=one.member_number,
            newer=other.member_number,
            older_name=one.name,
            newer_name=other.name,
            reasons=reasons,
        )
        for one, other in _candidates(context.unit.accounts.sharing(*_LIVE))
        if (reasons := alike(one, other))
    ]
    audit(
        context, "duplicates-read", "", account_id="", detail={"ticket": request.ticket, "pairs": len(pairs)}
    )
    return ListDuplicateAccountsResponse(pairs=tuple(pairs))


def _candidates(accounts: Sequence[Account]) -> Iterator[tuple[Account, Account]]:
    """Each pair that shares a name or a corporate number once, the older one first."""
    named: dict[str, list[Account]] = {}
    numbered: dict[str, list[Account]] = {}
    for newer in accounts:
        same_name = named.setdefault(company_key(newer.name), [])
        same_number = numbered.setdefault(newer.corporate_number, []) if newer.corporate_number else []
        both = {one.account_id: one for one in (*same_name, *same_number)}
        for older in both.values():
            yield older, newer
        same_name.append(newer)
        if newer.corporate_number:
            same_number.append(newer)
