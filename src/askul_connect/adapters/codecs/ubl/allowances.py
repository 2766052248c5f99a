"""Allowances, charges and totals of a UBL document, as it states them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from askul_connect.adapters.codecs.ubl.amounts import DocumentCurrency
from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.adapters.codecs.values import WHOLE_PERCENT
from askul_connect.core.errors import DocumentError, DocumentTooLarge, DocumentUnsupported, ValueInvalid
from askul_connect.core.messages.purchase_order import StatedAllowance, StatedTotals

#: More allowances and charges than this of one line are no order's.
MAXIMUM_OF_A_LINE = 100

_INDICATORS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_TOTAL = "cac:AnticipatedMonetaryTotal"
_TOTALS: Mapping[str, tuple[str, str]] = {
    "lines": (_TOTAL, "cbc:LineExtensionAmount"),
    "allowances": (_TOTAL, "cbc:AllowanceTotalAmount"),
    "charges": (_TOTAL, "cbc:ChargeTotalAmount"),
    "excl_tax": (_TOTAL, "cbc:TaxExclusiveAmount"),
    "tax": ("cac:TaxTotal", "cbc:TaxAmount"),
    "incl_tax": (_TOTAL, "cbc:TaxInclusiveAmount"),
    "prepaid": (_TOTAL, "cbc:PrepaidAmount"),
    "rounding": (_TOTAL, "cbc:PayableRoundingAmount"),
    "payable": (_TOTAL, "cbc:PayableAmount"),
}


def net_amount(entries: tuple[StatedAllowance, ...]) -> Decimal:
    """Charges less allowances, major units."""
    return sum((entry.amount if entry.charge else -entry.amount for entry in entries), Decimal(0))


def read_allowances(
    parent: Node, money: DocumentCurrency, reading: Reading, *, line_tax: str | None = None
) -> tuple[StatedAllowance, ...]:
    """The allowances and charges of a document or line; one of nothing changes nothing and is left out.

    Args:
        parent: Holds the ``cac:AllowanceCharge`` elements.
        money: The document's currency.
        reading: Where findings go.
        line_tax: The tax category of the line they belong to, None for those of the document.
    """
    if line_tax is not None and parent.count("cac:AllowanceCharge") > MAXIMUM_OF_A_LINE:
        detail = f"the line has more than {MAXIMUM_OF_A_LINE} allowances and charges"
        reading.note(DocumentTooLarge, detail, f"{parent.path}/cac:AllowanceCharge[{MAXIMUM_OF_A_LINE + 1}]")
        return ()
    found = []
    for node in parent.children("cac:AllowanceCharge"):
        if reading.full:
            break
        entry = _entry(node, money, reading, line_tax)
        if entry is not None and entry.amount:
            found.append(entry)
    return tuple(found)


def _entry(
    node: Node, money: DocumentCurrency, reading: Reading, line_tax: str | None
) -> StatedAllowance | None:
    places = {"amount": f"{node.path}/cbc:Amount", "base_amount": f"{node.path}/cbc:BaseAmount"}
    charge = _INDICATORS.get(indicator := reading.text(node, "cbc:ChargeIndicator", required=True))
    if indicator and charge is None:
        detail = f"the indicator is 'true' for a charge and 'false' for an allowance, not {indicator[:20]!r}"
        reading.note(ValueInvalid, detail, f"{node.path}/cbc:ChargeIndicator")
    amount = _amount(node, "cbc:Amount", money, reading, required=True)
    base = _amount(node, "cbc:BaseAmount", money, reading)
    factor = node.find("cbc:MultiplierFactorNumeric")
    percent = reading.decimal(factor) if factor is not None and factor.text else None
    if percent is not None and base is None and node.find("cbc:BaseAmount") is None:
        reading.note(DocumentError, f"what {percent} % are taken of is not stated", places["base_amount"])
    category, rate = _tax(node, reading, places)
    if line_tax is not None and category:
        if category != line_tax:
            detail = f"it is taxed as {category!r} and its line as {line_tax or 'not stated'!r}; a line has one tax"
            reading.note(DocumentUnsupported, detail, places["tax_category"])
        category, rate = "", None
    if charge is None or amount is None:
        return None
    return StatedAllowance(
        charge=charge,
        amount=amount,
        reason_code=reading.text(node, "cbc:AllowanceChargeReasonCode"),
        reason=reading.text(node, "cbc:AllowanceChargeReason"),
        percent=percent,
        base_amount=base,
        tax_category=category,
        tax_rate=rate,
        where=node.path,
        places=places,
    )


def _amount(
    node: Node, name: str, money: DocumentCurrency, reading: Reading, *, required: bool = False
) -> Decimal | None:
    found = node.find(name)
    if found is None or not found.text:
        if required:
            reading.text(node, name, required=True)
        return None
    value = money.amount(found, reading)
    if value is not None and value < 0:
        detail = (
            f"the amount is {value}; whether it is taken off is said by the ChargeIndicator, not by a sign"
        )
        reading.note(ValueInvalid, detail, found.path)
        return None
    return value


def _tax(node: Node, reading: Reading, places: dict[str, str]) -> tuple[str, Decimal | None]:
    category = reading.text(node, "cac:TaxCategory", "cbc:ID")
    places["tax_category"] = f"{node.path}/cac:TaxCategory/cbc:ID"
    percent = node.find("cac:TaxCategory", "cbc:Percent")
    if percent is None or not percent.text:
        return category, None
    rate = reading.decimal(percent)
    if rate is not None and not 0 <= rate <= WHOLE_PERCENT:
        reading.note(ValueInvalid, f"a tax rate is a percentage from 0 to 100, not {rate}", percent.path)
    return category, rate


def read_totals(order: Node, money: DocumentCurrency, reading: Reading) -> StatedTotals:
    """The totals of an order as stated; whether they agree is judged once the currency is mapped."""
    values: dict[str, Decimal] = {}
    places: dict[str, str] = {}
    for name, path in _TOTALS.items():
        node = order.find(*path)
        if node is None or not node.text:
            continue
        value = money.amount(node, reading)
        places[name] = node.path
        if value is not None:
            values[name] = value
    return StatedTotals(**values, places=places)


def check_price(price: Node, amount: Decimal, money: DocumentCurrency, reading: Reading) -> None:
    """Note an allowance inside a price that does not lead from its base amount to the price.

    Such an allowance says how the price came about and is in it already.
    """
    node = price.find("cac:AllowanceCharge")
    if node is None:
        return
    base, off = node.find("cbc:BaseAmount"), node.find("cbc:Amount")
    if base is None or off is None:
        return
    charge = _INDICATORS.get(reading.text(node, "cbc:ChargeIndicator"), False)
    for each in (base, off):
        money.check(each, reading)
    from_, change = reading.decimal(base), reading.decimal(off)
    if from_ is None or change is None:
        return
    follows = from_ + change if charge else from_ - change
    if follows != amount:
        detail = f"the price is {amount}; {from_} {'+' if charge else '-'} {change} is {follows}"
        reading.note(ValueInvalid, detail, off.path)
