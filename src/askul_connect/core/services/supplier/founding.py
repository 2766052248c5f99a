"""How an account comes to be, by registration or opened by the supplier itself (ACC-2, ACC-3, ACC-10)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import (
    Account,
    AccountKind,
    AccountState,
    BillingTerms,
    Membership,
    Role,
    User,
    UserState,
)
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.registered_data import RegisteredData
from askul_connect.core.domain.standing import ACCOUNT_STEPS, AccountStep, next_state
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.account_list import add_account
from askul_connect.core.services.supplier.context import House


def new_account(
    house: House, kind: AccountKind, data: RegisteredData, *, buyer_party: str, terms: BillingTerms
) -> Account:
    """An account that waits for approval, with its numbers. The customer number is drawn: none follows from another."""
    customer_number = house.ids.digits("customer-number", 10)
    now = house.clock.now()
    return Account(
        account_id=house.ids.new("account", customer_number),
        customer_number=customer_number,
        member_number=house.ids.digits("member-number", 8),
        kind=kind,
        state=AccountState.PENDING_APPROVAL,
        name=data.name,
        name_kana=data.name_kana,
        postcode=data.postcode,
        address=data.address,
        representative=data.representative,
        contact=data.contact,
        phone=data.phone,
        email=data.email,
        corporate_number=data.corporate_number,
        invoice_registration_number=data.invoice_registration_number,
        buyer_party=buyer_party,
        terms=terms,
        created_at=now,
        state_since=now,
    )


def new_administrator(house: House, account: Account, name: str, email: str) -> User:
    """Its first administrator, who has no password yet."""
    key = email_key(email)
    return User(
        user_id=house.ids.new("user", f"{account.account_id}:{key}"),
        account_id=account.account_id,
        email=normalise_email(email),
        email_key=key,
        name=name,
        state=UserState.ACTIVE,
        password_hash="",
        password_temporary=True,
        password_expires_at=None,
        old_password_hashes=(),
        created_at=house.clock.now(),
    )


def found(unit: SupplierUnitOfWork, account: Account, administrator: User) -> None:
    """Store an account with its first administrator, whom the customer number logs in (AUTH-1)."""
    add_account(unit, account)
    unit.users.add(administrator)
    unit.memberships.add(
        Membership(
            account_id=account.account_id,
            user_id=administrator.user_id,
            home_account_id=account.account_id,
            role=Role.ADMINISTRATOR,
            department_codes=(),
            state=UserState.ACTIVE,
            primary_administrator=True,
            joined_at=administrator.created_at,
        )
    )


def stepped(house: House, account: Account, step: AccountStep, reason: str = "") -> Account:
    """The account after a step of its state.

    Raises:
        IllegalStep: Its state does not allow it.
    """
    state = next_state(ACCOUNT_STEPS, account.state, step, "an account")
    return evolve(account, state=state, state_reason=reason, state_since=house.clock.now())
