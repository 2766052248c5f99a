"""The buyer's ERP: what waits there, and where results go (INT-2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.requisition import RequisitionDocument
from askul_connect.core.ports.documents import (
    RejectedGoodsReceipt,
    RejectedPurchaseOrder,
    RejectedRequisition,
)


@frozen(kw_only=True)
class IncomingFile:
    """A document that waits in the ERP.

    Attributes:
        name: Identifies it in the ERP until it is accepted or rejected.
        data: Its bytes, empty when it cannot be taken.
        refusal: Why its bytes cannot even be taken (a link, no regular file, too large); reading raises it.
    """

    name: str
    data: bytes = field(repr=False)
    refusal: AskulConnectError | None = field(default=None, eq=False)


@frozen(kw_only=True)
class RejectionReport:
    """What the ERP is told about a document that was not taken as a whole.

    Attributes:
        rejected: What cannot be taken, and why.
        accepted: Numbers of the document's purchase orders that were taken all the same.
    """

    rejected: tuple[RejectedPurchaseOrder | RejectedGoodsReceipt | RejectedRequisition, ...]
    accepted: tuple[str, ...] = ()


class ErpConnector(Protocol):
    """One ERP. A document stays where it is until it is accepted or rejected: a killed run meets it again."""

    def incoming(self) -> Iterator[IncomingFile]:
        """Documents with purchase orders that wait, in a stable order.

        Raises:
            UsageError: The place they wait in is missing or unreadable.
            StorageUnavailable: Reading failed.
        """
        ...

    def read(self, file: IncomingFile) -> tuple[PurchaseOrder | RejectedPurchaseOrder, ...]:
        """The purchase orders of a document, each by itself.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...

    def accepted(self, name: str) -> None:
        """Note that all of a document was taken; repeating it changes nothing."""
        ...

    def rejected(self, name: str, report: RejectionReport) -> None:
        """Note that a document, or part of it, was not taken; repeating it changes nothing."""
        ...

    def mapping(self) -> Mapping:
        """The integrator's mapping tables.

        Raises:
            ConfigurationError: A value is not accepted.
        """
        ...

    def receipts(self) -> Iterator[IncomingFile]:
        """Documents with goods receipts that wait, in a stable order."""
        ...

    def read_receipts(self, file: IncomingFile) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
        """The goods receipts of a document, each by itself.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...

    def receipts_filed(self, name: str) -> None:
        """Note that all of a document's receipts were booked; repeating it changes nothing."""
        ...

    def receipts_rejected(self, name: str, report: RejectionReport) -> None:
        """Note that some of a document's receipts were not booked; repeating it changes nothing."""
        ...

    def budgets(self) -> tuple[Budget, ...]:
        """The budgets the ERP gives out.

        Raises:
            ConfigurationError: A value is not accepted.
        """
        ...

    def post(self, kind: str, key: str, data: bytes, suffix: str) -> str:
        """Hand a document to the ERP, whole or not at all; the same again changes nothing.

        Args:
            kind: What it is: ``confirmation``, ``ship-notice``, ``invoice``.
            key: The document's business key.
            data: Its bytes.
            suffix: Ending of its format without the dot.

        Returns:
            The name it has in the ERP.

        Raises:
            StorageUnavailable: It could not be written; nothing is half written.
        """
        ...


@runtime_checkable
class RequisitionSource(Protocol):
    """What an :class:`ErpConnector` has besides when its ERP gives out requisitions; without it there are none."""

    def requisitions(self) -> Iterator[IncomingFile]:
        """Documents with requisitions that wait, in a stable order."""
        ...

    def read_requisitions(self, file: IncomingFile) -> tuple[RequisitionDocument | RejectedRequisition, ...]:
        """The requisitions of a document, each by itself.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...

    def requisitions_filed(self, name: str) -> None:
        """Note that all of a document was taken; repeating it changes nothing."""
        ...

    def requisitions_rejected(self, name: str, report: RejectionReport) -> None:
        """Note that some of a document was not taken; repeating it changes nothing."""
        ...
