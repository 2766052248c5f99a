"""Arbitrary bytes and mutated documents into every reader: a document, or a typed error of the caller; never else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_mapping import TABLES as MAPPING_TABLES
from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.core.errors import CallerError, NotFound
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.transport import HttpRequest
from askul_connect.settings import load_settings


def _corpus() -> ModuleType:
    """The module beside this file; tests are no package."""
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        import corpus

        return corpus
    finally:
        sys.path.pop(0)


CORPUS = _corpus()
ORDER = CORPUS.ubl_order(CORPUS.ubl_line(1) + CORPUS.ubl_line(2))
ENVELOPE = CORPUS.soap_shell(
    CORPUS.soap_order(CORPUS.soap_line()),
    header=f'<callHeader xmlns="{CORPUS.SUPPLIER}"><token>t</token></callHeader>',
).encode()
#: What documents are made of, and what breaks them.
PIECES = st.sampled_from(
    [b"<", b">", b"&", b";", b"]]>", b"<![CDATA[", b"<!DOCTYPE a>", b"<?a?>", b"<!--", b"-->", b"/", b'"', b"'", b"=",
     b",", b"\n", b"\r", b"\0", b"\t", b"\x1b", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xef\xbc\x9d", b"&#0;",
     b"[", b"]", b"{", b"}", b".", b"1e999999999", b"9" * 30, b"-", b"NaN", b"0x", b"Infinity", b"xmlns:a=''", b" "]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, document: bytes) -> bytes:
    """The document with some of its bytes replaced, cut out or doubled."""
    data = document
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        put = draw(PIECES | st.binary(max_size=8) | st.just(data[start:end] * 2))
        data = data[:start] + put + data[end:]
    return data


def anything(document: bytes) -> st.SearchStrategy[bytes]:
    """Arbitrary bytes, arbitrary pieces, and the document mutated."""
    return st.binary(max_size=200) | st.lists(PIECES, max_size=20).map(b"".join) | mutated(document)


def csv_document(kind: str) -> bytes:
    header, row = CORPUS.TABLES[kind]
    return f"{header}\n{','.join(row)}\n{','.join(row)}\n".encode()


class Nobody:
    registry = SUPPLIER_OPERATIONS

    def dispatch(self, *_: object) -> Any:
        raise NotFound("nobody is there")


FACE = SoapFace(Nobody(), address="http://localhost/")
ORDERS: dict[str, tuple[Callable[..., Any], bytes]] = {
    "ubl": (UblOrderReader().read, ORDER),
    "csv orders": (CsvOrderReader().read, csv_document("orders")),
    "csv receipts": (CsvReceiptReader().read, csv_document("receipts")),
}


@pytest.mark.parametrize("reader", ORDERS)
@given(data=st.data())
def test_documents(reader: str, data: st.DataObject) -> None:
    read, document = ORDERS[reader]

    with suppress(CallerError):
        for one in read(data.draw(anything(document)), name="a"):
            if isinstance(one, RejectedPurchaseOrder | RejectedGoodsReceipt):
                assert isinstance(one.error, CallerError)
                assert str(one.error)


def test_the_documents_that_are_mutated_are_taken() -> None:
    for read, document in ORDERS.values():
        taken = read(document, name="a")
        assert not any(isinstance(one, RejectedGoodsReceipt) for one in taken)
    assert not any(isinstance(one, RejectedPurchaseOrder) for one in UblOrderReader().read(ORDER, name="a"))
    headers = {"content-type": "text/xml"}
    answer = FACE.handle(HttpRequest(method="POST", url="http://localhost/", headers=headers, body=ENVELOPE))
    assert b"not-found" in answer.body


@pytest.mark.parametrize("table", MAPPING_TABLES)
@given(data=st.data())
def test_mapping(table: str, data: st.DataObject) -> None:
    header = ",".join(MAPPING_TABLES[table])
    document = f"{header}\n{',' * header.count(',')}\n{header}\n".encode()

    with suppress(CallerError):
        CsvMappingReader().read({table: data.draw(anything(document))})


@given(anything(csv_document("budgets")))
def test_budgets(data: bytes) -> None:
    with suppress(CallerError):
        CsvBudgetReader().read({"a.csv": data})


@given(anything(ENVELOPE))
def test_soap(data: bytes) -> None:
    request = HttpRequest(
        method="POST", url="http://localhost/", headers={"content-type": "text/xml"}, body=data
    )

    answer = FACE.handle(request)

    assert answer.status == 500
    assert b"internal-error" not in answer.body


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=anything(CORPUS.GOOD_CONFIGURATION.encode()))
def test_configuration(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "askul-connect.toml").write_bytes(data)

    with suppress(CallerError):
        load_settings(tmp_path)
