"""Fields that a message got after its first version, marked so that yesterday's partners and hashes still agree.

A field that is marked always has a default, and a message that holds the default is the message it was before: its
content has the same hash (:mod:`canonical`), and a SOAP client of yesterday's strict schema reads it (ADR 0006).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

#: Key of the metadata of a field that a first version did not have.
ADDED: Final = "askul_connect.added"
#: Key of the metadata of one that stands in the extensions of a response.
IN_EXTENSIONS: Final = "askul_connect.in_extensions"

#: Metadata of a new optional field of a request: yesterday's client does not send it, and today's sends it only where
#: it says something, so that yesterday's supplier is not asked what it does not know.
NEW_IN_REQUEST: Final[Mapping[str, Any]] = MappingProxyType({ADDED: True})
#: Metadata of a new field of a response, which SOAP puts into ``extensions``, where yesterday's strict client passes
#: over it.
NEW_IN_RESPONSE: Final[Mapping[str, Any]] = MappingProxyType({ADDED: True, IN_EXTENSIONS: True})
