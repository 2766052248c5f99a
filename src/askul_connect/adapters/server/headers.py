"""The headers that travel with a call of the JSON API, and their forms.

``Authorization: Bearer`` is RFC 6750. ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header) and
``X-Correlation-Id`` are structured fields of RFC 9651: a String ``"a b"``, a Display String ``%"%e6%b3%a8"`` for
what is not ASCII, or, since most clients send it like that, the bare value without quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_to_bytes

from askul_connect.adapters._lexical import checked_text
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotAuthenticated, ValueInvalid

AUTHORIZATION = "Authorization"
IDEMPOTENCY_KEY = "Idempotency-Key"
CORRELATION_ID = "X-Correlation-Id"

# RFC 6750: b64token.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_BEARER = re.compile(rf"bearer +({_TOKEN.pattern})", re.IGNORECASE)
_PRINTABLE = re.compile(r"[ -~]*")
# RFC 9651, 4.2.5 and 4.2.10.
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_DISPLAY_STRING = re.compile(r'%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"')


def call_headers(token: Secret | None, idempotency_key: str, correlation_id: str) -> dict[str, str]:
    """The headers of a call.

    Raises:
        ValueInvalid: A token or text that no header can carry.
    """
    headers = {}
    if token:
        if not _TOKEN.fullmatch(token.reveal()):
            raise ValueInvalid("the token has characters that no bearer token has", where=AUTHORIZATION)
        headers[AUTHORIZATION.lower()] = f"Bearer {token.reveal()}"
    for name, text in ((IDEMPOTENCY_KEY, idempotency_key), (CORRELATION_ID, correlation_id)):
        if text:
            headers[name.lower()] = _quoted(name, text)
    return headers


def token_of(headers: Mapping[str, str]) -> Secret | None:
    """The token of a call, None when there is none.

    Raises:
        NotAuthenticated: The header is there, but it is no bearer token.
    """
    given = headers.get(AUTHORIZATION.lower())
    if given is None:
        return None
    found = _BEARER.fullmatch(given.strip())
    if not found:
        raise NotAuthenticated(
            "send 'Bearer' and the session token or client credential", where=AUTHORIZATION
        )
    return Secret(found.group(1))


def text_of(headers: Mapping[str, str], name: str) -> str:
    """The text in a header of ours, empty when it is not there.

    Raises:
        ValueInvalid: It has none of the forms.
    """
    given = headers.get(name.lower(), "").strip()
    if not given.startswith(('"', '%"')):
        if not _PRINTABLE.fullmatch(given):
            raise ValueInvalid('what is not ASCII is sent as %"..." in percent-encoded UTF-8', where=name)
        return given
    string, display_string = _STRING.fullmatch(given), _DISPLAY_STRING.fullmatch(given)
    try:
        if string:
            return re.sub(r"\\(.)", r"\1", string.group(1))
        if display_string:
            return checked_text(unquote_to_bytes(display_string.group(1)).decode())
    except ValueError as error:
        raise ValueInvalid(f"the text is not one that can be sent: {error}", where=name) from None
    raise ValueInvalid('a text in quotes is "..." or %"..." as in RFC 9651', where=name)


def _quoted(name: str, text: str) -> str:
    if _PRINTABLE.fullmatch(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    try:
        checked_text(text)
    except ValueError as error:
        raise ValueInvalid(str(error), where=name) from None
    encoded = re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), quote(text, safe=" "))
    return f'%"{encoded}"'
