"""Placing an order by hand: SQL through the driver, one transaction, as few statements as the rows allow.

The same checks that decide about an order, the same rows, the same answer under the same key. ``%s`` is
PostgreSQL's mark for a parameter; SQLite's is ``?``.
"""

import hashlib
import json
import sqlite3
import unicodedata
import uuid
from datetime import timedelta, timezone
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

JAPAN = timezone(timedelta(hours=9))
RATES = {"standard": Decimal(10), "reduced": Decimal(8)}

CALLER = """SELECT c.account_id, c.secret_hash, c.revoked_at, c.last_used_at, c.operations, c.departments,
    a.state, a.member_number, a.email
    FROM client_credentials c JOIN accounts a ON a.account_id = c.account_id WHERE c.credential_id = ?"""
USED = "UPDATE client_credentials SET last_used_at = ? WHERE credential_id = ?"
ANSWERED = (
    "SELECT request_hash, reference FROM idempotency WHERE account_id = ? AND operation = ? AND key = ?"
)
KNOWN = """SELECT order_number FROM orders
    WHERE account_id = ? AND purchase_order_id = ? AND buyer_party = ? AND issue_year = ?"""
DEPARTMENTS = "SELECT code, postcode, address FROM departments WHERE account_id = ?"
ITEMS = """SELECT i.sku, i.name, i.unit, i.list_price, i.tax_category, i.fulfilment, i.lead_days, i.minimum,
    i.multiple, i.maximum, i.discontinued, s.on_hand - s.reserved
    FROM items i JOIN stock s ON s.sku = i.sku WHERE i.sku IN ({marks}){lock}"""
RESERVE = "UPDATE stock SET reserved = reserved + ? WHERE sku = ?"
NUMBER = """INSERT INTO counters (name, last) VALUES ('order', 1)
    ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last"""
ORDER = """INSERT INTO orders (order_number, account_id, purchase_order_id, buyer_party, issue_year, checkout_id,
    placed_by, request_hash, channel, currency, placed_at, order_date, total_excl_tax, total_incl_tax)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
LINE = """INSERT INTO order_lines (account_id, order_number, position, line_id, sku, name, quantity, unit, unit_price,
    amount_excl_tax, tax_category, tax_rate, fulfilment, lead_days, department, cost_centre, requested_on, state,
    ship_to, name_key, quantity_shipped, quantity_cancelled, agreed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'placed', ?, ?, 0, 0, 0)"""
TAX = """INSERT INTO order_tax (account_id, order_number, position, category, rate, taxable, tax)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
PLACE = """INSERT INTO feeds (account_id, feed, last) VALUES (?, 'orders', 1)
    ON CONFLICT (account_id, feed) DO UPDATE SET last = feeds.last + 1 RETURNING last"""
CHANGE = "INSERT INTO changes (account_id, feed, key, sequence, deleted) VALUES (?, 'orders', ?, ?, ?)"
NOTICE = """INSERT INTO outbox (message_id, kind, business_key, target, body, state, attempts, next_attempt_at,
    last_error, correlation_id, created_at) VALUES (?, 'order-placed', ?, 'notices', ?, 'pending', 0, ?, '', ?, ?)"""
ANSWER = """INSERT INTO idempotency (account_id, operation, key, request_hash, reference, at)
    VALUES (?, 'PlaceOrder', ?, ?, ?, ?)"""


def connect(path: str) -> sqlite3.Connection:
    """A connection as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


# Katakana are searched as hiragana, and the long vowel mark as a hyphen.
SPELT = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {0x30FC: "-"}


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A name as it is searched."""
    return unicodedata.normalize("NFKC", name).casefold().translate(SPELT)


class Orders:
    """Places orders.

    Args:
        cursor: Of the driver, on a connection that begins no transaction by itself.
        begin: The statement that begins one.
        mark: How a parameter is marked.
        lock: What locks the rows of a select.
    """

    def __init__(
        self, cursor: Any, *, begin: str = "BEGIN IMMEDIATE", mark: str = "?", lock: str = ""
    ) -> None:
        self._cursor = cursor
        self._begin = begin
        self._lock = lock
        self._mark = mark
        self._texts: dict[str, str] = {}

    def place(
        self, token: str, key: str, correlation_id: str, now: Any, asked: dict[str, Any]
    ) -> dict[str, Any]:
        """Place one, or raise what stands in the way."""
        self._cursor.execute(self._begin)
        try:
            answer = self._place(token, key, correlation_id, now, asked)
        except BaseException:
            self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")
        return answer

    def _text(self, statement: str) -> str:
        if self._mark == "?":
            return statement
        text = self._texts.get(statement)
        if text is None:
            text = self._texts[statement] = statement.replace("?", self._mark)
        return text

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        self._cursor.execute(self._text(statement), values)
        return self._cursor.fetchall()  # type: ignore[no-any-return]

    def _place(
        self, token: str, key: str, correlation_id: str, now: Any, asked: dict[str, Any]
    ) -> dict[str, Any]:
        at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        credential_id, _, secret = token.removeprefix("ac_").partition(".")
        ((account, hashed, revoked, used, operations, scope, state, member, email),) = self._rows(
            CALLER, credential_id
        )
        if hashed != hashlib.sha256(secret.encode()).hexdigest() or revoked or state != "active":
            raise PermissionError(credential_id)
        if "PlaceOrder" not in json.loads(operations):
            raise PermissionError(credential_id)
        if used is None or used[:16] != at[:16]:
            self._cursor.execute(self._text(USED), (at, credential_id))
        text = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        request_hash = hashlib.sha256(text.encode()).hexdigest()
        purchase_order, buyer, year = asked["purchase_order_id"], asked["buyer_party"], asked["issue_year"]
        if self._rows(ANSWERED, account, "PlaceOrder", key) or self._rows(
            KNOWN, account, purchase_order, buyer, year
        ):
            raise ValueError(key)
        reach = set(json.loads(scope) or {"D1"})
        departments = {
            code: f"{postcode} {address}".strip() or None
            for code, postcode, address in self._rows(DEPARTMENTS, account)
            if code in reach
        }
        lines = asked["lines"]
        skus = [line["sku"] for line in lines]
        items = {
            row[0]: row
            for row in self._rows(ITEMS.format(marks=", ".join("?" * len(skus)), lock=self._lock), *skus)
        }
        number, rows, reserved = self._number(), [], []
        sums: dict[tuple[Decimal, str], int] = {}
        for position, line in enumerate(lines):
            sku, name, unit, listed, category, fulfilment, lead, least, multiple, most, ended, available = (
                items[line["sku"]]
            )
            quantity, price = line["quantity"], Decimal(listed)
            if ended or unit != line["unit"] or not least <= quantity <= most or quantity % multiple:
                raise ValueError(sku)
            if line["department"] not in departments or Decimal(line["expected_unit_price"]) != price:
                raise ValueError(sku)
            if fulfilment == "stock":
                if available < quantity:
                    raise ValueError(sku)
                reserved.append((quantity, sku))
            amount = int((price * quantity).quantize(Decimal(1), ROUND_HALF_UP))
            rate = RATES[category]
            sums[rate, category] = sums.get((rate, category), 0) + amount
            rows.append(
                (
                    account,
                    number,
                    position,
                    line["line_id"],
                    sku,
                    name,
                    quantity,
                    unit,
                    str(price),
                    amount,
                    category,
                    str(rate),
                    fulfilment,
                    lead,
                    line["department"],
                    line["cost_centre"],
                    line["requested_on"],
                    departments[line["department"]],
                    folded(name),
                )
            )
        taxes = [
            (
                account,
                number,
                position,
                category,
                str(rate),
                net,
                int((net * rate / 100).to_integral_value(ROUND_DOWN)),
            )
            for position, ((rate, category), net) in enumerate(sorted(sums.items(), reverse=True))
        ]
        total = sum(sums.values())
        with_tax = total + sum(tax[-1] for tax in taxes)
        self._write(RESERVE, reserved)
        self._cursor.execute(
            self._text(ORDER),
            (
                number,
                account,
                purchase_order,
                buyer,
                year,
                str(uuid.uuid4()),
                credential_id,
                request_hash,
                "in_process",
                asked["currency"],
                at,
                now.astimezone(JAPAN).date().isoformat(),
                total,
                with_tax,
            ),
        )
        self._write(LINE, rows)
        self._write(TAX, taxes)
        ((place,),) = self._rows(PLACE, account)
        self._cursor.execute(self._text(CHANGE), (account, number, place, False))
        body = {
            "schema": 1,
            "event": "order-placed",
            "number": number,
            "subject": purchase_order,
            "account": member,
            "to": email,
            "at": now.isoformat(),
            "correlation_ids": [correlation_id] if correlation_id else [],
        }
        notice = json.dumps(body, ensure_ascii=False, sort_keys=True)
        self._cursor.execute(self._text(NOTICE), (str(uuid.uuid4()), number, notice, at, correlation_id, at))
        self._cursor.execute(self._text(ANSWER), (account, key, request_hash, number, at))
        return {"order_number": number, "total_excl_tax": total, "total_incl_tax": with_tax}

    def _number(self) -> str:
        ((last,),) = self._rows(NUMBER)
        return f"AC{last:08d}"

    def _write(self, statement: str, rows: list[Any]) -> None:
        if rows:
            self._cursor.executemany(self._text(statement), rows)
