"""Translating a purchase order from the ERP's words to the supplier's (INT-2): pure, all findings at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals, net_of
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.domain.units import unit
from askul_connect.core.errors import (
    UnknownCurrency,
    UnknownDepartment,
    UnknownItem,
    UnknownParty,
    UnknownUnit,
    UnmappedValue,
)
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine
from askul_connect.core.policies.mapping_amounts import Amounts, mapped_tax, missing_row


@frozen(kw_only=True)
class MappedLine:
    """One line in the supplier's terms.

    Attributes:
        sku: The supplier's item number.
        unit: UN/ECE Rec. 20 code.
        unit_price: Without tax, in major units.
        department: The supplier's and the budget's department.
        account: General ledger account for finance, empty when none is mapped.
        tax_category: None when the document states none; the supplier decides.
        where: Where the line stands in its document.
    """

    line_id: str
    sku: str
    quantity: int
    unit: str
    unit_price: Decimal
    department: str
    cost_centre: str
    requested_on: date | None
    account: str
    tax_category: TaxCategory | None
    allowances: tuple[AllowanceCharge, ...] = ()
    where: str = ""
    requisition_id: str | None = None
    requisition_line_id: str | None = None


@frozen(kw_only=True)
class MappedOrder:
    """A purchase order in the supplier's terms.

    Attributes:
        buyer_party: Ours, as ``scheme:id``.
        supplier: Name of the supplier connection.
        currency: ISO 4217 code.
    """

    purchase_order_id: str
    buyer_party: str
    supplier: str
    issued_on: date | None
    currency: str
    lines: tuple[MappedLine, ...]
    allowances: tuple[AllowanceCharge, ...] = ()
    anticipated: AnticipatedTotals | None = None


def translate(po: PurchaseOrder, mapping: Mapping, *, default_supplier: str, own_party: str) -> MappedOrder:
    """The purchase order in the supplier's terms.

    An item number without a row passes as it is: the supplier knows its catalog and refuses what it does not
    sell. Known unit codes and ISO currencies need no row either. Departments pass as they are only while
    their table is empty.

    Args:
        po: As the ERP wrote it.
        mapping: The integrator's tables.
        default_supplier: Supplier connection of documents that name no seller (CSV).
        own_party: Our party in documents that name no buyer (CSV).

    Raises:
        UnmappedValue: Something is in no table. The class is that of the first finding; ``problems`` holds
            all, each with its place in the document and the line that is missing from the table.
    """
    findings = Findings(po.where)
    buyer, supplier = _parties(po, mapping, findings, default_supplier, own_party)
    mapped_currency = _currency(po, mapping, findings)
    lines = tuple(_line(line, mapping, findings, supplier, mapped_currency) for line in po.lines)
    amounts = Amounts(currency=mapped_currency, mapping=mapping, findings=findings)
    allowances = tuple(amounts.allowance(entry, po.where) for entry in po.allowances)
    anticipated = amounts.totals(po.totals, po.where)
    if anticipated is not None and not findings:
        line_amounts = [
            UnitPrice(line.unit_price, currency(mapped_currency)).times(line.quantity).minor
            + net_of(line.allowances)
            for line in lines
        ]
        amounts.check_totals(anticipated, po.totals, line_amounts, allowances, po.where)
    if findings:
        raise findings.error()
    return MappedOrder(
        purchase_order_id=po.purchase_order_id,
        buyer_party=buyer,
        supplier=supplier,
        issued_on=po.issued_on,
        currency=mapped_currency,
        lines=lines,
        allowances=allowances,
        anticipated=anticipated,
    )


def _parties(
    po: PurchaseOrder, mapping: Mapping, findings: Findings, default_supplier: str, own_party: str
) -> tuple[str, str]:
    if po.buyer_party and po.buyer_party not in mapping.buyers:
        findings.add(
            UnknownParty,
            f"buyer {po.buyer_party!r} is not mapped; {missing_row('parties', po.buyer_party, 'buyer', '')}",
            where=po.places.get("buyer_party", po.where),
        )
    if not po.seller_party:
        return po.buyer_party or own_party, default_supplier
    supplier = mapping.sellers.get(po.seller_party, "")
    if not supplier:
        advice = missing_row("parties", po.seller_party, "seller", "<supplier connection>")
        findings.add(
            UnknownParty,
            f"seller {po.seller_party!r} is not mapped; {advice}",
            where=po.places.get("seller_party", po.where),
        )
    return po.buyer_party or own_party, supplier


def _currency(po: PurchaseOrder, mapping: Mapping, findings: Findings) -> str:
    code = mapping.currencies.get(po.currency, po.currency)
    try:
        return currency(code).code
    except UnknownCurrency:
        findings.add(
            UnknownCurrency,
            f"currency {po.currency!r} is no ISO 4217 code and is not mapped; "
            + missing_row("currency", po.currency, "<ISO 4217 code>"),
            where=po.places.get("currency", po.where),
        )
        return ""


def _line(
    line: PurchaseOrderLine, mapping: Mapping, findings: Findings, supplier: str, code: str
) -> MappedLine:
    department, cost_centre = _department(line, mapping, findings)
    fallback = mapping.accounts.get((department, ""), "")
    return MappedLine(
        line_id=line.line_id,
        sku=_sku(line, mapping, findings, supplier),
        quantity=line.quantity,
        unit=_unit(line, mapping, findings),
        unit_price=line.unit_price,
        department=department,
        cost_centre=cost_centre,
        requested_on=line.requested_on,
        account=mapping.accounts.get((department, cost_centre), fallback),
        tax_category=_tax_category(line, mapping, findings),
        allowances=tuple(
            Amounts(currency=code, mapping=mapping, findings=findings, line_id=line.line_id).allowance(
                entry, line.where
            )
            for entry in line.allowances
        ),
        where=line.where,
        requisition_id=line.requisition_id or None,
        requisition_line_id=line.requisition_line_id or None,
    )


def _note(
    findings: Findings, error: type[UnmappedValue], detail: str, line: PurchaseOrderLine, field: str
) -> None:
    findings.add(error, detail, where=line.places.get(field, line.where), line_id=line.line_id)


def item_of(line: PurchaseOrderLine) -> str:
    """What the ERP names the item by: its number, or its words for it."""
    return line.sku or line.description


def sku_at(line: PurchaseOrderLine, mapping: Mapping, supplier: str) -> str:
    """The number of a line's item at a supplier; empty when it has none."""
    return mapping.items.get((supplier, item_of(line)), line.sku)


def _sku(line: PurchaseOrderLine, mapping: Mapping, findings: Findings, supplier: str) -> str:
    item = item_of(line)
    found = sku_at(line, mapping, supplier)
    if not found:
        advice = missing_row("items", supplier or "<supplier connection>", item, "<SKU>")
        _note(findings, UnknownItem, f"item {item!r} has no number and is not mapped; {advice}", line, "sku")
    return found


def _unit(line: PurchaseOrderLine, mapping: Mapping, findings: Findings) -> str:
    code = mapping.units.get(line.unit, line.unit)
    try:
        return unit(code).code
    except UnknownUnit:
        advice = missing_row("units", line.unit, "<UN/ECE Rec. 20 code>")
        detail = f"unit {line.unit!r} is no known UN/ECE Rec. 20 code and is not mapped; {advice}"
        _note(findings, UnknownUnit, detail, line, "unit")
        return ""


def _department(line: PurchaseOrderLine, mapping: Mapping, findings: Findings) -> tuple[str, str]:
    found = mapping.departments.get(line.department)
    if found is not None:
        return found.code, line.cost_centre or found.cost_centre
    if mapping.departments and line.department:
        advice = missing_row("departments", line.department, "<department code>", line.cost_centre)
        detail = f"department {line.department!r} is not mapped; {advice}"
        _note(findings, UnknownDepartment, detail, line, "department")
    return line.department, line.cost_centre


def _tax_category(line: PurchaseOrderLine, mapping: Mapping, findings: Findings) -> TaxCategory | None:
    where = line.places.get("tax_category", line.where)
    return mapped_tax(line.tax_category, line.tax_rate, mapping, findings, where=where, line_id=line.line_id)
