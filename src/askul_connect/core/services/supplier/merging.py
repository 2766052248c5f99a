"""Merging two accounts of one company: everything goes over, nothing is lost (ACC-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, Membership, UserState
from askul_connect.core.domain.capabilities import CAPABILITIES
from askul_connect.core.domain.standing import AccountStep
from askul_connect.core.errors import IllegalStep, OurError, ValueInvalid
from askul_connect.core.messages.registration import (
    MergeAccountsRequest,
    MergeAccountsResponse,
    MovedRecords,
    RenamedDepartment,
)
from askul_connect.core.policies.cart_changes import combined
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.confirming import CONFIRMATION_FEED
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.crediting import CREDIT_NOTE_FEED
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.founding import stepped
from askul_connect.core.services.supplier.invitations import cancel_invitations
from askul_connect.core.services.supplier.invoicing import INVOICE_FEED
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.records import DETAIL_FORM, audit
from askul_connect.core.services.supplier.shipping import SHIP_NOTICE_FEED
from askul_connect.core.services.supplier.ticket_access import accounts_for_staff
from askul_connect.core.services.supplier.tickets import TICKET_FEED
from askul_connect.core.services.supplier.usage import USAGE_FEED
from askul_connect.core.services.supplier.user_imports import stop_imports

_FEEDS = (
    TICKET_FEED,
    ORDER_FEED,
    CONFIRMATION_FEED,
    SHIP_NOTICE_FEED,
    INVOICE_FEED,
    CREDIT_NOTE_FEED,
    USAGE_FEED,
)
_BATCH = 1_000
_ACTION = "accounts-merged"


def merge_accounts(
    context: Context, request: MergeAccountsRequest
) -> MergeAccountsResponse | Tried[MergeAccountsResponse]:
    """Give everything of one account to another one, in one unit of work; again, it answers the same.

    A trial does the same and takes it back, so that what it says is what would happen.

    Raises:
        NotFound: There is no such account.
        ValueInvalid: Both are the same, or the surviving one is of a kind that lacks what the other has.
        IllegalStep: One of them does not work any more.
    """
    target, origin = accounts_for_staff(context, (request.surviving, request.absorbed), request.ticket)
    if origin.account_id == target.account_id:
        raise ValueInvalid("an account cannot be merged with itself", where="absorbed")
    if origin.merged_into == target.account_id:
        return _merged_before(context, target, origin)
    if target.state not in {AccountState.ACTIVE, AccountState.SUSPENDED}:
        raise IllegalStep(f"an account that is {target.state} cannot take another one over")
    if not CAPABILITIES[origin.kind] <= CAPABILITIES[target.kind]:
        raise ValueInvalid(
            f"an account of kind {target.kind} lacks what one of kind {origin.kind} has; merge the other way round",
            where="surviving",
        )
    gone = stepped(context.house, origin, AccountStep.MERGE, f"merged into {target.member_number}")
    answer = _merge(context, target, evolve(gone, merged_into=target.account_id), request.ticket)
    return Tried(answer) if request.trial else answer


def _merge(context: Context, target: Account, origin: Account, ticket: str) -> MergeAccountsResponse:
    unit = context.unit
    names = _renamed(unit, target, origin)
    people = unit.memberships.of_account(origin.account_id)
    former = unit.memberships.primary_administrator(origin.account_id)
    joined = _join_people(context, target, people, names)
    _notify(context, target, origin, people)
    for membership in people:
        end_access(unit, membership.user_id, context.now, "merge")
    stop_imports(context, origin.account_id, "the account was merged")
    cancel_invitations(context, origin.account_id)
    feeds = {feed: _keys(unit, origin.account_id, feed) for feed in _FEEDS}
    carts = _join_carts(unit, target, origin, names)
    moved = unit.account_moves.move(origin.account_id, target.account_id, names)
    for feed, keys in feeds.items():
        unit.changes.record(origin.account_id, feed, keys, deleted=True)
        unit.changes.record(target.account_id, feed, keys)
    if former is not None:
        _remember(unit, target, origin, former)
    save_account(unit, origin)
    for earlier in unit.accounts.in_states(origin.state):
        if earlier.merged_into == origin.account_id:
            save_account(unit, evolve(earlier, merged_into=target.account_id))
    answer = MergeAccountsResponse(
        surviving=target.member_number,
        absorbed=origin.member_number,
        moved=tuple(
            MovedRecords(kind=kind, count=count)
            for kind, count in sorted({**moved, "carts": carts}.items())
            if count
        ),
        renamed=tuple(RenamedDepartment(before=old, after=new) for old, new in sorted(names.items())),
        joined_people=tuple(sorted(joined)),
    )
    detail = {
        "ticket": ticket,
        "surviving": answer.surviving,
        "absorbed": answer.absorbed,
        "moved": {one.kind: one.count for one in answer.moved},
        "renamed": dict(sorted(names.items())),
        "joined": list(answer.joined_people),
    }
    for owner, other in ((target, origin), (origin, target)):
        audit(context, _ACTION, other.account_id, account_id=owner.account_id, detail=detail)
    return answer


def _merged_before(context: Context, target: Account, origin: Account) -> MergeAccountsResponse:
    """The answer of the merge that was done, from its record."""
    for record in context.unit.audit.of_account(origin.account_id):
        if record.action == _ACTION:
            found = DETAIL_FORM.read(record.detail)
            if found["absorbed"] == origin.member_number:
                return MergeAccountsResponse(
                    surviving=target.member_number,
                    absorbed=origin.member_number,
                    moved=tuple(
                        MovedRecords(kind=kind, count=n) for kind, n in sorted(found["moved"].items())
                    ),
                    renamed=tuple(
                        RenamedDepartment(before=old, after=new) for old, new in found["renamed"].items()
                    ),
                    joined_people=tuple(found["joined"]),
                )
    raise OurError(f"the merge of {origin.member_number} has no record")


def _renamed(unit: SupplierUnitOfWork, target: Account, origin: Account) -> dict[str, str]:
    """New codes of departments whose codes both accounts have: the old one and the member number it came from."""
    mine = {one.code for one in unit.departments.of_account(origin.account_id)}
    theirs = {one.code for one in unit.departments.of_account(target.account_id)}
    names: dict[str, str] = {}
    for code in sorted(mine & theirs):
        new = f"{code}-{origin.member_number}"
        while new in mine | theirs | set(names.values()):
            new += "x"
        names[code] = new
    return names


def _join_people(
    context: Context, target: Account, people: Sequence[Membership], names: Mapping[str, str]
) -> list[str]:
    """People of both accounts stay what they are in the surviving one; nobody who came is its primary administrator."""
    unit, joined = context.unit, []
    for one in people:
        there = unit.memberships.get(target.account_id, one.user_id)
        if there is None:
            unit.memberships.save(evolve(one, primary_administrator=False))
            continue
        joined.append(one.user_id)
        codes = {*there.department_codes, *(names.get(code, code) for code in one.department_codes)}
        if there.state is not UserState.ACTIVE and one.state is UserState.ACTIVE:
            there = evolve(there, role=one.role, state=one.state)
        unit.memberships.save(evolve(there, department_codes=tuple(sorted(codes)), version=there.version + 1))
        unit.memberships.save(evolve(one, state=UserState.REMOVED, primary_administrator=False))
    return joined


def _join_carts(unit: SupplierUnitOfWork, target: Account, origin: Account, names: Mapping[str, str]) -> int:
    """Give the carts to the surviving account; somebody who has one there finds the lines of both in it."""
    carts = unit.carts.of_account(origin.account_id)
    for cart in carts:
        there = unit.carts.hold(target.account_id, cart.user_id)
        empty = evolve(cart, account_id=target.account_id, lines=())
        unit.carts.put(combined(there or empty, cart, names))
        unit.carts.remove(origin.account_id, cart.user_id)
    return len(carts)


def _keys(unit: SupplierUnitOfWork, account_id: str, feed: str) -> list[str]:
    keys: list[str] = []
    after = 0
    while changes := unit.changes.since(account_id, feed, after, _BATCH):
        after = changes[-1].sequence
        keys += [change.key for change in changes if not change.deleted]
    return keys


def _remember(unit: SupplierUnitOfWork, target: Account, origin: Account, former: Membership) -> None:
    """Keep whom the old customer number logged in, so that a login by it can be answered."""
    known = unit.memberships.get(origin.account_id, former.user_id)
    home = target.account_id if former.home_account_id == origin.account_id else former.home_account_id
    kept = evolve(former, home_account_id=home, state=UserState.REMOVED, primary_administrator=True)
    if known is None:
        unit.memberships.add(kept)
    else:
        unit.memberships.save(kept)


def _notify(context: Context, target: Account, origin: Account, people: Sequence[Membership]) -> None:
    users = [context.unit.users.get(one.home_account_id, one.user_id) for one in people]
    active = [user.email for user in users if user is not None and user.state is UserState.ACTIVE]
    facts = {"surviving": target.member_number, "absorbed": origin.member_number}
    for number, to in enumerate(dict.fromkeys((origin.email, target.email, *active))):
        notify_person(context, _ACTION, f"{origin.account_id}:{number}", to, facts)
