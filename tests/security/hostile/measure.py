"""Run as a program: every hostile case of one entrance, each in a process of its own with limits, and what it cost.

Prints one JSON object by case: outcome (``refused:<code>``, ``taken``, or what went wrong), seconds of CPU, megabytes
of growth, and everything that was opened, connected to or started meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import CASES, ENCODINGS, GOOD_CONFIGURATION, TABLES, soap_shell, ubl_line, ubl_order

from askul_connect.core.errors import AskulConnectError, Fault, NotFound, concrete_errors

#: A case that needs more than this has missed by far, and is ended.
CPU_SECONDS = 10
MEMORY = 1 << 30
DOUBTFUL = 0.7
#: A refusal is read by a person and written into reports; it does not repeat what it refuses.
LONGEST_MESSAGE = 100_000
WATCHED = (
    "open",
    "os.open",
    "os.system",
    "os.exec",
    "socket.",
    "subprocess.",
    "urllib.",
    "shutil.",
    "ctypes.",
)

seen: list[str] = []
watching = False
own_file = ""


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not watching or not event.startswith(WATCHED):
        return
    # A number is a descriptor of what has been opened already.
    if event == "open" and (isinstance(arguments[0], int) or str(arguments[0]) == own_file):
        return
    seen.append(f"{event} {arguments[:1]}")


def entrance_of(name: str, folder: Path) -> Callable[[bytes], None]:
    """What takes the bytes of an entrance, and raises what it refuses them with."""
    return {"soap": _soap, "toml": _toml}.get(name, lambda at: _files(name, at))(folder)


def _soap(_folder: Path) -> Callable[[bytes], None]:
    from lxml import etree

    from askul_connect.adapters.soap.face import SoapFace
    from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
    from askul_connect.core.ports.transport import HttpRequest

    class Nobody:
        registry = SUPPLIER_OPERATIONS

        def dispatch(self, _operation: object, _request: object, _call: object) -> object:
            raise NotFound("nobody is there")

    face = SoapFace(Nobody(), address="http://localhost/soap/1")

    def take(data: bytes) -> None:
        headers = {"content-type": "text/xml; charset=utf-8"}
        answer = face.handle(
            HttpRequest(method="POST", url="http://localhost/soap/1", headers=headers, body=data)
        )
        code = etree.fromstring(answer.body).findtext(".//{*}problem/{*}code") or ""
        if answer.status != 200:
            raise concrete_errors()[code](f"fault, {len(answer.body)} bytes")

    return take


def _files(name: str, folder: Path) -> Callable[[bytes], None]:
    from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
    from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
    from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
    from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
    from askul_connect.adapters.codecs.csv_requisitions import CsvRequisitionReader
    from askul_connect.adapters.codecs.ubl.order import UblOrderReader
    from askul_connect.adapters.codecs.ubl.writer import UblWriter
    from askul_connect.adapters.erp.files import FilesConnector
    from askul_connect.adapters.security.system import SystemClock
    from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder

    connector = FilesConnector(
        folder,
        order_readers={".xml": UblOrderReader(), ".csv": CsvOrderReader()},
        receipt_reader=CsvReceiptReader(),
        mapping_reader=CsvMappingReader(),
        budget_reader=CsvBudgetReader(),
        requisition_reader=CsvRequisitionReader(),
        writer=UblWriter(),
        clock=SystemClock(),
    )
    path = {"ubl": "in/a.xml", "orders": "in/a.csv", "mapping": "mapping/items.csv"}.get(
        name, f"{name}/a.csv"
    )
    file = folder / path
    file.parent.mkdir(exist_ok=True)
    global own_file  # noqa: PLW0603 -- the hook below cannot be told otherwise
    own_file = str(file)

    def take(_data: bytes) -> None:
        if name in {"mapping", "budgets"}:
            getattr(connector, name)()
            return
        reading = {"receipts": (connector.receipts, connector.read_receipts)}
        incoming, read = reading.get(name, (connector.incoming, connector.read))
        for waiting in incoming():
            documents = read(waiting)
            rejected = [
                one for one in documents if isinstance(one, RejectedPurchaseOrder | RejectedGoodsReceipt)
            ]
            if rejected and len(rejected) == len(documents):
                raise rejected[0].error

    return take


def _toml(folder: Path) -> Callable[[bytes], None]:
    from askul_connect.settings import load_settings

    global own_file  # noqa: PLW0603
    own_file = str((folder / "askul-connect.toml").resolve())
    return lambda _data: load_settings(folder) and None


def good(name: str) -> bytes:
    """A document that the entrance takes."""
    if name in TABLES:
        header, row = TABLES[name]
        return f"{header}\n{','.join(row)}\n".encode()
    return {
        "soap": soap_shell("<GetServiceStatus/>").encode(),
        "ubl": ubl_order(ubl_line()),
        "toml": GOOD_CONFIGURATION.encode(),
    }[name]


def in_child(work: Callable[[], bytes]) -> tuple[bytes, int]:
    """The result of some work that leaves nothing behind in this process, and how the child ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(work())
            code = 0
        except BaseException:  # noqa: BLE001 -- a forked child must not go on as its parent
            traceback.print_exc()
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        result = pipe.read()
    _, status = os.waitpid(child, 0)
    return result, status


def measured(take: Callable[[bytes], None], data: bytes) -> bytes:
    """What one case comes to; runs in the child."""
    global watching  # noqa: PLW0603 -- an audit hook cannot be taken away again
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY, resource.RLIM_INFINITY))
    before = resource.getrusage(resource.RUSAGE_SELF)
    watching = True
    try:
        take(data)
        outcome = "taken"
    except AskulConnectError as error:
        outcome = (
            f"refused:{error.code}"
            if error.fault is Fault.CALLER
            else f"fault of {error.fault}: {error.code}"
        )
        if len(str(error)) > LONGEST_MESSAGE:
            outcome = f"a message of {len(str(error))} characters"
    except Exception as error:  # noqa: BLE001 -- this is what is looked for
        outcome = f"{type(error).__name__}: {str(error)[:200]}"
    watching = False
    after = resource.getrusage(resource.RUSAGE_SELF)
    return json.dumps(
        {
            "outcome": outcome,
            "seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "megabytes": (after.ru_maxrss - before.ru_maxrss) / 1024,
            "seen": seen,
        }
    ).encode()


def once(take: Callable[[bytes], None], data: bytes) -> dict[str, Any]:
    """What one case comes to."""
    result, status = in_child(lambda: measured(take, data))
    if status:
        return {"outcome": f"ended with status {status}", "seconds": 0, "megabytes": 0, "seen": []}
    report: dict[str, Any] = json.loads(result)
    return report


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def main(name: str, folder: Path) -> None:
    for encoding in (*ENCODINGS, "utf-8-sig", "utf-32-be", "utf-32-le", "utf-16", "cp932"):
        b"".decode(encoding)  # Python loads a codec from its file when it is first used
    take = entrance_of(name, folder)

    def prepared(data: bytes) -> bytes:
        if own_file:
            Path(own_file).write_bytes(data)
        return data

    with contextlib.suppress(NotFound):
        take(prepared(good(name)))
    with contextlib.suppress(AskulConnectError):
        take(prepared(b"\xff"))
    sys.addaudithook(watch)
    report = {}
    for case, make in CASES[name].items():
        data, status = in_child(make)
        if status:
            raise SystemExit(f"the case {case} cannot be made")
        prepared(data)
        report[case] = once(take, data)
        if report[case]["seconds"] > DOUBTFUL:
            # A neighbour on the same core makes everything dearer; the cheaper of two is nearer to the truth.
            report[case] = min(report[case], once(take, data), key=lambda found: found["seconds"])
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
