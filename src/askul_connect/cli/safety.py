"""Making texts of others safe to print and to log: no control characters, no secrets."""

from __future__ import annotations

import re

# Control characters (a log line or a terminal command could be forged with them), the line and paragraph
# separators, and the marks that turn the direction of writing (a name could be shown as another one).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_UNSAFE_IN_BLOCK = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
_MASK = "****"
_WORDS = r"password|passwd|passphrase|pwd|secret|token|credential|api[_-]?key|authorization|cookie|sessionid"
# What is a secret by its own form.
_TOKENS = (
    (re.compile(r"\bac_[A-Za-z0-9_-]{20,}"), _MASK),
    # scheme://user:password@host
    (re.compile(r"(://[^/\s:@]*):[^\s@/]+@"), rf"\1:{_MASK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", re.IGNORECASE), rf"\1 {_MASK}"),
)
# What is one by the word before it.
_NAMED = (
    # <NewPassword>...</NewPassword>, with or without a namespace
    (re.compile(rf"(<[^<>/\s]*(?:{_WORDS})[^<>]*(?<!/)>)[^<]+", re.IGNORECASE), rf"\1{_MASK}"),
    # password=..., "client_secret": "...", Authorization: ...
    (
        re.compile(
            rf"([\w-]*(?:{_WORDS})[\w-]*[\"']?\s*(?:=|:)\s*)(?!{re.escape(_MASK)})"
            r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?:(?:Bearer|Basic)\s+)?[^\s,;&<>\"'}\])]+)",
            re.IGNORECASE,
        ),
        rf"\1{_MASK}",
    ),
)


def visible(text: str) -> str:
    r"""The text on one line; what a terminal or a log reader would obey becomes ``\xNN`` or ``\uNNNN``."""
    return _UNSAFE.sub(_escaped, text)


def visible_block(text: str) -> str:
    """The same for a text that may have lines, such as a traceback."""
    return _UNSAFE_IN_BLOCK.sub(_escaped, text)


def without_tokens(text: str) -> str:
    """The text with tokens and URL passwords masked: for messages, whose words about secrets stay."""
    for pattern, replacement in _TOKENS:
        text = pattern.sub(replacement, text)
    return text


def redacted(text: str) -> str:
    """The text with everything masked that looks like a password, token or key: for logs."""
    text = without_tokens(text)
    for pattern, replacement in _NAMED:
        text = pattern.sub(replacement, text)
    return text


def _escaped(found: re.Match[str]) -> str:
    character = ord(found.group())
    return f"\\x{character:02x}" if character < 0x100 else f"\\u{character:04x}"  # noqa: PLR2004 -- one byte
