"""A copy of an older schema can be taken by a later program before it upgrades, and restored by it (REL-9)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.storage.sql import schema
from askul_connect.adapters.storage.sql.schema import Side, schema_check

NEXT = '''"""What a later version adds."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_9000"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("purchase_orders", sa.Column("note", sa.Text(), nullable=True))
    op.execute("UPDATE purchase_orders SET note = 'upgraded ' || purchase_order_id")
    op.create_table("notes", sa.Column("note", sa.Text(), primary_key=True))
'''


@pytest.fixture
def later_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This program with one more revision of the buyer's schema; gives the one before."""
    before = schema_check(f"sqlite:///{tmp_path}/none.sqlite3", Side.BUYER).wanted
    migrations = tmp_path / "migrations"
    shutil.copytree(schema._MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "buyer" / "buyer_9000.py").write_text(NEXT.format(before=before), encoding="utf-8")
    monkeypatch.setattr(schema, "_MIGRATIONS", migrations)
    # a program reads the names of its scripts once
    schema.revisions.cache_clear()
    yield before
    monkeypatch.undo()
    schema.revisions.cache_clear()


@pytest.mark.spec("REL-9")
def test_a_copy_is_taken_before_the_upgrade_and_restored_by_the_later_program(
    place: Any, tmp_path: Path, later_program: str
) -> None:
    assert '"schema-out-of-date"' in place.cli("orders", "--json", code=4).stderr

    taken = place.json("backup", str(tmp_path / "b"), "--with-secrets")
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(tmp_path / "b"))

    schemas = {each["name"]: each["schema"] for each in taken["databases"]}
    assert schemas["buyer"] == later_program
    found = copy.json("verify")
    assert found["ok"], found
    tables = {table["name"]: table["rows"] for table in found["databases"][0]["tables"]}
    assert found["databases"][0]["schema"] == "buyer_9000"
    assert tables.pop("notes") == 0
    assert tables == {table["name"]: table["rows"] for table in taken["databases"][0]["tables"]}
    # the original is as it was, and the copy goes on
    assert place.json("db", "check")[0]["state"] == f"schema {later_program}, wanted is buyer_9000"
    copy.cli("resume", "--yes")
    copy.cli("run")
    orders = copy.json("orders")
    assert {order["purchase_order_id"] for order in orders} == {f"PO-2026-000{n}" for n in range(1, 6)}
    # the fourth became two: of what is in stock, and of what its maker ships
    assert len({order["order_number"] for order in orders}) == len(orders) == 6
    copy.cli("backup", str(tmp_path / "later"))
    assert b"upgraded PO-2026-0001" in (tmp_path / "later" / "databases" / "buyer.jsonl").read_bytes()
