"""How a notice is worded: a subject and a text in both languages (SUP-4)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.errors import Text


@frozen(kw_only=True)
class NoticeText:
    """The text of one event; ``{name}`` stands for a fact of that name."""

    subject: Text
    body: Text


def wording(subject_ja: str, subject_en: str, body_ja: str, body_en: str) -> NoticeText:
    """A subject and a text, Japanese first."""
    return NoticeText(subject=Text(ja=subject_ja, en=subject_en), body=Text(ja=body_ja, en=body_en))


#: What a notice of a change ends with.
NOT_YOU_JA = "心当たりがないときは、すぐに自社の管理者とサポートへ知らせてください。"
NOT_YOU_EN = "If it was not you, tell your administrator and support at once."
