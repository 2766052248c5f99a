"""What a UBL Order says, read by plain XPath and nothing of ours: the second opinion of these tests."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
PREFIXES = {
    "o": f"{_OASIS}:Order-2",
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}
#: All currencies of these documents have two decimals.
MINOR = 100
TOTALS = {
    "lines": "cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount",
    "allowances": "cac:AnticipatedMonetaryTotal/cbc:AllowanceTotalAmount",
    "charges": "cac:AnticipatedMonetaryTotal/cbc:ChargeTotalAmount",
    "excl_tax": "cac:AnticipatedMonetaryTotal/cbc:TaxExclusiveAmount",
    "tax": "cac:TaxTotal/cbc:TaxAmount",
    "incl_tax": "cac:AnticipatedMonetaryTotal/cbc:TaxInclusiveAmount",
    "prepaid": "cac:AnticipatedMonetaryTotal/cbc:PrepaidAmount",
    "rounding": "cac:AnticipatedMonetaryTotal/cbc:PayableRoundingAmount",
    "payable": "cac:AnticipatedMonetaryTotal/cbc:PayableAmount",
}


def is_order(data: bytes) -> bool:
    try:
        return etree.fromstring(data).tag == f"{{{PREFIXES['o']}}}Order"
    except etree.XMLSyntaxError:
        return False


def texts(node: etree._Element, path: str) -> list[str]:
    found: list[Any] = node.xpath(path, namespaces=PREFIXES)
    return [str(one if isinstance(one, str) else one.text or "").strip() for one in found]


def text(node: etree._Element, path: str) -> str:
    return next(iter(texts(node, path)), "")


def minor(node: etree._Element, path: str) -> int | None:
    found = text(node, path)
    if not found:
        return None
    value = Decimal(found) * MINOR
    assert value == int(value), f"{path}: {found}"
    return int(value)


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros."""
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def allowances(node: etree._Element) -> list[dict[str, Any]]:
    found = []
    for entry in node.xpath("cac:AllowanceCharge", namespaces=PREFIXES):
        percent = text(entry, "cbc:MultiplierFactorNumeric")
        rate = text(entry, "cac:TaxCategory/cbc:Percent")
        found.append(
            {
                "kind": {"true": "charge", "false": "allowance"}[text(entry, "cbc:ChargeIndicator")],
                "amount": minor(entry, "cbc:Amount"),
                "reason_code": text(entry, "cbc:AllowanceChargeReasonCode"),
                "reason": text(entry, "cbc:AllowanceChargeReason"),
                "percent": plain(Decimal(percent)) if percent else None,
                "base_amount": minor(entry, "cbc:BaseAmount"),
                "tax_code": text(entry, "cac:TaxCategory/cbc:ID"),
                "tax_rate": plain(Decimal(rate)) if rate else None,
            }
        )
    return found


def line(node: etree._Element) -> dict[str, Any]:
    base = Decimal(text(node, "cac:Price/cbc:BaseQuantity") or 1)
    rate = text(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent")
    number = (
        text(node, "cac:Item/cac:SellersItemIdentification/cbc:ID")
        or text(node, "cac:Item/cac:StandardItemIdentification/cbc:ID")
        or text(node, "cac:Item/cac:BuyersItemIdentification/cbc:ID")
    )
    return {
        "line_id": text(node, "cbc:ID"),
        "item": number or text(node, "cac:Item/cbc:Name"),
        "quantity": Decimal(text(node, "cbc:Quantity")),
        "unit": text(node, "cbc:Quantity/@unitCode"),
        "unit_price": plain(Decimal(text(node, "cac:Price/cbc:PriceAmount")) / base),
        "amount": minor(node, "cbc:LineExtensionAmount"),
        "tax_code": text(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        "tax_rate": plain(Decimal(rate)) if rate else None,
        "allowances": allowances(node),
    }


def party(root: etree._Element, role: str) -> str:
    place = f"cac:{role}/cac:Party/cbc:EndpointID"
    return f"{text(root, f'{place}/@schemeID')}:{text(root, place)}"


def read_order(data: bytes) -> dict[str, Any]:
    root = etree.fromstring(data)
    return {
        "id": text(root, "cbc:ID"),
        "currency": text(root, "cbc:DocumentCurrencyCode"),
        "buyer": party(root, "BuyerCustomerParty"),
        "seller": party(root, "SellerSupplierParty"),
        "departments": set(texts(root, ".//cbc:AccountingCost")) | {""},
        "lines": [line(node) for node in root.xpath("cac:OrderLine/cac:LineItem", namespaces=PREFIXES)],
        "allowances": allowances(root),
        "totals": {name: minor(root, path) for name, path in TOTALS.items()},
    }


def at(data: bytes, place: str) -> str:
    """The text or attribute at an absolute XPath as a finding names it."""
    [found] = texts(etree.fromstring(data), place.replace("/Order", "/o:Order", 1))
    return found


def follows_its_rates(order: dict[str, Any]) -> bool:
    """Whether the tax the document states is that of its lines, allowances and charges at the rates it states."""
    sums: dict[str, int] = {}
    for entry in order["lines"]:
        sums[entry["tax_rate"] or "0"] = sums.get(entry["tax_rate"] or "0", 0) + entry["amount"]
    for entry in order["allowances"]:
        if entry["tax_rate"] is None:
            return len(sums) == 1 and _tax(sums, order) == order["totals"]["tax"]
        sign = 1 if entry["kind"] == "charge" else -1
        sums[entry["tax_rate"]] = sums.get(entry["tax_rate"], 0) + sign * entry["amount"]
    return _tax(sums, {"allowances": []}) == order["totals"]["tax"]


def _tax(sums: dict[str, int], order: dict[str, Any]) -> int:
    if order["allowances"]:
        [(rate, lines)] = sums.items()
        signed = sum(
            entry["amount"] if entry["kind"] == "charge" else -entry["amount"]
            for entry in order["allowances"]
        )
        sums = {rate: lines + signed}
    return sum(
        int((Decimal(amount) * Decimal(rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))
        for rate, amount in sums.items()
    )
