"""`verify` finds what is broken in the data, each kind by name, and ends with 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

BUYER, SUPPLIER = "data/buyer.sqlite3", "data/askul-supplier.sqlite3"


def broken(place: Any) -> dict[str, str]:
    found = place.json("verify", code=1)
    assert found["ok"] is False
    assert all(finding["remedy"] for finding in found["findings"] if not finding["ok"])
    return {each["name"]: each["detail"] for each in found["findings"] if not each["ok"]}


#: What is done to a database -> (which one, statement, the finding, a text in it).
BREAKAGES: dict[str, tuple[str, str, str, str]] = {
    "a balance": (
        BUYER,
        "UPDATE budgets SET encumbrance = encumbrance + 1 WHERE department = 'D100' AND period = '2026-04'",
        "buyer: ledger",
        "its moves add up to",
    ),
    "a move": (
        BUYER,
        "DELETE FROM ledger_moves WHERE place = (SELECT min(place) FROM ledger_moves)",
        "buyer: ledger",
        "its moves add up to",
    ),
    "a lost message": (
        BUYER,
        "DELETE FROM outbox WHERE kind = 'place-order' AND business_key LIKE '%0001'",
        "buyer: outbox",
        "PO-2026-0001 has no message",
    ),
    "a message that was not sent": (
        BUYER,
        "UPDATE outbox SET state = 'pending' WHERE kind = 'place-order' AND business_key LIKE '%0001'",
        "buyer: outbox",
        "is placed, its message pending",
    ),
    "a lost order": (
        BUYER,
        "DELETE FROM orders WHERE order_number = 'AC00000001'",
        "buyer: outbox",
        "AC00000001",
    ),
    "a message of a newer program": (
        BUYER,
        "UPDATE outbox SET body = replace(body, '\"schema\": 1', '\"schema\": 9')",
        "buyer: outbox",
        "form 9",
    ),
    "a reference": (
        BUYER,
        "UPDATE order_lines SET order_number = 'AC99' WHERE order_number = 'AC00000001'",
        "buyer: database",
        "rows of order_lines refer to rows of orders",
    ),
    "a feed": (
        SUPPLIER,
        "UPDATE changes SET key = 'AC99' WHERE key = 'AC00000001' AND feed = 'orders'",
        "supplier askul: feeds",
        "names AC99",
    ),
    "an order's total": (
        SUPPLIER,
        "UPDATE orders SET total_excl_tax = 1 WHERE order_number = 'AC00000001'",
        "supplier askul: orders",
        "says 1",
    ),
    "a quantity": (
        SUPPLIER,
        "UPDATE order_lines SET quantity_cancelled = 1000000 WHERE order_number = 'AC00000001'",
        "supplier askul: orders",
        "more of the order AC00000001",
    ),
    "an ordered quantity": (
        SUPPLIER,
        (
            "UPDATE order_lines SET quantity = quantity + 1"
            " WHERE order_number = 'AC00000001' AND position = (SELECT max(position) FROM order_lines"
            " WHERE order_number = 'AC00000001')"
        ),
        "supplier askul: orders",
        "its quantity and price with its allowances and charges",
    ),
    "a shipped quantity": (
        SUPPLIER,
        "UPDATE order_lines SET quantity_shipped = quantity_shipped + 1 WHERE order_number = 'AC00000001'",
        "supplier askul: orders",
        "shipped, its shipments",
    ),
    "a cancelled rest": (
        SUPPLIER,
        (
            "UPDATE order_lines SET quantity_cancelled = quantity - quantity_shipped, state = 'confirmed'"
            " WHERE order_number = 'AC00000001'"
        ),
        "supplier askul: orders",
        "0 units of it are outstanding",
    ),
    "what the buyer knows": (
        SUPPLIER,
        "DELETE FROM orders WHERE order_number = 'AC00000001'",
        "supplier askul: what the buyer knows",
        "AC00000001",
    ),
    "a login that was taken out of the history": (
        SUPPLIER,
        "DELETE FROM login_records WHERE sequence = 1",
        "supplier askul: seals",
        "entry 1 is missing or moved",
    ),
    "an audit record that says something else": (
        SUPPLIER,
        "UPDATE audit_records SET subject = 'somebody-else' WHERE sequence = 1",
        "supplier askul: seals",
        "audit:",
    ),
    "another program's schema": (
        SUPPLIER,
        "UPDATE alembic_version SET version_num = 'supplier_9999'",
        "supplier askul: opens",
        "supplier_9999",
    ),
}


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_what_is_broken_is_found(place: Any, breakage: str) -> None:
    database, statement, name, text = BREAKAGES[breakage]
    connection = sqlite3.connect(place.directory / database)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()

    assert text in broken(place)[name]


@pytest.mark.spec("REL-9")
def test_broken_pages_are_found(place: Any) -> None:
    file = place.directory / BUYER
    data = bytearray(file.read_bytes())
    for start in range(8_192, len(data) - 4_096, 4_096):
        data[start + 2_000 : start + 2_040] = b"\xff" * 40
    file.write_bytes(bytes(data))

    assert {name for name in broken(place) if name.startswith("buyer: ")}


@pytest.mark.spec("REL-9")
def test_postgresql_is_looked_at_in_the_same_way(
    place: Any, backup: Path, tmp_path: Path, new_postgresql: Callable[..., str]
) -> None:
    buyer, supplier = new_postgresql(), new_postgresql()
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(backup), "--database", buyer, "--supplier-database", f"askul={supplier}")
    assert copy.json("verify")["ok"]
    with psycopg.connect(buyer) as connection:
        connection.execute("ALTER TABLE order_lines DROP CONSTRAINT fk_order_lines_orders")
        connection.execute("UPDATE order_lines SET order_number = 'AC99' WHERE order_number = 'AC00000001'")
        connection.execute("ALTER TABLE order_lines ADD CONSTRAINT fk_order_lines_orders"
                           " FOREIGN KEY (supplier, order_number) REFERENCES orders NOT VALID")  # fmt: skip

    assert "refer to rows of orders" in broken(copy)["buyer: database"]


def test_what_is_sound_is_told_too(place: Any) -> None:
    said = place.cli("verify")

    assert len([line for line in said.stdout.splitlines() if line.startswith("ok ")]) >= 12
    assert "FAILED" not in said.stderr
    assert place.cli("--quiet", "verify").stdout == ""
    connection = sqlite3.connect(place.directory / BUYER)
    with connection:
        connection.execute("UPDATE budgets SET actual = 5")
    connection.close()
    assert "FAILED  buyer: ledger: the budget D100" in place.cli("verify", code=1).stderr


def test_a_backup_of_broken_data_is_whole_and_says_so(place: Any, tmp_path: Path) -> None:
    connection = sqlite3.connect(place.directory / BUYER)
    with connection:
        connection.execute("UPDATE budgets SET actual = 5")
    connection.close()
    place.cli("backup", str(tmp_path / "b"))

    findings = {
        each["name"]: each["ok"] for each in place.json("verify", str(tmp_path / "b"), code=1)["findings"]
    }

    assert findings["backup"] is True
    assert findings["buyer: ledger"] is False


@pytest.mark.spec("REL-9", "AUTH-10")
def test_without_the_key_seals_are_missed_and_in_a_copy_they_are_said_to_be_unseen(
    place: Any, tmp_path: Path
) -> None:
    def seals(where: Any, code: int = 0) -> Any:
        found = where.json("verify", code=code)["findings"]
        return next(one for one in found if one["name"] == "supplier askul: seals")

    assert seals(place)["detail"] == "all is well"
    place.cli("backup", str(tmp_path / "bare"))
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(tmp_path / "bare"))
    unseen = seals(copy)
    assert unseen["ok"]
    assert "were not looked at" in unseen["detail"]
    # elsewhere a key that is gone hides nothing
    key = place.directory / "secrets" / "askul" / "database-key"
    kept = key.read_bytes()
    key.unlink()
    missed = seals(place, code=1)
    assert "is missing: secrets/askul/database-key" in missed["detail"]
    key.write_text("another key\n", encoding="utf-8")
    assert not seals(place, code=1)["ok"]
    key.write_bytes(kept)


@pytest.mark.spec("REL-9", "AUTH-10")
def test_the_seals_of_a_backup_with_secrets_are_looked_at(place: Any, tmp_path: Path) -> None:
    place.cli("backup", str(tmp_path / "whole"), "--with-secrets")
    found = place.json("verify", str(tmp_path / "whole"))["findings"]
    (seals,) = [one for one in found if one["name"] == "supplier askul: seals"]
    assert (seals["ok"], seals["detail"]) == (True, "all is well")
