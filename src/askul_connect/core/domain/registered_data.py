"""What a customer has registered about itself, apart from numbers and states the supplier gives (ACC-3, ACC-7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs
from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.stored import StoredForm


@frozen(kw_only=True)
class RegisteredData:
    """The registered data of an account."""

    name: str
    name_kana: str
    postcode: str
    address: str
    representative: str
    contact: str
    phone: str
    email: str
    corporate_number: str
    invoice_registration_number: str


REGISTERED_FIELDS = tuple(one.name for one in attrs.fields(RegisteredData))

#: Whoever changes one of these gives the application number, where the account has one (ACC-10).
SENSITIVE_FIELDS = frozenset(
    {"name", "representative", "email", "corporate_number", "invoice_registration_number"}
)
#: The document that proves a changed field, by field.
PROOFS: Mapping[str, str] = MappingProxyType(
    {
        "name": "certificate-of-registration",
        "representative": "certificate-of-registration",
        "corporate_number": "certificate-of-registration",
        "invoice_registration_number": "notice-of-invoice-registration",
    }
)


@frozen(kw_only=True)
class Difference:
    """One field that two states of the data differ in."""

    field: str
    before: str
    after: str


def data_of(account: Account) -> RegisteredData:
    """The registered data of an account."""
    return RegisteredData(**{name: getattr(account, name) for name in REGISTERED_FIELDS})


def with_data(account: Account, data: RegisteredData) -> Account:
    """The account with other registered data; its version is that of before."""
    return evolve(account, **attrs.asdict(data))


def differences(before: RegisteredData, after: RegisteredData) -> tuple[Difference, ...]:
    """Every field that differs, in the order of the fields."""
    return tuple(
        Difference(field=name, before=getattr(before, name), after=getattr(after, name))
        for name in REGISTERED_FIELDS
        if getattr(before, name) != getattr(after, name)
    )


def proofs_of(changed: tuple[Difference, ...]) -> tuple[str, ...]:
    """The documents that a change needs, each once."""
    return tuple(dict.fromkeys(PROOFS[one.field] for one in changed if one.field in PROOFS and one.after))


_FORM = StoredForm(name="registered data")


def written(data: RegisteredData) -> str:
    """The data as JSON text."""
    return _FORM.write(attrs.asdict(data), sort_keys=True)


def read(body: str) -> RegisteredData:
    """The data of a JSON text written by :func:`written`; a field that came later is empty."""
    found = _FORM.read(body)
    return RegisteredData(**{name: found.get(name, "") for name in REGISTERED_FIELDS})
