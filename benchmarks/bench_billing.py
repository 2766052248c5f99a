"""Closing a month, from the request to the commit, on SQLite; and what memory that takes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from attrs import evolve

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import RandomIds
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.fulfilment import CloseBillingRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.opening import open_account
from benchmarks import baseline_billing
from benchmarks.bench_order import OPTIONS
from benchmarks.bench_sync import peak
from benchmarks.contest import Contest, Side

#: The reach of the table is for 100,000 lines.
LINES = 100_000 if os.environ.get("HEAVY") == "1" else 20_000
CLOSING = date(2026, 4, 30)
NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
REACH = 3.0
TABLES = {
    "invoices": "*",
    "invoice_parts": "*",
    "receivables": "*",
    "shipped_lines": "account_id, ship_notice_number, line_id, invoice_number",
    "changes": "*",
}
_FEE = AllowanceCharge(
    charge=True, amount=330, reason="運賃", tax_category=TaxCategory.STANDARD, tax_rate=Decimal(10)
)
_FILL = 10_000


def shipped(account_id: str, number: int) -> ShippedLine:
    """One of many shipped lines; five go together, and the first of them has the shipping fee."""
    reduced, quantity = number % 4 == 0, 1 + number % 9
    line = ShippedLine(
        ship_notice_number=f"SN{number // 5:08d}",
        account_id=account_id,
        order_number=f"AC{number // 5:08d}",
        purchase_order_id=f"PO-{number // 5}",
        line_id=str(1 + number % 5),
        shipped_on=date(2026, 4, 1) + timedelta(days=number % 30),
        sku=f"K{number % 997:06d}",
        name="油性ボールペン 黒 0.7mm 10本入",
        quantity=quantity,
        unit="XPK",
        unit_price=Decimal("98.5"),
        amount_excl_tax=quantity * 985 // 10,
        tax_category=TaxCategory.REDUCED if reduced else TaxCategory.STANDARD,
        tax_rate=Decimal(8 if reduced else 10),
        department="D1",
        cost_centre="4711",
        currency="JPY",
    )
    return evolve(line, order_allowances=(_FEE,)) if number % 5 == 0 else line


def open_supplier(path: Path) -> ReferenceSupplier:
    """The supplier over a database, on the day after the closing."""
    clock = SimulatedClock(NOW)
    return make_supplier(
        OPTIONS,
        supplier_sql(f"sqlite:///{path}"),
        clock=clock,
        ids=RandomIds(clock),
        notices=path.with_name("notices"),
        hasher=Argon2Hasher(memory_kib=8, passes=1),
        stock=False,
    )


def set_up(path: Path, lines: int) -> str:
    """An account and what it was shipped; its customer number."""
    with closing(open_supplier(path)) as supplier:
        letter = open_account(supplier.storage, supplier.dispatcher.house, OPTIONS.opening)
        with supplier.storage.begin() as unit:
            account = unit.accounts.by_customer_number(letter.customer_number)
            assert account is not None
        for start in range(0, lines, _FILL):
            numbers = range(start, min(lines, start + _FILL))
            with supplier.storage.begin() as unit:
                unit.shipped_lines.add(shipped(account.account_id, number) for number in numbers)
    return letter.customer_number


def close(supplier: ReferenceSupplier, customer_number: str) -> None:
    """Our way."""
    request = CloseBillingRequest(customer_number=customer_number, closing_date=CLOSING)
    answer = supplier.dispatcher.dispatch_as_staff(operations.CLOSE_BILLING, request, key="")
    assert len(answer.invoice_numbers) == 1


class _Databases:
    """Copies of one database that is filled, one after the other."""

    def __init__(self, folder: Path, lines: int) -> None:
        self._folder = folder
        self._numbers = count()
        self._filled = folder / "billing-filled.sqlite3"
        self.customer_number = set_up(self._filled, lines)
        with closing(sqlite3.connect(self._filled)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [(self.account_id,)] = connection.execute("SELECT account_id FROM accounts")
        profile, opening = OPTIONS.profile, OPTIONS.opening
        self.head: dict[str, Any] = {
            "invoice_number": "IN00000001",
            "issued_on": "2026-05-01",
            "period_start": "2026-04-01",
            "period_end": CLOSING.isoformat(),
            "due_on": "2026-05-31",
            "currency": profile.currency,
            "supplier": {
                "name": profile.name,
                "party_id": profile.party_id,
                "registration_number": profile.registration_number,
                "postcode": profile.postcode,
                "address": profile.address,
            },
            "customer": {
                "name": opening.name,
                "party_id": opening.buyer_party,
                "registration_number": "",
                "postcode": opening.postcode,
                "address": opening.address,
            },
        }
        self._open: list[Any] = []

    def close(self) -> None:
        """Close and remove what is open."""
        while self._open:
            opened, path = self._open.pop()
            opened.close()
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _fresh(self) -> Path:
        path = self._folder / f"billing-{next(self._numbers)}.sqlite3"
        shutil.copy(self._filled, path)
        return path

    def ours(self) -> ReferenceSupplier:
        """A new one, opened by us."""
        self.close()
        path = self._fresh()
        supplier = open_supplier(path)
        self._open.append((supplier, path))
        return supplier

    def baseline(self) -> sqlite3.Connection:
        """A new one, opened by the driver."""
        self.close()
        path = self._fresh()
        connection = baseline_billing.connect(str(path))
        self._open.append((connection, path))
        return connection

    def by_hand(self, connection: sqlite3.Connection) -> None:
        """The baseline."""
        baseline_billing.close(connection, self.account_id, self.head)

    def compare(self) -> None:
        """Raise AssertionError unless both leave the same rows."""
        found = []
        close(self.ours(), self.customer_number)
        found.append(self._rows(self._open[-1][1]))
        self.by_hand(self.baseline())
        found.append(self._rows(self._open[-1][1]))
        for table in TABLES:
            assert found[0][table], "nothing was stored"
            assert found[0][table] == found[1][table], table
        self.close()

    @staticmethod
    def _rows(path: Path) -> dict[str, list[Any]]:
        with closing(sqlite3.connect(path)) as connection:
            return {
                table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608
                for table, columns in TABLES.items()
            }


def contests(folder: Path, *, lines: int = LINES) -> Iterator[Contest]:
    """Into SQLite."""
    databases = _Databases(folder, lines)
    yield Contest(
        name=f"close a month of {lines:,} shipped lines, SQLite",
        against="hand-written loop, sqlite3",
        ours=Side(prepare=databases.ours, run=lambda supplier: close(supplier, databases.customer_number)),
        baseline=Side(prepare=databases.baseline, run=databases.by_hand),
        check=databases.compare,
        close=databases.close,
        items=lines,
        unit="line",
        reach=REACH,
    )


def memory_lines(folder: Path) -> list[str]:
    """Peak memory of a process that closes a month, at growing sizes."""
    sizes = (1_000, 10_000, 100_000, 1_000_000) if os.environ.get("HEAVY") == "1" else (1_000, 50_000)
    made = []
    for lines in sizes:
        path = folder / f"memory-{lines}.sqlite3"
        number = set_up(path, lines)
        done = subprocess.run(  # noqa: S603 -- ourselves
            [sys.executable, "-m", "benchmarks.bench_billing", str(path), number],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        made.append(f"- {lines:,} lines: {int(done.stdout) / 1024:.1f} MB")
    return made


def _main() -> None:
    with closing(open_supplier(Path(sys.argv[1]))) as supplier:
        close(supplier, sys.argv[2])
    print(peak())


if __name__ == "__main__":
    _main()
