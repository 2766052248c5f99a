"""One line of a UBL Order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.adapters.codecs.ubl.allowances import check_price, net_amount, read_allowances
from askul_connect.adapters.codecs.ubl.amounts import DocumentCurrency
from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.adapters.codecs.values import WHOLE_PERCENT, iso_date, unit_price, whole_quantity
from askul_connect.core.errors import DocumentError, ValueInvalid
from askul_connect.core.messages.purchase_order import PurchaseOrderLine

#: Where an item number is looked for, in this order: the seller's own, a standard one (GTIN), the buyer's.
_ITEM_NUMBERS = (
    "cac:SellersItemIdentification",
    "cac:StandardItemIdentification",
    "cac:BuyersItemIdentification",
)


@frozen(kw_only=True)
class OrderHeader:
    """What the header says for every line that does not say it itself."""

    money: DocumentCurrency
    department: str
    requested_on: date | None
    requisition_id: str = ""


def requested_on(parent: Node, reading: Reading) -> date | None:
    """The last day, or else the first, of the requested delivery period of a header or line item."""
    for name in ("cbc:EndDate", "cbc:StartDate"):
        node = parent.find("cac:Delivery", "cac:RequestedDeliveryPeriod", name)
        if node is not None and node.text:
            return reading.value(node, iso_date, default=None)
    return None


def read_line(
    order_line: Node, header: OrderHeader, reading: Reading
) -> tuple[PurchaseOrderLine, Decimal | None]:
    """A line and its amount in major units, None when that could not be found out.

    What is missing or wrong is noted; the line is then of no use but for further findings.

    Args:
        order_line: The ``cac:OrderLine``.
        header: What the document says for all lines.
        reading: Where findings go.
    """
    found = order_line.find("cac:LineItem")
    item = found if found is not None else Node(order_line.element, f"{order_line.path}/cac:LineItem")
    reading.line_id = ""
    reading.line_id = line_id = reading.text(item, "cbc:ID", required=True)
    places = {"line_id": f"{item.path}/cbc:ID"}
    quantity, unit = _quantity(item, reading, places)
    price = _price(item, unit, header.money, reading, places)
    category, rate = _tax(item, reading, places)
    allowances = read_allowances(item, header.money, reading, line_tax=category)
    ordered = (quantity, price, net_amount(allowances))
    stated, amount = _amount(item, ordered, header.money, reading)
    places["department"] = f"{item.path}/cbc:AccountingCost"
    department = reading.text(item, "cbc:AccountingCost")
    if not department and header.department:
        department, places["department"] = header.department, "/Order/cbc:AccountingCost"
    name = item.find("cac:Item", "cbc:Name")
    line = PurchaseOrderLine(
        line_id=line_id,
        sku=_sku(item, reading, places),
        quantity=quantity or 0,
        unit=unit,
        unit_price=price if price is not None else Decimal(0),
        department=department,
        requested_on=requested_on(item, reading) or header.requested_on,
        description=reading.prose(name) if name is not None else "",
        tax_category=category,
        tax_rate=rate,
        amount_excl_tax=header.money.minor(stated),
        allowances=allowances,
        requisition_id=header.requisition_id,
        where=order_line.path,
        places=places,
    )
    return line, amount


def _quantity(item: Node, reading: Reading, places: dict[str, str]) -> tuple[int | None, str]:
    node = item.find("cbc:Quantity")
    places["quantity"] = node.path if node is not None else f"{item.path}/cbc:Quantity"
    places["unit"] = f"{places['quantity']}/@unitCode"
    if node is None or not node.text:
        reading.note(DocumentError, "the quantity is missing", places["quantity"])
        return None, ""
    unit = node.attribute("unitCode")
    if not unit:
        reading.note(DocumentError, "the unit of the quantity is missing", places["unit"])
    value = reading.decimal(node)
    if value is None:
        return None, unit
    return reading.attempt(lambda: whole_quantity(value), node.path, default=None), unit


def _price(
    item: Node, unit: str, money: DocumentCurrency, reading: Reading, places: dict[str, str]
) -> Decimal | None:
    """The price of one unit. An allowance inside the price says how it came about and is in it already."""
    node = item.find("cac:Price", "cbc:PriceAmount")
    places["unit_price"] = node.path if node is not None else f"{item.path}/cac:Price/cbc:PriceAmount"
    if node is None or not node.text:
        reading.note(DocumentError, "the price is missing", places["unit_price"])
        return None
    money.check(node, reading)
    amount = reading.decimal(node)
    base: Decimal | None = Decimal(1)
    base_node = item.find("cac:Price", "cbc:BaseQuantity")
    if base_node is not None and base_node.text:
        base = reading.decimal(base_node)
        base_unit = base_node.attribute("unitCode")
        if base_unit and unit and base_unit != unit:
            detail = f"the price is for {base_unit!r} and the quantity is in {unit!r}"
            reading.note(ValueInvalid, detail, f"{base_node.path}/@unitCode")
    if amount is None or base is None:
        return None
    if price := item.find("cac:Price"):
        check_price(price, amount, money, reading)
    exact_amount, exact_base = amount, base
    return reading.attempt(lambda: unit_price(exact_amount, exact_base), node.path, default=None)


def _amount(
    item: Node,
    ordered: tuple[int | None, Decimal | None, Decimal],
    money: DocumentCurrency,
    reading: Reading,
) -> tuple[Decimal | None, Decimal | None]:
    """The line amount as stated, and the one to add up: the stated, or else the computed one.

    Args:
        item: The ``cac:LineItem``.
        ordered: Quantity, price, and charges less allowances of the line.
        money: The document's currency.
        reading: Where findings go.
    """
    quantity, price, adjustment = ordered
    node = item.find("cbc:LineExtensionAmount")
    stated = money.amount(node, reading) if node is not None else None
    if quantity is None or price is None:
        return stated, stated
    expected = reading.attempt(lambda: money.extension(quantity, price) + adjustment, item.path, default=None)
    if node is not None and stated is not None and expected is not None and not money.agree(stated, expected):
        reading.note(
            ValueInvalid,
            f"the stated line amount is {stated}; {quantity} x {price}"
            f"{f' with {adjustment:+f} of allowances and charges' if adjustment else ''} is {expected}",
            node.path,
        )
    if node is not None:
        return stated, stated
    return None, expected


def _tax(item: Node, reading: Reading, places: dict[str, str]) -> tuple[str, Decimal | None]:
    path = ("cac:Item", "cac:ClassifiedTaxCategory")
    category = reading.text(item, *path, "cbc:ID")
    places["tax_category"] = "/".join((item.path, *path, "cbc:ID"))
    node = item.find(*path, "cbc:Percent")
    if node is None or not node.text:
        return category, None
    rate = reading.decimal(node)
    if rate is not None and not 0 <= rate <= WHOLE_PERCENT:
        reading.note(ValueInvalid, f"a tax rate is a percentage from 0 to 100, not {rate}", node.path)
    return category, rate


def item_number(item: Node, reading: Reading) -> tuple[str, str] | None:
    """The number of a line's item and where it stands; None when it has none."""
    for identification in _ITEM_NUMBERS:
        path = ("cac:Item", identification, "cbc:ID")
        node = item.find(*path)
        if node is not None and node.text:
            return reading.text(item, *path), node.path
    return None


def _sku(item: Node, reading: Reading, places: dict[str, str]) -> str:
    if found := item_number(item, reading):
        number, places["sku"] = found
        return number
    # An order in free text has only the item's name, which items.csv can translate.
    places["sku"] = f"{item.path}/cac:Item/cbc:Name"
    name = item.find("cac:Item", "cbc:Name")
    if name is None or not name.text:
        reading.note(DocumentError, "the item has neither a number nor a name", places["sku"])
    return ""
