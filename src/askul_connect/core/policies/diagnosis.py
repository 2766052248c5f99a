"""From a code or symptom to its likely causes (AUTH-3): a pure function over the data of ``login_causes``."""

from __future__ import annotations

from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.login_causes import CAUSES, Cause, Symptom


def diagnose(code: str, symptom: str, *, disturbance_nearby: bool) -> tuple[Cause, ...]:
    """The causes that fit, the likeliest first.

    While a disturbance is reported at about this time it comes first, whatever the code: people see ``w:001`` then too.

    Args:
        code: An error code, or the reason that a refusal named; may be empty.
        symptom: One of :class:`Symptom`; may be empty.
        disturbance_nearby: Whether a disturbance is reported at about this time.

    Raises:
        ValueInvalid: Neither was given, or one that nobody knows; the text lists what is known.
    """
    wanted = code.strip().lower()
    seen = symptom.strip().lower().replace("_", "-")
    if not wanted and not seen:
        raise ValueInvalid(f"name a code or a symptom; symptoms: {_known_symptoms()}", where="code")
    if seen and seen not in set(Symptom):
        raise ValueInvalid(f"{symptom!r} is no symptom; accepted: {_known_symptoms()}", where="symptom")
    found = [
        cause
        for cause in CAUSES
        if (not wanted or wanted in cause.codes) and (not seen or Symptom(seen) in cause.symptoms)
    ]
    if wanted and not any(wanted in cause.codes for cause in CAUSES):
        known = sorted({known for cause in CAUSES for known in cause.codes})
        raise ValueInvalid(f"{code!r} is no code we know; known: {', '.join(known)}", where="code")
    if disturbance_nearby:
        first = [cause for cause in CAUSES if cause.disturbance]
        return (*first, *(cause for cause in found if cause not in first))
    if seen:
        # what is named by its symptom first is likelier
        found.sort(key=lambda cause: cause.symptoms.index(Symptom(seen)))
    return tuple(found)


def _known_symptoms() -> str:
    return ", ".join(symptom.value for symptom in Symptom)
