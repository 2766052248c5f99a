"""What the benchmarks compare: both ways of each row end with the same rows, documents and messages."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
BASELINES = sorted((ROOT / "benchmarks").glob("baseline_*.py"))


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: import_module(f"benchmarks.{name}")


def check(contests: Iterable[Any]) -> list[str]:
    names = []
    for contest in contests:
        contest.check()
        contest.close()
        names.append(contest.name)
    return names


@pytest.mark.spec("PERF-2")
def test_an_order_by_hand_leaves_the_same_rows(benchmark: Any, tmp_path: Path):
    assert check(benchmark("bench_order").contests(tmp_path, orders=2))


@pytest.mark.spec("PERF-2")
def test_an_order_by_hand_leaves_the_same_rows_on_postgresql(benchmark: Any, tmp_path: Path):
    # the server opens the parents of its folder to others
    with TemporaryDirectory() as folder:
        assert check(benchmark("bench_order").postgresql_contests(Path(folder), orders=2))


@pytest.mark.spec("PERF-3")
def test_a_sync_by_hand_leaves_the_same_rows(benchmark: Any, tmp_path: Path):
    # more than one page
    assert len(check(benchmark("bench_sync").contests(tmp_path, lines=1_500))) == 2


@pytest.mark.spec("PERF-3")
def test_a_sync_by_hand_leaves_the_same_rows_on_postgresql(benchmark: Any):
    with TemporaryDirectory() as folder:
        assert len(check(benchmark("bench_sync").postgresql_contests(Path(folder), lines=1_500))) == 1


@pytest.mark.spec("INT-4")
def test_matching_by_hand_leaves_the_same_rows(benchmark: Any, tmp_path: Path):
    assert len(check(benchmark("bench_matching").contests(tmp_path, lines=500))) == 2


@pytest.mark.spec("INT-3")
def test_the_moves_of_the_ledger_are_the_same_rows(benchmark: Any, tmp_path: Path):
    assert check(benchmark("bench_ledger").contests(tmp_path, orders=2))


@pytest.mark.spec("BIL-1")
def test_a_closing_by_hand_leaves_the_same_rows(benchmark: Any, tmp_path: Path):
    # more than one batch
    assert check(benchmark("bench_billing").contests(tmp_path, lines=2_500))


@pytest.mark.spec("PERF-7")
def test_a_search_by_hand_finds_and_counts_the_same(benchmark: Any, tmp_path: Path):
    assert len(check(benchmark("bench_search").contests(tmp_path, items=400))) == 2


@pytest.mark.spec("ORD-10")
def test_a_page_of_the_history_by_hand_is_the_same(benchmark: Any, tmp_path: Path):
    assert len(check(benchmark("bench_history").contests(tmp_path, orders=300))) == 5


@pytest.mark.spec("PERF-4")
def test_zeep_reads_and_writes_the_same_page(benchmark: Any):
    assert len(check(benchmark("bench_soap").contests(lines=50))) == 3


@pytest.mark.spec("PERF-5")
def test_msgspec_and_a_walk_make_the_same_message(benchmark: Any):
    assert len(check(benchmark("bench_message").contests(lines=3))) == 5


@pytest.mark.spec("PRC-1")
def test_a_cart_by_hand_costs_the_same(benchmark: Any):
    assert len(check(benchmark("bench_pricing").contests())) == 1


@pytest.mark.spec("PERF-1")
def test_the_import_loads_nothing_heavy(benchmark: Any):
    # the process itself fails when it does
    assert benchmark("bench_start").import_ours() > 0


def test_a_difference_is_found(benchmark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    baseline = benchmark("baseline_sync")
    name, columns, keys = baseline.TAX
    monkeypatch.setattr(baseline, "TAX", (name, columns.replace("rate taxable", "taxable rate"), keys))
    (from_messages, _) = benchmark("bench_sync").contests(tmp_path, lines=20)
    with pytest.raises(AssertionError):
        from_messages.check()


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_a_baseline_imports_nothing_of_ours(path: Path):
    known = {*sys.stdlib_module_names, "argon2", "attrs", "lxml", "msgspec", "pluggy", "psycopg", "zeep"}
    assert {name.partition(".")[0] for name in imported(path)} <= known


def test_there_are_baselines():
    assert len(BASELINES) == 12


@pytest.mark.spec("PERF-10")
def test_a_login_is_what_its_hash_is_measured_against(benchmark: Any, tmp_path: Path) -> None:
    assert check(benchmark("bench_login").contests(tmp_path))


@pytest.mark.spec("ACC-5")
def test_calls_for_others_orders_are_timed_in_pairs(benchmark: Any, tmp_path: Path) -> None:
    foreign, absent = benchmark("bench_tenancy").measured(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, 5)
    assert len(foreign) == len(absent) == 5
    assert min(foreign + absent) > 0


@pytest.mark.spec("AUTH-2")
def test_the_area_tells_one_order_from_another(benchmark: Any) -> None:
    area = benchmark("bench_login").area
    assert area([1, 2, 3], [1, 2, 3]) == 0.5
    assert (area([4, 5], [1, 2]), area([1, 2], [4, 5])) == (1, 0)
    assert area([2, 2], [1, 2, 3, 2]) == 0.5
