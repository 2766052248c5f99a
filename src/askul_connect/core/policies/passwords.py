"""What a new password has to be like (AUTH-5). A policy is a value; judging is a pure function of facts.

Three are ready: what the guide of the modelled service asks for, its lower level, and NIST SP 800-63B-4. Each says
where it departs from OWASP ASVS 5.0; no single policy satisfies both the guide and ASVS.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from attrs import Attribute, evolve, field, frozen

from askul_connect.core.domain.company_names import without_legal_form
from askul_connect.core.errors import PasswordRejected, Problem, ValueInvalid
from askul_connect.core.policies.common_passwords import COMMON_WORDS, is_common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askul_connect.core.domain.secrets import Secret

#: Days after which a password has to be changed, at least and at most.
SHORTEST_LIFE = 90
LONGEST_LIFE = 180
# What is left of a name is only looked for in a password from this length on; two kanji are a family name.
_SHORTEST_LATIN = 3
_SHORTEST_OTHER = 2
_WORD_BREAK = re.compile(r"[\W_]+")


#: What a password without expiry "expires" at where an instant has to be said.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def _is_life(_instance: object, _attribute: Attribute[Any], days: int | None) -> None:
    if days is None:
        return
    if type(days) is not int or not SHORTEST_LIFE <= days <= LONGEST_LIFE:
        raise ValueInvalid(
            f"passwords expire after {SHORTEST_LIFE} to {LONGEST_LIFE} days, not {days!r}",
            where="expires_after_days",
        )


class Composition(StrEnum):
    """Which kinds of characters a password must hold."""

    ANY = "any"
    LETTERS_AND_DIGITS = "letters_and_digits"
    FOUR_CLASSES = "four_classes"


@frozen(kw_only=True)
class Deviation:
    """Where a policy departs from OWASP ASVS 5.0.

    Attributes:
        requirement: The id in ASVS 5.0.
        reason: What the policy does instead.
    """

    requirement: str
    reason: str


@frozen(kw_only=True)
class PasswordPolicy:
    """Rules for passwords.

    Attributes:
        name: What a configuration and a report call it by.
        minimum_length, maximum_length: Characters, counted in Unicode's composed form (NFC).
        minimum_length_with_factor: The least for who also proves a second factor.
        composition: The kinds of characters that are required.
        expires_after_days: Days until it must be changed, 90 to 180; None for a password that does not expire.
        warning_days: Days before that on which the user is told.
        remembered: How many of the last passwords may not be used again.
        common_words: Words that common passwords are made of, in lower case.

    Raises:
        ValueInvalid: The days to expiry are outside their range.
    """

    name: str = "own"
    minimum_length: int = 8
    maximum_length: int = 128
    minimum_length_with_factor: int = 8
    composition: Composition = Composition.FOUR_CLASSES
    expires_after_days: int | None = field(default=LONGEST_LIFE, validator=_is_life)
    warning_days: int = 14
    remembered: int = 5
    common_words: frozenset[str] = field(default=COMMON_WORDS, repr=False)

    def expires_at(self, set_at: datetime) -> datetime | None:
        """When a password that was set at an instant must be changed; None for never."""
        if self.expires_after_days is None:
            return None
        return set_at + timedelta(days=self.expires_after_days)

    def warns_at(self, expires_at: datetime) -> datetime:
        """From when on the user is told that the password expires."""
        return expires_at - timedelta(days=self.warning_days)

    def lasting(self, days: int) -> PasswordPolicy:
        """The policy as an account's administrator set it (ACC-11); 0 leaves it as it is.

        Raises:
            ValueInvalid: The days are outside the range, or passwords of this policy do not expire.
        """
        if not days:
            return self
        if self.expires_after_days is None:
            raise ValueInvalid(
                f"passwords under {self.name} do not expire; leave the days out", where="password_days"
            )
        return evolve(self, expires_after_days=days)

    def deviations(self) -> tuple[Deviation, ...]:
        """Where the policy departs from OWASP ASVS 5.0, for reports and for whoever chooses it."""
        found = []
        if self.composition is not Composition.ANY:
            kinds = self.composition.value.replace("_", " ")
            found.append(Deviation(requirement="6.2.5", reason=f"composition is prescribed: {kinds}"))
        if self.expires_after_days is not None:
            reason = f"passwords must be changed every {self.expires_after_days} days"
            found.append(Deviation(requirement="6.2.10", reason=reason))
        return tuple(found)


#: The level that the source document asks for: four kinds of characters, changed every three to six months.
ASKUL_GUIDE = PasswordPolicy(name="askul_guide")
#: The lower level that it names: letters and digits.
ASKUL_GUIDE_BASIC = PasswordPolicy(name="askul_guide_basic", composition=Composition.LETTERS_AND_DIGITS)
#: NIST SP 800-63B-4: length first, a blocklist, no composition, no rotation.
NIST_800_63B_4 = PasswordPolicy(
    name="nist_800_63b_4",
    minimum_length=15,
    composition=Composition.ANY,
    expires_after_days=None,
    remembered=0,
)
PASSWORD_POLICIES = {policy.name: policy for policy in (ASKUL_GUIDE, ASKUL_GUIDE_BASIC, NIST_800_63B_4)}


@frozen(kw_only=True)
class PasswordFacts:
    """What is known of the person who sets a password.

    Attributes:
        login_ids: What the person logs in with: e-mail address, customer number.
        name: The person's name.
        company: The account's name.
        used_before: Whether it is one of the last passwords that the policy remembers, by their hashes.
        second_factor: Whether the person also proves a second factor at each login.
    """

    login_ids: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    used_before: bool = False
    second_factor: bool = False


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
    least = policy.minimum_length_with_factor if facts.second_factor else policy.minimum_length
    return (*_form_findings(policy, text, least), *_person_findings(policy, text, facts))


def _form_findings(policy: PasswordPolicy, text: str, least: int) -> Iterator[Problem]:
    if len(text) < least:
        yield _problem("length", "the password is too short", f"use at least {least} characters")
    if len(text) > policy.maximum_length:
        yield _problem(
            "length", "the password is too long", f"use at most {policy.maximum_length} characters"
        )
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in text):
        yield _problem("characters", "the password holds a control character", "use what a keyboard types")
    missing = ", ".join(_missing(policy.composition, text))
    if missing:
        yield _problem("classes", f"the password lacks: {missing}", _KINDS_WANTED[policy.composition])
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


_KINDS_WANTED = {
    Composition.ANY: "",
    Composition.LETTERS_AND_DIGITS: "use both letters and digits",
    Composition.FOUR_CLASSES: "use all four kinds of characters",
}


def _missing(composition: Composition, text: str) -> Iterator[str]:
    if composition is Composition.FOUR_CLASSES:
        yield from _missing_classes(text)
    elif composition is Composition.LETTERS_AND_DIGITS:
        if not any(character.isalpha() for character in text):
            yield "a letter"
        if not any(character.isdecimal() for character in text):
            yield "a digit"


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
    words = [word for word in _WORD_BREAK.split(without_legal_form(_folded(name))) if word]
    return (part for part in ("".join(words), *words) if _telling(part))


def _telling(part: str) -> bool:
    return len(part) >= (_SHORTEST_LATIN if part.isascii() else _SHORTEST_OTHER)
