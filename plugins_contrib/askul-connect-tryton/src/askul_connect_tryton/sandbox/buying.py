"""What people do in the sandbox: a buyer approves purchases, the warehouse receives, an accountant posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from askul_connect_tryton.client import TrytonClient
from askul_connect_tryton.sandbox.company import DEPARTMENT_ROOT, SUPPLIER_CODE


@frozen(kw_only=True)
class WantedLine:
    """A line of a purchase: a product by its code, a price without tax."""

    item: str
    quantity: int
    unit_price: Decimal


@frozen(kw_only=True)
class WantedPurchase:
    """A purchase for one department.

    Attributes:
        invoice_method: How Tryton makes its invoice; ``manual`` leaves that to the supplier's.
    """

    department: str
    ordered_on: date
    wanted_on: date
    lines: Sequence[WantedLine]
    description: str = ""
    invoice_method: str = "manual"


class Buyer:
    """Somebody with every right, for one company; reads what names mean once.

    Args:
        client: Their session.
    """

    def __init__(self, client: TrytonClient) -> None:
        self._client = client
        client.context["company"] = client.preferences()["company"]
        fields = ["code", "default_uom", "template.name", "template.account_category"]
        self._products = {one["code"]: one for one in client.find("product.product", [], fields)}
        self._taxes = {
            one["id"]: list(one["supplier_taxes"])
            for one in client.find("product.category", [["accounting", "=", True]], ["supplier_taxes"])
        }
        self._accounts = {
            one["code"]: one["id"] for one in client.find("analytic_account.account", [], ["code"])
        }

    def approve(self, wanted: Sequence[WantedPurchase]) -> list[str]:
        """Purchases that are drafted, quoted and confirmed, all in one call each; their numbers."""
        made = self._client.create("purchase.purchase", [self._purchase(one) for one in wanted])
        for step in ("quote", "confirm"):
            self._client.call(f"model.purchase.purchase.{step}", made)
        numbers = {
            one["id"]: one["number"] for one in self._client.read("purchase.purchase", made, ["number"])
        }
        return [str(numbers[one]) for one in made]

    def receive(self, day: date) -> int:
        """Receive every shipment that is proposed, to the shelf; how many there were."""
        waiting = self._client.call(
            "model.stock.shipment.in.search", [["state", "=", "draft"]], 0, None, None
        )
        if waiting:
            self._client.write("stock.shipment.in", waiting, {"effective_date": day})
            for step in ("receive", "do"):
                self._client.call(f"model.stock.shipment.in.{step}", waiting)
        return len(waiting)

    def _purchase(self, wanted: WantedPurchase) -> Mapping[str, Any]:
        party = self._client.one(
            "party.party",
            [["code", "=", SUPPLIER_CODE]],
            ["addresses", "supplier_payment_term"],
            what="the supplier",
        )
        yen = self._client.one("currency.currency", [["code", "=", "JPY"]], ["id"], what="yen")["id"]
        return {
            "party": party["id"],
            "invoice_address": party["addresses"][0],
            "payment_term": party["supplier_payment_term"],
            "currency": yen,
            "invoice_method": wanted.invoice_method,
            "purchase_date": wanted.ordered_on,
            "description": wanted.description,
            "lines": [["create", [self._line(wanted, line) for line in wanted.lines]]],
        }

    def _line(self, wanted: WantedPurchase, line: WantedLine) -> Mapping[str, Any]:
        product = self._products[line.item]
        entry = {"root": self._accounts[DEPARTMENT_ROOT], "account": self._accounts[wanted.department]}
        return {
            "type": "line",
            "product": product["id"],
            "description": product["template."]["name"],
            "quantity": line.quantity,
            "unit": product["default_uom"],
            "unit_price": line.unit_price,
            "taxes": [["add", self._taxes[product["template."]["account_category"]]]],
            "delivery_date_edit": True,
            "delivery_date_store": wanted.wanted_on,
            "analytic_accounts": [["create", [entry]]],
        }
