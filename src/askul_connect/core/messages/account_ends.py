"""Requests and responses of withdrawing, and of erasing personal data (ACC-8)."""

from __future__ import annotations

from attrs import field, frozen

from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import AccountState


@frozen(kw_only=True)
class WithdrawAccountRequest:
    """End an account.

    Attributes:
        member_number: Which; an administrator's own, named again so that nothing ends by mistake.
        application_number: Where an administrator asks and the account was registered with one.
        ticket: Where staff ask.
    """

    member_number: str
    reason: str = ""
    application_number: str = ""
    ticket: str = ""


@frozen(kw_only=True)
class WithdrawAccountResponse:
    """The account has ended.

    Attributes:
        contacts_erased_after_days, logins_erased_after_days: From now on; legal records stay longer.
    """

    member_number: str
    state: AccountState
    contacts_erased_after_days: int
    logins_erased_after_days: int
    legal_records_years: int


@frozen(kw_only=True)
class ErasePersonalDataRequest:
    """Erase the people of an account that has ended, or one person who was removed.

    Attributes:
        user_id: One person; empty for all of the account.
        extent: ``contacts`` leaves login IDs and password hashes, so that a login is still answered.
    """

    member_number: str
    ticket: str
    user_id: str = ""
    extent: ErasureExtent = ErasureExtent.CONTACTS


@frozen(kw_only=True)
class ErasePersonalDataResponse:
    """What was erased; erasing again finds nothing.

    Attributes:
        people: Ids of those whose data were erased now.
        kept: What stays, and why.
    """

    people: tuple[str, ...]
    notices: int
    kept: tuple[str, ...] = field(default=())
