"""CSV of changes: what is wanted of which purchase order, and one bad change does not stop the others."""

from __future__ import annotations

import pytest

from askul_connect.adapters.codecs.csv_changes import COLUMNS, is_change_table
from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.core.domain.purchase_changes import ChangeKind
from askul_connect.core.errors import DocumentError, DocumentTooLarge
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.ports.documents import RejectedPurchaseOrder

HEADER = ",".join(COLUMNS)


def read(*rows: str) -> tuple[object, ...]:
    return CsvOrderReader().read("\n".join((HEADER, *rows, "")).encode(), name="c.csv")


def change(*rows: str) -> PurchaseOrderChange:
    (found,) = read(*rows)
    assert isinstance(found, PurchaseOrderChange), found
    return found


def findings(*rows: str) -> list[tuple[str, str]]:
    (found,) = read(*rows)
    assert isinstance(found, RejectedPurchaseOrder)
    return [(problem.where, problem.detail) for problem in found.error.problems]


@pytest.mark.spec("INT-11")
def test_a_change_says_what_is_wanted_of_each_line() -> None:
    found = change("C-1,PO-1,change,1,3", "C-1,PO-1,change,2,0")

    assert (found.change_id, found.purchase_order_id, found.kind) == ("C-1", "PO-1", ChangeKind.CHANGE)
    assert [(line.line_id, line.quantity) for line in found.lines] == [("1", 3), ("2", 0)]
    assert found.lines[1].places["quantity"] == "row 3, column quantity"
    assert (found.buyer_party, found.issued_on, found.where) == ("", None, "c.csv")


@pytest.mark.spec("INT-11")
@pytest.mark.parametrize("kind", [ChangeKind.CANCEL, ChangeKind.CLOSE, ChangeKind.REOPEN])
def test_the_other_kinds_are_about_lines_or_the_whole(kind: ChangeKind) -> None:
    assert change(f"C-1,PO-1,{kind},,").lines == ()
    assert [line.line_id for line in change(f"C-1,PO-1,{kind},2,", f"C-1,PO-1,{kind},1,").lines] == ["2", "1"]


@pytest.mark.spec("INT-2")
def test_a_bad_change_alone_is_refused() -> None:
    found = read("C-1,PO-1,change,1,x", "C-2,PO-1,cancel,,", "C-1,PO-2,change,1,1")

    assert [type(one) for one in found] == [RejectedPurchaseOrder, PurchaseOrderChange, PurchaseOrderChange]
    assert [getattr(one, "purchase_order_id") for one in found] == ["PO-1", "PO-1", "PO-2"]  # noqa: B009 -- of a union


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize(
    ("rows", "where", "detail"),
    [
        (("C-1,PO-1,change,,3",), "row 2, column line_id", "line_id is empty"),
        (("C-1,PO-1,change,1,",), "row 2, column quantity", "quantity is empty"),
        (("C-1,PO-1,change,1,-1",), "row 2, column quantity", "not '-1'"),
        (("C-1,PO-1,change,1,1.5",), "row 2, column quantity", "not '1.5'"),
        (("C-1,PO-1,change,1,１",), "row 2, column quantity", "not '１'"),
        (("C-1,PO-1,change,1,1000000000",), "row 2, column quantity", "from 0 to 999999999"),
        (("C-1,PO-1,cancel,1,3",), "row 2, column quantity", "of a change only, not when you cancel"),
        (("C-1,PO-1,erase,1,",), "row 2, column kind", "change, cancel, close, reopen, not 'erase'"),
        (("C-1,PO-1,,1,",), "row 2, column kind", "kind is empty"),
        ((",PO-1,cancel,1,",), "row 2, column change_id", "change_id is empty"),
        (("C-1,,cancel,1,",), "row 2, column purchase_order_id", "purchase_order_id is empty"),
        (
            ("C-1,PO-1,change,1,3", "C-1,PO-1,change,1,4"),
            "row 3, column line_id",
            "line 1 stands in row 2 already",
        ),
        (("C-1,PO-1,cancel,1,", "C-1,PO-1,close,2,"), "row 3, column kind", "row 2 says cancel"),
        (
            ("C-1,PO-1,cancel,1,", "C-1,PO-1,cancel,,"),
            "row 3, column line_id",
            "a row without a line is the only one",
        ),
        (("C-1,PO-1,cancel",), "row 2", "cells"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(rows: tuple[str, ...], where: str, detail: str) -> None:
    found = findings(*rows)

    assert [place for place, _ in found] == [where]
    assert detail in found[0][1]


def test_which_table_a_file_is_is_seen_by_its_header() -> None:
    assert is_change_table(f"\ufeff{HEADER}\n".encode())
    assert is_change_table(b"kind,change_id\r\nchange")
    assert not is_change_table(b"purchase_order_id,line_id\nchange_id")
    assert not is_change_table(b"")


def test_an_empty_or_strange_table_is_refused_whole() -> None:
    with pytest.raises(DocumentError, match="no rows"):
        read()
    with pytest.raises(DocumentError, match="the column 'reason' is unknown"):
        CsvOrderReader().read(f"{HEADER},reason\n".encode(), name="c.csv")


@pytest.mark.spec("INT-2")
def test_a_table_beyond_the_limits_is_not_read() -> None:
    with pytest.raises(DocumentTooLarge):
        read(*("C-1,PO-1,cancel,1,",) * 15_001)


@pytest.mark.spec("INT-2")
def test_many_bad_changes_are_told_briefly() -> None:
    found = read(*(f"C-{number},PO-1,erase,1,x" for number in range(1_100)))

    assert len(found) == 1_100
    assert all(isinstance(one, RejectedPurchaseOrder) for one in found)
