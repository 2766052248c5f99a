"""The ERP's purchase order, in no format at all: what a codec reads and what the buyer's services work on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen


@frozen(kw_only=True)
class StatedAllowance:
    """An allowance or charge as the document states it, of the order or of a line.

    Attributes:
        charge: Added to what is to be paid; else taken off.
        amount, base_amount: Major units without tax, not negative.
        percent: Of the base amount.
        tax_category: The ERP's code, of those of the order as a whole only; empty when not stated.
        tax_rate: In percent, None when not stated.
        where: Where it stands in its document; not part of the content.
        places: Where each field stands in the document, by field name; not part of the content.
    """

    charge: bool
    amount: Decimal
    reason_code: str = ""
    reason: str = ""
    percent: Decimal | None = None
    base_amount: Decimal | None = None
    tax_category: str = ""
    tax_rate: Decimal | None = None
    where: str = field(default="", eq=False)
    places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True)
class StatedTotals:
    """The totals as the document states them, major units; None where it does not.

    Attributes:
        lines: Sum of the lines without tax.
        allowances, charges: Sums of those of the order as a whole.
        excl_tax, tax, incl_tax: The total without tax, its tax, and both.
        prepaid, rounding, payable: Paid already, added to make the sum a round one, and left to pay.
        places: Where each field stands in the document, by field name; not part of the content.
    """

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    excl_tax: Decimal | None = None
    tax: Decimal | None = None
    incl_tax: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None
    places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True)
class PurchaseOrderLine:
    """One line as the ERP names things; mapping tables translate it afterwards.

    Attributes:
        line_id: The ERP's line number, unique within the purchase order.
        sku: The ERP's or the seller's item number; empty when the document has only the item's name.
        quantity: Number of units, positive.
        unit: The ERP's unit code.
        unit_price: Price of one unit without tax, in major units of the currency (yen), up to 4 decimals.
        department: The ERP's department, or the accounting cost of a UBL document.
        cost_centre: The ERP's cost centre, if it has one.
        requested_on: The day the goods are wanted.
        description: The item's name in the ERP.
        tax_category: The ERP's tax category code (UN/ECE 5305 in UBL), empty when not stated.
        tax_rate: The tax rate in percent, None when not stated.
        amount_excl_tax: The line amount the document states, minor units without tax, None when not stated.
        allowances: What is taken off this line or added to it beside its price.
        requisition_id, requisition_line_id: The requisition it fulfils and its line; without the latter, the line of
            the same number. Not part of the content.
        where: Where the line stands in its document (an XPath, a CSV row); not part of the content.
        places: Where each field stands in the document, by field name; not part of the content.
    """

    line_id: str
    sku: str
    quantity: int
    unit: str
    unit_price: Decimal
    department: str = ""
    cost_centre: str = ""
    requested_on: date | None = None
    description: str = ""
    tax_category: str = ""
    tax_rate: Decimal | None = None
    amount_excl_tax: int | None = None
    allowances: tuple[StatedAllowance, ...] = ()
    requisition_id: str = field(default="", eq=False)
    requisition_line_id: str = field(default="", eq=False)
    where: str = field(default="", eq=False)
    places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True)
class PurchaseOrder:
    """An approved purchase order of the ERP.

    Attributes:
        purchase_order_id: The ERP's number; with the buyer's party (and the year, if ids repeat) the key.
        buyer_party: ``scheme:id`` of the buyer's party; empty in formats that have none (CSV).
        seller_party: ``scheme:id`` of the seller's party; empty in formats that have none (CSV).
        issued_on: Business date of issue; None in formats that have none (CSV).
        currency: The ERP's currency code.
        lines: At least one.
        total_excl_tax: The sum of the lines the document states, minor units without tax, None when not stated.
        allowances: What is taken off the order as a whole or added to it.
        totals: All totals the document states.
        where: The document's name; not part of the content.
        places: Where each field stands in the document, by field name; not part of the content.
    """

    purchase_order_id: str
    currency: str
    lines: tuple[PurchaseOrderLine, ...]
    buyer_party: str = ""
    seller_party: str = ""
    issued_on: date | None = None
    note: str = ""
    total_excl_tax: int | None = None
    allowances: tuple[StatedAllowance, ...] = ()
    totals: StatedTotals = field(factory=StatedTotals)
    where: str = field(default="", eq=False)
    places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)
