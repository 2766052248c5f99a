"""The entries of accounts: applying, deciding, merging, changing, ending, and the answer to a leak.

What ends or changes an account for good is asked of accounts that are made for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from attrs import evolve
from tenancy_callers import Caller, canary, expected
from tenancy_entry import ABSENT, COMPANY, OWN, Asked, Entry
from tenancy_estate import opening
from tenancy_joining import as_administrator

from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import Account, AccountKind, AccountState
from askul_connect.core.domain.leaks import LeakedField
from askul_connect.core.messages import account_changes, account_ends, leaks, registration
from askul_connect.core.operations import accounts as operations
from askul_connect.core.services.supplier.opening import open_account

_NOBODY = "00000000"
_DATA = {
    "name",
    "name_kana",
    "postcode",
    "address",
    "representative",
    "contact",
    "phone",
    "email",
    "corporate_number",
    "invoice_registration_number",
}


def _made(asked: Asked, state: AccountState = AccountState.ACTIVE, name: str = "") -> Account:
    """A new account of a customer's own kind, in a state."""
    estate = asked.estate
    wanted = opening(f"{asked.own}x{estate.fresh()}")
    letter = open_account(estate.storage, estate.house, evolve(wanted, name=name or wanted.name))
    with estate.storage.begin() as unit:
        account = unit.accounts.by_customer_number(letter.customer_number)
        assert account is not None
        account = evolve(account, state=state)
        unit.accounts.save(account)
    return account


def _ticket(asked: Asked, account_id: str) -> str:
    """An open ticket of an account."""
    ticket = asked.estate.people_of.ticket(asked.own)[0]
    with asked.estate.storage.begin() as unit:
        found = unit.tickets.get(ticket)
        assert found is not None
        unit.tickets.save(evolve(found, account_id=account_id))
    return ticket


def _own(asked: Asked) -> Account:
    with asked.estate.storage.begin() as unit:
        found = unit.accounts.get(asked.estate.account_ids[asked.account])
    assert found is not None
    return found


def _number(asked: Asked, made: Account) -> str:
    """The member number of the account that was made, of another customer, of nobody."""
    if asked.whose == ABSENT:
        return _NOBODY
    return _own(asked).member_number if asked.whose == COMPANY else made.member_number


def _decision(kind: Any, state: AccountState, **more: Any) -> Callable[[Asked], Any]:
    def make(asked: Asked) -> Any:
        made = _made(asked, state)
        return kind(member_number=_number(asked, made), ticket=_ticket(asked, made.account_id), **more)

    return make


def _decided(state: AccountState) -> Callable[[Any, Asked], bool]:
    return lambda answer, _: answer.state is state and len(answer.member_number) == len(_NOBODY)


def _application(asked: Asked) -> registration.RegisterAccountRequest:
    with asked.estate.storage.begin() as unit:
        # all of these come from one place
        unit.registration_attempts.forget(asked.estate.clock.now() + timedelta(days=1))
    number = asked.estate.fresh()
    return registration.RegisterAccountRequest(
        kind=AccountKind.INDIVIDUAL,
        name=f"{canary(asked.own)} {number}",
        postcode="150-0001",
        address=f"東京都渋谷区{canary(asked.own)}3-3",
        representative=f"{canary(asked.own)} 太郎",
        phone="03-1111-2222",
        email=f"applies{number}@{canary(asked.own)}.example",
    )


def _pair(asked: Asked) -> registration.ListDuplicateAccountsRequest:
    name = f"株式会社{canary(asked.own)}二重{asked.estate.fresh()}"
    _made(asked, name=name)
    made = _made(asked, name=name)
    return registration.ListDuplicateAccountsRequest(ticket=_ticket(asked, made.account_id))


def _merge(asked: Asked) -> registration.MergeAccountsRequest:
    kept, gone = _made(asked), _made(asked)
    return registration.MergeAccountsRequest(
        surviving=_number(asked, kept),
        absorbed=_number(asked, gone),
        ticket=_ticket(asked, kept.account_id),
    )


def _change(kind: Any) -> Callable[[Asked], Any]:
    def make(asked: Asked) -> Any:
        own = _own(evolve(asked, whose=OWN))
        return kind(version=own.version, phone=f"03-{asked.estate.fresh():04}-1111")

    return make


def _changed(asked: Asked) -> Account:
    """The caller's own account, after a change by its administrator."""
    own = evolve(asked, whose=OWN)
    request = _change(account_changes.ChangeAccountRequest)(own)
    as_administrator(own, operations.CHANGE_ACCOUNT, request)
    return _own(own)


def _snapshots(asked: Asked) -> account_changes.ListAccountSnapshotsRequest:
    _changed(asked)
    return account_changes.ListAccountSnapshotsRequest()


def _restoring(asked: Asked) -> account_changes.RestoreAccountSnapshotRequest:
    account = _changed(asked)
    return account_changes.RestoreAccountSnapshotRequest(
        snapshot=account.version - 1, version=account.version
    )


def _withdrawing(asked: Asked) -> account_ends.WithdrawAccountRequest:
    own = _own(evolve(asked, whose=OWN))
    return account_ends.WithdrawAccountRequest(
        member_number=_number(asked, own), ticket=_ticket(asked, own.account_id)
    )


def _still_busy(caller: Caller) -> str:
    """Everybody who may end an account is told that its business is not done."""
    return expected(operations.WITHDRAW_ACCOUNT, caller) or "account-in-use"


def _leak(kind: Any) -> Callable[[Asked], Any]:
    def make(asked: Asked) -> Any:
        made, now = _made(asked), asked.estate.clock.now()
        return kind(
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=1),
            fields=(LeakedField.LOGIN_ID,),
            known_on=date(2027, 1, 4),
            ticket=_ticket(asked, made.account_id),
            member_numbers=(made.member_number,),
        )

    return make


def _texts(kind: Any) -> frozenset[str]:
    attrs.resolve_types(kind)
    return frozenset(
        one.name for one in attrs.fields(kind) if any(word in str(one.type) for word in ("str", "Secret"))
    )


_LEAK = {"ticket", "member_numbers"}

ACCOUNT_ENTRIES: Mapping[str, Entry] = {
    "RegisterAccount": Entry(
        request=_application,
        reaches=lambda answer, _: (
            answer.state is AccountState.PENDING_APPROVAL and len(answer.application_number) >= 8
        ),
        free=_texts(registration.RegisterAccountRequest),
    ),
    "ApproveAccount": Entry(
        request=_decision(registration.ApproveAccountRequest, AccountState.PENDING_APPROVAL),
        reaches=_decided(AccountState.ACTIVE),
        names={"member_number"},
        free={"ticket"},
    ),
    "RejectAccount": Entry(
        request=_decision(registration.RejectAccountRequest, AccountState.PENDING_APPROVAL, reason="x"),
        reaches=_decided(AccountState.REJECTED),
        names={"member_number"},
        free={"ticket", "reason"},
    ),
    "SuspendAccount": Entry(
        request=_decision(registration.SuspendAccountRequest, AccountState.ACTIVE, reason="x"),
        reaches=_decided(AccountState.SUSPENDED),
        names={"member_number"},
        free={"ticket", "reason"},
    ),
    "ReinstateAccount": Entry(
        request=_decision(registration.ReinstateAccountRequest, AccountState.SUSPENDED, reason="x"),
        reaches=_decided(AccountState.ACTIVE),
        names={"member_number"},
        free={"ticket", "reason"},
    ),
    "ListDuplicateAccounts": Entry(
        request=_pair,
        reaches=lambda answer, asked: any(canary(asked.own) in one.newer_name for one in answer.pairs),
        free={"ticket"},
    ),
    "MergeAccounts": Entry(
        request=_merge,
        reaches=lambda answer, _: any(one.kind == "users" and one.count == 1 for one in answer.moved),
        # staff take over what they name, with a ticket of one of the two
        free={"surviving", "absorbed", "ticket"},
    ),
    "PreviewAccountChange": Entry(
        request=_change(account_changes.PreviewAccountChangeRequest),
        reaches=lambda answer, _: [one.field for one in answer.differences] == ["phone"],
        free=_DATA,
        wrong=(lambda _: account_changes.PreviewAccountChangeRequest(version=0, phone="x"),),
    ),
    "ChangeAccount": Entry(
        request=_change(account_changes.ChangeAccountRequest),
        reaches=lambda answer, asked: answer.version == _own(asked).version,
        free=_texts(account_changes.ChangeAccountRequest),
        wrong=(lambda _: account_changes.ChangeAccountRequest(version=0, phone="x"),),
    ),
    "ListAccountSnapshots": Entry(
        request=_snapshots,
        reaches=lambda answer, asked: canary(asked.own) in answer.snapshots[-1].body,
    ),
    "RestoreAccountSnapshot": Entry(
        request=_restoring,
        reaches=lambda answer, asked: answer.version == _own(asked).version,
        free=_texts(account_changes.RestoreAccountSnapshotRequest),
        wrong=(lambda _: account_changes.RestoreAccountSnapshotRequest(snapshot=0, version=0),),
    ),
    "WithdrawAccount": Entry(
        request=_withdrawing,
        reaches=lambda answer, _: answer.state is AccountState.WITHDRAWN,
        names={"member_number"},
        free={"ticket", "reason", "application_number"},
        refuses=_still_busy,
    ),
    "ErasePersonalData": Entry(
        request=_decision(
            account_ends.ErasePersonalDataRequest, AccountState.WITHDRAWN, extent=ErasureExtent.EVERYTHING
        ),
        reaches=lambda answer, _: len(answer.people) == 1,
        names={"member_number"},
        free={"ticket", "user_id"},
    ),
    "ReportLeak": Entry(
        request=_leak(leaks.ReportLeakRequest),
        reaches=lambda answer, asked: any(canary(asked.own) in one.email for one in answer.people),
        free=_LEAK,
    ),
    "RespondToLeak": Entry(
        request=_leak(leaks.RespondToLeakRequest),
        reaches=lambda answer, _: answer.people == 1,
        free=_LEAK,
    ),
}
