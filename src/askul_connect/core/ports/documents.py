"""Reading and writing the documents of a format."""

from __future__ import annotations

from collections import abc
from typing import Protocol

from attrs import field, frozen

from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.messages.requisition import RequisitionDocument


@frozen(kw_only=True)
class RejectedPurchaseOrder:
    """One purchase order, or one change of one, that cannot be taken; the document's others can.

    Attributes:
        purchase_order_id: Its number, empty when not even that could be read.
        error: Why, with all findings in its problems.
        correlation_id: Its id in the logs; a reader leaves it empty.
    """

    purchase_order_id: str
    error: AskulConnectError = field(eq=False)
    correlation_id: str = ""


@frozen(kw_only=True)
class RejectedGoodsReceipt:
    """One goods receipt of a document that cannot be taken; the document's others can.

    Attributes:
        purchase_order_id, line_id: What it was for, as far as it could be read.
        error: Why, with all findings in its problems.
        correlation_id: The purchase order's id in the logs; a reader leaves it empty.
    """

    purchase_order_id: str
    line_id: str
    error: AskulConnectError = field(eq=False)
    correlation_id: str = ""


@frozen(kw_only=True)
class RejectedRequisition:
    """One requisition of a document that cannot be taken; the document's others can.

    Attributes:
        requisition_id: Its number, empty when not even that could be read.
        error: Why, with all findings in its problems.
    """

    requisition_id: str
    error: AskulConnectError = field(eq=False)


class RequisitionReader(Protocol):
    """Reads the requisitions of one document."""

    def read(self, data: bytes, *, name: str) -> tuple[RequisitionDocument | RejectedRequisition, ...]:
        """Each requisition in the document, or why that one cannot be taken.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...


class PurchaseOrderReader(Protocol):
    """Reads the purchase orders, or the changes of such, of one document; a CSV file can hold several."""

    def read(
        self, data: bytes, *, name: str
    ) -> tuple[PurchaseOrder | PurchaseOrderChange | RejectedPurchaseOrder, ...]:
        """Each purchase order or change in the document, or why that one cannot be taken; at least one.

        Raises:
            DocumentError: The document as a whole cannot be read (syntax, kind, encoding, limits).
        """
        ...


class GoodsReceiptReader(Protocol):
    """Reads the goods receipts of one document."""

    def read(self, data: bytes, *, name: str) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
        """Each goods receipt in the document, or why that one cannot be taken.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...


class BudgetReader(Protocol):
    """Reads the ERP's budgets."""

    def read(self, files: abc.Mapping[str, bytes]) -> tuple[Budget, ...]:
        """The budgets of all files, given by name.

        Raises:
            ConfigurationError: A file or a value is not accepted; all findings of a file are in its problems.
        """
        ...


class MappingReader(Protocol):
    """Reads the integrator's mapping tables."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the files that are tables."""
        ...

    def read(self, files: abc.Mapping[str, bytes]) -> Mapping:
        """The tables of the files, given by name; a file that is not there is an empty table.

        Raises:
            ConfigurationError: A file or a value is not accepted; all findings of a file are in its problems.
        """
        ...


class SupplierDocumentWriter(Protocol):
    """Writes what a supplier sent in the ERP's format, byte-identical for the same document."""

    @property
    def suffix(self) -> str:
        """File name ending without the dot."""
        ...

    def confirmation(self, document: OrderConfirmation) -> bytes:
        """An order confirmation."""
        ...

    def ship_notice(self, document: ShipNotice) -> bytes:
        """A ship notice."""
        ...

    def invoice(self, document: Invoice) -> bytes:
        """An invoice."""
        ...

    def credit_note(self, document: CreditNote) -> bytes:
        """A credit note."""
        ...
