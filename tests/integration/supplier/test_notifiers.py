"""Notices through several notifiers: each by itself, tried again, given up, never held up by another (SUP-4)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.errors import PartnerRefused, PartnerUnreachable, PluginFailed
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations import support


class Recorder:
    """A notifier that fails as long as it is told to."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.got: list[str] = []
        self.asked = 0

    def deliver(self, message_id: str, body: str) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.got.append(json.loads(body)["event"])


def tell(world: Any, number: int = 1) -> None:
    request = OpenTicketRequest(
        message="x", company="c", contact_name="n", contact_email=f"a{number}@example.jp", contact_phone="1"
    )
    world.call(support.OPEN_TICKET, request)


def outbox(world: Any) -> list[Any]:
    with world.storage.begin() as unit:
        return list(unit.outbox.all())


@pytest.fixture
def pair() -> dict[str, Recorder]:
    return {"broken": Recorder(), "sound": Recorder()}


@pytest.fixture
def posted(make_world: Any, storage_kind: str, pair: Any) -> Any:
    return make_world(storage_kind, notifiers=pair)


@pytest.mark.spec("SUP-4")
def test_one_that_fails_keeps_no_other_from_getting_it_and_gets_it_later(posted: Any, pair: Any) -> None:
    world = posted
    pair["broken"].error = PartnerUnreachable("down")
    tell(world)
    assert world.supplier.automation.work()
    assert pair["sound"].got == ["ticket-opened"]
    (message,) = outbox(world)
    assert (message.state, message.attempts) == ("pending", 1)
    assert "partner-unreachable" in message.last_error
    # not before its time
    world.supplier.automation.work()
    assert pair["broken"].asked == 1
    pair["broken"].error = None
    world.forward(timedelta(minutes=2))
    world.supplier.automation.work()
    assert pair["broken"].got == pair["sound"].got == ["ticket-opened"]
    assert outbox(world)[0].state == "sent"


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize("error", [PartnerUnreachable("down"), PluginFailed("a defect")])
def test_after_enough_failures_it_waits_for_a_person(posted: Any, pair: Any, error: Any) -> None:
    world = posted
    pair["broken"].error = error
    tell(world)
    for _ in range(20):
        world.supplier.automation.work()
        world.forward(timedelta(hours=2))
    (message,) = outbox(world)
    assert (message.state, message.attempts) == ("dead", 8)
    assert pair["broken"].asked == 8
    assert pair["sound"].got == ["ticket-opened"]


@pytest.mark.spec("SUP-4")
def test_a_refusal_for_good_is_not_tried_again(posted: Any, pair: Any) -> None:
    world = posted
    pair["broken"].error = PartnerRefused("no such mailbox")
    tell(world)
    for _ in range(3):
        world.supplier.automation.work()
        world.forward(timedelta(hours=2))
    (message,) = outbox(world)
    assert message.state == "refused"
    assert message.last_error == "broken: partner-refused: no such mailbox"
    assert pair["broken"].asked == 1
    assert pair["sound"].got == ["ticket-opened"]


@pytest.mark.spec("SUP-4")
def test_a_server_that_is_down_is_asked_once_a_round(posted: Any, pair: Any) -> None:
    world = posted
    pair["broken"].error = PartnerUnreachable("time-out")
    for number in range(5):
        tell(world, number)
    world.supplier.automation.work()
    assert pair["broken"].asked == 1
    assert len(pair["sound"].got) == 5
    assert {one.attempts for one in outbox(world)} == {1}


@pytest.mark.spec("SUP-4")
def test_each_notifier_has_its_own_tries(posted: Any, pair: Any) -> None:
    """One is given up after eight tries; another that failed only since then has all of its own before it."""
    world = posted
    pair["broken"].error = PluginFailed("a defect")
    pair["sound"].error = PartnerRefused("not yet")
    late = Recorder()
    late.error = PartnerUnreachable("down", retry_after=60 * 60 * 24)
    world.start(notifiers={"late": late, **pair})
    tell(world)
    for _ in range(20):
        world.supplier.automation.work()
        world.forward(timedelta(hours=2))
    (message,) = outbox(world)
    assert (pair["broken"].asked, pair["sound"].asked, late.asked) == (8, 1, 2)
    # two are through with it and one is not, each with its own reason
    assert message.state == "pending"
    assert message.last_error == (
        "late: partner-unreachable: down; broken: plugin-failed: a defect; sound: partner-refused: not yet"
    )
    late.error = None
    world.forward(timedelta(days=2))
    world.supplier.automation.work()
    assert late.got == ["ticket-opened"]
    (message,) = outbox(world)
    assert (message.state, message.attempts) == ("dead", 8)
    assert (pair["broken"].asked, pair["sound"].asked) == (8, 1)


@pytest.mark.spec("SUP-4")
def test_an_interruption_repeats_it_for_none_that_has_it(posted: Any, pair: Any) -> None:
    world = posted
    first, last = pair["broken"], pair["sound"]
    last.error = KeyboardInterrupt()
    tell(world)
    with pytest.raises(KeyboardInterrupt):
        world.supplier.automation.work()
    last.error = None
    world.start(notifiers=pair).automation.work()
    assert (first.asked, last.got) == (1, ["ticket-opened"])
    assert outbox(world)[0].state == "sent"


@pytest.mark.spec("SUP-4")
def test_a_message_of_an_earlier_version_goes_on_where_it_was(posted: Any, pair: Any) -> None:
    world = posted
    tell(world)
    (message,) = outbox(world)
    body = json.loads(message.body) | {"delivered": ["broken"], "given_up": {"gone": "x"}}
    with world.storage.begin() as unit:
        unit.outbox.save(evolve(message, body=json.dumps(body), attempts=7))
    pair["sound"].error = PartnerUnreachable("down")
    world.supplier.automation.work()
    assert (pair["broken"].asked, pair["sound"].asked) == (0, 1)
    assert (outbox(world)[0].state, outbox(world)[0].attempts) == ("dead", 8)


@pytest.mark.spec("SUP-4")
def test_who_is_configured_later_gets_what_is_still_due(posted: Any, pair: Any) -> None:
    world = posted
    pair["broken"].error = PartnerUnreachable("down")
    tell(world)
    world.supplier.automation.work()
    late = Recorder()
    world.start(notifiers={**pair, "late": late})
    world.forward(timedelta(hours=2))
    world.supplier.automation.work()
    assert late.got == pair["sound"].got == ["ticket-opened"]


@pytest.mark.spec("SUP-4")
def test_nobody_is_waited_for_who_is_configured_no_more(posted: Any, pair: Any) -> None:
    world = posted
    pair["broken"].error = PartnerUnreachable("down")
    tell(world)
    world.supplier.automation.work()
    world.start(notifiers={"sound": pair["sound"]})
    world.forward(timedelta(hours=2))
    world.supplier.automation.work()
    assert (outbox(world)[0].state, pair["sound"].got) == ("sent", ["ticket-opened"])
