"""Plugins are loaded by real entry points: what works is listed, what does not is named, nothing is half loaded."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from askul_connect.adapters import builtin
from askul_connect.core.errors import ConfigurationError, PluginFailed
from askul_connect.plugins.manager import PluginInfo, PluginManager

Install = Callable[..., str]


def load() -> PluginManager:
    return PluginManager([builtin])


def failure() -> PluginFailed:
    with pytest.raises(PluginFailed) as caught:
        load()
    return caught.value


def test_the_built_ins_come_by_the_same_hooks() -> None:
    offers = {(info.kind, info.name): info for info in load().infos()}

    assert offers["supplier", "reference"].source == "askul-connect"
    assert {"trial", "place"} <= set(offers["supplier", "reference"].capabilities)
    assert offers["storage", "sql"].capabilities == ("sqlite", "postgresql")
    assert ("erp", "files") in offers


def test_a_plugin_is_listed_with_its_distribution(install: Install) -> None:
    install(
        """
        @hookimpl
        def askul_connect_suppliers():
            return [supplier("acme", capabilities=frozenset({Capability.PLACE, Capability.FIND}))]

        @hookimpl
        def askul_connect_erps():
            return (erp("acme-erp"),)

        @hookimpl
        def askul_connect_storages():
            return [storage("acme-db", "acme", "acmes")]
        """
    )

    found = [info for info in load().infos() if info.source == "acme-office"]

    assert found == [
        PluginInfo(
            name="acme",
            kind="supplier",
            version="1.2.3",
            source="acme-office",
            capabilities=("find", "place"),
        ),
        PluginInfo(name="acme-erp", kind="erp", version="1.2.3", source="acme-office"),
        PluginInfo(
            name="acme-db",
            kind="storage",
            version="1.2.3",
            source="acme-office",
            capabilities=("acme", "acmes"),
        ),
    ]


def test_what_a_plugin_offers_is_found_by_name(install: Install) -> None:
    install(
        """
        @hookimpl
        def askul_connect_suppliers():
            return [supplier("acme", rules=ReferenceRules(price_permille=900))]

        @hookimpl
        def askul_connect_storages():
            return [storage("acme-db", "acme")]
        """
    )
    plugins = load()

    rules = plugins.supplier("acme", key="k").rules
    assert rules is not None
    assert rules.price_permille == 900
    assert plugins.storage("acme", key="k").name == "acme-db"
    assert plugins.storage("sqlite", key="k").name == "sql"


BROKEN = {
    "raises at import": ("raise RuntimeError('out of paper')", "RuntimeError('out of paper')"),
    "cannot be read": ("def (", "SyntaxError"),
    "imports what is not there": ("import no_such_module_at_all", "no_such_module_at_all"),
    "ends the process at import": ("raise SystemExit(0)", "SystemExit(0)"),
    "has a wrong kind at import": ("KIND = supplier('No Name')", "ValueError"),
    "raises in a hook": (
        """
        @hookimpl
        def askul_connect_suppliers():
            raise RuntimeError("out of paper")
        """,
        "askul_connect_suppliers: RuntimeError('out of paper')",
    ),
    "raises an error of ours in a hook": (
        """
        from askul_connect import ConfigurationError
        @hookimpl
        def askul_connect_suppliers():
            raise ConfigurationError("mine")
        """,
        "askul_connect_suppliers: ConfigurationError('mine')",
    ),
    "ends the process in a hook": (
        """
        import sys
        @hookimpl
        def askul_connect_erps():
            sys.exit(0)
        """,
        "askul_connect_erps: SystemExit(0)",
    ),
    "returns nothing": (
        """
        @hookimpl
        def askul_connect_suppliers():
            pass
        """,
        "it returned NoneType, wanted is a list of SupplierKind",
    ),
    "returns one instead of a list": (
        """
        @hookimpl
        def askul_connect_erps():
            return erp("acme-erp")
        """,
        "it returned ErpKind, wanted is a list of ErpKind",
    ),
    "returns another kind": (
        """
        @hookimpl
        def askul_connect_suppliers():
            return [erp("acme-erp")]
        """,
        "it returned a list with ErpKind, wanted is SupplierKind",
    ),
    "is a generator": (
        """
        @hookimpl
        def askul_connect_suppliers():
            yield supplier("acme")
        """,
        "it returned generator",
    ),
    "offers a name twice": (
        """
        @hookimpl
        def askul_connect_suppliers():
            return [supplier("acme"), supplier("acme")]
        """,
        "offers the supplier 'acme'",
    ),
    "offers a built-in name": (
        """
        @hookimpl
        def askul_connect_suppliers():
            return [supplier("reference")]
        """,
        "offers the supplier 'reference', which the plugin 'askul_connect.adapters.builtin' of askul-connect",
    ),
    "offers a built-in scheme": (
        """
        @hookimpl
        def askul_connect_storages():
            return [storage("acme-db", "sqlite")]
        """,
        "offers the storage 'sqlite:', which",
    ),
    "implements an unknown hook": (
        """
        @hookimpl
        def askul_connect_supliers():
            return [supplier("acme")]
        """,
        "implements a hook that does not exist",
    ),
    "wants an argument that a hook has not": (
        """
        @hookimpl
        def askul_connect_suppliers(toolkit):
            return [supplier("acme")]
        """,
        "PluginValidationError",
    ),
    "forgot the marker": (
        """
        def askul_connect_suppliers():
            return [supplier("acme")]
        """,
        "implements no hook; mark its functions with askul_connect.hookimpl",
    ),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_plugin_stops_the_start_and_is_named(install: Install, mistake: str) -> None:
    source, expected = BROKEN[mistake]
    install(source)

    error = failure()

    assert "the plugin 'acme' of acme-office" in error.detail
    assert expected in error.detail


WRONG_KINDS = {
    "capabilities as texts": "supplier('acme', capabilities=frozenset({'place'}))",
    "capabilities as a list": "supplier('acme', capabilities=list(Capability))",
    "nothing to call": "supplier('acme', connect='acme.connect')",
    "rules that are none": "supplier('acme', rules={'price_permille': 950})",
    "no name": "supplier('')",
    "a name with a space": "erp('acme erp')",
    "no scheme": "storage('acme-db')",
    "one scheme as a text": "StorageKind(name='d', summary='s', schemes='acme', open_buyer=refuse,"
    " open_supplier=refuse, check=refuse, upgrade=refuse)",
    "a price of nothing": "ReferenceRules(price_permille=0)",
    "a price as a float": "ReferenceRules(price_permille=950.0)",
    "a default nobody reads": "ReferenceRules(defaults={'nmae': 'Acme'})",
    "a default of another type": "ReferenceRules(defaults={'items': '22'})",
}


@pytest.mark.parametrize("mistake", WRONG_KINDS)
def test_a_kind_that_cannot_work_is_refused_where_it_is_made(install: Install, mistake: str) -> None:
    install(
        f"""
        @hookimpl
        def askul_connect_suppliers():
            return [{WRONG_KINDS[mistake]}]
        """
    )

    error = failure()

    assert "the plugin 'acme' of acme-office failed in askul_connect_suppliers: " in error.detail
    assert isinstance(error.__cause__, (TypeError, ValueError))


def test_a_plugin_that_is_handed_over_and_installed_is_one(install: Install) -> None:
    distribution = install(
        """
        @hookimpl
        def askul_connect_erps():
            return [erp("acme-erp")]
        """
    )
    module = importlib.import_module(distribution.replace("-", "_"))

    [found] = [one for one in PluginManager([builtin, module]).infos() if one.name == "acme-erp"]

    assert (found.source, found.version) == (distribution, "1.2.3")


def test_two_plugins_of_one_name_are_both_named(install: Install) -> None:
    for distribution in ("acme-one", "acme-two"):
        install(
            """
            @hookimpl
            def askul_connect_erps():
                return []
            """,
            distribution=distribution,
        )

    detail = failure().detail

    assert "two plugins are called 'acme'" in detail
    assert "acme-one" in detail
    assert "acme-two" in detail


def test_two_plugins_that_offer_the_same_are_both_named(install: Install) -> None:
    for name in ("one", "two"):
        install(
            """
            @hookimpl
            def askul_connect_suppliers():
                return [supplier("acme")]
            """,
            name=name,
        )

    detail = failure().detail

    assert "the plugin 'two' of two-office offers the supplier 'acme'" in detail
    assert "the plugin 'one' of one-office" in detail


def test_a_hook_is_called_once_and_nothing_else_is(install: Install, tmp_path: Path) -> None:
    install(
        f"""
        @hookimpl
        def askul_connect_suppliers():
            with open({str(tmp_path / "calls")!r}, "a") as file:
                file.write("called\\n")
            return [supplier("acme")]
        """
    )

    plugins = load()
    plugins.infos()
    plugins.supplier("acme", key="suppliers.x.kind")

    assert (tmp_path / "calls").read_text() == "called\n"


def test_control_c_is_not_the_plugins_failure(install: Install) -> None:
    install("raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        load()


@pytest.mark.parametrize(
    ("ask", "key", "accepted"),
    [
        (
            lambda plugins: plugins.supplier("askul", key="suppliers.x.kind"),
            "suppliers.x.kind",
            "'reference'",
        ),
        (lambda plugins: plugins.erp("sap", key="erp.kind"), "erp.kind", "'files'"),
        (
            lambda plugins: plugins.storage("mysql", key="database.url"),
            "database.url",
            "'sqlite', 'postgresql'",
        ),
    ],
)
def test_what_nobody_offers_is_a_matter_of_the_configuration(
    ask: Callable[[PluginManager], object], key: str, accepted: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ask(load())

    assert caught.value.where == key
    assert f"accepted: {accepted}" in caught.value.detail
