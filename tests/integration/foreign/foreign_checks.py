"""What has to hold of an order that was made of a document from abroad."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from foreign_reading import follows_its_rates
from foreign_world import Abroad


def assert_same(order: dict[str, Any], stated: dict[str, Any], abroad: Abroad) -> None:
    """The supplier's order is what the second reading of the document says."""
    skus = {one.number: one for one in abroad.items}
    units, taxes = dict(abroad.units), {row[:2]: row[2] for row in abroad.taxes}
    assert order["purchase_order_id"] == stated["id"]
    assert order["currency"] == dict(abroad.currencies).get(stated["currency"], stated["currency"])
    assert len(order["lines"]) == len(stated["lines"])
    for line, said in zip(order["lines"], stated["lines"], strict=True):
        assert line["line_id"] == said["line_id"]
        assert line["sku"] == skus[said["item"]].sku
        assert line["quantity"] == said["quantity"]
        assert line["unit"] == units.get(said["unit"], said["unit"])
        assert Decimal(line["unit_price"]) == Decimal(said["unit_price"])
        assert line["amount_excl_tax"] == said["amount"]
        assert line["allowances"] == [_entry(entry, taxes) for entry in said["allowances"]]
        if said["tax_rate"] is not None:
            assert line["tax_rate"] == said["tax_rate"]
    assert order["allowances"] == [_entry(entry, taxes) for entry in stated["allowances"]]
    totals = stated["totals"]
    assert order["anticipated"] == totals
    net = sum(line["amount"] for line in stated["lines"]) + sum(
        entry["amount"] * (1 if entry["kind"] == "charge" else -1) for entry in stated["allowances"]
    )
    assert order["total_excl_tax"] == net
    assert totals["excl_tax"] in {None, net}
    tax = sum(entry["tax"] for entry in order["tax"])
    assert order["total_incl_tax"] == net + tax
    if follows_its_rates(stated):
        assert tax == totals["tax"]
        assert totals["incl_tax"] in {None, order["total_incl_tax"]}


def _entry(entry: dict[str, Any], taxes: dict[tuple[str, str], str]) -> dict[str, Any]:
    code, rate = entry["tax_code"], entry["tax_rate"]
    said = {name: value for name, value in entry.items() if name != "tax_code"}
    category = taxes.get((code, rate or "")) or taxes.get((code, ""))
    return {**said, "tax_category": category or "", "tax_rate": rate if category else None}
