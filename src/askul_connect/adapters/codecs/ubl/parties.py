"""Parties of a UBL document."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.core.errors import DocumentError

BUYER = ("cac:BuyerCustomerParty", "cac:Party")
SELLER = ("cac:SellerSupplierParty", "cac:Party")


def read_party(document: Node, path: tuple[str, str], reading: Reading) -> tuple[str, str]:
    """``scheme:id`` of a party and its place; the electronic address, or else its first identification."""
    for names in (("cbc:EndpointID",), ("cac:PartyIdentification", "cbc:ID")):
        node = document.find(*path, *names)
        if node is not None and node.text:
            scheme = node.attribute("schemeID")
            value = reading.text(document, *path, *names)
            return f"{scheme}:{value}" if scheme else value, node.path
    place = "/".join((document.path, *path, "cbc:EndpointID"))
    reading.note(DocumentError, "the party has neither an EndpointID nor a PartyIdentification", place)
    return "", place
