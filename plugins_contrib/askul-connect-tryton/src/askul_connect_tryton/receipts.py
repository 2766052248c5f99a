"""What Tryton's warehouse received: done moves of supplier shipments, as goods receipts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.documents import RejectedGoodsReceipt
from askul_connect.core.ports.erp import IncomingDocument
from askul_connect_tryton.client import Record, TrytonClient
from askul_connect_tryton.progress import Seen
from askul_connect_tryton.purchases import seller_codes

_CHUNK = 200
_LINE = "purchase.line,"
_FIELDS = ("write_date", "state", "origin", "quantity", "unit", "effective_date")


@frozen(kw_only=True)
class WaitingReceipt(IncomingDocument):
    """A move that came in, as it was read."""

    seen: Seen
    receipt: GoodsReceipt | RejectedGoodsReceipt = field(repr=False)


@frozen(kw_only=True)
class ReceiptReader:
    """Reads what was received of purchases that are ours."""

    client: TrytonClient = field(repr=False)

    def changed(self, sellers: Collection[str], since: datetime | None) -> Iterator[WaitingReceipt]:
        """Moves that were done since an instant of Tryton's, in the order of their change."""
        codes = seller_codes(sellers)
        if not codes:
            return
        domain: list[object] = [
            ["state", "=", "done"],
            ["shipment.supplier.code", "in", codes, "stock.shipment.in"],
            ["origin.id", ">", 0, "purchase.line"],
            ["company", "=", self.client.context.get("company")],
        ]
        if since is not None:
            domain.append(["write_date", ">=", since])
        ids = self.client.call(
            "model.stock.move.search", domain, 0, None, [["write_date", "ASC"], ["id", "ASC"]]
        )
        for start in range(0, len(ids), _CHUNK):
            yield from self._read(ids[start : start + _CHUNK])

    def by_name(self, name: str) -> WaitingReceipt | None:
        """The move that a document's name is about, if it is still done."""
        number = name.removeprefix(_NAME)
        return next(self._read([int(number)]), None) if number.isdecimal() else None

    def _read(self, ids: Sequence[int]) -> Iterator[WaitingReceipt]:
        moves = {one["id"]: one for one in self.client.read("stock.move", ids, _FIELDS)}
        lines = {
            one["id"]: one
            for one in self.client.read(
                "purchase.line",
                sorted({_line_of(move) for move in moves.values() if _line_of(move)}),
                ["purchase.number", "unit"],
            )
        }
        for record in ids:
            move = moves.get(record)
            line = lines.get(_line_of(move)) if move else None
            if move is None or line is None or move["state"] != "done":
                continue
            yield WaitingReceipt(
                name=f"{_NAME}{record}",
                seen=Seen(record=record, changed_at=move["write_date"]),
                receipt=_receipt(move, line),
            )


_NAME = "move "


def _line_of(move: Record) -> int:
    origin = str(move["origin"] or "")
    return int(origin.removeprefix(_LINE)) if origin.startswith(_LINE) else 0


def _receipt(move: Record, line: Record) -> GoodsReceipt | RejectedGoodsReceipt:
    number, line_id, quantity = line["purchase."]["number"], str(line["id"]), Decimal(move["quantity"])
    where = f"{_NAME}{move['id']}"
    problem = ""
    if move["unit"] != line["unit"]:
        problem = "the move is in another unit than the purchase's line"
    elif quantity != int(quantity):
        problem = f"a quantity is a whole number, not {quantity}"
    elif move["effective_date"] is None:
        problem = "the move has no effective date"
    if problem:
        return RejectedGoodsReceipt(
            purchase_order_id=number,
            line_id=line_id,
            error=ValueInvalid(problem, where=where, line_id=line_id),
        )
    return GoodsReceipt(
        receipt_id=f"tryton-move-{move['id']}",
        purchase_order_id=number,
        line_id=line_id,
        quantity=int(quantity),
        received_on=move["effective_date"],
        where=where,
    )
