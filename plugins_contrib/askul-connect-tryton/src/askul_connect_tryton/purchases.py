"""Tryton's approved purchases as purchase orders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingDocument
from askul_connect_tryton.client import Record, TrytonClient
from askul_connect_tryton.options import TrytonOptions
from askul_connect_tryton.progress import Seen

#: What stands before the code of a party in ``parties.csv``.
PARTY_SCHEME = "tryton:"

#: A purchase in these states was approved: nobody may change its lines any more.
_APPROVED = ("confirmed", "processing")
_CHUNK = 100
_FIELDS = (
    "number",
    "write_date",
    "state",
    "currency.code",
    "party.code",
    "purchase_date",
    "delivery_date",
    "lines",
    "comment",
)
_LINE_FIELDS = (
    "type",
    "purchase",
    "product.code",
    "description",
    "quantity",
    "unit.symbol",
    "unit_price",
    "delivery_date_store",
    "taxes",
    "analytic_accounts",
)


@frozen(kw_only=True)
class WaitingPurchase(IncomingDocument):
    """A purchase that waits, as it was read."""

    seen: Seen
    order: PurchaseOrder | RejectedPurchaseOrder = field(repr=False)


def seller_codes(sellers: Collection[str]) -> list[str]:
    """Codes of the parties whose purchases are ours to send, of the sellers in ``parties.csv``."""
    return sorted(party.removeprefix(PARTY_SCHEME) for party in sellers if party.startswith(PARTY_SCHEME))


@frozen(kw_only=True)
class PurchaseReader:
    """Reads approved purchases of the parties that are suppliers of ours."""

    client: TrytonClient = field(repr=False)
    options: TrytonOptions

    def changed(self, sellers: Collection[str], since: datetime | None) -> Iterator[WaitingPurchase]:
        """Those that changed since an instant of Tryton's, in the order of their change.

        Args:
            sellers: Parties as ``parties.csv`` names them.
            since: UTC, naive, as Tryton has it; None for all.
        """
        codes = seller_codes(sellers)
        if not codes:
            return
        domain: list[object] = [
            ["state", "in", list(_APPROVED)],
            ["party.code", "in", codes],
            ["company", "=", self.client.context.get("company")],
        ]
        if since is not None:
            domain.append(["write_date", ">=", since])
        ids = self.client.call(
            "model.purchase.purchase.search", domain, 0, None, [["write_date", "ASC"], ["id", "ASC"]]
        )
        for start in range(0, len(ids), _CHUNK):
            yield from self._read(ids[start : start + _CHUNK])

    def by_name(self, name: str) -> WaitingPurchase | None:
        """The purchase that a document's name is about, if it is still approved."""
        number = name.removeprefix(_NAME)
        found = self.client.call(
            "model.purchase.purchase.search",
            [["number", "=", number], ["company", "=", self.client.context.get("company")]],
            0,
            1,
            None,
        )
        return next(self._read(found), None) if found else None

    def _read(self, ids: Sequence[int]) -> Iterator[WaitingPurchase]:
        purchases = {one["id"]: one for one in self.client.read("purchase.purchase", ids, _FIELDS)}
        line_ids = [line for one in purchases.values() for line in one["lines"]]
        lines = {one["id"]: one for one in self.client.read("purchase.line", line_ids, _LINE_FIELDS)}
        taxes = self._taxes({tax for line in lines.values() for tax in line["taxes"] or ()})
        accounts = self._analytic(
            {entry for line in lines.values() for entry in line["analytic_accounts"] or ()}
        )
        for record in ids:
            purchase = purchases.get(record)
            if purchase is None or purchase["state"] not in _APPROVED:
                # deleted, or no longer approved since it was listed
                continue
            order = _order(
                purchase, [lines[line] for line in purchase["lines"] if line in lines], taxes, accounts
            )
            yield WaitingPurchase(
                name=f"{_NAME}{purchase['number']}",
                seen=Seen(
                    record=record,
                    changed_at=purchase["write_date"],
                    content="" if isinstance(order, RejectedPurchaseOrder) else content_hash(order),
                ),
                order=order,
            )

    def _taxes(self, ids: Collection[int]) -> Mapping[int, Record]:
        fields = ["name", "group.code", "type", "rate"]
        return {one["id"]: one for one in self.client.read("account.tax", sorted(ids), fields)}

    def _analytic(self, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        """Code of the root and of the account of analytic entries."""
        entries = self.client.read("analytic.account.entry", sorted(ids), ["root.code", "account.code"])
        roots = {self.options.departments: "department", self.options.cost_centres: "cost_centre"}
        return {
            one["id"]: (roots[one["root."]["code"]], one["account."]["code"])
            for one in entries
            if one.get("account.") and one["root."]["code"] and one["root."]["code"] in roots
        }


_NAME = "purchase "


def _order(
    purchase: Record,
    lines: Sequence[Record],
    taxes: Mapping[int, Record],
    accounts: Mapping[int, tuple[str, str]],
) -> PurchaseOrder | RejectedPurchaseOrder:
    number = purchase["number"] or ""
    where = f"{_NAME}{number}"
    findings = Findings(where)
    read = [_line(purchase, line, taxes, accounts, findings) for line in lines if line["type"] == "line"]
    found = [line for line in read if line is not None]
    if not read:
        findings.add(ValueInvalid, "it has no line", where=where)
    if findings:
        return RejectedPurchaseOrder(purchase_order_id=number, error=findings.error())
    return PurchaseOrder(
        purchase_order_id=number,
        seller_party=f"{PARTY_SCHEME}{purchase['party.']['code']}",
        issued_on=purchase["purchase_date"],
        currency=purchase["currency."]["code"],
        lines=tuple(found),
        note=purchase["comment"] or "",
        where=where,
    )


def _line(
    purchase: Record,
    line: Record,
    taxes: Mapping[int, Record],
    accounts: Mapping[int, tuple[str, str]],
    findings: Findings,
) -> PurchaseOrderLine | None:
    line_id = str(line["id"])
    where = f"line {line_id}"
    quantity = Decimal(line["quantity"] or 0)
    if quantity <= 0 or quantity != int(quantity):
        findings.add(
            ValueInvalid,
            f"a quantity is a whole number above zero, not {quantity}",
            where=where,
            line_id=line_id,
        )
    applied = [taxes[tax] for tax in line["taxes"] or () if tax in taxes]
    if len(applied) > 1 or any(tax["type"] != "percentage" for tax in applied):
        findings.add(ValueInvalid, "a line has one tax in percent, or none", where=where, line_id=line_id)
        return None
    held = dict(accounts[entry] for entry in line["analytic_accounts"] or () if entry in accounts)
    return PurchaseOrderLine(
        line_id=line_id,
        sku=(line.get("product.") or {}).get("code") or "",
        description=line["description"] or "",
        quantity=int(quantity),
        unit=(line.get("unit.") or {}).get("symbol") or "",
        unit_price=Decimal(line["unit_price"] or 0),
        department=held.get("department", ""),
        cost_centre=held.get("cost_centre", ""),
        # what is wanted; the line's own delivery date becomes what is promised once there are moves
        requested_on=line["delivery_date_store"] or purchase["delivery_date"],
        tax_category=tax_code(applied[0]) if applied else "",
        tax_rate=applied[0]["rate"] * 100 if applied else None,
        where=where,
    )


def tax_code(tax: Record) -> str:
    """What ``tax.csv`` calls a tax: the code of its group, or its name where it has none."""
    return str((tax.get("group.") or {}).get("code") or tax["name"])
