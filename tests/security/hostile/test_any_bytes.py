"""Arbitrary bytes and mutated documents into every reader: a document, or a typed error of the caller; never else.

The entrances are those of ``fuzz/targets.py``, which `make fuzz` gives to Atheris.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.transport import HttpRequest


def _targets() -> ModuleType:
    """The package at the root of the checkout; tests are no package and do not depend on where one stands."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    try:
        from fuzz import targets

        return targets
    finally:
        sys.path.pop(0)


TARGETS = _targets()
ENTRANCES = TARGETS.ENTRANCES
PIECES = st.sampled_from(TARGETS.PIECES)


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


@pytest.mark.parametrize("name", ENTRANCES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes(name: str, data: st.DataObject) -> None:
    entrance = ENTRANCES[name]

    entrance.take(data.draw(anything(data.draw(st.sampled_from(entrance.seeds)))))


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_beginnings_pass(name: str) -> None:
    for seed in ENTRANCES[name].seeds:
        ENTRANCES[name].take(seed)


def test_the_documents_that_are_mutated_are_taken() -> None:
    for name, reader in {
        "orders": CsvOrderReader(),
        "receipts": CsvReceiptReader(),
        "ubl": UblOrderReader(),
    }.items():
        taken = reader.read(ENTRANCES[name].seeds[0], name="a")
        assert not any(isinstance(one, RejectedGoodsReceipt) for one in taken)
    for document, reader in (
        (TARGETS.ORDER, UblOrderReader()),
        (TARGETS.ORDER_CHANGE, UblOrderReader()),
        (TARGETS.CHANGES, CsvOrderReader()),
    ):
        assert not any(isinstance(one, RejectedPurchaseOrder) for one in reader.read(document, name="a"))
    for face, body, kind in (
        (TARGETS._SOAP, TARGETS.ENVELOPE, "text/xml"),
        (TARGETS._JSON, TARGETS.BODY, "application/json"),
    ):
        headers = {"content-type": kind, "authorization": "Bearer t", "idempotency-key": "k"}
        url = f"http://localhost{TARGETS.PATH}/PlaceOrder"
        answer = face.handle(HttpRequest(method="POST", url=url, headers=headers, body=body))
        assert b"not-found" in answer.body


def test_a_target_that_never_fails_would_find_nothing() -> None:
    """Each target notices a reader that lets something else out than a refusal."""

    def broken(_data: bytes, *, name: str) -> list[object]:
        raise KeyError(name)

    with pytest.raises(KeyError):
        TARGETS.reading(broken)(b"")
