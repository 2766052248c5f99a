"""Who delivers which line: what rules must hold for any offers, and each reason (INT-9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.mapping import Contract, ContractMatch
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.routing import Candidate, LineRoute, Offer, RouteLine, Standing, route
from askul_connect.core.policies.settings import RouteBy, RoutingSettings

NAMES = ("a", "b", "c")


def offer(price: object = 100, **changes: object) -> Offer:
    return evolve(
        Offer(unit_price=Decimal(str(price)), unit="EA", currency="JPY", orderable=50),
        **changes,  # type: ignore[arg-type]  # of the fields named
    )


def line(line_id: str = "1", quantity: int = 10, price: object = 100, **changes: object) -> RouteLine:
    made = RouteLine(
        line_id=line_id,
        item=f"I-{line_id}",
        quantity=quantity,
        unit="EA",
        unit_price=Decimal(str(price)),
        highest_price=Decimal(str(price)),
        currency="JPY",
        account="7420",
        department="D100",
    )
    return evolve(made, **changes)  # type: ignore[arg-type]  # of the fields named


def able(candidate: Candidate, wanted: RouteLine) -> bool:
    """Said again, in other words."""
    if candidate.standing is not Standing.ANSWERED:
        return candidate.standing is Standing.SILENT
    found = candidate.offers.get(wanted.line_id)
    return (
        found is not None
        and found.unit == wanted.unit
        and found.currency == wanted.currency
        and found.orderable >= wanted.quantity >= found.minimum
        and wanted.quantity % found.multiple == 0
        and found.unit_price <= wanted.highest_price
    )


offers = st.builds(
    Offer,
    unit_price=st.integers(90, 110).map(Decimal),
    unit=st.sampled_from(["EA", "EA", "EA", "XBX"]),
    currency=st.sampled_from(["JPY", "JPY", "JPY", "USD"]),
    orderable=st.integers(0, 20),
    minimum=st.integers(1, 3),
    multiple=st.integers(1, 2),
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[RouteLine], list[Candidate], list[Contract], RoutingSettings]:
    lines = [line(str(n), quantity=draw(st.integers(1, 15))) for n in range(1, draw(st.integers(1, 4)) + 1)]
    candidates = [
        Candidate(
            supplier=name,
            standing=draw(st.sampled_from(Standing)),
            offers={one.line_id: draw(offers) for one in lines if draw(st.booleans())},
        )
        for name in NAMES[: draw(st.integers(1, 3))]
    ]
    candidates = [one if one.standing is Standing.ANSWERED else evolve(one, offers={}) for one in candidates]
    contracts = [
        Contract(match=ContractMatch.ITEM, value=f"I-{one.line_id}", supplier=draw(st.sampled_from(NAMES)))
        for one in lines
        if draw(st.integers(0, 3)) == 0
    ]
    settings = RoutingSettings(suppliers=NAMES, by=draw(st.sampled_from(RouteBy)), split=draw(st.booleans()))
    return lines, candidates, contracts, settings


@pytest.mark.spec("INT-9")
@given(question=questions())
def test_every_line_goes_to_one_who_can_whenever_there_is_one(
    question: tuple[list[RouteLine], list[Candidate], list[Contract], RoutingSettings],
) -> None:
    lines, candidates, contracts, settings = question
    bound = {contract.value: contract.supplier for contract in contracts}
    if not settings.split and len(set(bound.values())) > 1:
        with pytest.raises(ValueInvalid, match="may not be divided"):
            route(lines, candidates, contracts, settings)
        return
    found = route(lines, candidates, contracts, settings)
    assert [one.line_id for one in found] == [one.line_id for one in lines]
    if not settings.split:
        assert len({one.supplier for one in found}) == 1
    for wanted, chosen in zip(lines, found, strict=True):
        assert chosen.reason
        assert chosen.unit_price <= wanted.unit_price, "never above what was approved"
        if settings.split and wanted.item in bound:
            assert (chosen.supplier, chosen.bound) == (bound[wanted.item], True)
        elif settings.split:
            check_best(wanted, chosen, candidates, settings)


def check_best(
    wanted: RouteLine, chosen: LineRoute, candidates: list[Candidate], settings: RoutingSettings
) -> None:
    could = [one for one in candidates if able(one, wanted)]
    assert chosen.deliverable == bool(could)
    if not could:
        there = [one for one in candidates if one.standing is not Standing.DOWN]
        assert not there or chosen.supplier in {one.supplier for one in there}
        return
    telling = [one for one in could if one.standing is Standing.ANSWERED]
    if not telling or settings.by is RouteBy.ORDER:
        assert chosen.supplier == (telling or could)[0].supplier
        return
    lowest = min(one.offers[wanted.line_id].unit_price for one in telling)
    assert chosen.unit_price == lowest
    assert chosen.supplier == next(
        one.supplier for one in telling if one.offers[wanted.line_id].unit_price == lowest
    )


@pytest.mark.spec("INT-9", "INT-10")
@pytest.mark.parametrize(
    ("found", "why"),
    [
        (None, "b does not sell it"),
        (offer(unit="XBX"), "b sells it by XBX in JPY"),
        (offer(currency="USD"), "b sells it by EA in USD"),
        (offer(minimum=20), "b sells 20 or more, in steps of 1"),
        (offer(multiple=3), "b sells 1 or more, in steps of 3"),
        (offer(orderable=9), "b has 9 of 10"),
        (offer(101), "b asks 101, 100 were approved"),
        (offer(99), "b asks 99"),
    ],
)
def test_why_another_one_was_not_taken_is_told(found: Offer | None, why: str) -> None:
    others = [
        Candidate(supplier="a", offers={"1": offer()}),
        Candidate(supplier="b", offers={"1": found} if found else {}),
    ]
    [chosen] = route([line()], others, (), RoutingSettings(suppliers=NAMES))
    assert chosen.supplier == "a"
    assert why in chosen.reason


@pytest.mark.spec("INT-9")
@pytest.mark.parametrize(
    ("match", "value", "holds"),
    [
        (ContractMatch.ITEM, "I-1", True),
        (ContractMatch.ITEM, "I-*", True),
        (ContractMatch.ITEM, "I-", False),
        (ContractMatch.ITEM, "i-1", False),
        (ContractMatch.ACCOUNT, "74*", True),
        (ContractMatch.ACCOUNT, "7421", False),
        (ContractMatch.DEPARTMENT, "D100", True),
        (ContractMatch.DEPARTMENT, "*", True),
    ],
)
def test_what_a_contract_is_about(match: ContractMatch, value: str, *, holds: bool) -> None:
    others = [Candidate(supplier=name, offers={"1": offer()}) for name in NAMES]
    contracts = [Contract(match=match, value=value, supplier="c")]
    [chosen] = route([line()], others, contracts, RoutingSettings(suppliers=NAMES))
    assert (chosen.supplier, chosen.bound) == (("c", True) if holds else ("a", False))


@pytest.mark.spec("INT-9")
def test_the_first_row_holds_and_a_line_without_a_value_is_not_any() -> None:
    others = [Candidate(supplier=name, offers={"1": offer()}) for name in NAMES]
    contracts = [
        Contract(match=ContractMatch.ACCOUNT, value="*", supplier="b"),
        Contract(match=ContractMatch.ITEM, value="I-1", supplier="c"),
        Contract(match=ContractMatch.DEPARTMENT, value="D100", supplier="a"),
    ]
    rules = RoutingSettings(suppliers=NAMES)
    assert route([line()], others, contracts, rules)[0].supplier == "b"
    assert route([line(account="")], others, contracts, rules)[0].supplier == "c"


@pytest.mark.spec("INT-9")
def test_together_the_sum_decides() -> None:
    lines = [line("1", 1, 200), line("2", 10, 200)]
    cheap_small = Candidate(supplier="a", offers={"1": offer(10), "2": offer(150)})
    cheap_large = Candidate(supplier="b", offers={"1": offer(190), "2": offer(100)})
    rules = RoutingSettings(suppliers=("a", "b"), by=RouteBy.PRICE)
    apart = route(lines, [cheap_small, cheap_large], (), rules)
    assert [one.supplier for one in apart] == ["a", "b"]
    together = route(lines, [cheap_small, cheap_large], (), rules, together=True)
    assert [one.supplier for one in together] == ["b", "b"]
    assert together[0].reason == "the lowest price: 1190 (all lines together)"
