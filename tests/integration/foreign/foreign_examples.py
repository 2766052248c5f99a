"""The mapping that we wrote for each of the public Peppol order examples; the examples themselves are not ours.

Read them from a copy of OpenPEPPOL/poacc-upgrade-3: set ``PEPPOL_EXAMPLES`` to its folder ``rules/examples``, or to
``rules`` for the snippets as well.
"""

from __future__ import annotations

from attrs import evolve
from foreign_world import Abroad, Item

HOSPITAL = "0088:7300010000001"

SAUCES = Abroad(
    buyer=HOSPITAL,
    seller="0192:987654325",
    currency="EUR",
    items=(
        Item(number="SN-33", sku="A-1", unit="NAR", price="4"),
        Item(number="SN-34", sku="A-2", unit="NAR", price="6"),
        Item(number="SN-35", sku="A-3", unit="NAR", price="3"),
    ),
)
FREE_TEXT = evolve(
    SAUCES,
    seller=HOSPITAL,
    items=(
        Item(number="Item 1", sku="B-1", unit="NAR", price="40"),
        Item(number="Item 2", sku="B-2", unit="NAR", price="6"),
    ),
)
#: By the name of the file.
EXAMPLES: dict[str, Abroad] = {
    "Order_Example.xml": Abroad(
        buyer="0192:987654325",
        seller="0192:123456785",
        currency="NOK",
        items=(
            Item(number="121212", sku="N-1", unit="EA", price="50"),
            Item(number="SItemNo011", sku="N-2", unit="EA", price="15"),
        ),
        taxes=(("S", "25", "standard"), ("Z", "0", "zero")),
        rates=(("standard", "25"), ("zero", "0")),
        departments=("Project123", "12345678", "ProjectID123"),
    ),
    "Order_sc1.xml": evolve(
        FREE_TEXT,
        seller="0088:7302347231110",
        taxes=(("S", "20", "standard"),),
        rates=(("standard", "20"),),
    ),
    "UC1_Order.xml": SAUCES,
    "UC2_Order.xml": FREE_TEXT,
    "UC3_Order.xml": evolve(
        SAUCES,
        items=(Item(number="Translation", sku="C-1", unit="DAY", price="400", tax_category="exempt"),),
        rates=(("standard", "25"), ("exempt", "0")),
    ),
    "UC4_Order.xml": evolve(
        SAUCES,
        buyer="0007:5541277710",
        items=(Item(number="SN-33", sku="D-1", unit="NAR", price="1", tax_category="reduced"),),
        taxes=(("S", "10", "reduced"),),
        rates=(("standard", "25"), ("reduced", "10")),
    ),
    "UC5_Order.xml": Abroad(
        buyer="0007:5541277710",
        seller="0007:5546577791",
        currency="SEK",
        items=(
            Item(number="11111", sku="S-1", unit="EA", price="4"),
            Item(number="111125", sku="S-2", unit="EA", price="6"),
            Item(number="11135", sku="S-3", unit="EA", price="3"),
        ),
    ),
    "UC6_Order.xml": evolve(
        SAUCES, items=(Item(number="05704066204093", sku="E-1", unit="NAR", price="40"),)
    ),
    "snippet-01.xml": evolve(
        SAUCES,
        buyer="0007:5541277710",
        items=(
            Item(number="SN-33", sku="F-1", unit="NAR", price="40"),
            Item(number="SN-34", sku="F-2", unit="LTR", price="6"),
            Item(number="SN-35", sku="F-3", unit="NAR", price="15"),
        ),
    ),
    "snippet-02.xml": evolve(FREE_TEXT, buyer="0007:5541277710", seller="0007:5546577791"),
    "snippet-advanced.xml": evolve(FREE_TEXT, buyer="0007:5541277710", seller="0007:5546577791"),
}
