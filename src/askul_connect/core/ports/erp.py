"""The buyer's ERP: what waits there, and where results go (INT-2).

Both directions carry documents, never bytes: a connector of an ERP without files reads and writes records, one with
files decodes and encodes them itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from attrs import frozen

from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.messages.requisition import RequisitionDocument
from askul_connect.core.ports.documents import (
    RejectedGoodsReceipt,
    RejectedPurchaseOrder,
    RejectedRequisition,
)

#: What of a supplier's documents an ERP is told; a confirmation also answers a change of an order.
SupplierDocument = OrderConfirmation | ShipNotice | Invoice | CreditNote


@frozen(kw_only=True)
class IncomingDocument:
    """A document that waits in the ERP.

    A connector may yield a class of its own that holds what it has read already; it is given back that very object.

    Attributes:
        name: Identifies it in the ERP until it is accepted or rejected: a file's name, a record's id.
    """

    name: str


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
    """One ERP. A document waits until it is accepted or rejected: a killed run meets it again.

    An ERP that cannot be reached is a ``PartnerUnreachable``, or an ``OutcomeUnknown`` when something was sent.
    """

    def incoming(self) -> Iterator[IncomingDocument]:
        """Documents with purchase orders that wait, in a stable order.

        Raises:
            UsageError: The place they wait in is missing or unreadable.
            StorageUnavailable, PartnerUnreachable: Reading failed.
        """
        ...

    def read(
        self, document: IncomingDocument
    ) -> tuple[PurchaseOrder | PurchaseOrderChange | RejectedPurchaseOrder, ...]:
        """The purchase orders of a document, or the changes of such, each by itself.

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

    def receipts(self) -> Iterator[IncomingDocument]:
        """Documents with goods receipts that wait, in a stable order."""
        ...

    def read_receipts(self, document: IncomingDocument) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
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

    def post(self, supplier: str, document: SupplierDocument) -> str:
        """Hand a supplier's document to the ERP, whole or not at all; the same again changes nothing.

        Args:
            supplier: Name of the connection it came from; with the document's own number its key.
            document: What it says. Its totals are kept as they are (INT-4).

        Returns:
            The name it has in the ERP.

        Raises:
            StorageUnavailable, PartnerUnreachable: It is not there; nothing is half written.
            OutcomeUnknown: It may be there; handing it over again settles that.
            CallerError: The ERP has looked at it and will not take it, whatever is tried.
        """
        ...

    def close(self) -> None:
        """Release what is held open."""
        ...


@runtime_checkable
class RequisitionSource(Protocol):
    """What an :class:`ErpConnector` has besides when its ERP gives out requisitions; without it there are none."""

    def requisitions(self) -> Iterator[IncomingDocument]:
        """Documents with requisitions that wait, in a stable order."""
        ...

    def read_requisitions(
        self, document: IncomingDocument
    ) -> tuple[RequisitionDocument | RejectedRequisition, ...]:
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
