"""The first answer to a chat: what diagnosis and FAQ know about it, before a person reads it (SUP-2)."""

from __future__ import annotations

from askul_connect.core.errors import Text
from askul_connect.core.policies.diagnosis import diagnose
from askul_connect.core.policies.faq import search
from askul_connect.core.policies.login_causes import CAUSES, Cause

_MOST_CAUSES = 2
_MOST_QUESTIONS = 3

_GREETING = Text(
    ja="自動応答です。次のことを確認してください。",
    en="This is an automatic answer. Please check the following.",
)
_NOTHING = Text(
    ja="自動応答です。該当する案内が見つかりませんでした。担当者が確認して返信します。",
    en="This is an automatic answer. Nothing that fits was found; one of our people will look at it and reply.",
)
_FURTHER = Text(
    ja="解決しないときは、このチケットに追記してください。担当者が確認して返信します。",
    en="If that does not help, write to this ticket; one of our people will look at it and reply.",
)


def first_answer(error_code: str, words: str, *, language: str, disturbance_nearby: bool) -> str:
    """The text of the answer.

    Args:
        error_code: As the customer typed it; an unknown one is passed over.
        words: What the customer wrote.
        language: ``ja`` or ``en``.
        disturbance_nearby: Whether a disturbance is reported at about this time.
    """

    def say(text: Text) -> str:
        return text.en if language == "en" else text.ja

    lines: list[str] = []
    for cause in _causes(error_code, disturbance_nearby=disturbance_nearby)[:_MOST_CAUSES]:
        lines += ["", say(cause.title)]
        lines += [f"{number}. {say(step)}" for number, step in enumerate(cause.steps, 1)]
    for one in search(words)[:_MOST_QUESTIONS] if words.strip() else ():
        lines += ["", say(one.question), say(one.answer)]
    if not lines:
        return say(_NOTHING)
    return "\n".join([say(_GREETING), *lines, "", say(_FURTHER)])


def _causes(error_code: str, *, disturbance_nearby: bool) -> tuple[Cause, ...]:
    code = error_code.strip().lower()
    known = any(code in cause.codes for cause in CAUSES)
    if known:
        return diagnose(code, "", disturbance_nearby=disturbance_nearby)
    return tuple(cause for cause in CAUSES if cause.disturbance) if disturbance_nearby else ()
