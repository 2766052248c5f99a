"""Namespaces of UBL 2.1 and the identifiers of the Peppol profiles that are written and read."""

from __future__ import annotations

from functools import cache

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

_DOCUMENT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"


def document_namespace(document: str) -> str:
    """The namespace of a kind of document, for instance of ``Order``."""
    return _DOCUMENT.format(document)


@cache
def qualified(name: str) -> str:
    """``cbc:ID`` or ``cac:Item`` as lxml names it."""
    prefix, _, local = name.partition(":")
    return f"{{{CAC if prefix == 'cac' else CBC}}}{local}"
