"""Matching invoice lines by hand: one join through the driver, one comparison and one result row per line."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal

JOIN = """
SELECT il.supplier, il.invoice_number, il.line_number, il.line_id, il.quantity, il.unit_price, il.amount_excl_tax,
       il.tax_category, il.tax_rate,
       po.buyer_party, po.purchase_order_id, po.currency, i.currency,
       pl.quantity,
       ol.unit_price, ol.tax_category, ol.tax_rate, ol.quantity_cancelled,
       (SELECT sum(quantity) FROM goods_receipts r
         WHERE r.buyer_party = pl.buyer_party AND r.purchase_order_id = pl.purchase_order_id
           AND r.issue_year = pl.issue_year AND r.line_id = pl.line_id)
  FROM invoice_lines il
  JOIN invoices i ON i.supplier = il.supplier AND i.invoice_number = il.invoice_number
  JOIN purchase_orders po ON po.purchase_order_id = il.purchase_order_id AND po.supplier = il.supplier
  JOIN purchase_order_lines pl ON pl.buyer_party = po.buyer_party
   AND pl.purchase_order_id = po.purchase_order_id AND pl.issue_year = po.issue_year AND pl.line_id = il.line_id
  JOIN order_lines ol ON ol.supplier = il.supplier AND ol.order_number = il.order_number AND ol.line_id = il.line_id
 ORDER BY il.supplier, il.invoice_number, il.position
"""
RESULT = (
    "INSERT INTO invoice_matches (supplier, invoice_number, line_number, purchase_order, line_id, result, detail,"
    " booked, amount, findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '[]')"
)


def match(connection: sqlite3.Connection) -> None:
    """Match every line."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(RESULT, _results(connection))
    connection.execute("COMMIT")


def _results(connection: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    for (
        supplier,
        invoice,
        number,
        line_id,
        quantity,
        price,
        amount,
        category,
        rate,
        party,
        purchase_order,
        ordered_currency,
        currency,
        ordered,
        agreed,
        ordered_category,
        ordered_rate,
        cancelled,
        received,
    ) in connection.execute(JOIN).fetchall():
        fine = (
            currency == ordered_currency
            and price == agreed
            and abs(Decimal(price) * quantity - amount) < 1
            and category == ordered_category
            and rate == ordered_rate
            and quantity <= ordered - cancelled
            and quantity <= received
        )
        assert fine, "the sample holds what matches"
        detail = (
            f"{quantity} at {price}; {quantity} invoiced, {received} received, {ordered - cancelled} ordered"
        )
        yield supplier, invoice, number, f"{party}:{purchase_order}", line_id, "matched", detail, True
