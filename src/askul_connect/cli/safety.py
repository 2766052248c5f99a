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
_WORDS = (
    r"password|passwd|passphrase|pwd|secret|token|credential|api[_-]?key|authorization|cookie|session[_-]?id"
)
# A name and what parts it from its value: name=, "name":, \"name\":, (b'name', b'
_NAME = rf"(?:{_WORDS})[\w-]{{0,60}}\\{{0,9}}[\"']?\s{{0,9}}(?:=|:|,(?=\s{{0,9}}b?[\"']))\s{{0,9}}b?"
# What is a secret by its own form.
_TOKENS = (
    (re.compile(r"\bac_[A-Za-z0-9_-]{20,}"), _MASK),
    # scheme://user:password@host; a password that was not encoded may hold any of the other signs
    (re.compile(r"(://[^/\s:@]{0,100}):\S{1,300}@"), rf"\1:{_MASK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", re.IGNORECASE), rf"\1 {_MASK}"),
)
# What is one by the word before it.
_NAMED = (
    # <NewPassword>...</NewPassword>, with or without a namespace
    (
        re.compile(
            rf"(<[^<>/\s]{{0,100}}(?:{_WORDS})[^<>]{{0,300}}(?<!/)>)(?:<!\[CDATA\[[^\]]*|[^<])+",
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1{_MASK}",
    ),
    # Authorization: Digest username="...", response="..." and every other scheme, to the end of its line
    (
        re.compile(
            r"(authorization\s{0,9}[:=]\s{0,9}|cookie\s{0,9}:\s{0,9})"
            rf"(?!{re.escape(_MASK)}|(?:Bearer|Basic) {re.escape(_MASK)})[^\r\n\"']"
            r".*?(?=\\x0[ad]|\\[rn]|[\r\n]|$)",
            re.IGNORECASE,
        ),
        rf"\1{_MASK}",
    ),
    # password=..., "client_secret": "...", \"token\": \"...\", Authorization: ...
    (
        re.compile(
            rf"({_NAME})(?!{re.escape(_MASK)})"
            r"(?:\\+[\"'][^\"'\\]*(?:\\+[\"'])?|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
            r"|(?:(?:Bearer|Basic)\s+)?[^\s,;&<>\"'}\])]+)",
            re.IGNORECASE,
        ),
        rf"\1{_MASK}",
    ),
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Japanese numbers as they are written, mobile numbers without hyphens, and the international form.
_PHONE = re.compile(
    r"(?<![\w-])(?:0\d{1,4}-\d{1,4}-\d{3,4}|\(0\d{1,4}\)\s?\d{1,4}-\d{3,4}|0[5789]0\d{8}"
    r"|\+\d{1,3}[ -]?\d{1,4}[ -]\d{1,4}[ -]\d{3,4})(?![\w-])"
)
# 13 digits are an article or corporate number of ours; a card of today has more.
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){13,18}(?![\d-])")


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
    """The text with everything masked that looks like a secret or leads to a person: for logs."""
    text = without_tokens(text)
    for pattern, replacement in _NAMED:
        text = pattern.sub(replacement, text)
    for pattern in (_ADDRESS, _PHONE):
        text = pattern.sub(_MASK, text)
    return _CARD.sub(_card, text)


def _card(found: re.Match[str]) -> str:
    """Masked if its check digit is right (Luhn), as it is for one in ten of all numbers."""
    digits = [int(one) for one in found.group() if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return found.group() if (sum(digits[-1::-2]) + sum(doubled)) % 10 else _MASK


def _escaped(found: re.Match[str]) -> str:
    character = ord(found.group())
    return f"\\x{character:02x}" if character < 0x100 else f"\\u{character:04x}"  # noqa: PLR2004 -- one byte
