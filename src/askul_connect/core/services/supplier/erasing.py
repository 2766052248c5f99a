"""Erasing personal data; invoices, orders and every seal stay valid (ACC-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from askul_connect.core.domain.account_records import Erasure, ErasureExtent
from askul_connect.core.domain.accounts import Account, User, UserState
from askul_connect.core.domain.capabilities import LIMITS
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.registered_data import data_of, read, with_data
from askul_connect.core.errors import AccountInUse, NotFound
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest, ErasePersonalDataResponse
from askul_connect.core.policies.retention import due_erasure, ended
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.notices import NOTICE_FORM, letter_to
from askul_connect.core.services.supplier.records import audit, personal_digest
from askul_connect.core.services.supplier.ticket_access import account_for_staff

#: What stands for an address that was erased; the id keeps it unique, and no login can name it.
_NOBODY = "erased:{}"
_OPEN = (OutboxState.PENDING, OutboxState.UNKNOWN)
KEPT = (
    "orders, confirmations, ship notices and invoices: tax law",
    "audit records and login history: sealed; without names, addresses and devices",
)


@frozen(kw_only=True)
class Erased:
    """What was erased now."""

    people: tuple[str, ...]
    notices: int


def erase_personal_data(context: Context, request: ErasePersonalDataRequest) -> ErasePersonalDataResponse:
    """Erase for a ticket; the supplier's automation does the same after the stated periods.

    Raises:
        NotFound: There is no such account or person.
        AccountInUse: The account, or the person in it, has not ended.
    """
    account = account_for_staff(context, request.member_number, request.ticket)
    if request.user_id:
        user = context.unit.users.get(account.account_id, request.user_id)
        if user is None:
            raise NotFound("there is no such person", where="user_id")
        if not (ended(account) or _left(context, user)):
            raise AccountInUse(
                "the person still belongs to an account; remove the person first", where="user_id"
            )
        done = _erase(context, account, [user], request.extent, user.user_id)
    else:
        if not ended(account):
            raise AccountInUse("the account has not ended; withdraw it first", where="member_number")
        done = erase_account(context, account, request.extent)
    audit(
        context,
        "personal-data-asked-to-erase",
        request.user_id or account.account_id,
        account_id=account.account_id,
        detail={"ticket": request.ticket, "extent": request.extent.value},
    )
    return ErasePersonalDataResponse(people=done.people, notices=done.notices, kept=KEPT)


def _left(context: Context, user: User) -> bool:
    memberships = context.unit.memberships.of_user(user.user_id)
    return user.state is UserState.REMOVED or all(one.state is UserState.REMOVED for one in memberships)


def erase_due(context: Context, account_id: str) -> Erased | None:
    """Erase what the stated periods ask for by now, for the supplier's automation."""
    account = context.unit.accounts.get(account_id)
    extent = due_erasure(account, context.now) if account else None
    if account is None or extent is None or _was_erased(context, account, extent, ""):
        return None
    return erase_account(context, account, extent)


def _was_erased(context: Context, account: Account, extent: ErasureExtent, user_id: str) -> bool:
    known = context.unit.erasures.of_account(account.account_id)
    return any(one.user_id == user_id and one.extent in {extent, ErasureExtent.EVERYTHING} for one in known)


def erase_account(context: Context, account: Account, extent: ErasureExtent) -> Erased:
    """Erase the people of an account, its contacts, and what notices and snapshots say of them."""
    users = context.unit.users.of_account(account.account_id)
    done = _erase(context, account, users, extent, "", addresses=(account.email,))
    blank = dict.fromkeys(LIMITS[account.kind].personal_data, "")
    bare = with_data(account, evolve(data_of(account), **blank))
    save_account(context.unit, evolve(bare, application_number="", state_reason=""))
    context.unit.snapshots.erase(account.account_id)
    return done


def _erase(  # noqa: PLR0917 -- who, what and how far
    context: Context,
    account: Account,
    users: Sequence[User],
    extent: ErasureExtent,
    user_id: str,
    addresses: Iterable[str] = (),
) -> Erased:
    if _was_erased(context, account, extent, user_id):
        return Erased(people=(), notices=0)
    unit = context.unit
    names = {_folded(address) for address in (*addresses, *(user.email for user in users)) if address}
    names |= {_folded(letter_to(user.user_id)) for user in users}
    names |= set(_earlier_addresses(context, account)) if not user_id else set()
    for user in users:
        end_access(unit, user.user_id, context.now, "erased")
        unit.account_moves.erase_sessions(user.user_id)
        unit.account_moves.erase_traces(user.user_id)
        unit.users.save(_without_person(user, extent))
    ids = frozenset(user.user_id for user in users)
    _erase_logins(context, account, ids, all_of_account=not user_id)
    unit.account_moves.erase_correspondence(account.account_id, user_id)
    notices = _erase_notices(context, names)
    unit.erasures.add(
        Erasure(
            account_id=account.account_id,
            user_id=user_id,
            extent=extent,
            at=context.now,
            actor=context.caller.actor if context.principal else "",
        )
    )
    audit(
        context,
        "personal-data-erased",
        user_id or account.account_id,
        account_id=account.account_id,
        detail={"extent": extent.value, "people": len(users)},
    )
    return Erased(people=tuple(sorted(ids)), notices=notices)


def _without_person(user: User, extent: ErasureExtent) -> User:
    bare = evolve(user, name="")
    if extent is ErasureExtent.CONTACTS:
        return bare
    nobody = _NOBODY.format(user.user_id)
    return evolve(bare, email=nobody, email_key=nobody, password_hash="", old_password_hashes=())


def _earlier_addresses(context: Context, account: Account) -> Iterable[str]:
    """Contacts the account had before: notices went to them too."""
    for snapshot in context.unit.snapshots.of_account(account.account_id):
        if snapshot.body:
            yield _folded(read(snapshot.body).email)


def _folded(address: str) -> str:
    return address.casefold()


def _erase_logins(
    context: Context, account: Account, people: frozenset[str], *, all_of_account: bool
) -> None:
    key = context.house.seal_key
    records = [
        evolve(one, login_id="", address="", device="", personal=personal_digest(key, one))
        for one in context.unit.logins.of_account(account.account_id)
        if not one.personal and (all_of_account or one.user_id in people)
    ]
    context.unit.account_moves.erase_logins(records)


def _erase_notices(context: Context, addresses: set[str]) -> int:
    """Empty the bodies of notices to the addresses; what has not left yet does not leave."""
    count = 0
    for message in context.unit.outbox.all():
        to = NOTICE_FORM.read(message.body).get("to", "")
        if not to or _folded(to) not in addresses:
            continue
        state = OutboxState.DEAD if message.state in _OPEN else message.state
        error = "the addressee was erased" if state is OutboxState.DEAD else message.last_error
        body = NOTICE_FORM.write({"erased": True})
        context.unit.outbox.save(evolve(message, state=state, body=body, last_error=error))
        count += 1
    return count
