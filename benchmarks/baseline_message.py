"""An order as JSON by msgspec, and as XML by lxml with the walk written out.

The classes of the result are given, so that both sides make the same objects.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from xml.sax.saxutils import escape

import msgspec
from lxml import etree

T = TypeVar("T")
NAMESPACE = "{urn:askul-connect:supplier:1}"


class Json:
    """msgspec for one class, its encoder and decoder made once."""

    def __init__(self, cls: type[T]) -> None:
        self.dumps = msgspec.json.Encoder().encode
        self.loads = msgspec.json.Decoder(cls).decode


class Xml:
    """lxml and a hand-written walk.

    Args:
        order, line, tax: The classes of an order and its parts.
        enums: The classes of the closed values, by element.
    """

    def __init__(self, order: Any, line: Any, tax: Any, enums: dict[str, Any]) -> None:
        self._order, self._line, self._tax = order, line, tax
        self._category = enums["taxCategory"]
        self._fulfilment = enums["fulfilment"]
        self._line_state = enums["lineState"]
        self._state = enums["state"]
        self._channel = enums["channel"]

    def loads(self, data: bytes) -> Any:
        """The order in a document; every element is there, in any order."""
        root: Any = etree.fromstring(data)
        skipped = len(NAMESPACE)
        at: dict[str, Any] = {}
        lines, taxes = [], []
        for child in root:
            name = child.tag[skipped:]
            if name == "lines":
                lines.append(self._read_line({part.tag[skipped:]: part.text or "" for part in child}))
            elif name == "tax":
                taxes.append(self._read_tax({part.tag[skipped:]: part.text or "" for part in child}))
            else:
                at[name] = child.text or ""
        return self._order(
            order_number=at["orderNumber"],
            purchase_order_id=at["purchaseOrderId"],
            buyer_party=at["buyerParty"],
            state=self._state(at["state"]),
            channel=self._channel(at["channel"]),
            currency=at["currency"],
            placed_at=datetime.fromisoformat(at["placedAt"]),
            order_date=date.fromisoformat(at["orderDate"]),
            lines=tuple(lines),
            tax=tuple(taxes),
            total_excl_tax=int(at["totalExclTax"]),
            total_incl_tax=int(at["totalInclTax"]),
        )

    def _read_line(self, v: dict[str, str]) -> Any:
        return self._line(
            line_id=v["lineId"],
            sku=v["sku"],
            name=v["name"],
            quantity=int(v["quantity"]),
            unit=v["unit"],
            unit_price=Decimal(v["unitPrice"]),
            amount_excl_tax=int(v["amountExclTax"]),
            tax_category=self._category(v["taxCategory"]),
            tax_rate=Decimal(v["taxRate"]),
            fulfilment=self._fulfilment(v["fulfilment"]),
            state=self._line_state(v["state"]),
            quantity_shipped=int(v["quantityShipped"]),
            quantity_cancelled=int(v["quantityCancelled"]),
            department=v["department"],
            cost_centre=v["costCentre"],
        )

    def _read_tax(self, v: dict[str, str]) -> Any:
        return self._tax(
            category=self._category(v["category"]),
            rate=Decimal(v["rate"]),
            taxable=int(v["taxable"]),
            tax=int(v["tax"]),
        )

    @staticmethod
    def dumps(order: Any) -> bytes:
        """The document of an order, as formatted text: faster than building a tree."""
        head = (
            '<order xmlns="urn:askul-connect:supplier:1">'
            f"<orderNumber>{escape(order.order_number)}</orderNumber>"
            f"<purchaseOrderId>{escape(order.purchase_order_id)}</purchaseOrderId>"
            f"<buyerParty>{escape(order.buyer_party)}</buyerParty>"
            f"<state>{order.state.value}</state><channel>{order.channel.value}</channel>"
            f"<currency>{escape(order.currency)}</currency>"
            f"<placedAt>{order.placed_at.strftime('%Y-%m-%dT%H:%M:%SZ')}</placedAt>"
            f"<orderDate>{order.order_date.isoformat()}</orderDate>"
        )
        parts = [head]
        parts += [
            f"<lines><lineId>{escape(line.line_id)}</lineId><sku>{escape(line.sku)}</sku>"
            f"<name>{escape(line.name)}</name><quantity>{line.quantity}</quantity>"
            f"<unit>{escape(line.unit)}</unit><unitPrice>{line.unit_price:f}</unitPrice>"
            f"<amountExclTax>{line.amount_excl_tax}</amountExclTax>"
            f"<taxCategory>{line.tax_category.value}</taxCategory><taxRate>{line.tax_rate:f}</taxRate>"
            f"<fulfilment>{line.fulfilment.value}</fulfilment><state>{line.state.value}</state>"
            f"<quantityShipped>{line.quantity_shipped}</quantityShipped>"
            f"<quantityCancelled>{line.quantity_cancelled}</quantityCancelled>"
            f"<department>{escape(line.department)}</department>"
            f"<costCentre>{escape(line.cost_centre)}</costCentre></lines>"
            for line in order.lines
        ]
        parts += [
            f"<tax><category>{tax.category.value}</category><rate>{tax.rate:f}</rate>"
            f"<taxable>{tax.taxable}</taxable><tax>{tax.tax}</tax></tax>"
            for tax in order.tax
        ]
        parts.append(
            f"<totalExclTax>{order.total_excl_tax}</totalExclTax>"
            f"<totalInclTax>{order.total_incl_tax}</totalInclTax></order>"
        )
        return "".join(parts).encode()
