"""The suite itself: what is collected, what it cites, and the workbench it stands on."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from askul_connect.adapters import builtin
from askul_connect.core.ports.channel import Capability
from askul_connect.testing import plugin_workbench, sample_connection
from askul_connect.testing.supplier import SupplierSuite

[REFERENCE] = builtin.askul_connect_suppliers()


def collected(suite: type[SupplierSuite]) -> set[str]:
    return {name for name in dir(suite) if name.startswith("test_") and getattr(suite, name)}


def test_what_a_kind_does_not_claim_is_not_collected() -> None:
    class Small(SupplierSuite):
        kind = evolve(REFERENCE, capabilities=frozenset({Capability.PLACE, Capability.FIND}))
        works_in_process = False

    left = collected(Small)

    assert "test_find_01_none_before_and_the_orders_after" in left
    assert "test_place_02_the_same_key_again_is_the_same_order" in left
    assert not [name for name in left if name.startswith(("test_list_", "test_course_", "test_trial_"))]


def test_everything_is_collected_for_a_kind_that_claims_everything() -> None:
    class Whole(SupplierSuite):
        kind = REFERENCE

    assert collected(Whole) == collected(SupplierSuite)


def test_every_case_cites_the_specification() -> None:
    marks = {
        name: [mark.name for mark in getattr(getattr(SupplierSuite, name), "pytestmark", ())]
        for name in collected(SupplierSuite)
    }

    assert marks
    assert [name for name, found in marks.items() if "spec" not in found] == []


def test_a_workbench_needs_no_configuration_file(tmp_path: Path) -> None:
    bench = plugin_workbench(tmp_path)
    connection = REFERENCE.connect(bench.toolkit, sample_connection("shop"))
    connection.close()

    assert not (tmp_path / "askul-connect.toml").exists()
    assert (tmp_path / "secrets" / "shop.credential").is_file()


def test_what_is_left_out_is_said() -> None:
    class Little(SupplierSuite):
        kind = evolve(REFERENCE, capabilities=REFERENCE.capabilities - {Capability.FIND})
        works_in_process = False

    assert Little.not_asked["test_find_01_none_before_and_the_orders_after"] == "not declared: find"
    assert "in this process" in Little.not_asked["test_course_07_nothing_is_done_twice"]
    assert collected(SupplierSuite) - collected(Little) == set(Little.not_asked)
