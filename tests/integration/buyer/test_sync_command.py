"""``sync``: how complete the lists are, and reading them again beside a run (INT-5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect import open_workspace
from askul_connect.core.errors import PartnerUnreachable
from askul_connect.core.services.buyer import backfilling


@pytest.fixture
def ordered(place: Any) -> Any:
    """Three orders that were placed and confirmed."""
    place.order("a.csv", *(f"PO-{number},1,K200-0001,1,XPK,298,JPY,D100,," for number in range(1, 4)))
    place.run()
    place.faults.calls.clear()
    return place


def lists(place: Any) -> dict[str, tuple[int, int, bool]]:
    found = json.loads(place.cli("sync", "--json").stdout)
    return {one["feed"]: (one["stored"], one["promised"], one["backfill"]) for one in found}


@pytest.mark.spec("INT-5", "INT-10")
def test_lists_are_counted_read_again_tried_interrupted_and_gone_on_with(
    ordered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ordered
    monkeypatch.setattr(backfilling, "PAGE_SIZE", 1)
    table = place.cli("sync")
    assert (table.exit_code, lists(place)["orders"]) == (0, (3, 3, False))
    assert "up to date" in table.stdout
    before = place.state()

    # a trial reads everything and stores nothing
    tried = place.cli("sync", "--backfill", "askul", "--trial", "orders")
    assert tried.exit_code == 0
    assert "Trial: nothing was changed." in tried.stdout
    assert "orders: read 3, new or different 0, gone 0; stored 3 of 3" in tried.stdout
    assert place.state() == before

    # interrupted at the second page, which is kept as a place to go on from
    def interrupt(inner: Any, cursor: str, page_size: int) -> Any:
        if cursor:
            raise KeyboardInterrupt
        return inner.orders(cursor, page_size)

    place.faults.plan["askul", "orders"] = interrupt
    stopped = place.cli("sync", "--backfill", "askul", "orders", "ship-notices")
    assert stopped.exit_code == 130
    assert lists(place)["orders"] == (3, 3, True)
    place.faults.plan.clear()

    # a run goes on beside it, even at this instant
    def beside(inner: Any, cursor: str, page_size: int) -> Any:
        if not started:
            started.append(True)
            runs.append(place.run())
        return inner.orders(cursor, page_size)

    started: list[bool] = []
    runs: list[Any] = []
    place.faults.plan["askul", "orders"] = beside
    place.faults.calls.clear()
    done = place.cli("sync", "--backfill", "askul", "--json", "orders", "ship-notices")
    assert done.exit_code == 0
    assert (runs[0].changed, runs[0].exit_code) == (False, 1), "the month is invoiced without receipts"
    report = json.loads(done.stdout)
    assert [(one["count"]["feed"], one["resumed"], one["read"]) for one in report["feeds"]] == [
        ("orders", True, 2),
        ("ship_notices", False, 3),
    ]
    assert lists(place)["orders"] == (3, 3, False)
    assert {name: value for name, value in place.state().items() if name != "outbox"} == {
        name: value for name, value in before.items() if name != "outbox"
    }


@pytest.mark.spec("INT-5")
def test_one_back_fill_of_a_supplier_at_a_time(place: Any) -> None:
    second: list[Any] = []

    def again(inner: Any, cursor: str, page_size: int) -> Any:
        if not second:
            second.append(None)
            second[0] = place.cli("sync", "--backfill", "askul")
        return inner.orders(cursor, page_size)

    place.faults.plan["askul", "orders"] = again
    from askul_connect.bootstrap import workspace

    # the same process would take its own lease for its own
    holders = iter(["first", "second"])
    original = workspace.this_process
    try:
        workspace.this_process = lambda: next(holders)  # type: ignore[assignment]
        first = place.cli("sync", "--backfill", "askul", "orders")
    finally:
        workspace.this_process = original
    assert first.exit_code == 0
    assert second[0].exit_code == 5
    assert "back-fill of askul" in second[0].stderr


@pytest.mark.spec("INT-5")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--backfill", "nobody"), "there is no supplier 'nobody'"),
        (("--backfill", "askul", "gossip"), "there is no list 'gossip'"),
        (("orders",), "belong to --backfill"),
        (("--since", "2026-04-01"), "belong to --backfill"),
        (("--backfill", "askul", "--since", "soon"), "soon"),
    ],
)
def test_wrong_use_is_told(place: Any, given: tuple[str, ...], said: str) -> None:
    result = place.cli("sync", *given)

    assert result.exit_code == 2
    assert said in result.stderr
    assert place.faults.calls == []


@pytest.mark.spec("INT-5")
def test_an_unreachable_supplier_keeps_what_was_read(place: Any) -> None:
    place.faults.down["askul"] = PartnerUnreachable("no route to host")

    result = place.cli("sync", "--backfill", "askul")

    assert result.exit_code == 3
    assert "no route to host" in result.stderr
    with open_workspace(place.directory) as opened:
        assert {feed["backfill"] for feed in opened.feeds()} == {True}
