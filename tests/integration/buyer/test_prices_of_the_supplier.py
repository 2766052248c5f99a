"""What the supplier takes off and adds by its own terms: matched, budgeted, over linked orders (PRC-1, INT-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.policies.matching import unagreed_charges

TERMS = """
[[suppliers.askul.supplier.discounts]]
id = "volume"
kind = "tier"
name = "金額割引"
direct = true
steps = [{ from_amount = 500, percent = "2" }, { from_amount = 50000, percent = "5" }]
[[suppliers.askul.supplier.shipping]]
id = "stock"
fee = 300
free_from = 2000
[[suppliers.askul.supplier.shipping]]
id = "direct"
fulfilment = "direct"
fee = 700
"""
WIPES = "K200-0001,{quantity},XPK,298,JPY,D100,,"
DESK = "H100-0001,1,EA,23100,JPY,D200,,"
RECEIPTS = "purchase_order_id,line_id,quantity,received_on\nPO-1,1,3,2026-04-10\nPO-1,2,1,2026-04-20\n"


def on_terms(place: Any) -> Any:
    path = place.directory / "askul-connect.toml"
    text = path.read_text(encoding="utf-8")
    place.write(
        "askul-connect.toml", text.replace("[suppliers.askul.account]", f"{TERMS}[suppliers.askul.account]")
    )
    return place


@pytest.mark.spec("INT-4", "INT-3", "ORD-2", "PRC-1", "PRC-4")
def test_a_purchase_order_of_several_orders_is_matched_and_holds_nothing_in_the_end(place: Any) -> None:
    on_terms(place)
    place.order("a.csv", f"PO-1,1,{WIPES.format(quantity=3)}", f"PO-1,2,{DESK}")
    place.write("erp/receipts/a.csv", RECEIPTS)

    report = place.run()

    [row] = report.rows
    assert len(row.order_numbers) == 2
    assert (report.exit_code, report.open_matches, row.match) == (0, 0, "matched")
    orders = {order["order_number"]: order for order in place.view("orders")}
    # 894 and 23,100 reach the first step together: 2 % of 23,994 is 479
    assert row.total_incl_tax == sum(order["total_incl_tax"] for order in orders.values())
    stock, direct = (orders[number] for number in row.order_numbers)
    assert (stock["total_excl_tax"], direct["total_excl_tax"]) == (894 - 18 + 300, 23_100 - 461 + 700)
    used = {name: place.budget(name) for name in ("D100", "D200")}
    for budget in used.values():
        assert (budget["pre_encumbrance"], budget["encumbrance"]) == (0, 0)
    [invoice] = place.view("invoices")
    assert sum(budget["actual"] for budget in used.values()) == invoice["total_excl_tax"]


@pytest.mark.spec("INT-4", "PRC-4")
def test_askuls_shipping_fee_is_matched_and_budgeted_by_default(place: Any) -> None:
    place.order("a.csv", f"PO-1,1,{WIPES.format(quantity=3)}")
    place.write("erp/receipts/a.csv", RECEIPTS.rpartition("PO-1,2")[0])

    report = place.run()

    [row] = report.rows
    assert (row.total_incl_tax, row.match, report.open_matches) == (983 + 440, "matched", 0)
    budget = place.budget()
    assert (budget["actual"], budget["encumbrance"]) == (894 + 400, 0)


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("agreed", "held", "fine"),
    [
        ((), ((True, 400, "FC"),), True),
        ((), ((True, 400, "FC"), (True, 700, "FC")), True),
        ((), ((True, 400, "ABK"),), False),
        ((), ((True, 400, "FC"), (True, 1, "ABK")), False),
        ((), ((False, 400, "95"),), False),
        (((True, 100, "FC"),), ((True, 100, "FC"), (True, 400, "FC")), True),
        (((True, 100, "FC"),), (), False),
        (((False, 50, "64"),), ((False, 20, "64"), (False, 30, "64")), True),
        (((False, 50, "64"),), ((False, 49, "64"),), False),
    ],
)
def test_freight_is_the_suppliers_to_say_and_nothing_else(
    agreed: tuple[tuple[bool, int, str], ...], held: tuple[tuple[bool, int, str], ...], fine: bool
) -> None:
    def entries(of: tuple[tuple[bool, int, str], ...]) -> list[AllowanceCharge]:
        return [
            AllowanceCharge(charge=charge, amount=amount, reason_code=code) for charge, amount, code in of
        ]

    assert (unagreed_charges(entries(agreed), entries(held), "JPY") is None) is fine


@pytest.mark.spec("PRC-1", "PRC-4")
@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ('[[S.shipping]]\nid = "x"\nkinds = ["nobody"]\nfee = 1\n', "shipping[1].kinds"),
        ('[[S.shipping]]\nid = "x"\nfee = -1\n', "shipping[1].fee"),
        ("[[S.shipping]]\nfee = 1\n", "shipping[1].id"),
        ('[[S.shipping]]\nid = "x"\nfree = 1\n', "shipping[1].free"),
        ('[[S.discounts]]\nid = "x"\nkind = "coupon"\nsteps = [{ amount = 1 }]\n', "discounts[1].kind"),
        ('[[S.discounts]]\nid = "x"\n', "discounts[1].id"),
        ('[[S.discounts]]\nid = "x"\nsteps = [{ percent = 5 }]\n', "discounts[1].steps[1].percent"),
        ('[[S.discounts]]\nid = "x"\nsteps = [{ percent = "101" }]\n', "discounts[1].steps[1].id"),
        ('[[S.discounts]]\nid = "x"\nmakers = [1]\nsteps = [{ amount = 1 }]\n', "discounts[1].makers"),
        (2 * '[[S.discounts]]\nid = "x"\nsteps = [{ amount = 1 }]\n', "discounts"),
        ('[S.price_adjustments.x]\nkind = "no-such"\n', "price_adjustments.x.kind"),
        (
            "[S.price_adjustments.small-line-charge]\nbelow = 1\n",
            "price_adjustments.small-line-charge.percent",
        ),
    ],
)
def test_terms_that_are_not_accepted_are_named(place: Any, terms: str, where: str) -> None:
    path = place.directory / "askul-connect.toml"
    text = terms.replace("S.", "suppliers.askul.supplier.")
    place.write("askul-connect.toml", path.read_text(encoding="utf-8") + text)

    result = place.cli("run", "--json")

    assert result.exit_code == 2, result.output
    found = json.loads(result.stderr)
    named = {found.get("where"), *(one["where"] for one in found.get("problems", ()))}
    assert f"suppliers.askul.supplier.{where}" in named
