"""Whether registered data are acceptable, all findings at once (ACC-3, ACC-7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.company_names import phone_key, postcode_key
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.identifiers import (
    normalise_corporate_number,
    normalise_email,
    normalise_registration_number,
)
from askul_connect.core.domain.registered_data import RegisteredData
from askul_connect.core.errors import ValueInvalid

_LENGTHS = {
    "name": 100,
    "name_kana": 100,
    "address": 200,
    "representative": 100,
    "contact": 100,
}
_OPTIONAL = frozenset({"name_kana", "contact"})
_POSTCODE_DIGITS = 7
_PHONE_DIGITS = (10, 11)


@frozen(kw_only=True)
class Checked:
    """Data in the one spelling that is stored.

    Attributes:
        warnings: What somebody should look at twice; nothing is refused for them.
    """

    data: RegisteredData
    warnings: tuple[str, ...]


def check_registered_data(kind: AccountKind, data: RegisteredData, findings: Findings) -> Checked:
    """Check every field; what is wrong is added to the findings.

    Args:
        kind: Of the account; a corporation's invoice registration number holds its corporate number.
        data: As typed.
        findings: Where what is wrong is noted, each by its field.
    """
    for name, longest in _LENGTHS.items():
        text = getattr(data, name).strip()
        if len(text) > longest or (not text and name not in _OPTIONAL) or _has_control(text):
            findings.add(ValueInvalid, f"{name} has 1 to {longest} printable characters", where=name)
    if len(postcode_key(data.postcode)) != _POSTCODE_DIGITS:
        findings.add(ValueInvalid, f"{data.postcode!r} is no postcode: give 7 digits", where="postcode")
    if len(phone_key(data.phone)) not in _PHONE_DIGITS:
        findings.add(
            ValueInvalid, f"{data.phone!r} is no telephone number: give 10 or 11 digits", where="phone"
        )
    warnings: list[str] = []

    def registration(text: str) -> str:
        corporate = has_corporate_number(kind)
        number = normalise_registration_number(text, corporation=corporate)
        if not corporate and not number.corporate:
            warnings.append(
                f"{number.value} is not made of a corporate number, which is right for a person; compare the notice"
            )
        return number.value

    normalised = evolve(
        data,
        **{name: getattr(data, name).strip() for name in (*_LENGTHS, "postcode", "phone")},
        email=_normal(findings, "email", data.email, normalise_email),
        corporate_number=_normal(
            findings, "corporate_number", data.corporate_number, normalise_corporate_number
        ),
        invoice_registration_number=_normal(
            findings, "invoice_registration_number", data.invoice_registration_number, registration
        ),
    )
    return Checked(data=normalised, warnings=tuple(warnings))


def _has_control(text: str) -> bool:
    # a full-width space is no control character, though Python calls it unprintable
    return any(unicodedata.category(letter).startswith("C") for letter in text)


def has_corporate_number(kind: AccountKind) -> bool:
    """Whether accounts of that kind are legal persons: nothing of theirs but the contacts is a person's data."""
    return has(kind, Capability.LEGAL_PERSON)


def _normal(findings: Findings, where: str, text: str, normalise: Callable[[str], str]) -> str:
    if not text.strip() and where != "email":
        return ""
    try:
        return normalise(text)
    except ValueInvalid as error:
        findings.add(ValueInvalid, error.detail, where=where)
        return text
