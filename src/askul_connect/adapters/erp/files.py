"""An ERP that exchanges files in drop folders (INT-2).

``in`` holds purchase orders, ``requisitions`` requisitions, ``receipts`` goods receipts, ``mapping`` and ``budgets``
tables; what was taken goes to ``done``, what was not goes to ``rejected`` with a report, and what suppliers send goes
to ``out``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from askul_connect.adapters.erp import folder as files
from askul_connect.adapters.erp.drop import drop
from askul_connect.adapters.erp.rejection import rejection_json
from askul_connect.adapters.erp.table_folder import read_tables, table_contents
from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import DocumentError, DocumentUnsupported
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.messages.requisition import RequisitionDocument
from askul_connect.core.ports.documents import (
    BudgetReader,
    GoodsReceiptReader,
    MappingReader,
    PurchaseOrderReader,
    RejectedGoodsReceipt,
    RejectedPurchaseOrder,
    RejectedRequisition,
    RequisitionReader,
    SupplierDocumentWriter,
)
from askul_connect.core.ports.erp import IncomingDocument, RejectionReport, SupplierDocument
from askul_connect.core.ports.system import Clock

_IN = "in"
_RECEIPTS = "receipts"
_REQUISITIONS = "requisitions"
_MAPPING = "mapping"
_BUDGETS = "budgets"
_DONE = "done"
_REJECTED = "rejected"
_OUT = "out"
_CSV = ".csv"


@frozen(kw_only=True)
class DroppedFile(IncomingDocument):
    """A file that waits.

    Attributes:
        data: Its bytes, empty when it cannot be taken.
        refusal: Why its bytes cannot even be taken (a link, no regular file, too large); reading raises it.
    """

    data: bytes = field(repr=False)
    refusal: DocumentError | None = field(default=None, eq=False)


class FilesConnector:
    """Drop folders below one folder; satisfies ``ErpConnector``.

    Not thread-safe: one run per directory (INT-12).

    Args:
        folder: The folder that holds ``in``, ``out`` and the others.
        order_readers: Reader of purchase orders by file name ending, for instance ``".xml"``.
        receipt_reader: Reads ``receipts/*.csv``.
        mapping_reader: Reads ``mapping/*.csv``.
        budget_reader: Reads ``budgets/*.csv``.
        requisition_reader: Reads ``requisitions/*.csv``.
        writer: Writes what goes to ``out``.
        clock: Stamps rejections.
    """

    def __init__(
        self,
        folder: Path,
        *,
        order_readers: Mapping[str, PurchaseOrderReader],
        receipt_reader: GoodsReceiptReader,
        mapping_reader: MappingReader,
        budget_reader: BudgetReader,
        requisition_reader: RequisitionReader,
        writer: SupplierDocumentWriter,
        clock: Clock,
    ) -> None:
        self._folder = folder
        self._order_readers = order_readers
        self._receipt_reader = receipt_reader
        self._mapping_reader = mapping_reader
        self._budget_reader = budget_reader
        self._requisition_reader = requisition_reader
        self._writer = writer
        self._clock = clock

    def incoming(self) -> Iterator[DroppedFile]:
        """Files of ``in`` by name, one at a time; those of a kind that is not taken are among them.

        Raises:
            UsageError: The folder is missing or unreadable.
            StorageUnavailable: Reading failed.
        """
        return self._waiting(_IN, required=True)

    def read(
        self, document: IncomingDocument
    ) -> tuple[PurchaseOrder | PurchaseOrderChange | RejectedPurchaseOrder, ...]:
        """The purchase orders of a file, or the changes of such, each by itself.

        Raises:
            DocumentUnsupported: No reader takes files of this ending.
            DocumentError: The file as a whole cannot be read.
        """
        data = self._data(_IN, document, tuple(self._order_readers))
        return self._order_readers[_ending(document.name)].read(data, name=document.name)

    def accepted(self, name: str) -> None:
        """Move a file of ``in`` to ``done``; nothing when it is there already.

        Raises:
            StorageUnavailable: It could not be moved.
        """
        self._done(_IN, name)

    def rejected(self, name: str, report: RejectionReport) -> None:
        """Move a file of ``in`` to ``rejected``, with its report beside it; nothing when it is there already.

        Raises:
            StorageUnavailable: It could not be moved, or the report not be written.
        """
        self._reject(_IN, name, report)

    def mapping(self) -> tables.Mapping:
        """The tables of ``mapping``; a file that is missing is an empty table.

        Raises:
            ConfigurationError: A table is not accepted; names file, row, column and what is accepted.
            UsageError: The folder may not be read.
            StorageUnavailable: Reading failed.
        """
        return read_tables(self._folder / _MAPPING, self._mapping_reader)

    def receipts(self) -> Iterator[DroppedFile]:
        """Files of ``receipts`` by name, read one at a time; none when there is no such folder.

        Raises:
            UsageError: The folder may not be read.
            StorageUnavailable: Reading failed.
        """
        return self._waiting(_RECEIPTS, required=False)

    def read_receipts(self, document: IncomingDocument) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
        """The goods receipts of a file, each by itself.

        Raises:
            DocumentUnsupported: It is no CSV file.
            DocumentError: The file as a whole cannot be read.
        """
        data = self._data(_RECEIPTS, document, (_CSV,))
        return self._receipt_reader.read(data, name=document.name)

    def receipts_filed(self, name: str) -> None:
        """Move a file of ``receipts`` to ``done``; nothing when it is there already.

        Raises:
            StorageUnavailable: It could not be moved.
        """
        self._done(_RECEIPTS, name)

    def receipts_rejected(self, name: str, report: RejectionReport) -> None:
        """Move a file of ``receipts`` to ``rejected``, with its report beside it.

        Raises:
            StorageUnavailable: It could not be moved, or the report not be written.
        """
        self._reject(_RECEIPTS, name, report)

    def requisitions(self) -> Iterator[DroppedFile]:
        """Files of ``requisitions`` by name, read one at a time; none when there is no such folder.

        Raises:
            UsageError: The folder may not be read.
            StorageUnavailable: Reading failed.
        """
        return self._waiting(_REQUISITIONS, required=False)

    def read_requisitions(
        self, document: IncomingDocument
    ) -> tuple[RequisitionDocument | RejectedRequisition, ...]:
        """The requisitions of a file, each by itself.

        Raises:
            DocumentUnsupported: It is no CSV file.
            DocumentError: The file as a whole cannot be read.
        """
        data = self._data(_REQUISITIONS, document, (_CSV,))
        return self._requisition_reader.read(data, name=document.name)

    def requisitions_filed(self, name: str) -> None:
        """Move a file of ``requisitions`` to ``done``; nothing when it is there already.

        Raises:
            StorageUnavailable: It could not be moved.
        """
        self._done(_REQUISITIONS, name)

    def requisitions_rejected(self, name: str, report: RejectionReport) -> None:
        """Move a file of ``requisitions`` to ``rejected``, with its report beside it.

        Raises:
            StorageUnavailable: It could not be moved, or the report not be written.
        """
        self._reject(_REQUISITIONS, name, report)

    def budgets(self) -> tuple[Budget, ...]:
        """The budgets of all files in ``budgets``; none when there is no such folder.

        Raises:
            ConfigurationError: A file is not accepted; names file, row, column and what is accepted.
            UsageError: The folder may not be read.
            StorageUnavailable: Reading failed.
        """
        names = files.file_names(self._folder / _BUDGETS, required=False)
        return self._budget_reader.read(
            table_contents(self._folder / _BUDGETS, [name for name in names if _ending(name) == _CSV])
        )

    def post(self, supplier: str, document: SupplierDocument) -> str:
        """Write ``out/<kind>-<supplier>-<number>.<suffix>``, whole or not at all; the same again changes nothing.

        Args:
            supplier: Name of the connection it came from.
            document: Written by the connector's writer.

        Returns:
            The file's name.

        Raises:
            StorageUnavailable: It could not be written; nothing is half written.
        """
        kind, number, data = self._written(document)
        return drop(self._folder / _OUT, kind, f"{supplier}-{number}", data, self._writer.suffix)

    def close(self) -> None:
        """Nothing is held open."""

    def _written(self, document: SupplierDocument) -> tuple[str, str, bytes]:
        match document:
            case OrderConfirmation():
                return "confirmation", document.confirmation_number, self._writer.confirmation(document)
            case ShipNotice():
                return "ship-notice", document.ship_notice_number, self._writer.ship_notice(document)
            case Invoice():
                return "invoice", document.invoice_number, self._writer.invoice(document)
            case CreditNote():
                return "credit-note", document.credit_note_number, self._writer.credit_note(document)

    def _waiting(self, folder: str, *, required: bool) -> Iterator[DroppedFile]:
        for name in files.file_names(self._folder / folder, required=required):
            file = self._file(folder, name)
            if file is not None:
                yield file

    def _file(self, folder: str, name: str) -> DroppedFile | None:
        try:
            data = files.read_regular(self._folder / folder / files.plain_name(name))
        except DocumentError as refusal:
            return DroppedFile(name=name, data=b"", refusal=refusal)
        return None if data is None else DroppedFile(name=name, data=data)

    def _data(self, folder: str, document: IncomingDocument, endings: tuple[str, ...]) -> bytes:
        """The bytes of a file that waits.

        Raises:
            DocumentError: They cannot be taken, or it is gone.
        """
        file = document if isinstance(document, DroppedFile) else self._file(folder, document.name)
        if file is None:
            raise DocumentUnsupported("the file is no longer there", where=document.name)
        if file.refusal is not None:
            raise file.refusal
        if _ending(file.name) not in endings:
            taken = ", ".join(f"*{ending}" for ending in sorted(endings))
            raise DocumentUnsupported(
                f"files of this ending are not taken here; taken are {taken}", where=file.name
            )
        return file.data

    def _done(self, folder: str, name: str) -> None:
        source = self._folder / folder / files.plain_name(name)
        files.move(source, files.place_for(source, self._folder / _DONE))

    def _reject(self, folder: str, name: str, report: RejectionReport) -> None:
        source = self._folder / folder / files.plain_name(name)
        if not files.is_there(source):
            return
        target = files.place_for(source, self._folder / _REJECTED)
        # The report first: killed in between, the next run meets the file again and writes the same report.
        files.write_whole(
            target.with_name(f"{target.name}.error.json"),
            rejection_json(name, report, rejected_at=self._clock.now()),
        )
        files.move(source, target)


def _ending(name: str) -> str:
    return Path(name).suffix.lower()
