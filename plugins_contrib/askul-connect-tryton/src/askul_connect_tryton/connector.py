"""Tryton as an ERP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from askul_connect import ConfigurationError, ErpConnection, Toolkit
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import DocumentUnsupported
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingDocument, RejectionReport, SupplierDocument
from askul_connect_tryton.budgets import read_budgets
from askul_connect_tryton.client import TrytonClient
from askul_connect_tryton.confirmations import post_confirmation
from askul_connect_tryton.counterpart import Counterpart
from askul_connect_tryton.invoices import post_invoice
from askul_connect_tryton.options import tryton_options
from askul_connect_tryton.progress import Progress, Seen
from askul_connect_tryton.purchases import PurchaseReader, WaitingPurchase
from askul_connect_tryton.receipts import ReceiptReader, WaitingReceipt
from askul_connect_tryton.shipments import post_ship_notice

_PURCHASES = "purchase"
_RECEIPTS = "receipt"


class TrytonConnector:
    """One company of one Tryton; satisfies ``ErpConnector``. Nothing is sent before it is asked for something.

    Args:
        toolkit: Its directory holds the mapping tables and how far was read.
        connection: The table ``[erp.tryton]``.

    Raises:
        ConfigurationError: A key of the table is not accepted.
    """

    def __init__(self, toolkit: Toolkit, connection: ErpConnection) -> None:
        self._toolkit = toolkit
        self._options = tryton_options(toolkit, connection)
        self._client = TrytonClient(self._options.access, toolkit.http())
        self._progress = Progress(_state_file(toolkit.directory), self._options.look_back)
        self._mapping: Mapping | None = None
        # what this run has met need not be asked for again when it is settled
        self._met: dict[str, Seen] = {}

    def incoming(self) -> Iterator[WaitingPurchase]:
        """Approved purchases of our suppliers that are new or have changed."""
        reader = self._purchases()
        since = self._progress.begin(_PURCHASES)
        for found in reader.changed(self._tables().sellers, since):
            if self._progress.meet(_PURCHASES, found.seen):
                self._met[found.name] = found.seen
                yield found

    def read(self, document: IncomingDocument) -> tuple[PurchaseOrder | RejectedPurchaseOrder, ...]:
        """The one purchase order that a purchase is.

        Raises:
            DocumentUnsupported: It is no longer approved.
        """
        return (self._purchase(document).order,)

    def accepted(self, name: str) -> None:
        """Remember it; Tryton is told by the supplier's confirmation."""
        seen = self._seen_purchase(name)
        if seen is not None:
            self._progress.settle(_PURCHASES, seen)

    def rejected(self, name: str, report: RejectionReport) -> None:
        """Leave a note at the purchase that says why; it is read again once somebody has changed it."""
        seen = self._seen_purchase(name)
        if seen is None:
            return
        told = [
            f"{problem.code} {problem.line_id and f'line {problem.line_id}: '}{problem.detail}"
            f"\n→ {problem.remedy or entry.error.remedy.ja}"
            for entry in report.rejected
            for problem in entry.error.problems
        ]
        marker = f"[askul-connect {seen.changed_at:%Y-%m-%d %H:%M:%S.%f}]"
        self._counterpart().note(f"purchase.purchase,{seen.record}", marker, "\n".join(told))
        # without its content: any change is a reason to read it again, also one that changes nothing of it
        self._progress.settle(_PURCHASES, evolve(seen, content=""))

    def mapping(self) -> Mapping:
        """The integrator's tables of ``erp/mapping``."""
        self._mapping = self._toolkit.mapping_tables()
        return self._mapping

    def receipts(self) -> Iterator[WaitingReceipt]:
        """Moves that the warehouse has received and that were not booked yet."""
        self._log_in()
        since = self._progress.begin(_RECEIPTS)
        for found in ReceiptReader(client=self._client).changed(self._tables().sellers, since):
            if self._progress.meet(_RECEIPTS, found.seen):
                self._met[found.name] = found.seen
                yield found

    def read_receipts(self, document: IncomingDocument) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
        """The one goods receipt that a move is.

        Raises:
            DocumentUnsupported: It was cancelled meanwhile.
        """
        found = document if isinstance(document, WaitingReceipt) else self._move(document.name)
        if found is None:
            raise DocumentUnsupported("it is no longer received", where=document.name)
        return (found.receipt,)

    def receipts_filed(self, name: str) -> None:
        """Remember that it was booked."""
        seen = self._seen_move(name)
        if seen is not None:
            self._progress.settle(_RECEIPTS, seen)

    def receipts_rejected(self, name: str, report: RejectionReport) -> None:
        """Leave a note at the purchase line's purchase; the move is read again once somebody has changed it."""
        seen = self._seen_move(name)
        if seen is None:
            return
        receipts = [entry for entry in report.rejected if isinstance(entry, RejectedGoodsReceipt)]
        for entry in receipts:
            purchase = self._counterpart().purchases([entry.purchase_order_id]).get(entry.purchase_order_id)
            if purchase is not None:
                self._counterpart().note(
                    f"purchase.purchase,{purchase['id']}", f"[askul-connect {name}]", entry.error.detail
                )
        self._progress.settle(_RECEIPTS, seen)

    def budgets(self) -> tuple[Budget, ...]:
        """The analytic budgets of the departments."""
        self._log_in()
        return tuple(read_budgets(self._client, self._options, self._tables()))

    def post(self, supplier: str, document: SupplierDocument) -> str:
        """Enter a supplier's document; the same again changes nothing."""
        tryton = self._counterpart()
        match document:
            case OrderConfirmation():
                return post_confirmation(tryton, supplier, document)
            case ShipNotice():
                return post_ship_notice(tryton, supplier, document)
            case Invoice() | CreditNote():
                return post_invoice(tryton, supplier, document)

    def close(self) -> None:
        """End the session."""
        self._client.close()

    def _log_in(self) -> None:
        """Learn which company is worked for, at the first call."""
        if "company" in self._client.context:
            return
        company = self._client.preferences().get("company")
        if not company:
            detail = "the user has no company in Tryton; choose it in the preferences of the user"
            raise ConfigurationError(detail, where="erp.tryton.user")
        self._client.context["company"] = company

    def _tables(self) -> Mapping:
        return self._mapping if self._mapping is not None else self.mapping()

    def _counterpart(self) -> Counterpart:
        self._log_in()
        return Counterpart(client=self._client, mapping=self._tables())

    def _purchases(self) -> PurchaseReader:
        self._log_in()
        return PurchaseReader(client=self._client, options=self._options)

    def _found(self, name: str) -> WaitingPurchase | None:
        return self._purchases().by_name(name)

    def _purchase(self, document: IncomingDocument) -> WaitingPurchase:
        found = document if isinstance(document, WaitingPurchase) else self._found(document.name)
        if found is None:
            raise DocumentUnsupported("it is no longer approved", where=document.name)
        return found

    def _seen_purchase(self, name: str) -> Seen | None:
        if name in self._met:
            return self._met[name]
        found = self._found(name)
        return found.seen if found else None

    def _seen_move(self, name: str) -> Seen | None:
        if name in self._met:
            return self._met[name]
        found = self._move(name)
        return found.seen if found else None

    def _move(self, name: str) -> WaitingReceipt | None:
        self._log_in()
        return ReceiptReader(client=self._client).by_name(name)


def _state_file(directory: Path) -> Path:
    return directory / "data" / "erp-tryton.sqlite3"
