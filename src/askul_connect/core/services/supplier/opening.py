"""How a supplier starts: its catalog is stocked, an account is opened and its letter written (ACC-3, AUTH-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import field, frozen

from askul_connect.core.domain.accounts import Account, AccountKind, BillingTerms, Department
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.catalog import Item, StockLevel
from askul_connect.core.domain.identifiers import (
    email_key,
    normalise_corporate_number,
    normalise_email,
    normalise_registration_number,
)
from askul_connect.core.domain.registered_data import RegisteredData
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import AccountStep
from askul_connect.core.errors import DuplicateRegistration, ValueInvalid
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.supplier.catalog_index import publish
from askul_connect.core.services.supplier.context import House
from askul_connect.core.services.supplier.founding import found, new_account, new_administrator, stepped
from askul_connect.core.services.supplier.temporary_passwords import (
    LETTER_LIFE,
    give_temporary_password,
    new_temporary_password,
)
from askul_connect.core.services.units import run_unit

_BATCH = 500


@frozen(kw_only=True)
class DepartmentOpening:
    """A department of a new account."""

    code: str
    name: str


@frozen(kw_only=True)
class AccountOpening:
    """What an account is opened with; the corporate and registration number may be empty."""

    kind: AccountKind
    name: str = field(repr=False)
    name_kana: str = field(repr=False)
    postcode: str
    address: str = field(repr=False)
    representative: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    corporate_number: str
    invoice_registration_number: str
    buyer_party: str
    terms: BillingTerms
    administrator_name: str = field(repr=False)
    administrator_email: str = field(repr=False)
    departments: tuple[DepartmentOpening, ...] = field(default=())


@frozen(kw_only=True)
class Letter:
    """What the supplier's letter to a new customer says (AUTH-4)."""

    customer_number: str = field(repr=False)
    member_number: str
    temporary_password: Secret


def stock_catalog(storage: SupplierStorage, items: Iterable[tuple[Item, StockLevel]]) -> int:
    """Fill a catalog, batch by batch; a catalog that was begun is completed.

    Returns:
        How many items were added.
    """
    added = 0
    for batch in _batches(iter(items)):

        def add(unit: SupplierUnitOfWork, batch: tuple[tuple[Item, StockLevel], ...] = batch) -> int:
            known = unit.catalog.items([item.sku for item, _ in batch])
            new = [(item, level) for item, level in batch if item.sku not in known]
            if new:
                unit.catalog.add_many(new)
                publish(unit, (item for item, _ in new))
            return len(new)

        added += run_unit(storage, add)
    return added


def _batches(items: Iterator[tuple[Item, StockLevel]]) -> Iterator[tuple[tuple[Item, StockLevel], ...]]:
    while batch := tuple(islice(items, _BATCH)):
        yield batch


def open_account(storage: SupplierStorage, house: House, opening: AccountOpening) -> Letter:
    """Open an active account with departments and its first administrator, and write its letter.

    Opening it again while the administrator still has to set a password writes the letter anew: the first may have
    been lost on its way.

    Raises:
        DuplicateRegistration: The administrator has a password, or is a user of another account.
        ValueInvalid: A number or address breaks its rule, or a department is named twice.
    """
    # drawn before the unit of work, so that one that is repeated draws no other numbers
    # the supplier opens it itself, so nobody is left to approve it
    account = stepped(house, _new_account(house, opening), AccountStep.APPROVE)
    password = new_temporary_password(house)
    encoded = house.hasher.hash(password)
    opened = run_unit(storage, lambda unit: _open(unit, house, opening, account, encoded))
    return Letter(
        customer_number=opened.customer_number,
        member_number=opened.member_number,
        temporary_password=password,
    )


def _open(
    unit: SupplierUnitOfWork, house: House, opening: AccountOpening, account: Account, encoded: str
) -> Account:
    administrator = unit.users.by_email_key(email_key(opening.administrator_email))
    if administrator is None:
        _require_distinct([department.code for department in opening.departments])
        administrator = new_administrator(
            house, account, opening.administrator_name, opening.administrator_email
        )
        found(unit, account, administrator)
        for department in opening.departments:
            unit.departments.add(
                Department(
                    department_id=house.ids.new("department", f"{account.account_id}:{department.code}"),
                    account_id=account.account_id,
                    code=department.code,
                    name=department.name,
                    parent_code="",
                    postcode=opening.postcode,
                    address=opening.address,
                )
            )
    else:
        known = unit.accounts.get(administrator.account_id)
        same = known is not None and (known.name, known.buyer_party) == (opening.name, opening.buyer_party)
        membership = unit.memberships.get(administrator.account_id, administrator.user_id)
        if known is None or not same or membership is None or not membership.primary_administrator:
            raise DuplicateRegistration(
                f"{opening.administrator_email} is registered as a user of another account, or as another user",
                where="administrator.email",
            )
        if not administrator.password_temporary:
            raise DuplicateRegistration(
                f"{opening.administrator_email} is registered and has a password", where="administrator.email"
            )
        account = known
    give_temporary_password(unit, house, administrator, encoded, house.clock.now() + LETTER_LIFE)
    return account


def _require_distinct(codes: list[str]) -> None:
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise ValueInvalid(f"departments named twice: {', '.join(doubled)}", where="departments")


def _new_account(house: House, opening: AccountOpening) -> Account:
    registration = opening.invoice_registration_number
    corporation = has(opening.kind, Capability.LEGAL_PERSON)
    data = RegisteredData(
        name=opening.name,
        name_kana=opening.name_kana,
        postcode=opening.postcode,
        address=opening.address,
        representative=opening.representative,
        contact=opening.administrator_name,
        phone=opening.phone,
        email=normalise_email(opening.email),
        corporate_number=normalise_corporate_number(opening.corporate_number)
        if opening.corporate_number
        else "",
        invoice_registration_number=(
            normalise_registration_number(registration, corporation=corporation).value if registration else ""
        ),
    )
    return new_account(house, opening.kind, data, buyer_party=opening.buyer_party, terms=opening.terms)
