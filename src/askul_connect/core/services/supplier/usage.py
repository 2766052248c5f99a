"""Usage: what shipments cost, known the next business day and invoiced as it stands here (BIL-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from askul_connect.core.domain.calendar import closing_date, last_business_day
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.messages.billing import (
    ListUsageRequest,
    ListUsageResponse,
    UsageLine,
    UsageRecord,
    UsageReduction,
)
from askul_connect.core.messages.documents import InvoiceAllowance
from askul_connect.core.policies.reductions import reduced_lines
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.invoicing import reduction_allowances
from askul_connect.core.services.supplier.methods import method_of
from askul_connect.core.services.supplier.visibility import visible_documents

USAGE_FEED = "usage"


def record_usage(context: Context, account_id: str, ship_notice_numbers: Iterable[str]) -> None:
    """Note that shipments left, or that something came back of them."""
    context.unit.changes.record(account_id, USAGE_FEED, ship_notice_numbers)


def list_usage(context: Context, request: ListUsageRequest) -> ListUsageResponse:
    """What shipments cost, in commit order, as far as the business day after their shipping has come."""
    unit, account_id = context.unit, context.caller.account_id
    house = context.house
    is_day_off = house.profile.delivery.days_off(house.holidays.is_holiday)
    last = last_business_day(context.today, is_day_off) - timedelta(days=1)
    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset((lines[0].order_number,))
            for number, lines in _shipments(context, account_id, numbers).items()
        },
    )
    found = page(
        context,
        USAGE_FEED,
        request,
        visible=visible,
        waiting=lambda: unit.shipped_lines.shipments_after(account_id, last),
    )
    shipments = _shipments(context, account_id, found.keys)
    reductions: dict[str, list[Reduction]] = {}
    for order_number in sorted({lines[0].order_number for lines in shipments.values()}):
        for one in unit.reductions.of_order(account_id, order_number):
            reductions.setdefault(one.ship_notice_number, []).append(one)
    records = {
        number: _record(context, lines, reductions.get(number, ())) for number, lines in shipments.items()
    }
    return ListUsageResponse(usage=in_order(found.keys, records), page=found.info)


def _shipments(context: Context, account_id: str, numbers: Iterable[str]) -> dict[str, list[ShippedLine]]:
    found: dict[str, list[ShippedLine]] = {}
    for line in context.unit.shipped_lines.of_notices(account_id, numbers):
        found.setdefault(line.ship_notice_number, []).append(line)
    return found


def _record(context: Context, lines: Sequence[ShippedLine], reductions: Sequence[Reduction]) -> UsageRecord:
    account, first = context.account(), lines[0]
    at_once = method_of(context.unit, account) is PaymentMethod.CARD
    closing = first.shipped_on if at_once else closing_date(first.shipped_on, account.terms.closing_day)
    return UsageRecord(
        ship_notice_number=first.ship_notice_number,
        order_number=first.order_number,
        purchase_order_id=first.purchase_order_id,
        shipped_on=first.shipped_on,
        closing_on=closing,
        currency=first.currency,
        lines=tuple(_line(line) for line in lines),
        allowances=tuple(
            InvoiceAllowance(
                order_number=line.order_number,
                purchase_order_id=line.purchase_order_id,
                ship_notice_number=line.ship_notice_number,
                allowance=entry,
            )
            for line in lines
            for entry in line.order_allowances
        ),
        reductions=tuple(
            UsageReduction(
                reduction_id=one.reduction.reduction_id,
                line_id=one.line.line_id,
                quantity=one.reduction.quantity,
                returned_on=one.reduction.returned_on,
                document=one.reduction.credit_note_number,
                allowances=reduction_allowances(one),
            )
            for one in reduced_lines(lines, reductions)
        ),
    )


def _line(line: ShippedLine) -> UsageLine:
    return UsageLine(
        line_id=line.line_id,
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
