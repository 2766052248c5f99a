"""Documents kept whole: JSON text beside the version of its form."""

from __future__ import annotations

from typing import TypeVar

from askul_connect.adapters import _json
from askul_connect.core.errors import SchemaOutOfDate

D = TypeVar("D")

#: Version of the form that is written; raised when a document's class changes so that old text does not fit
#: it.
BODY_SCHEMA = 1


def write_body(document: object) -> str:
    """The text of a document in the form of :data:`BODY_SCHEMA`."""
    return _json.dumps(document).decode()


def read_body(kind: type[D], schema: int, body: str) -> D:
    """The document of a text.

    Raises:
        SchemaOutOfDate: The text was written by a newer program.
    """
    if schema != BODY_SCHEMA:
        raise SchemaOutOfDate(
            f"a stored {kind.__name__} has form {schema}, this program reads form {BODY_SCHEMA}"
        )
    return _json.loads(kind, body.encode())
