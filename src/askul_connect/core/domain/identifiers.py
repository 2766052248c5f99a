"""Numbers that name companies, customers, people and items, with their check digits (ACC-2, ACC-3, CAT-1).

Every ``normalise_...`` function takes what a person or a document gives and returns the one spelling that is
stored and compared; it raises :class:`ValueInvalid` with what is wrong and what to do. Nothing is looked up.
"""

from __future__ import annotations

import re
import unicodedata

from attrs import frozen

from askul_connect.core.errors import ValueInvalid

# What people put between digits: every dash of Unicode, the minus sign, and the long vowel mark, which a
# Japanese keyboard types in place of a hyphen.
_DASHES = "-\u00ad\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d\u30fc\uff70\u2500"
_SEPARATORS = re.compile(rf"[\s{re.escape(_DASHES)}]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?![0-9]){_LABEL}")
# Lengths of RFC 5321, section 4.5.3.1.
_EMAIL_LENGTH = 254
_LOCAL_PART_LENGTH = 64
_PARTY_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,29}:\S{1,100}")
_JAN_LENGTH = 13
_SHORT_JAN_LENGTH = 8


def _without_separators(text: str) -> str:
    """Full-width forms folded (NFKC), spaces and dashes of all kinds removed."""
    folded = unicodedata.normalize("NFKC", text) if isinstance(text, str) else str(text)
    return _SEPARATORS.sub("", folded)


def _digits(text: str, count: int, name: str) -> str:
    bare = _without_separators(text)
    if not (bare.isascii() and bare.isdigit()) or len(bare) != count:
        raise ValueInvalid(f"{text!r} is no {name}: give {count} digits; spaces and hyphens do not matter")
    return bare


# --- companies ---------------------------------------------------------------------------------------------


def corporate_check_digit(base: str) -> str:
    """The check digit that comes before the 12 digits of a corporate number.

    Nine less the remainder by nine of the sum of the digits from the right, weighted 1, 2, 1, 2 ...
    (ordinance of the Ministry of Finance on corporate numbers). It cannot tell 0 from 9.

    Raises:
        ValueInvalid: Not 12 digits.
    """
    digits = _digits(base, 12, "base of a corporate number")
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return str(9 - weighted % 9)


def normalise_corporate_number(text: str) -> str:
    """A corporate number as 13 digits.

    Raises:
        ValueInvalid: Not 13 digits, or the check digit (the first) is wrong.
    """
    digits = _digits(text, 13, "corporate number")
    expected = corporate_check_digit(digits[1:])
    if digits[0] != expected:
        raise ValueInvalid(
            f"{text!r} is no corporate number: its check digit is {digits[0]} and should be {expected}; "
            "look the number up at the National Tax Agency's publication site"
        )
    return digits


@frozen
class RegistrationNumber:
    """An invoice registration number.

    Attributes:
        value: ``T`` and 13 digits.
        corporate: Whether the digits are a valid corporate number. A sole proprietor's are not one, so False
            is a reason to look twice, not to refuse.
    """

    value: str
    corporate: bool


def normalise_registration_number(text: str, *, corporation: bool) -> RegistrationNumber:
    """An invoice registration number as ``T`` and 13 digits.

    Args:
        text: As typed; full width, lower case, spaces and hyphens are accepted.
        corporation: Whether it is claimed by a corporation, whose digits have to be a corporate number.

    Raises:
        ValueInvalid: Not T and 13 digits, or a corporation's check digit is wrong.
    """
    bare = _without_separators(text)
    if bare[:1] not in {"T", "t"}:
        raise ValueInvalid(f"{text!r} is no invoice registration number: give T and 13 digits")
    digits = _digits(bare[1:], 13, "invoice registration number after its T")
    if corporation:
        normalise_corporate_number(digits)
    return RegistrationNumber(f"T{digits}", digits[0] == corporate_check_digit(digits[1:]))


# --- items -------------------------------------------------------------------------------------------------


def gtin_check_digit(base: str) -> str:
    """The check digit that comes after the first 7 or 12 digits of a JAN code (GS1 General Specifications).

    Raises:
        ValueInvalid: Not 7 or 12 digits.
    """
    short = len(base) < _SHORT_JAN_LENGTH
    digits = _digits(base, (_SHORT_JAN_LENGTH if short else _JAN_LENGTH) - 1, "base of a JAN code")
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def normalise_jan(text: str) -> str:
    """A JAN code (GTIN-13 or GTIN-8) as digits.

    Raises:
        ValueInvalid: Not 13 or 8 digits, or the check digit (the last) is wrong.
    """
    bare = _without_separators(text)
    short = len(bare) == _SHORT_JAN_LENGTH
    digits = _digits(bare, _SHORT_JAN_LENGTH if short else _JAN_LENGTH, "JAN code")
    expected = gtin_check_digit(digits[:-1])
    if digits[-1] != expected:
        raise ValueInvalid(
            f"{text!r} is no JAN code: its check digit is {digits[-1]} and should be {expected}; "
            "compare it with the bar code"
        )
    return digits


# --- customers and people ----------------------------------------------------------------------------------


def normalise_customer_number(text: str) -> str:
    """A customer number as 10 digits (ACC-2).

    Raises:
        ValueInvalid: Not 10 digits.
    """
    return _digits(text, 10, "customer number")


def normalise_member_number(text: str) -> str:
    """A member number as 8 digits (ACC-10).

    Raises:
        ValueInvalid: Not 8 digits.
    """
    return _digits(text, 8, "member number")


def normalise_email(text: str) -> str:
    """An e-mail address as it is written to: surrounding space removed, letter case kept.

    Only ASCII is accepted, so that no two different addresses look or fold alike.

    Raises:
        ValueInvalid: Not of the form ``name@domain`` within the lengths of RFC 5321.
    """
    bare = text.strip(" \t\r\n") if isinstance(text, str) else ""
    if not bare.isascii():
        raise ValueInvalid(
            f"{text!r} is no e-mail address we accept: use half-width letters, digits and signs"
        )
    found = _EMAIL.fullmatch(bare) if len(bare) <= _EMAIL_LENGTH else None
    if found is None or len(found.group(1)) > _LOCAL_PART_LENGTH:
        raise ValueInvalid(f"{text!r} is no e-mail address of the form name@example.co.jp")
    return bare


def email_key(text: str) -> str:
    """What addresses are compared and found by: the address in lower case (AUTH-1).

    Raises:
        ValueInvalid: It is no e-mail address.
    """
    return normalise_email(text).lower()


def normalise_party_id(text: str) -> str:
    """A party's id as ``scheme:id``, for instance ``0188:7010705000725`` (a corporate number in Peppol).

    The id is not checked by its scheme's rules: the mapping says which parties exist, not a check digit.

    Raises:
        ValueInvalid: Not of that form.
    """
    bare = text.strip() if isinstance(text, str) else ""
    if _PARTY_ID.fullmatch(bare) is None or not bare.isprintable():
        raise ValueInvalid(f"{text!r} is no party id: write scheme:id, for instance 0188:7010705000725")
    return bare
