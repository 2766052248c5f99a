"""One purchase order is followed from its file to its invoice by one id, through the logs of both sides (SRV-5)."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from askul_connect import load_settings, open_workspace
from askul_connect.bootstrap import showcase
from askul_connect.cli.application import application
from askul_connect.cli.demo_files import demo_directory
from askul_connect.cli.directory_files import csv_text, order_table, write_directory
from askul_connect.cli.log import logging_to
from askul_connect.core.domain.correlation import correlated, correlated_logger

PARTY = "0188:9999999999999"
FIRST, SECOND, REFUSED, UNMAPPED = "PO-2026-0001", "PO-2026-0003", "PO-X-1", "PO-X-2"
BAD_ROWS = [
    # the supplier does not sell it; and a unit that nobody mapped
    (REFUSED, "1", "NOT-SOLD", "1", "パック", "100", "JPY", "D100", "", ""),
    (UNMAPPED, "1", "A100-0001", "1", "樽", "1040", "JPY", "D100", "", ""),
]

pytestmark = pytest.mark.spec("SRV-5")


def of(number: str) -> str:
    return f"{PARTY}:{number}"


class Story:
    """A whole run with everything at DEBUG, and what it left."""

    def __init__(self, directory: Path, *, over_http: bool) -> None:
        self.directory = directory
        write_directory(directory, demo_directory(showcase()))
        (directory / "erp" / "in" / "bad.csv").write_text(order_table(BAD_ROWS), encoding="utf-8")
        (directory / "erp" / "receipts" / "bad.csv").write_text(
            csv_text(
                ("purchase_order_id", "line_id", "quantity", "received_on"),
                [(FIRST, "99", "1", "2026-04-14")],
            ),
            encoding="utf-8",
        )
        stream = io.StringIO()
        loggers = [logging.getLogger(name) for name in ("", "askul_connect")]
        with logging_to(stream, as_json=True, quiet=False, directory=directory):
            before = [logger.level for logger in loggers]
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
            try:
                with open_workspace(load_settings(directory), over_http=over_http) as workspace:
                    self.report = workspace.run()
                    self.outbox = workspace.outbox()
                    self.orders = workspace.orders()
                    self.invoices = workspace.invoices()
            finally:
                for logger, level in zip(loggers, before, strict=True):
                    logger.setLevel(level)
        self.lines = [json.loads(line) for line in stream.getvalue().splitlines()]

    def said(self, side: str, words: str) -> set[str]:
        """Correlation ids of the lines of a side that hold some words."""
        return {
            line["correlation_id"]
            for line in self.lines
            if line["logger"] == f"askul_connect.{side}" and words in line["message"]
        }

    def supplier_messages(self) -> list[Mapping[str, Any]]:
        connection = sqlite3.connect(self.directory / "data" / "askul-supplier.sqlite3")
        try:
            rows = connection.execute(
                "SELECT kind, business_key, correlation_id, body FROM outbox"
            ).fetchall()
        finally:
            connection.close()
        return [{"kind": row[0], "key": row[1], "id": row[2], **json.loads(row[3])} for row in rows]


@pytest.fixture(scope="module", params=[False, True], ids=["in process", "over HTTP"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story") / "demo", over_http=request.param)


@pytest.mark.parametrize("number", [FIRST, SECOND])
def test_one_id_from_the_file_to_the_invoice(story: Story, number: str) -> None:
    theirs = next(order for order in story.orders if order["purchase_order_id"] == number)
    (invoice,) = [one for one in story.invoices if theirs["order_number"] in one["order_numbers"]]
    messages = story.supplier_messages()

    def notices(kind: str) -> list[Mapping[str, Any]]:
        return [one for one in messages if one["kind"] == kind and one["subject"] == number]

    # ours, on the way out
    assert story.said("buyer", f"purchase order {of(number)} taken from") == {of(number)}
    assert story.said("buyer", f"{number} accepted") == {of(number)}
    assert story.said("buyer", f"place-order of {of(number)} is sent") == {of(number)}
    assert story.said("buyer", f"{number} placed at askul as") == {of(number)}
    # theirs
    assert of(number) in story.said("supplier", "PlaceOrder over soap done")
    for kind in ("order-placed", "order-confirmed", "order-shipped"):
        assert notices(kind), kind
        for notice in notices(kind):
            assert (notice["id"], notice["correlation_ids"]) == (of(number), [of(number)])
            assert story.said("supplier", f"{kind} {notice['key']} ") == {of(number)}
            assert story.said("supplier", f"notice {kind} about {notice['key']} sent") == {of(number)}
    (billed,) = [one for one in messages if one["key"] == invoice["invoice_number"]]
    assert of(number) in billed["correlation_ids"]
    assert of(number) in story.said("supplier", f"invoice-issued {billed['key']} ")
    assert of(number) in story.said("supplier", "ConfirmOrder over in_process done")
    assert of(number) in story.said("supplier", "ShipOrder over in_process done")
    # ours, on the way back
    assert of(number) in story.said("buyer", f"invoice {invoice['invoice_number']} came from askul")
    for kind in ("erp-confirmation", "erp-ship-notice"):
        mine = [one for one in story.outbox if one["kind"] == kind and one["correlation_id"] == of(number)]
        assert mine
        for message in mine:
            assert message["correlation_ids"] == [of(number)]
            shown = message["business_key"].removeprefix("askul/")
            assert story.said("buyer", f"{kind.removeprefix('erp-')} {shown} came from askul") == {of(number)}
            assert story.said("buyer", f"erp: {kind.removeprefix('erp-')}-askul-{shown}") == {of(number)}
    assert of(number) in story.said(
        "buyer", f"invoice-askul-{invoice['invoice_number']}.xml handed to the ERP"
    )
    assert of(number) in story.said("buyer", f"of invoice {invoice['invoice_number']} of askul: matched")
    assert story.said("buyer", f"goods receipt: {number} line") == {of(number)}
    # and in what programs read
    (placed,) = [
        one for one in story.outbox if one["kind"] == "place-order" and number in one["business_key"]
    ]
    assert placed["correlation_id"] == of(number)
    (billing,) = [one for one in story.outbox if one["kind"] == "erp-invoice"]
    assert of(number) in billing["correlation_ids"]
    assert theirs["correlation_id"] == of(number)
    assert of(number) in invoice["correlation_ids"]
    assert [row.correlation_id for row in story.report.rows if row.purchase_order_id == number] == [
        of(number)
    ]


def test_no_line_about_one_has_the_id_of_another(story: Story) -> None:
    known = {of(order["purchase_order_id"]) for order in story.orders} | {of(REFUSED), of(UNMAPPED)}

    for line in story.lines:
        named = {one for one in known if one.rpartition(":")[2] in line["message"]}
        if line["logger"].startswith("askul_connect.") and len(named) == 1:
            assert line["correlation_id"] in named, line


def test_what_is_refused_has_its_id_as_well(story: Story) -> None:
    report = json.loads((story.directory / "erp" / "rejected" / "bad.csv.error.json").read_text("utf-8"))
    reports = sorted((story.directory / "erp" / "rejected").glob("*.error.json"))
    receipts = [json.loads(path.read_text("utf-8")) for path in reports if path.name != "bad.csv.error.json"]
    told = {one["purchase_order_id"]: one["correlation_id"] for one in report["problems"]}

    assert told == {REFUSED: of(REFUSED), UNMAPPED: of(UNMAPPED)}
    assert [one["correlation_id"] for found in receipts for one in found["problems"]] == [of(FIRST)]
    assert story.said("buyer", f"{REFUSED} refused by askul") == {of(REFUSED)}
    assert of(REFUSED) in story.said("supplier", "PlaceOrder over soap refused: order-refused")
    assert {one.purchase_order_id: one.correlation_id for one in story.report.rejections} == {
        REFUSED: of(REFUSED),
        UNMAPPED: of(UNMAPPED),
        FIRST: of(FIRST),
    }


def test_the_command_line_shows_it(story: Story) -> None:
    def listed(name: str) -> Any:
        result = CliRunner().invoke(application, ["--directory", str(story.directory), "--json", name])
        return json.loads(result.stdout)

    assert {order["correlation_id"] for order in listed("orders")} == {
        of(order["purchase_order_id"]) for order in story.orders
    }
    assert all(invoice["correlation_ids"] for invoice in listed("invoices"))


def test_a_line_belongs_to_what_is_worked_on(caplog: pytest.LogCaptureFixture) -> None:
    log = correlated_logger("askul_connect.tests.correlation")
    with caplog.at_level(logging.INFO), correlated("one"):
        log.info("a")
        with correlated("another"):
            log.info("b")
        log.info("c", extra={"correlation_id": "its own"})
    log.info("d")

    assert [record.correlation_id for record in caplog.records] == ["one", "another", "its own"]  # type: ignore[attr-defined]
