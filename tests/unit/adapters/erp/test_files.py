"""The drop folders: nothing lost, nothing half written, nothing followed out of the folder."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.csv_requisitions import CsvRequisitionReader
from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.adapters.codecs.ubl.writer import UblWriter
from askul_connect.adapters.erp.drop import drop
from askul_connect.adapters.erp.files import FilesConnector
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import (
    ConfigurationError,
    DocumentError,
    DocumentForbidden,
    DocumentUnsupported,
    StorageUnavailable,
    UnknownUnit,
    UsageError,
    ValueInvalid,
)
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.erp import ErpConnector, RejectionReport

HEADER = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on\n"
)
ORDER = f"{HEADER}PO-1,1,P-1,3,EA,12.5,JPY,,,\n".encode()
NOTHING = RejectionReport(rejected=())


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.fixture
def erp(folder: Path) -> ErpConnector:
    return connector(folder)


def connector(folder: Path) -> ErpConnector:
    return FilesConnector(
        folder,
        order_readers={".xml": UblOrderReader(), ".csv": CsvOrderReader()},
        receipt_reader=CsvReceiptReader(),
        mapping_reader=CsvMappingReader(),
        budget_reader=CsvBudgetReader(),
        requisition_reader=CsvRequisitionReader(),
        writer=UblWriter(),
        clock=StoppedClock(),
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.spec("INT-2")
def test_orders_wait_in_the_order_of_their_names_and_unfinished_files_are_left_alone(
    erp: ErpConnector, folder: Path
) -> None:
    for name in ("b.csv", "a.CSV", "c.csv.tmp", "d.xml.part", ".e.csv"):
        (folder / "in" / name).write_bytes(ORDER)
    (folder / "in" / "folder.csv").mkdir()

    files = list(erp.incoming())

    assert [(file.name, file.data) for file in files] == [("a.CSV", ORDER), ("b.csv", ORDER)]
    (order,) = erp.read(files[0])
    assert isinstance(order, PurchaseOrder)
    assert order.where == "a.CSV"


def test_a_file_of_another_kind_is_refused_by_name(erp: ErpConnector, folder: Path) -> None:
    (folder / "in" / "order.pdf").write_bytes(b"%PDF")
    (file,) = erp.incoming()

    with pytest.raises(DocumentUnsupported, match=r"\*\.csv, \*\.xml") as caught:
        erp.read(file)
    assert caught.value.where == "order.pdf"


def link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", [link, os.mkfifo])
def test_links_and_pipes_are_not_followed_and_can_be_rejected(
    erp: ErpConnector, folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "in" / "order.csv")
    (file,) = erp.incoming()

    assert file.data == b""
    with pytest.raises(DocumentForbidden) as caught:
        erp.read(file)
    erp.rejected(
        file.name,
        RejectionReport(rejected=(RejectedPurchaseOrder(purchase_order_id="", error=caught.value),)),
    )

    assert not list(erp.incoming())
    assert os.path.lexists(folder / "rejected" / "order.csv")
    report = json.loads((folder / "rejected" / "order.csv.error.json").read_text(encoding="utf-8"))
    assert report["problems"][0]["code"] == "document-forbidden"


def test_a_link_in_the_mapping_is_a_configuration_error(erp: ErpConnector, folder: Path) -> None:
    (folder / "mapping").mkdir()
    link(folder / "mapping" / "units.csv")

    with pytest.raises(ConfigurationError) as caught:
        erp.mapping()
    assert caught.value.where == "mapping/units.csv"


def test_what_was_accepted_goes_to_done(erp: ErpConnector, folder: Path) -> None:
    (folder / "in" / "a.csv").write_bytes(ORDER)

    erp.accepted("a.csv")
    erp.accepted("a.csv")

    assert tree(folder) == {"done/a.csv": ORDER}


def test_the_same_name_is_replaced_by_the_same_content_and_numbered_for_another(
    erp: ErpConnector, folder: Path
) -> None:
    for content in (b"1", b"2", b"1", b"3", b"2"):
        (folder / "in" / "a.csv").write_bytes(content)
        erp.accepted("a.csv")

    assert tree(folder) == {"done/a.csv": b"1", "done/a-2.csv": b"2", "done/a-3.csv": b"3"}


@pytest.mark.spec("INT-6")
def test_a_rejected_file_has_a_report_in_both_languages(erp: ErpConnector, folder: Path) -> None:
    (folder / "in" / "a.csv").write_bytes(HEADER.encode() + b"PO-1,1,P-1,-3,EA,x,JPY,,,\n")
    (file,) = erp.incoming()
    (rejected,) = erp.read(file)
    assert isinstance(rejected, RejectedPurchaseOrder)
    unmapped = RejectedPurchaseOrder(
        purchase_order_id="PO-2", error=UnknownUnit("unit '箱' is not mapped", where="row 9", line_id="4")
    )

    erp.rejected("a.csv", RejectionReport(rejected=(rejected, unmapped), accepted=("PO-3",)))

    assert sorted(tree(folder)) == ["rejected/a.csv", "rejected/a.csv.error.json"]
    text = (folder / "rejected" / "a.csv.error.json").read_text(encoding="utf-8")
    assert "箱" in text
    report = json.loads(text)
    assert (report["file"], report["rejected_at"]) == ("a.csv", "2026-04-01T09:30:00+00:00")
    assert report["accepted"] == ["PO-3"]
    assert [(p["purchase_order_id"], p["code"], p["where"], p["line_id"]) for p in report["problems"]] == [
        ("PO-1", "value-invalid", "row 2, column quantity", "1"),
        ("PO-1", "value-invalid", "row 2, column unit_price", "1"),
        ("PO-2", "unknown-unit", "row 9", "4"),
    ]
    assert report["problems"][2]["remedy"] == {"ja": UnknownUnit.remedy.ja, "en": UnknownUnit.remedy.en}
    before = tree(folder)
    erp.rejected("a.csv", NOTHING)
    assert tree(folder) == before


def test_a_run_killed_between_report_and_move_ends_the_same_when_repeated(
    erp: ErpConnector, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "in" / "a.csv").write_bytes(ORDER)
    real = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if self.name == "a.csv":
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            erp.rejected("a.csv", NOTHING)
    assert sorted(tree(folder)) == ["in/a.csv", "rejected/a.csv.error.json"]

    erp.rejected("a.csv", NOTHING)
    assert sorted(tree(folder)) == ["rejected/a.csv", "rejected/a.csv.error.json"]


@pytest.mark.parametrize("name", ["../a.csv", "/etc/passwd", "..", "", "a/b.csv", "a\\b.csv"])
def test_a_name_never_leads_out_of_its_folder(erp: ErpConnector, folder: Path, name: str) -> None:
    for call in (erp.accepted, erp.receipts_filed):
        with pytest.raises(ValueInvalid):
            call(name)
    with pytest.raises(ValueInvalid):
        erp.rejected(name, NOTHING)


def test_a_missing_folder_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="askul-connect init") as caught:
        list(connector(tmp_path / "erp").incoming())
    assert caught.value.where == str(tmp_path / "erp" / "in")

    (tmp_path / "erp").write_text("a file")
    with pytest.raises(UsageError):
        list(connector(tmp_path / "erp").incoming())


def test_tables_and_receipts_that_are_not_there_are_empty(erp: ErpConnector) -> None:
    assert not list(erp.receipts())
    assert erp.budgets() == ()
    assert not erp.mapping().units


def test_mapping_and_budgets_are_read_from_their_folders(erp: ErpConnector, folder: Path) -> None:
    (folder / "mapping").mkdir()
    (folder / "mapping" / "units.csv").write_text("unit,code\n箱,XBX\n", encoding="utf-8")
    (folder / "mapping" / "notes.txt").write_text("not a table")
    (folder / "budgets").mkdir()
    (folder / "budgets" / "2026.CSV").write_text("department,period,currency,budget\nA,2026-04,JPY,500000\n")

    assert erp.mapping().units == {"箱": "XBX"}
    assert erp.budgets() == (Budget(department="A", period="2026-04", currency="JPY", amount=500_000),)


def test_receipts_are_read_and_filed(erp: ErpConnector, folder: Path) -> None:
    (folder / "receipts").mkdir()
    header = "purchase_order_id,line_id,quantity,received_on\n"
    (folder / "receipts" / "a.csv").write_text(f"{header}PO-1,1,3,2026-04-05\nPO-1,2,-3,2026-04-05\n")
    (folder / "receipts" / "b.csv").write_text(f"{header}PO-1,3,3,2026-04-05\n")
    (folder / "receipts" / "c.xml").write_text("<x/>")
    first, second, third = erp.receipts()

    good, bad = erp.read_receipts(first)
    assert isinstance(good, GoodsReceipt)
    assert isinstance(bad, RejectedGoodsReceipt)
    with pytest.raises(DocumentUnsupported):
        erp.read_receipts(third)
    erp.receipts_rejected(first.name, RejectionReport(rejected=(bad,), accepted=("PO-1",)))
    erp.receipts_filed(second.name)

    assert [file.name for file in erp.receipts()] == ["c.xml"]
    report = json.loads((folder / "rejected" / "a.csv.error.json").read_text(encoding="utf-8"))
    assert [(p["purchase_order_id"], p["line_id"]) for p in report["problems"]] == [("PO-1", "2")]
    assert (folder / "done" / "b.csv").is_file()


def test_what_is_posted_is_there_whole_and_once(folder: Path) -> None:
    assert drop(folder / "out", "invoice", "INV-1", b"<a/>", "xml") == "invoice-INV-1.xml"
    inode = (folder / "out" / "invoice-INV-1.xml").stat().st_ino
    drop(folder / "out", "invoice", "INV-1", b"<a/>", "xml")
    assert (folder / "out" / "invoice-INV-1.xml").stat().st_ino == inode
    drop(folder / "out", "invoice", "INV-1", b"<b/>", "xml")

    assert tree(folder) == {"out/invoice-INV-1.xml": b"<b/>"}


def test_a_link_where_a_document_belongs_is_replaced_and_not_written_through(folder: Path) -> None:
    outside = folder / "outside"
    outside.write_bytes(b"mine")
    (folder / "out").mkdir()
    for name in ("invoice-1.xml", ".invoice-1.xml.part"):
        (folder / "out" / name).symlink_to(outside)

    drop(folder / "out", "invoice", "1", b"<a/>", "xml")

    assert tree(folder) == {"out/invoice-1.xml": b"<a/>", "outside": b"mine"}


@given(keys=st.sets(st.text(max_size=200), min_size=2, max_size=3), kind=st.sampled_from(["invoice", "../x"]))
def test_any_key_gets_a_file_of_its_own_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, keys: set[str], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("erp")

    names = {drop(folder / "out", kind, key, key.encode("utf-8", "replace"), "xml") for key in keys}

    assert len(names) == len(keys)
    assert sorted(tree(folder)) == sorted(f"out/{name}" for name in names)


@pytest.mark.spec("INT-6")
def test_a_full_disk_is_a_typed_error_and_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder / "out", "invoice", "1", b"before", "xml")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageUnavailable, match="No space left") as caught:
            drop(folder / "out", "invoice", "1", b"after", "xml")
    assert caught.value.retryable
    assert tree(folder) == {"out/invoice-1.xml": b"before"}

    drop(folder / "out", "invoice", "1", b"after", "xml")
    assert tree(folder) == {"out/invoice-1.xml": b"after"}


def test_a_file_that_is_too_large_is_refused_without_being_kept(erp: ErpConnector, folder: Path) -> None:
    with (folder / "in" / "a.xml").open("wb") as file:
        file.truncate(40_000_000)

    (found,) = erp.incoming()

    assert found.data == b""
    with pytest.raises(DocumentError, match="more than"):
        erp.read(found)


def test_a_name_that_is_no_utf8_can_be_rejected_and_reported(erp: ErpConnector, folder: Path) -> None:
    raw = os.fsencode(folder / "in") + b"/\x94\xad\x92\x8d.csv"
    with open(raw, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(ORDER)
    (found,) = erp.incoming()

    erp.rejected(found.name, NOTHING)

    assert len(list((folder / "rejected").iterdir())) == 2
