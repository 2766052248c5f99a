"""A plugin that charges cards: held to its port, so that nobody takes its failure for a card not charged (BIL-9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import OutcomeUnknown, PartnerRefused, PluginFailed
from askul_connect.core.ports.cards import CardCharge, CardOutcome, CardRefund
from askul_connect.plugins.connections import CardSettings
from askul_connect.plugins.guarded_cards import guarded_card_provider
from askul_connect.plugins.kinds import CardProviderKind

PLUGIN = "the plugin 'acme' of acme-pay"
TOOLKIT: Any = None
SETTINGS = CardSettings(connection="askul", key="suppliers.askul.supplier.cards")
CHARGE = CardCharge(key="IN1", token=Secret("tok_any_card_visa"), amount=1, currency="JPY")
REFUND = CardRefund(key="CN1", charge_key="IN1", charge_reference="c", amount=1, currency="JPY")


class Acme:
    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act

    def charge(self, _charge: CardCharge) -> Any:
        return self.act()

    def refund(self, _refund: CardRefund) -> Any:
        return self.act()

    def look_up(self, _key: str) -> Any:
        return self.act()


def provider(act: Callable[[], Any]) -> Any:
    kind = CardProviderKind(name="acme", summary="a test", connect=lambda _toolkit, _settings: Acme(act))
    return guarded_card_provider(kind, PLUGIN).connect(TOOLKIT, SETTINGS)


def raising(error: BaseException) -> Callable[..., Any]:
    def act(*_given: object) -> Any:
        raise error

    return act


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize(
    "act",
    [
        raising(RuntimeError("oops")),
        raising(SystemExit(1)),
        raising(PluginFailed("its own")),
        lambda: None,
        lambda: 7,
        lambda: " ",
        lambda: "x" * 201,
    ],
)
def test_after_whatever_it_does_wrong_nobody_knows_whether_money_moved(act: Callable[[], Any]) -> None:
    made = provider(act)
    for call in (lambda: made.charge(CHARGE), lambda: made.refund(REFUND)):
        with pytest.raises(OutcomeUnknown):
            call()


@pytest.mark.parametrize(
    "act",
    [
        raising(RuntimeError("oops")),
        lambda: "CH1",
        lambda: CardOutcome(reference="", amount=1),
        lambda: CardOutcome(reference="CH1", amount=0),
        lambda: CardOutcome(reference="CH1", amount=1.0),  # type: ignore[arg-type]
        lambda: CardOutcome(reference="CH1", amount=True),
    ],
)
def test_what_it_cannot_have_found_is_its_failure(act: Callable[[], Any]) -> None:
    with pytest.raises(PluginFailed, match="acme-pay"):
        provider(act).look_up("IN1")


def test_what_it_may_say_goes_through() -> None:
    assert provider(lambda: "CH1").charge(CHARGE) == provider(lambda: "CH1").refund(REFUND) == "CH1"
    found = CardOutcome(reference="CH1", amount=1)
    assert provider(lambda: found).look_up("IN1") == found
    assert provider(lambda: None).look_up("IN1") is None
    with pytest.raises(PartnerRefused):
        provider(raising(PartnerRefused("declined"))).charge(CHARGE)


@pytest.mark.parametrize("connect", [lambda *_: object(), raising(RuntimeError("oops"))])
def test_what_cannot_charge_is_refused_when_it_is_connected(connect: Callable[..., Any]) -> None:
    kind = CardProviderKind(name="acme", summary="a test", connect=connect)
    with pytest.raises(PluginFailed, match="acme-pay"):
        guarded_card_provider(kind, PLUGIN).connect(TOOLKIT, SETTINGS)
