"""Killed at any commit and started again, a run ends where one that nobody disturbed ends (INT-5, INT-6, INT-12)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BEHAVIOUR = """
[[suppliers.askul.behaviour.exceptions]]
purchase_order_id = "PO-9"
parts = 2
[[suppliers.askul.behaviour.exceptions]]
purchase_order_id = "PO-10"
line_id = "1"
short = 1
"""


def prepare(place: Any) -> None:
    """Orders in two files, one in two parts and one a unit short; one refused, one over budget; receipts."""
    configuration = place.directory / "askul-connect.toml"
    configuration.write_text(configuration.read_text(encoding="utf-8") + BEHAVIOUR, encoding="utf-8")
    place.order(
        "a.csv",
        "PO-10,1,K200-0001,12,XPK,298,JPY,D100,,",
        "PO-10,2,G100-0001,2,XCT,1980,JPY,D200,,",
        "PO-9,1,D100-0001,4,EA,540,JPY,D100,,",
    )
    place.order("b.csv", "PO-8,1,NO-SUCH,1,EA,10,JPY,D100,,", "PO-7,1,E100-0001,200,EA,12.5,JPY,D200,,")
    place.order("c.csv", "PO-6,1,C100-0001,60,EA,9800,JPY,D100,,")
    place.write(
        "erp/receipts/r.csv",
        "purchase_order_id,line_id,quantity,received_on\n"
        "PO-10,1,11,2026-04-14\nPO-10,2,2,2026-04-14\nPO-9,1,4,2026-04-14\nPO-7,1,200,2026-04-14\n"
        "PO-5,1,1,2026-04-14\n",
    )


@pytest.mark.spec("INT-5", "INT-6", "INT-12")
@pytest.mark.timeout(900)
def test_a_run_killed_at_any_commit_is_taken_up(
    place: Any, copies: Callable[[Any], list[Path]], chosen: Callable[[list[Path]], list[Path]]
) -> None:
    prepare(place)
    found = copies(place)
    wanted = place.state()
    assert [order["purchase_order_id"] for order in wanted["orders"]] == ["PO-10", "PO-9", "PO-7"]
    assert [entry["match"][0]["result"] for entry in wanted["invoices"]] == ["matched"]
    assert [message["state"] for message in wanted["outbox"][:4]] == ["sent", "sent", "refused", "sent"]
    assert wanted["rejected"] == [
        "b.csv",
        "b.csv.error.json",
        "c.csv",
        "c.csv.error.json",
        "r.csv",
        "r.csv.error.json",
    ]
    assert len(found) > 60

    for copy in chosen(found):
        shutil.rmtree(place.directory)
        copy.rename(place.directory)
        place.run()
        assert place.state() == wanted, copy.name
    again = place.run()
    assert (again.changed, again.exit_code) == (False, 0)


@pytest.mark.spec("INT-12", "AUTH-4", "AUTH-20")
@pytest.mark.timeout(900)
def test_an_opening_killed_at_any_commit_is_taken_up(
    empty_place: Any, copies: Callable[[Any], list[Path]], chosen: Callable[[list[Path]], list[Path]]
) -> None:
    empty_place.order("a.csv", "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,")
    found = copies(empty_place)
    wanted = empty_place.state()
    secrets = sorted(path.name for path in (empty_place.directory / "secrets" / "askul").iterdir())
    assert [order["state"] for order in wanted["orders"]] == ["shipped"]

    for copy in chosen(found):
        shutil.rmtree(empty_place.directory)
        copy.rename(empty_place.directory)
        empty_place.run()
        assert empty_place.state() == wanted, copy.name
        left = sorted(path.name for path in (empty_place.directory / "secrets" / "askul").iterdir())
        assert left == secrets, copy.name
