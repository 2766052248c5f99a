"""No hook without a signature, a description, and somebody who uses it (rule 1 of the house)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from askul_connect.adapters import builtin
from askul_connect.core.errors import PluginFailed
from askul_connect.plugins import hookspecs
from askul_connect.plugins.kinds import (
    AuthenticationKind,
    CardProviderKind,
    ErpKind,
    LoginRiskKind,
    NotifierKind,
    PriceAdjustmentKind,
    StorageKind,
    SupplierKind,
)
from askul_connect.plugins.manager import PluginManager

HOOKS = {
    name: function
    for name, function in vars(hookspecs).items()
    if inspect.isfunction(function) and hasattr(function, f"{hookspecs.PROJECT}_spec")
}
KINDS = {
    "askul_connect_suppliers": (SupplierKind, "supplier"),
    "askul_connect_erps": (ErpKind, "erp"),
    "askul_connect_storages": (StorageKind, "storage"),
    "askul_connect_assess_login_risk": (LoginRiskKind, "login risk"),
    "askul_connect_price_adjustments": (PriceAdjustmentKind, "price rule"),
    "askul_connect_card_providers": (CardProviderKind, "card provider"),
    "askul_connect_notifiers": (NotifierKind, "notifier"),
    "askul_connect_authenticate": (AuthenticationKind, "authentication"),
}
GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "plugins.md"


def test_these_are_all_hooks() -> None:
    assert set(HOOKS) == set(KINDS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_when_it_is_called_and_what_it_returns(hook: str) -> None:
    text = inspect.getdoc(HOOKS[hook]) or ""
    kind, _ = KINDS[hook]

    assert "Called once" in text
    assert "Returns:" in text
    assert kind.__name__ in text
    assert inspect.signature(HOOKS[hook]).parameters == {}
    assert kind.__name__ in str(inspect.signature(HOOKS[hook]).return_annotation)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_guide_names_a_hook_and_what_it_returns(hook: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")

    assert f"`{hook}`" in guide
    assert f"`{KINDS[hook][0].__name__}`" in guide


@pytest.mark.parametrize("hook", HOOKS)
def test_the_built_ins_use_a_hook_and_what_they_offer_arrives(hook: str) -> None:
    kind, listed_as = KINDS[hook]

    offered = getattr(builtin, hook)()

    assert offered
    assert all(isinstance(each, kind) for each in offered)
    listed = {info.name for info in PluginManager([builtin]).infos() if info.kind == listed_as}
    assert {each.name for each in offered} <= listed


@pytest.mark.parametrize("hook", HOOKS)
def test_the_reference_shows_a_hook_and_its_ports(hook: str) -> None:
    page = GUIDE.parents[1].joinpath("reference", "plugin-api.md").read_text(encoding="utf-8")
    [members] = [line for line in page.splitlines() if ":members: askul_connect_" in line]

    assert hook in members.split(":members:")[1].replace(",", " ").split()
    assert KINDS[hook][0].__name__ in page


@pytest.mark.parametrize("hook", HOOKS)
def test_a_strangers_plugin_uses_a_hook_and_its_failure_names_it(
    install: Callable[..., str], hook: str
) -> None:
    install(f"""
        @hookimpl
        def {hook}():
            raise RuntimeError("not today")
    """)

    with pytest.raises(PluginFailed) as caught:
        PluginManager([builtin])
    assert hook in str(caught.value)
    assert "acme-office" in str(caught.value)


def test_a_hook_that_is_called_by_hand_says_nothing() -> None:
    for specification in HOOKS.values():
        with pytest.raises(AssertionError):
            specification()
