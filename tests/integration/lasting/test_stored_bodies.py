"""Every stored body carries the version of its form; an older one is read, a newer one stops what would send it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.storage.sql import bodies
from askul_connect.adapters.storage.sql.storage import buyer_sql, supplier_sql
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import SchemaOutOfDate
from askul_connect.core.messages.documents import InvoicePart, OrderConfirmation
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import invoice, invoice_line
from askul_connect.testing.storage.supplier_carts import CART
from askul_connect.testing.storage.supplier_discounts import COUPON, RECOMMENDED

BUYER, SUPPLIER = Path("data/buyer.sqlite3"), Path("data/askul-supplier.sqlite3")
#: Database, table and column of each body that is kept, and the column its version is in; none: in the body.
BODIES = [
    (BUYER, "outbox", "body", ""),
    (BUYER, "confirmations", "body", "schema"),
    (BUYER, "ship_notices", "body", "schema"),
    (SUPPLIER, "outbox", "body", ""),
    (SUPPLIER, "confirmations", "body", "schema"),
    (SUPPLIER, "ship_notices", "body", "schema"),
    (SUPPLIER, "invoices", "body", "schema"),
]
#: Those of which a run of the place makes none; what is written in them is looked at below.
UNUSED = {"carts", "coupons", "recommended_items", "credit_notes", "invoice_parts"}
#: Made when a customer changes its data: their version, in the body, is looked at where that is tested.
SNAPSHOTS = (SUPPLIER, "account_snapshots")


def sql(place: Any, database: Path, statement: str, *values: object) -> list[Any]:
    connection = sqlite3.connect(place.directory / database)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def test_there_is_no_other_body() -> None:
    from askul_connect.adapters.storage.sql import tables_buyer, tables_supplier

    sides = {BUYER: tables_buyer.metadata, SUPPLIER: tables_supplier.metadata}
    found = {
        (side, table.name)
        for side, metadata in sides.items()
        for table in metadata.tables.values()
        if "body" in table.c
    }
    made = {(database, table) for database, table, _, _ in BODIES}
    assert found == made | {(SUPPLIER, table) for table in UNUSED} | {SNAPSHOTS}
    for side, metadata in sides.items():
        for table in metadata.tables.values():
            if "body" in table.c and table.name not in {"outbox", SNAPSHOTS[1]}:
                assert "schema" in table.c, (side, table.name)


def test_every_body_has_its_version(place: Any) -> None:
    place.run()
    for database, table, column, version in BODIES:
        rows = sql(place, database, f"SELECT {column}, {version or 'NULL'} FROM {table}")  # noqa: S608 -- our own names
        assert rows, table
        for body, schema in rows:
            assert (schema if version else json.loads(body)["schema"]) == 1


#: How what a run makes none of is written and read.
WRITTEN: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "carts": (lambda unit: unit.carts.put(CART), lambda unit: unit.carts.get(CART.account_id, CART.user_id)),
    "coupons": (lambda unit: unit.coupons.add(COUPON), lambda unit: unit.coupons.get(COUPON.code)),
    "recommended_items": (
        lambda unit: unit.recommended_items.put(RECOMMENDED),
        lambda unit: unit.recommended_items.all(),
    ),
    "credit_notes": (
        lambda unit: unit.billing.add_credit_note("account-1", credit_note()),
        lambda unit: unit.billing.credit_notes("account-1", ["CN-1"]),
    ),
    "invoice_parts": (
        lambda unit: (
            unit.documents.add_invoice("account-1", invoice("I-1", lines=())),
            unit.documents.add_invoice_part("account-1", "I-1", 1, InvoicePart(lines=(invoice_line(),))),
        ),
        lambda unit: unit.documents.invoices("account-1", ["I-1"]),
    ),
}


@pytest.mark.parametrize("table", sorted(UNUSED))
def test_what_a_run_makes_none_of_has_its_version_too(tmp_path: Path, table: str) -> None:
    write, read = WRITTEN[table]
    file = tmp_path / "supplier.sqlite3"
    opened = supplier_sql(f"sqlite:///{file}")
    run_unit(opened, write)

    connection = sqlite3.connect(file)
    assert connection.execute(f"SELECT schema FROM {table}").fetchall() == [(1,)]  # noqa: S608 -- our own names
    assert run_unit(opened, read)
    with connection:
        connection.execute(f"UPDATE {table} SET schema = 2")  # noqa: S608 -- our own names
    connection.close()

    with pytest.raises(SchemaOutOfDate):
        run_unit(opened, read)
    opened.close()


@pytest.mark.parametrize(
    ("database", "statement"),
    [
        (BUYER, "UPDATE outbox SET body = replace(body, '\"schema\": 1', '\"schema\": 2')"),
        (
            SUPPLIER,
            "UPDATE outbox SET body = replace(body, '\"schema\": 1', '\"schema\": 2'), state = 'pending'",
        ),
    ],
    ids=["an order that waits", "a notice that waits"],
)
def test_a_message_of_a_newer_program_is_not_sent(
    place: Any, calls: list[str], database: Path, statement: str
) -> None:
    sql(place, database, statement)
    notices = sorted((place.directory / "data").rglob("*.json"))

    ended = place.cli("run", "--json", code=None)

    said = ended.stdout + ended.stderr
    assert '"schema-out-of-date"' in said
    assert ended.exit_code != 0
    if database is BUYER:
        assert not [call for call in calls if ":PlaceOrder>" in call]
    else:
        assert sorted((place.directory / "data").rglob("*.json")) == notices


def test_a_document_of_an_older_program_is_read(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run()
    for number, body in sql(place, BUYER, "SELECT number, body FROM confirmations"):
        content = json.loads(body)
        content["confirmed"] = content.pop("order_number")
        sql(place, BUYER, "UPDATE confirmations SET body = ? WHERE number = ?", json.dumps(content), number)

    def renamed(fields: Any) -> Any:
        rest = {name: value for name, value in fields.items() if name != "confirmed"}
        return {**rest, "order_number": fields["confirmed"]}

    form = StoredForm(name="OrderConfirmation", version=2, upgrades={1: renamed})
    monkeypatch.setitem(bodies.FORMS, OrderConfirmation, form)  # type: ignore[arg-type]
    opened = buyer_sql(f"sqlite:///{place.directory / BUYER}")
    found = run_unit(opened, lambda unit: unit.history.confirmation("askul", number))
    opened.close()

    assert found is not None
    assert found.order_number == content["confirmed"]
    assert "schema-out-of-date" not in place.cli("run", "--json").stderr
