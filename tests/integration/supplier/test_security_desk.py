"""Alerts about the supplier itself find somebody, with and without a configured address (AUTH-9, SUP-4)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.errors import PartnerRefused, PartnerUnreachable

KIND = "many-logins-failed"


class Post:
    """A notifier that can write to addresses only, as one by e-mail."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.down = False
        self.asked = 0

    def deliver(self, message_id: str, body: str) -> None:
        self.asked += 1
        notice = json.loads(body)
        if "@" not in notice["to"]:
            raise PartnerRefused("the notice cannot be addressed")
        if self.down:
            raise PartnerUnreachable("down")
        self.got.append(notice)

    def alerts(self) -> list[str]:
        return [one["to"] for one in self.got if one["event"] == KIND]


def under_attack(world: Any) -> Any:
    """Many IDs fail from one address; the alert, as the outbox has it."""
    for number in range(20):
        world.attempt(f"{number:010}", "wrong", address="192.0.2.66")
        world.forward(timedelta(seconds=7))
    return alert(world)


def alert(world: Any) -> Any:
    with world.storage.begin() as unit:
        (message,) = (one for one in unit.outbox.all() if one.kind == KIND)
    return message


def in_files(world: Any) -> list[str]:
    notices = [json.loads(one.read_text("utf-8")) for one in Path(world.folder / "notices").glob("*.json")]
    return [one["to"] for one in notices if one["event"] == KIND]


@pytest.mark.spec("AUTH-9", "SUP-4")
def test_the_configured_address_gets_the_alert(make_world: Any, storage_kind: str) -> None:
    post = Post()
    world = make_world(storage_kind, notifiers={"smtp": post}, security_email="soc@supplier.example.jp")
    assert under_attack(world).state == "pending"
    world.supplier.automation.work()
    assert post.alerts() == ["soc@supplier.example.jp"]
    assert alert(world).state == "sent"
    assert in_files(world) == []


@pytest.mark.spec("AUTH-9", "SUP-4")
def test_without_an_address_the_alert_is_a_file_and_is_not_tried_for_ever(
    make_world: Any, storage_kind: str
) -> None:
    post = Post()
    world = make_world(storage_kind, notifiers={"smtp": post})
    under_attack(world)
    for _ in range(3):
        world.supplier.automation.work()
        world.forward(timedelta(hours=2))
    assert in_files(world) == ["supplier:security"]
    assert (post.alerts(), post.asked) == ([], 1)
    assert alert(world).state == "sent"


@pytest.mark.spec("AUTH-9", "SUP-4")
def test_an_address_given_later_counts_for_what_still_waits(make_world: Any) -> None:
    post = Post()
    post.down = True
    world = make_world("memory", notifiers={"smtp": post}, security_email="soc@supplier.example.jp")
    under_attack(world)
    world.supplier.automation.work()
    post.down = False
    world.forward(timedelta(hours=1))
    world.start(notifiers={"smtp": post}, security_email="night@supplier.example.jp").automation.work()
    assert post.alerts() == ["night@supplier.example.jp"]
