"""Finding the supplier of purchase orders that name none: ask those there are, decide by rule, keep why (INT-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from attrs import AttrsInstance, define, evolve, field, fields_dict, frozen, has

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.purchasing import (
    PART_MARK,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    part_key,
)
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    PartnerUnreachable,
    UnmappedValue,
    ValueInvalid,
)
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.policies.mapping import MappedLine, MappedOrder, item_of, sku_at, translate
from askul_connect.core.policies.routing import Candidate, LineRoute, Offer, RouteLine, Standing, route
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability
from askul_connect.core.services.buyer.desk import LOGGER, Desk

#: Why a purchase order goes where it goes: a reason for each line, and where it was before.
ROUTING_FORM = StoredForm(name="routing")
_MOST_SKUS = 1_000
#: What every document names a purchase order by.
_NUMBER = "purchase_order_id"

Document = TypeVar("Document", bound=AttrsInstance)


@frozen(kw_only=True)
class Part:
    """What one supplier delivers of a purchase order, in its terms."""

    supplier: str
    lines: tuple[MappedLine, ...]
    routing: str


@define
class Router:
    """Decides for one pass over the ERP's documents; a supplier that is down is asked once."""

    desk: Desk
    mapping: tables.Mapping
    _down: dict[str, str] = field(factory=dict, init=False)

    def decides(self, po: PurchaseOrder) -> bool:
        """Whether rules decide on the supplier: some are configured, and the document names no seller."""
        return bool(self.desk.rules.routing.suppliers) and not po.seller_party

    def translated(self, po: PurchaseOrder) -> MappedOrder:
        """The purchase order in the terms of the first supplier whose tables know all of it.

        Raises:
            UnmappedValue: There is none; the findings are those for the preferred one.
        """
        first: UnmappedValue | None = None
        for supplier in self.desk.rules.routing.suppliers:
            try:
                return translate(
                    po, self.mapping, default_supplier=supplier, own_party=self.desk.rules.own_party
                )
            except UnmappedValue as error:
                first = first or error
        if first is None:
            message = "no suppliers are configured to choose from"
            raise ValueError(message)
        raise first

    def parts(self, po: PurchaseOrder, mapped: MappedOrder, *, together: bool = False) -> tuple[Part, ...]:
        """Who delivers what; in the order in which the document names the first line of each.

        Args:
            po: The document.
            mapped: What is to be delivered of it.
            together: All by one, whatever the settings say.

        Raises:
            ValueInvalid: It may not be divided, and contracts name several suppliers.
        """
        skus = {
            supplier: {line.line_id: sku_at(line, self.mapping, supplier) for line in po.lines}
            for supplier in self._suppliers()
        }
        items = {line.line_id: item_of(line) for line in po.lines}
        lines = [self._route_line(line, items[line.line_id], mapped.currency) for line in mapped.lines]
        routes = route(
            lines,
            [self._candidate(supplier, skus[supplier]) for supplier in self.desk.rules.routing.suppliers],
            self.mapping.contracts,
            self.desk.rules.routing,
            # what is taken off the order as a whole cannot be divided
            together=together or bool(mapped.allowances),
        )
        chosen: dict[str, list[MappedLine]] = {}
        for line, found in zip(mapped.lines, routes, strict=True):
            sku = skus.get(found.supplier, {}).get(line.line_id) or line.sku
            chosen.setdefault(found.supplier, []).append(evolve(line, sku=sku, unit_price=found.unit_price))
        return tuple(
            Part(
                supplier=supplier,
                lines=tuple(mine),
                routing=_text(
                    [found for found in routes if found.supplier == supplier],
                    {line.line_id: line.unit_price for line in lines},
                ),
            )
            for supplier, mine in chosen.items()
        )

    def elsewhere(
        self, record: PurchaseOrderRecord, *, why: str, but: str = ""
    ) -> PurchaseOrderRecord | None:
        """A part that no supplier has, for the one that can deliver all of it; None when there is none, or a contract.

        Args:
            record: The part.
            why: What is the matter with its present supplier.
            but: A supplier that is not asked.
        """
        items = {line.line_id: self._item_of(record.supplier, line.sku) for line in record.lines}
        approved = _approved(record)
        # an offer may have been below what was approved
        wanted_lines = [evolve(line, unit_price=approved[line.line_id]) for line in record.lines]
        skus = {
            supplier: {
                line.line_id: self.mapping.items.get((supplier, items[line.line_id]), items[line.line_id])
                for line in record.lines
            }
            for supplier in self.desk.rules.routing.suppliers
            if supplier != but
        }
        if not skus:
            return None
        try:
            routes = route(
                [self._route_line(line, items[line.line_id], record.currency) for line in wanted_lines],
                [self._candidate(supplier, wanted) for supplier, wanted in skus.items()],
                self.mapping.contracts,
                self.desk.rules.routing,
                together=True,
            )
        except ValueInvalid:
            # contracts that came after it was divided; they hold for new ones
            return None
        if not all(found.deliverable and found.supplier in skus for found in routes):
            return None
        supplier = routes[0].supplier
        if any(found.bound for found in routes) and supplier != record.supplier:
            return None
        of = currency(record.currency)
        lines = tuple(
            evolve(
                line,
                sku=skus[supplier][line.line_id],
                unit_price=found.unit_price,
                amount_excl_tax=UnitPrice(found.unit_price, of).times(line.quantity).minor
                + net_of(line.allowances),
            )
            for line, found in zip(record.lines, routes, strict=True)
        )
        return evolve(
            record, supplier=supplier, lines=lines, routing=_text(routes, approved, before=record, why=why)
        )

    def _suppliers(self) -> Sequence[str]:
        """Those that can be chosen, and those that contracts name."""
        named = (contract.supplier for contract in self.mapping.contracts)
        return tuple(dict.fromkeys((*self.desk.rules.routing.suppliers, *named)))

    def _item_of(self, supplier: str, sku: str) -> str:
        """The ERP's number of what has that number at a supplier."""
        found = (item for (at, item), known in self.mapping.items.items() if (at, known) == (supplier, sku))
        return min(found, default=sku)

    def _route_line(self, line: MappedLine | PurchaseLine, item: str, currency: str) -> RouteLine:
        return RouteLine(
            line_id=line.line_id,
            item=item,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            highest_price=line.unit_price + self.desk.rules.orders.price_tolerance,
            currency=currency,
            account=line.account,
            department=line.department,
        )

    def _candidate(self, supplier: str, skus: Mapping[str, str]) -> Candidate:
        """What a supplier offers for some lines; whatever it answers, the others are asked too."""
        if supplier in self._down:
            return Candidate(supplier=supplier, standing=Standing.DOWN, detail=self._down[supplier])
        channel = self.desk.suppliers[supplier].channel
        if Capability.STOCK_AND_PRICE not in channel.capabilities:
            return Candidate(supplier=supplier, standing=Standing.SILENT)
        wanted = sorted({sku for sku in skus.values() if sku})
        offers = {}
        try:
            for start in range(0, len(wanted), _MOST_SKUS):
                for one in channel.availability(wanted[start : start + _MOST_SKUS]).items:
                    offers[one.sku] = Offer(
                        unit_price=one.unit_price,
                        unit=one.unit,
                        currency=one.currency,
                        orderable=one.orderable,
                        minimum=one.minimum,
                        multiple=one.multiple,
                    )
        except (PartnerUnreachable, OutcomeUnknown) as error:
            LOGGER.warning("%s could not be asked for prices: %s", supplier, error)
            self._down[supplier] = error.code
            return Candidate(supplier=supplier, standing=Standing.DOWN, detail=error.code)
        except AskulConnectError as error:
            LOGGER.warning("%s does not tell prices: %s", supplier, error)
            return Candidate(supplier=supplier, standing=Standing.SILENT, detail=error.code)
        return Candidate(
            supplier=supplier,
            offers={line_id: offers[sku] for line_id, sku in skus.items() if sku in offers},
        )


def _approved(record: PurchaseOrderRecord) -> Mapping[str, Decimal]:
    """The ERP's price of each line."""
    stored = ROUTING_FORM.read(record.routing)["approved"]
    return {line_id: Decimal(price) for line_id, price in stored.items()}


def _text(
    routes: Sequence[LineRoute],
    approved: Mapping[str, Decimal],
    *,
    before: PurchaseOrderRecord | None = None,
    why: str = "",
) -> str:
    moved = {"from": before.supplier, "why": why} if before else {}
    earlier = ROUTING_FORM.read(before.routing).get("moved", []) if before and before.routing else []
    return ROUTING_FORM.write(
        {
            "lines": {found.line_id: found.reason for found in routes},
            "approved": {found.line_id: str(approved[found.line_id]) for found in routes},
            "moved": [*earlier, *([moved] if moved else [])],
        }
    )


def routing_reasons(record: PurchaseOrderRecord) -> tuple[str, ...]:
    """Why a purchase order goes to its supplier, for a person; nothing where no rule decided (INT-10)."""
    if not record.routing:
        return ()
    stored = ROUTING_FORM.read(record.routing)
    moved = [f"was to go to {entry['from']}, which {entry['why']}" for entry in stored["moved"]]
    return (*moved, *(f"line {line_id}: {reason}" for line_id, reason in stored["lines"].items()))


def known_parts(unit: BuyerUnitOfWork, key: PurchaseOrderKey) -> tuple[PurchaseOrderRecord, ...]:
    """The purchase order of that key, with its further parts."""
    found: list[PurchaseOrderRecord] = []
    record = unit.purchase_orders.get(key)
    while record is not None and (not found or record.part_of == key.purchase_order_id):
        found.append(record)
        record = unit.purchase_orders.get(part_key(key, len(found) + 1))
    return tuple(found)


def in_the_erps_numbers(unit: BuyerUnitOfWork, document: Document) -> Document:
    """A supplier's document with the numbers of purchase orders that the ERP knows, where some were divided."""
    numbers = {number for number in _numbers(document) if PART_MARK in number}
    if not numbers:
        return document
    known = unit.purchase_orders.by_ids(numbers)
    names = {number: record.document_id for number, records in known.items() for record in records[:1]}
    return _renamed(document, names)


@cache
def _names(kind: type[AttrsInstance]) -> tuple[str, ...]:
    return tuple(fields_dict(kind))


def _numbers(part: Any) -> Iterator[str]:
    for name in _names(part.__class__):
        value = getattr(part, name)
        if name == _NUMBER:
            yield value
        elif type(value) is tuple:
            for entry in value:
                if has(type(entry)):
                    yield from _numbers(entry)


def _renamed(part: Document, names: Mapping[str, str]) -> Document:
    changed: dict[str, Any] = {}
    for name in _names(type(part)):
        value = getattr(part, name)
        if name == _NUMBER:
            changed[name] = names.get(value, value)
        elif isinstance(value, tuple):
            changed[name] = tuple(_renamed(entry, names) if has(type(entry)) else entry for entry in value)
    renamed: Document = evolve(cast("Any", part), **changed)
    return renamed
