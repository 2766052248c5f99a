"""What a new password has to be like (AUTH-5). A policy is a value; judging is a pure function of facts."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from askul_connect.core.errors import PasswordRejected, Problem, ValueInvalid
from askul_connect.core.policies.common_passwords import COMMON_WORDS, is_common

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from askul_connect.core.domain.secrets import Secret

#: Days after which a password has to be changed, at least and at most.
SHORTEST_LIFE = 90
LONGEST_LIFE = 180
# What is left of a name is only looked for in a password from this length on; two kanji are a family name.
_SHORTEST_LATIN = 3
_SHORTEST_OTHER = 2
_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|\((?:株|有|同)\)"
    r"|\b(?:co|ltd|inc|corp|corporation|company|limited|kk|gmbh|llc)\b"
)
_WORD_BREAK = re.compile(r"[\W_]+")


def _is_life(_instance: object, _attribute: Attribute[int], days: int) -> None:
    if type(days) is not int or not SHORTEST_LIFE <= days <= LONGEST_LIFE:
        raise ValueInvalid(
            f"passwords expire after {SHORTEST_LIFE} to {LONGEST_LIFE} days, not {days!r}",
            where="expires_after_days",
        )


@frozen(kw_only=True)
class PasswordPolicy:
    """Rules for passwords.

    Attributes:
        minimum_length, maximum_length: Characters, counted in Unicode's composed form (NFC).
        all_classes: Upper-case and lower-case letter, digit and sign are all required.
        expires_after_days: Days until it must be changed, 90 to 180.
        warning_days: Days before that on which the user is told.
        remembered: How many of the last passwords may not be used again.
        common_words: Words that common passwords are made of, in lower case.

    Raises:
        ValueInvalid: The days to expiry are outside their range.
    """

    minimum_length: int = 8
    maximum_length: int = 128
    all_classes: bool = True
    expires_after_days: int = field(default=LONGEST_LIFE, validator=_is_life)
    warning_days: int = 14
    remembered: int = 5
    common_words: frozenset[str] = field(default=COMMON_WORDS, repr=False)

    def expires_at(self, set_at: datetime) -> datetime:
        """When a password that was set at an instant must be changed."""
        return set_at + timedelta(days=self.expires_after_days)

    def warns_at(self, expires_at: datetime) -> datetime:
        """From when on the user is told that the password expires."""
        return expires_at - timedelta(days=self.warning_days)


#: The level that ASKUL's guide to passwords asks for.
ASKUL_GUIDE = PasswordPolicy()


@frozen(kw_only=True)
class PasswordFacts:
    """What is known of the person who sets a password.

    Attributes:
        login_ids: What the person logs in with: e-mail address, customer number.
        name: The person's name.
        company: The account's name.
        used_before: Whether it is one of the last passwords that the policy remembers, by their hashes.
    """

    login_ids: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    used_before: bool = False


def judge(policy: PasswordPolicy, password: Secret, facts: PasswordFacts) -> tuple[Problem, ...]:
    """Every rule that a new password breaks; none when it may be used.

    The password is judged as typed, in composed form (NFC). Compatibility forms (NFKC) serve only to find
    names and common words in it: folding what is stored would make it weaker than what was typed.

    Args:
        policy: The rules.
        password: What was typed.
        facts: Of the person who typed it.

    Returns:
        One problem per broken rule; ``where`` names the rule. None holds any part of the password.
    """
    text = unicodedata.normalize("NFC", password.reveal())
    return (*_form_findings(policy, text), *_person_findings(policy, text, facts))


def _form_findings(policy: PasswordPolicy, text: str) -> Iterator[Problem]:
    if len(text) < policy.minimum_length:
        yield _problem(
            "length", "the password is too short", f"use at least {policy.minimum_length} characters"
        )
    if len(text) > policy.maximum_length:
        yield _problem(
            "length", "the password is too long", f"use at most {policy.maximum_length} characters"
        )
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in text):
        yield _problem("characters", "the password holds a control character", "use what a keyboard types")
    if policy.all_classes:
        missing = ", ".join(_missing_classes(text))
        if missing:
            yield _problem("classes", f"the password lacks: {missing}", "use all four kinds of characters")
    if len(text) <= policy.maximum_length and is_common(text, policy.common_words):
        yield _problem("common", "the password is a common one", "use words that nobody would try first")


def _person_findings(policy: PasswordPolicy, text: str, facts: PasswordFacts) -> Iterator[Problem]:
    folded = _folded(text)
    if any(part in folded for login_id in facts.login_ids for part in _id_parts(login_id)):
        yield _problem("login_id", "the password contains the login ID", "leave it out")
    if any(part in folded for part in _name_parts(facts.name)):
        yield _problem("name", "the password contains the person's name", "leave it out")
    if any(part in folded for part in _name_parts(facts.company)):
        yield _problem("company", "the password contains the company's name", "leave it out")
    if facts.used_before:
        yield _problem(
            "history",
            f"the password is one of the last {policy.remembered}",
            "choose one that was not used before",
        )


def _problem(rule: str, detail: str, remedy: str) -> Problem:
    return Problem(code=PasswordRejected.code, where=f"password.{rule}", detail=detail, remedy=remedy)


def _missing_classes(text: str) -> Iterator[str]:
    # Kana and kanji are letters without case: they make a password longer, but belong to none of the four.
    if not any(character.isupper() for character in text):
        yield "an upper-case letter"
    if not any(character.islower() for character in text):
        yield "a lower-case letter"
    if not any(character.isdecimal() for character in text):
        yield "a digit"
    if all(character.isalnum() for character in text):
        yield "a sign"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _id_parts(login_id: str) -> Iterator[str]:
    """The whole ID and the part of an e-mail address before its @."""
    folded = _folded(login_id)
    return (part for part in (folded, folded.partition("@")[0]) if _telling(part))


def _name_parts(name: str) -> Iterator[str]:
    """The name in one word and its words, without the company's legal form."""
    words = [word for word in _WORD_BREAK.split(_LEGAL_FORMS.sub(" ", _folded(name))) if word]
    return (part for part in ("".join(words), *words) if _telling(part))


def _telling(part: str) -> bool:
    return len(part) >= (_SHORTEST_LATIN if part.isascii() else _SHORTEST_OTHER)
