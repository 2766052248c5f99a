"""The entrances: what is done with a stranger's bytes, and what must be true whatever they are.

A target takes bytes and returns; it raises only when something is wrong with us. Each document is a refusal of the
caller or is taken; nothing else comes out, and no defect is reported.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from askul_connect.adapters.backup.manifest import (
    DatabaseEntry,
    FileEntry,
    Manifest,
    TableDigest,
    read_manifest,
    sealed,
    write_manifest,
)
from askul_connect.adapters.backup.rows import read_tables
from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_mapping import TABLES as MAPPING_TABLES
from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.adapters.server.api import PATH, JsonFace
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.core.domain.hold import hold_of
from askul_connect.core.errors import BackupDamaged, CallerError, NotFound, SchemaOutOfDate
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.transport import HttpRequest
from askul_connect.settings import load_settings

Target = Callable[[bytes], None]

#: What documents are made of, and what breaks them.
PIECES = (
    *(b"<", b">", b"&", b";", b"]]>", b"<![CDATA[", b"<!DOCTYPE a>", b"<?a?>", b"<!--", b"-->", b"/", b'"'),
    *(b"'", b"=", b",", b"\n", b"\r", b"\0", b"\t", b"\x1b", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *(b"\xef\xbc\x9d", b"&#0;", b"[", b"]", b"{", b"}", b".", b"1e999999999", b"9" * 30, b"-", b"NaN"),
    *(b"0x", b"Infinity", b"xmlns:a=''", b" ", b"null", b"true", b"\\u0000", b"\\ud800"),
)


def _corpus() -> ModuleType:
    """The documents of the hostile tests; tests are no package."""
    folder = str(Path(__file__).resolve().parents[1] / "tests" / "security" / "hostile")
    sys.path.insert(0, folder)
    try:
        import corpus  # noqa: PLC0415

        return corpus
    finally:
        sys.path.remove(folder)


CORPUS = _corpus()


class _Nobody:
    """Whoever is called is not there: only the faces are tried."""

    registry = SUPPLIER_OPERATIONS

    def dispatch(self, *_: object) -> Any:
        raise NotFound("nobody is there")


_SOAP = SoapFace(_Nobody(), address="http://localhost/")
_JSON = JsonFace(_Nobody(), address="http://localhost/")


def reading(read: Callable[..., Any]) -> Target:
    """A reader of documents."""

    def target(data: bytes) -> None:
        with suppress(CallerError):
            for one in read(data, name="a"):
                if isinstance(one, RejectedPurchaseOrder | RejectedGoodsReceipt):
                    assert isinstance(one.error, CallerError)
                    assert str(one.error)

    return target


def soap(data: bytes) -> None:
    """The supplier's SOAP face; an envelope that is accepted finds nobody."""
    headers = {"content-type": "text/xml"}
    answer = _SOAP.handle(HttpRequest(method="POST", url="http://localhost/", headers=headers, body=data))
    assert answer.status == 500, answer.status
    assert b"internal-error" not in answer.body, answer.body


def json_api(data: bytes) -> None:
    """The supplier's JSON API."""
    headers = {"content-type": "application/json", "authorization": "Bearer t", "idempotency-key": "k"}
    url = f"http://localhost{PATH}/PlaceOrder"
    answer = _JSON.handle(HttpRequest(method="POST", url=url, headers=headers, body=data))
    assert 400 <= answer.status < 500, (answer.status, answer.body)
    assert json.loads(answer.body)["code"] != "internal-error"


def budgets(data: bytes) -> None:
    """The ERP's budgets."""
    with suppress(CallerError):
        CsvBudgetReader().read({"a.csv": data})


def mapping(data: bytes) -> None:
    """The integrator's mapping tables, each with the same bytes."""
    for table in MAPPING_TABLES:
        with suppress(CallerError):
            CsvMappingReader().read({table: data})


def configuration(data: bytes) -> None:
    """``askul-connect.toml``."""
    with tempfile.TemporaryDirectory(prefix="askul-connect-fuzz-") as folder:
        (Path(folder) / "askul-connect.toml").write_bytes(data)
        with suppress(CallerError):
            load_settings(folder)


_ROWS = b'{"table":"facts","columns":["name","text"]}\n["a","b"]\n'
_ENTRY = DatabaseEntry(
    name="buyer",
    side="buyer",
    file="databases/buyer.jsonl",
    schema="buyer_0001",
    sha256="",
    tables=(TableDigest(name="facts", rows=1, sha256=""),),
)


_MANIFEST = write_manifest(
    Manifest(
        backup_id="b-1",
        taken_at="2026-04-01T00:00:00+00:00",
        program="1",
        with_secrets=False,
        databases=(_ENTRY,),
        files=(FileEntry(path="a", size=1, sha256=""),),
        folders=("erp",),
        left_out=(),
    )
)


def backup(data: bytes) -> None:
    """A backup's manifest, its rows, and the mark of a copy on hold: anything that is not ours holds."""
    with suppress(BackupDamaged, SchemaOutOfDate):
        read_manifest(data)
    with suppress(ValueError, RecursionError):
        # behind the seal, where a stranger who knows how to seal gets to
        content = json.loads(data)
        if isinstance(content, dict):
            with suppress(BackupDamaged, SchemaOutOfDate):
                read_manifest(sealed(content))
    with suppress(BackupDamaged):
        for table in read_tables(BytesIO(data), _ENTRY):
            for _ in table.rows:
                pass
    if text := data.decode(errors="replace"):
        assert hold_of(text) is not None


def _table(kind: str) -> bytes:
    header, row = CORPUS.TABLES[kind]
    return f"{header}\n{','.join(row)}\n{','.join(row)}\n".encode()


def _mapping_seed(table: str) -> bytes:
    header = ",".join(MAPPING_TABLES[table])
    return f"{header}\n{',' * header.count(',')}\n{header}\n".encode()


ORDER: bytes = CORPUS.ubl_order(CORPUS.ubl_line(1) + CORPUS.ubl_line(2))
ORDER_CHANGE = (
    b'<OrderChange xmlns="urn:oasis:names:specification:ubl:schema:xsd:OrderChange-2"'
    b' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    b' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>C-1</cbc:ID>'
    b"<cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference><cac:BuyerCustomerParty><cac:Party>"
    b'<cbc:EndpointID schemeID="0188">1</cbc:EndpointID></cac:Party></cac:BuyerCustomerParty><cac:OrderLine>'
    b'<cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="EA">2</cbc:Quantity></cac:LineItem></cac:OrderLine>'
    b"</OrderChange>"
)
CHANGES = b"change_id,purchase_order_id,kind,line_id,quantity\nC-1,PO-1,change,1,2\nC-2,PO-1,cancel,,\n"
ENVELOPE: bytes = CORPUS.soap_shell(
    CORPUS.soap_order(CORPUS.soap_line()),
    header=f'<callHeader xmlns="{CORPUS.SUPPLIER}"><token>t</token></callHeader>',
).encode()
BODY = (
    b'{"purchase_order_id":"PO-1","buyer_party":"0188:1","currency":"JPY","lines":[{"line_id":"1","sku":"A",'
    b'"quantity":1,"unit":"EA","expected_unit_price":"1.5","requested_on":"2026-04-01"}]}'
)


@dataclass(frozen=True)
class Entrance:
    """A target, and documents that it takes or nearly takes, to begin from."""

    take: Target
    seeds: tuple[bytes, ...]


ENTRANCES: Mapping[str, Entrance] = {
    "ubl": Entrance(reading(UblOrderReader().read), (ORDER, ORDER_CHANGE)),
    "soap": Entrance(soap, (ENVELOPE,)),
    "json": Entrance(json_api, (BODY,)),
    "orders": Entrance(reading(CsvOrderReader().read), (_table("orders"), CHANGES)),
    "receipts": Entrance(reading(CsvReceiptReader().read), (_table("receipts"),)),
    "budgets": Entrance(budgets, (_table("budgets"),)),
    "mapping": Entrance(mapping, tuple(map(_mapping_seed, MAPPING_TABLES))),
    "toml": Entrance(configuration, (CORPUS.GOOD_CONFIGURATION.encode(),)),
    # the third one was found by Atheris
    "backup": Entrance(backup, (_ROWS, _MANIFEST, _ROWS.replace(b"columns", b"columnS"))),
}
