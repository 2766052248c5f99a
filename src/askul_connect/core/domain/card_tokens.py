"""Tokens that stand for cards at a payment provider; a card's own number is refused and never held (BIL-9)."""

from __future__ import annotations

import re
import unicodedata

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import CardNumberRefused, ValueInvalid

_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{8,200}")
_SEPARATORS = re.compile(r"[\s._:/-]+")
_RUN = re.compile(r"[0-9]{12,}")
#: Digits of the numbers of payment cards (ISO/IEC 7812).
_SHORTEST, _LONGEST = 12, 19


def card_token(given: Secret) -> Secret:
    """The token of a card, checked; no message says what was given.

    Raises:
        CardNumberRefused: It looks like a card's number, or holds one.
        ValueInvalid: It is no token.
    """
    text = given.reveal().strip()
    if looks_like_card_number(text):
        raise CardNumberRefused("a card's number was given in the place of a token", where="card_token")
    if not _TOKEN.fullmatch(text):
        raise ValueInvalid("a card's token has 8 to 200 letters, digits and _ . : -", where="card_token")
    return Secret(text)


def looks_like_card_number(text: str) -> bool:
    """Whether a text is a card's number or holds one, however it is written.

    What has no letter is refused whatever its digits. In what has letters, digits that pass the check of card numbers
    are refused: a token with such a run by chance is refused too, and the provider is asked for another one.
    """
    plain = _SEPARATORS.sub("", "".join(map(_plain, unicodedata.normalize("NFKC", text))))
    if plain and plain.isdigit():
        return True
    return any(
        _passes_check(run[start : start + length])
        for run in _RUN.findall(plain)
        for length in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(run) - length + 1)
    )


def _plain(character: str) -> str:
    """Digits of every script as ASCII, other characters as they are."""
    digit = unicodedata.decimal(character, -1)
    return character if digit < 0 else str(digit)


def _passes_check(digits: str) -> bool:
    """The check digit of card numbers (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 -- one digit
