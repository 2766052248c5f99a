"""Making invoices: lines come in batches, are rounded once for each rate and kept, in parts where they are many.

However long an invoice is, no more of it is held than one batch (BIL-1, BIL-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from attrs import define, evolve, field, frozen

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.credit_notes import ReducedLine
from askul_connect.core.domain.identifiers import normalise_registration_number
from askul_connect.core.domain.payments import PaymentMethod, Receivable
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import IssuerNotQualified, ValueInvalid
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, InvoiceLine, InvoicePart
from askul_connect.core.policies.pricing import totals
from askul_connect.core.services.supplier.charging import ask_for_charge
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.notices import notify_customer

INVOICE_FEED = "invoices"
#: Lines that are read and held at once; an invoice of more is stored in parts of as many.
BATCH = 1_000
#: A notice names the purchase orders of so many orders at most.
_MOST_ORDERS = 1_000
_INVOICE_NUMBER = "IN{:08d}"


@frozen(kw_only=True)
class Period:
    """What an invoice is for."""

    first: date
    last: date
    due_on: date
    department: str = ""
    method: PaymentMethod = PaymentMethod.TERMS


def require_qualified_issuer(context: Context) -> None:
    """Go on only when the supplier can issue qualified invoices (BIL-2).

    Raises:
        IssuerNotQualified: It has no valid registration number.
    """
    number = context.house.profile.registration_number
    try:
        normalise_registration_number(number, corporation=False)
    except ValueInvalid:
        raise IssuerNotQualified(
            f"{number!r} is no invoice registration number", where="registration_number"
        ) from None


@define
class _Draft:
    """An invoice that is being written, with no more of its lines than one batch."""

    context: Context
    account_id: str
    number: str
    lines: list[InvoiceLine] = field(factory=list)
    allowances: list[InvoiceAllowance] = field(factory=list)
    count: int = 0
    parts: int = 0
    first: date = date.max
    sums: dict[tuple[TaxCategory, Decimal], int] = field(factory=dict)
    orders: dict[str, None] = field(factory=dict)

    def take(self, batch: Sequence[ShippedLine]) -> None:
        """Add lines; those before them are put away first."""
        if self.lines:
            self.put_away()
        for line in batch:
            self.count += 1
            self.lines.append(_invoice_line(str(self.count), line))
            self.add(line.tax_category, line.tax_rate, line.amount_excl_tax)
            for entry in line.order_allowances:
                self.allow(
                    InvoiceAllowance(
                        order_number=line.order_number,
                        purchase_order_id=line.purchase_order_id,
                        ship_notice_number=line.ship_notice_number,
                        allowance=entry,
                    )
                )
            if len(self.orders) < _MOST_ORDERS:
                self.orders[line.order_number] = None
        self.first = min(self.first, *(line.shipped_on for line in batch))

    def allow(self, entry: InvoiceAllowance) -> None:
        """Add an allowance or charge, which has its category and rate since the shipment."""
        allowance = entry.allowance
        if allowance.tax_category is None or allowance.tax_rate is None:
            raise ValueInvalid(f"an allowance of {entry.ship_notice_number} has no tax rate")
        self.allowances.append(entry)
        self.add(allowance.tax_category, allowance.tax_rate, allowance.net)

    def add(self, category: TaxCategory, rate: Decimal, amount: int) -> None:
        """Add up what is taxed alike."""
        key = (category, rate)
        self.sums[key] = self.sums.get(key, 0) + amount

    def put_away(self) -> None:
        """Store what is held as a part."""
        self.parts += 1
        part = InvoicePart(lines=tuple(self.lines), allowances=tuple(self.allowances))
        self.context.unit.documents.add_invoice_part(self.account_id, self.number, self.parts, part)
        self.lines.clear()
        self.allowances.clear()


def issue_invoice(
    context: Context,
    account: Account,
    batches: Iterable[Sequence[ShippedLine]],
    period: Period,
    reduced: Sequence[ReducedLine] = (),
) -> tuple[str, int]:
    """Make and keep an invoice; the caller marks its lines as billed.

    Args:
        context: The call.
        account: Who is invoiced.
        batches: Its lines, at least one.
        period: What it is for; a line from before makes it begin earlier.
        reduced: What came back of these lines before they were billed (BIL-3).

    Returns:
        Its number, and how many lines it has.

    Raises:
        IssuerNotQualified: The supplier has no valid registration number.
    """
    require_qualified_issuer(context)
    unit, account_id = context.unit, account.account_id
    number = _INVOICE_NUMBER.format(unit.counters.next("invoice"))
    draft = _Draft(context=context, account_id=account_id, number=number)
    for batch in batches:
        draft.take(batch)
    for one in reduced:
        for entry in reduction_allowances(one):
            draft.allow(entry)
    if draft.parts:
        draft.put_away()
    sums = totals(
        [(category, rate, amount) for (category, rate), amount in draft.sums.items()],
        context.house.currency,
        context.house.profile.tax_rounding,
    )
    invoice = Invoice(
        invoice_number=number,
        issued_on=context.today,
        period_start=min(period.first, draft.first),
        period_end=period.last,
        due_on=period.due_on,
        currency=context.house.profile.currency,
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
        lines=tuple(draft.lines),
        tax=sums.tax,
        total_excl_tax=sums.excl_tax.minor,
        total_incl_tax=sums.incl_tax.minor,
        allowances=tuple(draft.allowances),
        payment_method=period.method,
        department=period.department,
    )
    unit.documents.add_invoice(account_id, invoice)
    _owe(context, account, invoice, draft.orders)
    return number, draft.count


def _owe(context: Context, account: Account, invoice: Invoice, orders: Iterable[str]) -> None:
    """Keep what is to be paid, and tell the customer."""
    number = invoice.invoice_number
    context.unit.billing.add_receivable(
        Receivable(
            account_id=account.account_id,
            invoice_number=number,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            currency=invoice.currency,
            total=invoice.total_incl_tax,
        )
    )
    context.unit.changes.record(account.account_id, INVOICE_FEED, [number])
    notify_customer(
        context, "invoice-issued", number, account, str(invoice.period_end), order_numbers=sorted(orders)
    )
    if invoice.payment_method is PaymentMethod.CARD:
        ask_for_charge(context, account, number)


def reduction_allowances(one: ReducedLine) -> tuple[InvoiceAllowance, ...]:
    """What came back, as what it takes off an invoice: the units, less the order's allowances that were for them."""
    line, reduction = one.line, one.reduction
    given = AllowanceCharge(
        charge=False,
        amount=one.amount_excl_tax,
        reason=f"returned: {reduction.quantity} of line {line.line_id}",
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
    )
    return tuple(
        InvoiceAllowance(
            order_number=line.order_number,
            purchase_order_id=line.purchase_order_id,
            ship_notice_number=line.ship_notice_number,
            allowance=entry,
            reduction_id=reduction.reduction_id,
        )
        for entry in (given, *(evolve(entry, charge=not entry.charge) for entry in one.taken_back))
    )


def _invoice_line(number: str, line: ShippedLine) -> InvoiceLine:
    return InvoiceLine(
        line_number=number,
        order_number=line.order_number,
        purchase_order_id=line.purchase_order_id,
        line_id=line.line_id,
        ship_notice_number=line.ship_notice_number,
        shipped_on=line.shipped_on,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=line.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        department=line.department,
        cost_centre=line.cost_centre,
        allowances=line.allowances,
    )
