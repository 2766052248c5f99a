"""What companies are recognised by, however their names and numbers are written (ACC-4, AUTH-12)."""

from __future__ import annotations

import re
import unicodedata

# After NFKC: ㈱ has become (株), full-width letters have become half-width ones.
_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|(?:一般|公益)(?:社団|財団)法人|(?:医療|学校|社会福祉|宗教|特定非営利活動)法人"
    r"|\((?:株|有|同|資|名|一社|一財|公社|公財|医|学|福)\)"
    r"|\b(?:co\.?,? ?ltd\.?|inc\.?|corp\.?|corporation|company|limited|k\.?k\.?|g\.?k\.?|gmbh|llc|ltd\.?)(?!\w)"
)
_NOTHING = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile(r"[^0-9]+")
#: Japan's country code, as it stands before a number without its leading 0.
_COUNTRY = "81"


def without_legal_form(folded: str) -> str:
    """A name that was folded (NFKC, case) without the forms of companies, such as 株式会社 or Ltd."""
    return _LEGAL_FORMS.sub(" ", folded)


def company_key(name: str) -> str:
    """A company's name as it is compared: widths and case folded, without legal form, spaces and signs.

    A name of a legal form only stays what it is, so that it is not the key of every such name.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = _NOTHING.sub("", without_legal_form(folded))
    return bare or _NOTHING.sub("", folded)


def phone_key(number: str) -> str:
    """A telephone number as it is compared: its digits, the country's code turned into the leading 0."""
    folded = unicodedata.normalize("NFKC", number).strip()
    digits = _NO_DIGIT.sub("", folded)
    if folded.startswith("+") and digits.startswith(_COUNTRY):
        return "0" + digits.removeprefix(_COUNTRY).removeprefix("0")
    return digits


def postcode_key(postcode: str) -> str:
    """A postcode as it is compared: its digits."""
    return _NO_DIGIT.sub("", unicodedata.normalize("NFKC", postcode))
