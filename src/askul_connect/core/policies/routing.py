"""Which supplier delivers which line (INT-9): offers and contracts in, an assignment with reasons out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.mapping import Contract, ContractMatch
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.settings import RouteBy, RoutingSettings

_ANYTHING = "*"


class Standing(StrEnum):
    """What a supplier said when it was asked."""

    ANSWERED = "answered"
    SILENT = "silent"
    """It does not tell prices and stock, or not to us."""
    DOWN = "down"


@frozen(kw_only=True)
class Offer:
    """What a supplier offers for a line: price without tax in major units, and what it would take an order for now."""

    unit_price: Decimal
    unit: str
    currency: str
    orderable: int
    minimum: int = 1
    multiple: int = 1


@frozen(kw_only=True)
class Candidate:
    """A supplier that could be chosen.

    Attributes:
        offers: By line; a line that is missing is not sold.
        detail: Why it did not answer.
    """

    supplier: str
    standing: Standing = Standing.ANSWERED
    offers: Mapping[str, Offer] = field(factory=dict)
    detail: str = ""


@frozen(kw_only=True)
class RouteLine:
    """A line to be delivered.

    Attributes:
        item: The ERP's number.
        unit_price: What was approved, without tax in major units.
        highest_price: What the supplier may ask.
    """

    line_id: str
    item: str
    quantity: int
    unit: str
    unit_price: Decimal
    highest_price: Decimal
    currency: str
    account: str = ""
    department: str = ""


@frozen(kw_only=True)
class LineRoute:
    """Where a line goes, and why.

    Attributes:
        unit_price: What will be expected of the supplier: its offer where that is lower than what was approved.
        deliverable: Whether it can deliver, as far as it said; else its answer to the order will tell.
        bound: Whether a contract names it.
    """

    line_id: str
    supplier: str
    unit_price: Decimal
    reason: str
    deliverable: bool = True
    bound: bool = False


def route(
    lines: Sequence[RouteLine],
    candidates: Sequence[Candidate],
    contracts: Sequence[Contract],
    settings: RoutingSettings,
    *,
    together: bool = False,
) -> tuple[LineRoute, ...]:
    """Assign every line to a supplier.

    A contract binds, whether its supplier is down or not. Else it is the first, or the cheapest, of those that can
    deliver the whole quantity at the approved price; one that says nothing comes behind all that do. Where nobody can,
    it is the first that sells the item and is not down, and its refusal says why.

    Args:
        lines: At least one.
        candidates: In order of preference, at least one.
        contracts: The first that is about a line holds.
        settings: What decides, and whether lines may go to different suppliers.
        together: They may not, whatever the settings say.

    Raises:
        ValueInvalid: They may not, and contracts name several suppliers.
    """
    bound = {line.line_id: contract for line in lines if (contract := contract_of(line, contracts))}
    if settings.split and not together:
        return tuple(_line_route(line, candidates, bound.get(line.line_id), settings) for line in lines)
    names = sorted({contract.supplier for contract in bound.values()})
    if len(names) > 1:
        raise ValueInvalid(
            f"contracts give lines of it to {' and '.join(names)}, and it may not be divided; order them apart",
            where="lines",
        )
    if names:
        [contract, *_] = bound.values()
        why = f"{_about(contract)} belongs to {names[0]} by contract, and the order is not divided"
        return tuple(_bound(line, names[0], candidates, why) for line in lines)
    return _all_at_one(lines, candidates, settings)


def contract_of(line: RouteLine, contracts: Sequence[Contract]) -> Contract | None:
    """The contract that a line belongs to; None when there is none."""
    values = {
        ContractMatch.ITEM: line.item,
        ContractMatch.ACCOUNT: line.account,
        ContractMatch.DEPARTMENT: line.department,
    }
    return next((one for one in contracts if _begins(values[one.match], one.value)), None)


def _begins(value: str, wanted: str) -> bool:
    if wanted.endswith(_ANYTHING):
        return bool(value) and value.startswith(wanted.removesuffix(_ANYTHING))
    return value == wanted


def _about(contract: Contract) -> str:
    return f"{contract.match} {contract.value}"


def _line_route(
    line: RouteLine, candidates: Sequence[Candidate], contract: Contract | None, settings: RoutingSettings
) -> LineRoute:
    if contract is not None:
        return _bound(line, contract.supplier, candidates, f"{_about(contract)} belongs to it by contract")
    obstacles = {one.supplier: _obstacle(line, one) for one in candidates}
    able = [one for one in candidates if not obstacles[one.supplier]]
    rest = _told(obstacles)
    if not able:
        chosen = _nobody(candidates, lambda one: line.line_id in one.offers)
        return _chosen(line, chosen, f"nobody can deliver it as it is ordered{rest}", deliverable=False)
    chosen = min(able, key=lambda one: _rank(one, [line], settings))
    others = "".join(
        f"; {one.supplier} asks {one.offers[line.line_id].unit_price}"
        for one in able
        if one is not chosen and line.line_id in one.offers
    )
    return _chosen(line, chosen, f"{_why([line], chosen, settings)}{others}{rest}")


def _all_at_one(
    lines: Sequence[RouteLine], candidates: Sequence[Candidate], settings: RoutingSettings
) -> tuple[LineRoute, ...]:
    obstacles = {
        one.supplier: "; ".join(
            f"line {line.line_id}: {found}" for line in lines if (found := _obstacle(line, one))
        )
        for one in candidates
    }
    able = [one for one in candidates if not obstacles[one.supplier]]
    if able:
        chosen = min(able, key=lambda one: _rank(one, lines, settings))
        reason = f"{_why(lines, chosen, settings)} (all lines together){_told(obstacles)}"
    else:
        chosen = _nobody(candidates, lambda one: any(line.line_id in one.offers for line in lines))
        reason = f"nobody can deliver all of it{_told(obstacles)}"
    return tuple(_chosen(line, chosen, reason, deliverable=bool(able)) for line in lines)


def _obstacle(line: RouteLine, candidate: Candidate) -> str:
    """Why a supplier cannot deliver a line as it is ordered; empty when nothing is known against it."""
    if candidate.standing is Standing.DOWN:
        return f"is down: {candidate.detail}" if candidate.detail else "is down"
    if candidate.standing is Standing.SILENT:
        return ""
    offer = candidate.offers.get(line.line_id)
    return _shortfall(line, offer) if offer is not None else "does not sell it"


def _shortfall(line: RouteLine, offer: Offer) -> str:
    if (offer.unit, offer.currency) != (line.unit, line.currency):
        return f"sells it by {offer.unit} in {offer.currency}"
    if line.quantity < offer.minimum or line.quantity % offer.multiple:
        return f"sells {offer.minimum} or more, in steps of {offer.multiple}"
    if offer.orderable < line.quantity:
        return f"has {offer.orderable} of {line.quantity}"
    if offer.unit_price > line.highest_price:
        return f"asks {offer.unit_price}, {line.unit_price} were approved"
    return ""


def _rank(
    candidate: Candidate, lines: Sequence[RouteLine], settings: RoutingSettings
) -> tuple[bool, Decimal]:
    """Smaller is better; ``min`` takes the first of equals, which is the preferred one."""
    if candidate.standing is Standing.SILENT:
        return True, Decimal(0)
    if settings.by is RouteBy.ORDER:
        return False, Decimal(0)
    return False, sum(
        (candidate.offers[line.line_id].unit_price * line.quantity for line in lines), start=Decimal(0)
    )


def _why(lines: Sequence[RouteLine], chosen: Candidate, settings: RoutingSettings) -> str:
    if chosen.standing is Standing.SILENT:
        return "nobody who tells prices and stock can deliver it"
    if settings.by is RouteBy.ORDER:
        return "the first that can deliver"
    total = sum((chosen.offers[line.line_id].unit_price * line.quantity for line in lines), start=Decimal(0))
    price = chosen.offers[lines[0].line_id].unit_price if len(lines) == 1 else total
    return f"the lowest price: {price}"


def _told(obstacles: Mapping[str, str]) -> str:
    return "".join(f"; {supplier} {found}" for supplier, found in obstacles.items() if found)


def _nobody(candidates: Sequence[Candidate], sells: Callable[[Candidate], bool]) -> Candidate:
    """Who is asked all the same: the first that sells it, else the first that is there, else the first."""
    there = [one for one in candidates if one.standing is not Standing.DOWN]
    return next((one for one in there if sells(one)), (there or candidates)[0])


def _bound(line: RouteLine, supplier: str, candidates: Sequence[Candidate], reason: str) -> LineRoute:
    known = next((one for one in candidates if one.supplier == supplier), Candidate(supplier=supplier))
    obstacle = _obstacle(line, known) if known.standing is not Standing.ANSWERED or known.offers else ""
    route = _chosen(line, known, f"{reason}; it {obstacle}" if obstacle else reason, deliverable=not obstacle)
    return LineRoute(
        line_id=route.line_id,
        supplier=supplier,
        unit_price=route.unit_price,
        reason=route.reason,
        deliverable=route.deliverable,
        bound=True,
    )


def _chosen(line: RouteLine, chosen: Candidate, reason: str, *, deliverable: bool = True) -> LineRoute:
    offer = chosen.offers.get(line.line_id)
    same = offer is not None and (offer.unit, offer.currency) == (line.unit, line.currency)
    return LineRoute(
        line_id=line.line_id,
        supplier=chosen.supplier,
        unit_price=min(line.unit_price, offer.unit_price) if offer and same else line.unit_price,
        reason=reason,
        deliverable=deliverable,
    )
