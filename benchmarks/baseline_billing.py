"""Closing a month by hand: the shipped lines in batches, sums by rate, the invoice in parts, one update, one commit."""

import json
import sqlite3
from typing import Any

BATCH = 1_000
_COLUMNS = (
    "ship_notice_number, order_number, purchase_order_id, line_id, shipped_on, sku, name, quantity, unit, unit_price,"
    " amount_excl_tax, tax_category, tax_rate, department, cost_centre, allowances, order_allowances"
)
_LINES = (
    f"SELECT {_COLUMNS} FROM shipped_lines WHERE account_id = ? AND shipped_on <= ? AND invoice_number = ''"  # noqa: S608
    " ORDER BY shipped_on, ship_notice_number, line_id"
)
_PART = "INSERT INTO invoice_parts (account_id, invoice_number, number, schema, body) VALUES (?, ?, ?, 1, ?)"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def connect(path: str) -> sqlite3.Connection:
    """A connection as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def close(connection: sqlite3.Connection, account_id: str, head: dict[str, Any]) -> None:
    """Invoice everything up to the end of the period; ``head`` holds what an invoice says beside its lines."""
    number, up_to = head["invoice_number"], head["period_end"]
    connection.execute("BEGIN IMMEDIATE")
    found = connection.execute(_LINES, (account_id, up_to))
    sums: dict[tuple[str, str], int] = {}
    place = parts = 0
    while rows := found.fetchmany(BATCH):
        lines, beside = [], []
        for row in rows:
            (
                notice,
                order,
                purchase,
                line_id,
                day,
                sku,
                name,
                quantity,
                unit,
                price,
                amount,
                category,
                rate,
            ) = row[:13]
            place += 1
            lines.append(
                {
                    "line_number": str(place),
                    "order_number": order,
                    "purchase_order_id": purchase,
                    "line_id": line_id,
                    "ship_notice_number": notice,
                    "shipped_on": day,
                    "sku": sku,
                    "name": name,
                    "quantity": quantity,
                    "unit": unit,
                    "unit_price": price,
                    "amount_excl_tax": amount,
                    "tax_category": category,
                    "tax_rate": rate,
                    "department": row[13],
                    "cost_centre": row[14],
                    "allowances": json.loads(row[15]),
                }
            )
            sums[category, rate] = sums.get((category, rate), 0) + amount
            for entry in json.loads(row[16]):
                beside.append(
                    {
                        "order_number": order,
                        "purchase_order_id": purchase,
                        "ship_notice_number": notice,
                        "allowance": entry,
                        "reduction_id": "",
                    }
                )
                net = entry["amount"] if entry["charge"] else -entry["amount"]
                key = entry["tax_category"], entry["tax_rate"]
                sums[key] = sums.get(key, 0) + net
        parts += 1
        body = _text({"lines": lines, "allowances": beside})
        connection.execute(_PART, (account_id, number, parts, body))
    tax = [
        {"category": category, "rate": rate, "taxable": amount, "tax": amount * int(rate) // 100}
        for (category, rate), amount in sorted(sums.items(), key=lambda item: -int(item[0][1]))
    ]
    net, gross = sum(sums.values()), sum(sums.values()) + sum(one["tax"] for one in tax)
    document = {
        **head,
        "lines": [],
        "tax": tax,
        "total_excl_tax": net,
        "total_incl_tax": gross,
        "allowances": [],
        "payment_method": "terms",
        "department": "",
    }
    connection.execute(
        "INSERT INTO invoices (account_id, number, period_end, schema, body) VALUES (?, ?, ?, 1, ?)",
        (account_id, number, up_to, _text(document)),
    )
    connection.execute(
        "INSERT INTO receivables (account_id, invoice_number, issued_on, due_on, currency, total, paid, credited,"
        " tracked) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 1)",
        (account_id, number, head["issued_on"], head["due_on"], head["currency"], gross),
    )
    connection.execute(
        "INSERT INTO changes (account_id, feed, key, sequence, deleted) VALUES (?, 'invoices', ?, 1, 0)",
        (account_id, number),
    )
    connection.execute("INSERT INTO feeds (account_id, feed, last) VALUES (?, 'invoices', 1)", (account_id,))
    connection.execute(
        "UPDATE shipped_lines SET invoice_number = ?"
        " WHERE account_id = ? AND shipped_on <= ? AND invoice_number = ''",
        (number, account_id, up_to),
    )
    connection.execute("COMMIT")
