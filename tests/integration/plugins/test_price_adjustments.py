"""A plugin that adjusts prices: held to its port, asked by the supplier of the installation (PRC-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.carts import CartItem, CartLine, PricedLine
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.price_adjustments import AdjustmentFacts, ProposedAdjustment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import PluginFailed, ValueInvalid
from askul_connect.plugins.connections import AdjustmentSettings
from askul_connect.plugins.factories import guarded_price_adjustment
from askul_connect.plugins.kinds import PriceAdjustmentKind

PLUGIN = "the plugin 'acme' of acme-office"
TOOLKIT: Any = None
SETTINGS = AdjustmentSettings(
    name="rule", connection="askul", key="suppliers.askul.supplier.price_adjustments.rule"
)
ITEM = CartItem(
    sku="PEN",
    name="ペン",
    unit_price=Decimal(100),
    tax_category=TaxCategory.STANDARD,
    tax_rate=Decimal(10),
    fulfilment=Fulfilment.STOCK,
)
FACTS = AdjustmentFacts(
    today=date(2026, 11, 2),
    kind=AccountKind.CORPORATION,
    currency="JPY",
    lines=(
        PricedLine(
            line=CartLine(line_id="1", sku="PEN", quantity=10),
            item=ITEM,
            before=1_000,
            applied=(),
            after=1_000,
        ),
    ),
)


def propose(net: Any = -10, line_id: Any = "1", explanation: Any = "理由") -> Any:
    return ProposedAdjustment(line_id=line_id, net=net, explanation=explanation)


class Rule:
    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act

    def adjust(self, _facts: AdjustmentFacts) -> Any:
        return self.act()


def asked(act: Callable[[], Any]) -> Any:
    kind = PriceAdjustmentKind(name="acme", summary="a test", connect=lambda _toolkit, _settings: Rule(act))
    return guarded_price_adjustment(kind, PLUGIN).connect(TOOLKIT, SETTINGS).adjust(FACTS)


def raising(error: BaseException) -> Callable[..., Any]:
    def act(*_given: object) -> Any:
        raise error

    return act


@pytest.mark.spec("PRC-1")
@pytest.mark.parametrize(
    "act",
    [
        raising(RuntimeError("oops")),
        raising(SystemExit(1)),
        lambda: None,
        lambda: iter([propose()]),
        lambda: [-10],
        lambda: [propose(line_id="2")],
        lambda: [propose(line_id=None)],
        lambda: [propose(net=-10.0)],
        lambda: [propose(net=True)],
        lambda: [propose(net=-1_001)],
        lambda: [propose(net=-600), propose(net=-600)],
        lambda: [propose(net=201)],
        lambda: [propose(net=150), propose(net=51)],
        lambda: [propose(explanation=" ")],
        lambda: [propose(explanation=None)],
        lambda: [propose(explanation="x" * 201)],
    ],
)
def test_whatever_a_rule_does_wrong_is_its_failure_and_names_it(act: Callable[[], Any]) -> None:
    with pytest.raises(PluginFailed, match="acme-office"):
        asked(act)


def test_what_it_may_do_goes_through() -> None:
    for found in ([], (), [propose(net=-1_000)], [propose(net=200)], [propose(net=200), propose(net=-1_000)]):
        assert asked(lambda found=found: found) == tuple(found)  # type: ignore[misc]
    with pytest.raises(ValueInvalid):
        asked(raising(ValueInvalid("x")))


@pytest.mark.parametrize("connect", [lambda *_: object(), raising(RuntimeError("oops"))])
def test_what_cannot_adjust_is_refused_when_it_is_connected(connect: Callable[..., Any]) -> None:
    kind = PriceAdjustmentKind(name="acme", summary="a test", connect=connect)
    with pytest.raises(PluginFailed, match="acme-office"):
        guarded_price_adjustment(kind, PLUGIN).connect(TOOLKIT, SETTINGS)


def test_what_it_is_given_cannot_be_changed() -> None:
    for given in (FACTS, FACTS.lines[0], FACTS.lines[0].line, FACTS.lines[0].item):
        for field in attrs.fields(type(given)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(given, field.name, None)
