"""What may be attached to a ticket: by its first bytes, its size and its name, never by what it says it is (SUP-2)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from attrs import frozen

from askul_connect.core.errors import ValueInvalid

MOST_PER_MESSAGE = 3
MOST_PER_TICKET = 10
#: Bytes of one file, and of all files of a ticket; a request as a whole stays below what the faces take.
MOST_BYTES = 2_000_000
MOST_BYTES_PER_TICKET = 5_000_000

_LONGEST_NAME = 120
#: Media type -> the first bytes of its files.
_KINDS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "application/pdf": b"%PDF-",
}
_ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/pdf": (".pdf",),
}
#: No path, no drive, nothing a shell or a page would read as more than a name.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]')


@frozen(kw_only=True)
class CheckedFile:
    """A file that may be kept."""

    name: str
    media_type: str
    content: bytes


def checked_file(name: str, content: str, *, where: str) -> CheckedFile:
    """A file that came in base64.

    Args:
        name: What its owner calls it.
        content: base64, without line breaks.
        where: Path of the field, for the refusal.

    Raises:
        ValueInvalid: Its name, size or type is not accepted, or it is not base64.
    """
    if not name.strip() or len(name) > _LONGEST_NAME or _FORBIDDEN.search(name) or name.startswith("."):
        raise ValueInvalid(
            f"a file's name has 1 to {_LONGEST_NAME} characters and no path", where=f"{where}.name"
        )
    if len(content) > (MOST_BYTES + 2) // 3 * 4:
        raise ValueInvalid(f"a file has at most {MOST_BYTES:,} bytes", where=f"{where}.content")
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ValueInvalid("the content is no base64", where=f"{where}.content") from None
    if not data or len(data) > MOST_BYTES:
        raise ValueInvalid(f"a file has 1 to {MOST_BYTES:,} bytes", where=f"{where}.content")
    for media_type, beginning in _KINDS.items():
        if data.startswith(beginning) and name.lower().endswith(_ENDINGS[media_type]):
            return CheckedFile(name=name, media_type=media_type, content=data)
    accepted = ", ".join(ending for endings in _ENDINGS.values() for ending in endings)
    raise ValueInvalid(
        f"the file is none of what is accepted, or not what its name says; accepted: {accepted}",
        where=f"{where}.content",
    )


def require_room(new: Sequence[CheckedFile], *, count: int, size: int) -> None:
    """Whether a ticket takes further files.

    Args:
        new: Those that came with one message.
        count: How many files the ticket has.
        size: Their bytes.

    Raises:
        ValueInvalid: They are too many or too large.
    """
    if len(new) > MOST_PER_MESSAGE or count + len(new) > MOST_PER_TICKET:
        raise ValueInvalid(
            f"at most {MOST_PER_MESSAGE} files to a message and {MOST_PER_TICKET} to a ticket",
            where="attachments",
        )
    if size + sum(len(one.content) for one in new) > MOST_BYTES_PER_TICKET:
        raise ValueInvalid(
            f"a ticket's files have at most {MOST_BYTES_PER_TICKET:,} bytes", where="attachments"
        )
