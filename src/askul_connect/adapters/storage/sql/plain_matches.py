"""Invoices that are compared by quantity, price and tax alone: one join for a page of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.adapters.storage.sql.values import NOTHING, write_texts
from askul_connect.core.domain.matches import PlainInvoice, PlainLine
from askul_connect.core.domain.purchasing import PurchaseOrderKey
from askul_connect.core.domain.tax import TaxCategory, TaxTotal

_HEADS = tables.invoices.c
_TAX = tables.invoice_tax.c
_LINES = tables.invoice_lines.c
_PURCHASES = tables.purchase_orders.c
_PURCHASE_LINES = tables.purchase_order_lines.c
_ORDERS = tables.orders.c
_ORDER_LINES = tables.order_lines.c
_RECEIPTS = tables.goods_receipts.c
_MATCHES = tables.invoice_matches.c
_DECISIONS = tables.match_decisions.c
_OURS: sa.BindParameter[str] = sa.bindparam("supplier")

_DECIDED = sa.exists().where(
    _DECISIONS.supplier == _HEADS.supplier, _DECISIONS.invoice_number == _HEADS.invoice_number
)
_HEAD = Prepared(
    sa.select(_HEADS.invoice_number, _HEADS.currency, _HEADS.total_excl_tax, _HEADS.total_incl_tax)
    .where(
        _HEADS.supplier == _OURS,
        OneOf(_HEADS.invoice_number, "numbers"),
        _HEADS.allowances == sa.literal_column(f"'{NOTHING}'"),
        ~_DECIDED,
    )
    .order_by(_HEADS.invoice_number)
)
_TAXES = Prepared(
    sa.select(_TAX.invoice_number, _TAX.category, _TAX.rate, _TAX.taxable, _TAX.tax)
    .where(_TAX.supplier == _OURS, OneOf(_TAX.invoice_number, "numbers"))
    .order_by(_TAX.invoice_number, _TAX.position)
)
_OTHER = tables.invoice_lines.alias("other")
_BILLED = (
    sa.select(sa.func.count())
    .select_from(_OTHER)
    .where(
        _OTHER.c.supplier == _LINES.supplier,
        _OTHER.c.order_number == _LINES.order_number,
        _OTHER.c.line_id == _LINES.line_id,
    )
    .scalar_subquery()
)
_RECEIVED = (
    sa.select(sa.cast(sa.func.sum(_RECEIPTS.quantity), sa.BigInteger()))
    .where(
        *(_RECEIPTS[name] == _PURCHASES[name] for name in tables.PURCHASE_ORDER_KEY),
        _RECEIPTS.line_id == _LINES.line_id,
    )
    .scalar_subquery()
)
_BARE = (
    _LINES.allowances,
    _PURCHASES.allowances,
    _PURCHASE_LINES.allowances,
    _ORDERS.allowances,
    _ORDER_LINES.allowances,
)
_JOINED = (
    tables.invoice_lines.outerjoin(
        tables.purchase_orders,
        sa.and_(
            _PURCHASES.purchase_order_id == _LINES.purchase_order_id, _PURCHASES.supplier == _LINES.supplier
        ),
    )
    .outerjoin(
        tables.purchase_order_lines,
        sa.and_(
            *(_PURCHASE_LINES[name] == _PURCHASES[name] for name in tables.PURCHASE_ORDER_KEY),
            _PURCHASE_LINES.line_id == _LINES.line_id,
        ),
    )
    .outerjoin(
        tables.orders,
        sa.and_(_ORDERS.supplier == _LINES.supplier, _ORDERS.order_number == _LINES.order_number),
    )
    .outerjoin(
        tables.order_lines,
        sa.and_(
            _ORDER_LINES.supplier == _LINES.supplier,
            _ORDER_LINES.order_number == _LINES.order_number,
            _ORDER_LINES.line_id == _LINES.line_id,
        ),
    )
    .outerjoin(
        tables.invoice_matches,
        sa.and_(
            _MATCHES.supplier == _LINES.supplier,
            _MATCHES.invoice_number == _LINES.invoice_number,
            _MATCHES.line_number == _LINES.line_number,
        ),
    )
)
_PLAIN = Prepared(
    sa.select(
        _LINES.invoice_number,
        _LINES.line_number,
        _LINES.line_id,
        _LINES.quantity,
        _LINES.unit_price,
        _LINES.amount_excl_tax,
        _LINES.tax_category,
        _LINES.tax_rate,
        *(_PURCHASES[name] for name in tables.PURCHASE_ORDER_KEY),
        _PURCHASES.currency,
        _PURCHASE_LINES.account,
        _PURCHASE_LINES.quantity,
        _ORDER_LINES.unit_price,
        _ORDER_LINES.tax_category,
        _ORDER_LINES.tax_rate,
        _ORDER_LINES.quantity_cancelled,
        # NULL, and so not true, wherever a counterpart is missing
        sa.and_(
            *(column == sa.literal_column(f"'{NOTHING}'") for column in _BARE),
            _MATCHES.result.is_(None),
            sa.literal_column("1") == _BILLED,
        ),
        _PURCHASES.order_numbers,
        _LINES.order_number,
        _RECEIVED,
    )
    .select_from(_JOINED)
    .where(_LINES.supplier == _OURS, OneOf(_LINES.invoice_number, "numbers"))
    .order_by(_LINES.invoice_number, _LINES.position)
)
_decimal = lru_cache(maxsize=4096)(Decimal)
_CATEGORIES = {member.value: member for member in TaxCategory}


@lru_cache(maxsize=4096)
def _key(buyer_party: str, purchase_order_id: str, issue_year: int) -> str:
    return str(
        PurchaseOrderKey(buyer_party=buyer_party, purchase_order_id=purchase_order_id, issue_year=issue_year)
    )


@lru_cache(maxsize=4096)
def _only(order_number: str) -> str:
    """The orders of a purchase order that became this one alone, as they are stored."""
    return write_texts((order_number,))


def plain_invoices(transaction: Transaction, supplier: str, numbers: Iterable[str]) -> Sequence[PlainInvoice]:
    """Those of some invoices that can be compared by quantity, price and tax alone."""
    named = {"supplier": supplier, "numbers": transaction.keys(numbers)}
    heads: Mapping[str, Row] = {row[0]: row for row in transaction.rows(_HEAD, named)}
    if not heads:
        return []
    taxes: dict[str, list[TaxTotal]] = {}
    for number, category, rate, taxable, tax in transaction.rows(_TAXES, named):
        taxes.setdefault(number, []).append(
            TaxTotal(category=_CATEGORIES[category], rate=_decimal(rate), taxable=taxable, tax=tax)
        )
    found = []
    for number, rows in groupby(transaction.rows(_PLAIN, named), key=itemgetter(0)):
        head = heads.get(number)
        if head is None:
            continue
        lines, ids = [], set()
        for row in rows:
            if not row[18] or row[19] != _only(row[20]):
                break
            ids.add(row[9])
            lines.append(
                PlainLine(
                    row[1],
                    row[2],
                    row[3],
                    _decimal(row[4]),
                    row[5],
                    _CATEGORIES[row[6]],
                    _decimal(row[7]),
                    _key(row[8], row[9], row[10]),
                    row[11],
                    row[12],
                    row[13],
                    _decimal(row[14]),
                    _CATEGORIES[row[15]],
                    _decimal(row[16]),
                    row[17],
                    row[21],
                )
            )
        else:
            if len({line.line_number for line in lines}) == len(lines):
                found.append(
                    PlainInvoice(
                        invoice_number=number,
                        currency=head[1],
                        total_excl_tax=head[2],
                        total_incl_tax=head[3],
                        tax=tuple(taxes.get(number, ())),
                        lines=tuple(lines),
                        purchase_order_ids=frozenset(ids),
                    )
                )
    return found
