"""Fields that a message got after its first version, marked so that yesterday's partners and hashes still agree.

A field that is marked always has a default, and a message that holds the default is the message it was before: its
content has the same hash (:mod:`canonical`), and a SOAP client of yesterday's strict schema reads it (ADR 0006).
"""

from __future__ import annotations

from typing import Any, Final

from attrs import field

#: Key of the metadata of a field that a first version did not have.
ADDED: Final = "askul_connect.added"
#: Key of the metadata of one that stands in the extensions of a response.
IN_EXTENSIONS: Final = "askul_connect.in_extensions"


def added_to_request(default: Any = None) -> Any:
    """A new optional field of a request: yesterday's client does not send it.

    Args:
        default: What a request without it means.
    """
    return field(default=default, metadata={ADDED: True})


def added_to_response(default: Any = None) -> Any:
    """A new field of a response, which SOAP puts into ``extensions`` where yesterday's strict client passes over it.

    Args:
        default: What a response without it means.
    """
    return field(default=default, metadata={ADDED: True, IN_EXTENSIONS: True})
