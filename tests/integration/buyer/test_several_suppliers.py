"""Two suppliers with different prices and stock: routing by rule, parts, outages, and nobody blocks another (INT-9)."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import define

from askul_connect import load_settings, open_workspace
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.bootstrap import RunReport
from askul_connect.core.errors import ConfigurationError, UsageError
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.services.buyer.decisions import Decision
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.testing.faulty import Fault, FaultySupplier, Way, faulty_plugin

RULES = {"askul": ReferenceRules(), "other": ReferenceRules(price_permille=950)}
#: One by a socket, the other in memory.
WAYS = {"askul": Way.JSON, "other": Way.IN_PROCESS}
HEADER = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
WIPES, TEA = "K200-0001", "G100-0001"
CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "test"
[erp]
default_supplier = "askul"
[routing]
"""


def wipes(number: str, line: int = 1, quantity: int = 12) -> str:
    return f"{number},{line},{WIPES},{quantity},XPK,298,JPY,D100,,"


def tea(number: str, line: int = 1, quantity: int = 2) -> str:
    return f"{number},{line},{TEA},{quantity},XCT,1980,JPY,D100,,"


@define
class Desk:
    """A buyer's directory and its two suppliers."""

    directory: Path
    suppliers: dict[str, FaultySupplier]
    tables: str = ""

    def configure(self, routing: str) -> None:
        text = f"{CONFIGURATION}{routing}\n{self.tables}"
        (self.directory / "askul-connect.toml").write_text(text, encoding="utf-8")

    def order(self, *rows: str, name: str = "a.csv") -> None:
        (self.directory / "erp/in" / name).write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")

    def change(self, *rows: str, name: str = "c.csv") -> None:
        text = "\n".join(("change_id,purchase_order_id,kind,line_id,quantity", *rows, ""))
        (self.directory / "erp/in" / name).write_text(text, encoding="utf-8")

    def table(self, name: str, *rows: str) -> None:
        path = self.directory / "erp/mapping" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join((*rows, "")), encoding="utf-8")

    def run(self, *, trial: bool = False) -> RunReport:
        with self.opened() as workspace:
            return workspace.run(trial=trial)

    def opened(self) -> Any:
        return open_workspace(self.directory, plugins=[faulty_plugin(self.suppliers)])

    def held(self, supplier: str) -> dict[str, list[str]]:
        """By purchase order: the items that a supplier was asked for."""
        found: dict[str, list[str]] = {}
        for order in self.suppliers[supplier].orders():
            found.setdefault(order.purchase_order_id, []).extend(line.sku for line in order.lines)
        return found

    def orders(self, supplier: str) -> tuple[OrderDocument, ...]:
        return self.suppliers[supplier].orders()

    def live(self, supplier: str) -> dict[str, int]:
        """Units that are still to come of each line."""
        return {
            line.line_id: line.quantity - line.quantity_cancelled
            for order in self.orders(supplier)
            for line in order.lines
        }

    def stored(self) -> dict[str, tuple[str, str]]:
        """Supplier and reasons of each purchase order."""
        engine = sa.create_engine(f"sqlite:///{self.directory}/data/buyer.sqlite3")
        with engine.connect() as connection:
            found = connection.execute(
                sa.text("select purchase_order_id, supplier, routing from purchase_orders")
            ).all()
        engine.dispose()
        return {number: (supplier, routing) for number, supplier, routing in found}

    def fact(self, name: str) -> str:
        engine = sa.create_engine(f"sqlite:///{self.directory}/data/buyer.sqlite3")
        with engine.connect() as connection:
            found: str = connection.execute(
                sa.text("select text from facts where name = :name"), {"name": name}
            ).scalar_one()
        engine.dispose()
        return found

    def let_an_hour_pass(self) -> None:
        """A simulated clock stands still between runs; this is what a real one does."""
        engine = sa.create_engine(f"sqlite:///{self.directory}/data/buyer.sqlite3")
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "insert or replace into facts (name, text) values ('clock-position', '2026-04-01T02:00:00+00:00')"
                )
            )
        engine.dispose()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("several")
    for name, rules in RULES.items():
        FaultySupplier(directory / name, rules=rules).close()
    return directory


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Iterator[Desk]:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    suppliers = {name: FaultySupplier(tmp_path / name, rules=rules) for name, rules in RULES.items()}
    made = Desk(tmp_path / "buyer", suppliers)
    for path in ("erp/in", "erp/budgets", "erp/receipts", "data"):
        (made.directory / path).mkdir(parents=True)
    budget = "department,period,currency,budget\nD100,2026-04,JPY,100000\n"
    (made.directory / "erp/budgets/2026.csv").write_text(budget, encoding="utf-8")
    made.tables = "".join(
        supplier.connect(made.directory, name, WAYS[name]) for name, supplier in suppliers.items()
    )
    yield made
    for supplier in suppliers.values():
        supplier.close()


BY_ORDER = 'suppliers = ["askul", "other"]'
BY_PRICE = f'{BY_ORDER}\nby = "price"'


@pytest.mark.spec("INT-9")
def test_the_first_that_can_deliver_or_the_cheapest(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.order(wipes("PO-1"))
    assert desk.run().exit_code == 0
    desk.configure(BY_PRICE)
    desk.order(wipes("PO-2"))
    assert desk.run().exit_code == 0

    assert (desk.held("askul"), desk.held("other")) == ({"PO-1": [WIPES]}, {"PO-2": [WIPES]})
    # what was approved may be undercut, and that is what is committed
    [cheap] = desk.orders("other")
    assert cheap.lines[0].unit_price < 298
    with desk.opened() as workspace:
        [budget] = workspace.budgets()
    assert budget["encumbrance"] == 12 * 298 + cheap.lines[0].amount_excl_tax
    assert budget["pre_encumbrance"] == 0
    assert "the lowest price" in desk.stored()["PO-2"][1]


@pytest.mark.spec("INT-9")
def test_an_order_is_divided_by_stock_and_comes_back_under_the_erps_number(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2), wipes("PO-2"))

    report = desk.run()

    assert (report.exit_code, report.accepted, report.placed) == (0, 2, 3)
    assert desk.held("askul") == {"PO-1": [WIPES], "PO-2": [WIPES]}
    assert desk.held("other") == {"PO-1~2": [TEA]}
    assert "askul has 1 of 2" in desk.stored()["PO-1~2"][1]
    assert [path.name for path in (desk.directory / "erp/done").iterdir()] == ["a.csv"]

    for supplier in desk.suppliers.values():
        supplier.let_time_pass()
    received = "purchase_order_id,line_id,quantity,received_on\nPO-1,1,12,2026-04-01\nPO-1,2,2,2026-04-01\n"
    (desk.directory / "erp/receipts/r.csv").write_text(f"{received}PO-2,1,12,2026-04-01\n", encoding="utf-8")
    report = desk.run()
    assert (report.exit_code, report.open_matches, report.rejections) == (0, 0, ())
    with desk.opened() as workspace:
        [budget] = workspace.budgets()
        billed = sum(invoice["total_excl_tax"] for invoice in workspace.invoices())
    assert (budget["pre_encumbrance"], budget["encumbrance"], budget["actual"]) == (0, 0, billed)
    posted = [path.read_text(encoding="utf-8") for path in (desk.directory / "erp/out").iterdir()]
    assert any(TEA in text for text in posted)
    assert not [text for text in posted if "PO-1~2" in text]
    for table in ("goods_receipts", "ship_notices", "invoice_lines"):
        with (desk.directory / f"finance/{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            numbers = [row["purchase_order_id"] for row in csv.DictReader(file)]
        assert sorted(numbers) == ["PO-1", "PO-1", "PO-2"], table
    assert desk.run().changed is False


@pytest.mark.spec("INT-9", "INT-11")
def test_a_divided_order_is_the_same_one_again_and_conflicts_with_another(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    desk.run()
    # meanwhile it would be divided otherwise
    desk.suppliers["askul"].set_stock(TEA, 100)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2), name="again.csv")
    desk.order(wipes("PO-1", 1), tea("PO-1", 2, 3), name="changed.csv")

    report = desk.run()

    assert [entry.error.code for entry in report.rejections] == ["purchase-order-conflict"]
    assert (len(desk.orders("askul")), len(desk.orders("other"))) == (1, 1)
    assert sorted(path.name for path in (desk.directory / "erp/done").iterdir()) == ["a.csv", "again.csv"]


@pytest.mark.spec("INT-9")
def test_contracts_bind_and_an_order_that_may_not_be_divided_is_not(desk: Desk) -> None:
    desk.configure(f"{BY_ORDER}\nsplit = false")
    desk.table("routing.csv", "match,value,supplier", "item,G100-*,other")
    desk.order(wipes("PO-1", 1), tea("PO-1", 2), wipes("PO-2"))

    assert desk.run().exit_code == 0

    assert (desk.held("askul"), desk.held("other")) == ({"PO-2": [WIPES]}, {"PO-1": [WIPES, TEA]})
    desk.table("routing.csv", "match,value,supplier", "item,G100-*,other", "item,K200-0001,askul")
    desk.order(wipes("PO-3", 1), tea("PO-3", 2), name="b.csv")
    report = desk.run()
    assert [entry.error.code for entry in report.rejections] == ["value-invalid"]
    assert "contracts give lines of it to askul and other" in str(report.rejections[0].error)


@pytest.mark.spec("INT-9")
def test_each_suppliers_own_item_numbers_are_used(desk: Desk) -> None:
    desk.configure(BY_PRICE)
    desk.table(
        "items.csv", "supplier,item,sku", f"askul,WIPES,{WIPES}", f"other,WIPES,{WIPES}", f"other,CHA,{TEA}"
    )
    desk.order(
        "PO-1,1,WIPES,12,XPK,298,JPY,D100,,",
        "PO-1,2,CHA,2,XCT,1980,JPY,D100,,",
        "PO-2,1,NOWHERE,2,XCT,1980,JPY,D100,,",
    )

    report = desk.run()

    assert desk.held("other") == {"PO-1": [WIPES, TEA]}
    # nobody sells it, so the first one is asked, and says so
    assert [entry.error.code for entry in report.rejections] == ["order-refused"]
    assert "nobody can deliver it" in desk.stored()["PO-2"][1]


@pytest.mark.spec("INT-9")
def test_one_that_is_down_is_not_chosen_and_blocks_nobody(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].plan.add(Fault.SITE_DOWN)
    desk.order(wipes("PO-1"), tea("PO-2"))

    report = desk.run()

    assert (report.exit_code, report.placed) == (3, 2)
    assert {failure.supplier for failure in report.failures} == {"askul"}
    assert desk.held("other") == {"PO-1": [WIPES], "PO-2": [TEA]}
    assert "askul is down" in desk.stored()["PO-1"][1]


@pytest.mark.spec("INT-9", "INT-6")
def test_an_outage_moves_what_was_certainly_not_taken_and_nothing_else(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    askul = desk.suppliers["askul"]
    # prices are still told, and then the way to it ends
    askul.plan.add(Fault.NO_ACKNOWLEDGEMENT, purchase_order_id="PO-1")
    desk.order(wipes("PO-1"), wipes("PO-2"))
    desk.run()
    assert desk.held("askul") == {"PO-1": [WIPES]}
    askul.plan.add(Fault.SITE_DOWN)
    report = desk.run()
    assert (report.exit_code, desk.held("other")) == (3, {})
    desk.run()
    assert desk.held("other") == {}, "not before its time"

    desk.let_an_hour_pass()
    report = desk.run()

    assert desk.held("other") == {"PO-2": [WIPES]}
    assert [text for text in report.warnings if text.startswith("PO-1 stays with askul, down since")]
    supplier, routing = desk.stored()["PO-2"]
    assert supplier == "other"
    assert "is down since 2026-04-01 00:00 UTC" in routing
    with desk.opened() as workspace:
        states = {entry["business_key"].rpartition(":")[2]: entry["state"] for entry in workspace.outbox()}
    assert (states["PO-1"], states["PO-2"]) == ("unknown", "sent")

    askul.plan.lift()
    assert desk.run().failures == ()
    assert desk.held("askul") == {"PO-1": [WIPES]}
    assert desk.fact("supplier-down-since:askul") == "", "the next outage begins anew"
    assert [path.name for path in (desk.directory / "erp/done").iterdir()] == ["a.csv"]


@pytest.mark.spec("INT-9")
def test_a_contract_and_a_switch_keep_an_order_where_it_is(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.table("routing.csv", "match,value,supplier", "department,D100,askul")
    desk.suppliers["askul"].plan.add(Fault.SITE_DOWN)
    desk.order(wipes("PO-1"))
    desk.run()
    desk.let_an_hour_pass()
    desk.run()
    assert desk.held("other") == {}
    desk.table("routing.csv", "match,value,supplier")
    desk.configure(f"{BY_ORDER}\nreroute_after_minutes = 0")
    desk.run()
    assert desk.held("other") == {}
    desk.configure(BY_ORDER)
    desk.run()
    assert desk.held("other") == {"PO-1": [WIPES]}


@pytest.mark.spec("INT-9", "INT-10")
def test_a_trial_asks_and_tells_and_moves_nothing(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))

    report = desk.run(trial=True)

    assert [(row.purchase_order_id, row.supplier, row.state) for row in report.rows] == [
        ("PO-1", "askul", "would be placed"),
        ("PO-1~2", "other", "would be placed"),
    ]
    assert (report.accepted, desk.held("askul"), desk.held("other")) == (1, {}, {})


@pytest.mark.spec("INT-3", "INT-9")
def test_a_divided_order_needs_its_budget_in_sum(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    budget = "department,period,currency,budget\nD100,2026-04,JPY,7000\n"
    (desk.directory / "erp/budgets/2026.csv").write_text(budget, encoding="utf-8")
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))

    [rejected] = desk.run().rejections

    assert rejected.error.code == "budget-exceeded"
    assert f"PO-1 needs {12 * 298 + 2 * 1881}" in str(rejected.error).replace(",", "")
    assert desk.stored() == {}


@pytest.mark.spec("INT-9", "INT-11")
def test_a_part_that_was_refused_goes_elsewhere_when_it_is_dropped_again(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    askul, other = desk.suppliers.values()
    other.set_stock(TEA, 1)
    askul.set_stock(TEA, 1)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    first = desk.run()
    assert [entry.error.code for entry in first.rejections] == ["order-refused"]
    assert len(desk.stored()) == 1, "both lines went to one, which refuses"

    other.set_stock(TEA, 50)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    assert desk.run().rejections == ()
    assert (desk.held("askul"), desk.held("other")) == ({"PO-1": [WIPES]}, {"PO-1~2": [TEA]})


@pytest.mark.spec("INT-9", "INT-11")
def test_one_part_that_was_refused_moves_and_the_others_stay(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.table("routing.csv", "match,value,supplier", "item,G100-*,other")
    desk.suppliers["other"].set_stock(TEA, 0)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    [refused] = desk.run().rejections
    assert (refused.error.code, desk.held("askul")) == ("order-refused", {"PO-1": [WIPES]})
    report = (desk.directory / "erp/rejected/a.csv.error.json").read_text(encoding="utf-8")
    assert '"purchase_order_id": "PO-1"' in report
    assert '"purchase_order_id": "PO-1~2"' not in report, "the ERP is told of its own number"
    assert '"where": "row 3"' in report

    desk.table("routing.csv", "match,value,supplier")
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    assert desk.run().rejections == ()

    assert (desk.held("askul"), desk.held("other")) == ({"PO-1": [WIPES], "PO-1~2": [TEA]}, {})
    supplier, routing = desk.stored()["PO-1~2"]
    assert supplier == "askul"
    assert "refused it" in routing
    with desk.opened() as workspace:
        [budget] = workspace.budgets()
    assert (budget["pre_encumbrance"], budget["encumbrance"]) == (0, 12 * 298 + 2 * 1980)


@pytest.fixture
def divided(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A purchase order of two parts that were placed a moment ago; the clock stands."""
    monkeypatch.setattr(SimulatedClock, "advance", lambda *_: False)
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    assert desk.run().placed == 2
    return desk


@pytest.mark.spec("INT-9")
def test_a_change_goes_to_the_part_that_has_the_line(divided: Desk) -> None:
    divided.change("C-1,PO-1,change,2,1")
    assert divided.run().exit_code == 0
    assert (divided.live("askul"), divided.live("other")) == ({"1": 12}, {"2": 1})

    divided.change("C-2,PO-1,cancel,,")
    assert divided.run().exit_code == 0
    assert (divided.live("askul"), divided.live("other")) == ({"1": 0}, {"2": 0})
    with divided.opened() as workspace:
        [budget] = workspace.budgets()
    assert (budget["pre_encumbrance"], budget["encumbrance"]) == (0, 0)
    posted = [path.read_text(encoding="utf-8") for path in (divided.directory / "erp/out").iterdir()]
    assert not [text for text in posted if "PO-1~2" in text]


@pytest.mark.spec("INT-9", "INT-11")
def test_a_change_of_a_divided_order_is_one_change(divided: Desk) -> None:
    divided.change("C-1,PO-1,change,1,6", "C-1,PO-1,change,2,1")
    assert divided.run().exit_code == 0
    assert (divided.live("askul"), divided.live("other")) == ({"1": 6}, {"2": 1})

    divided.change("C-1,PO-1,change,1,6", "C-1,PO-1,change,2,1")
    assert divided.run().rejections == ()
    divided.change("C-1,PO-1,change,2,1")
    divided.change("C-3,PO-1,change,1,5", "C-3,PO-1,change,9,1", name="d.csv")
    report = divided.run()
    found = [(entry.error.code, entry.error.detail) for entry in report.rejections]
    assert [code for code, _ in found] == ["purchase-order-conflict", "value-invalid"]
    assert "purchase order PO-1 has no line '9'" in found[1][1]
    assert (divided.live("askul"), divided.live("other")) == ({"1": 6}, {"2": 1}), "all of it or nothing"


@pytest.mark.spec("INT-3", "INT-9")
def test_a_divided_order_over_its_budget_waits_as_a_whole(desk: Desk) -> None:
    desk.tables += '[budgets]\nover_budget = "ask"\n'
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    budgets = desk.directory / "erp/budgets/2026.csv"
    budgets.write_text("department,period,currency,budget\nD100,2026-04,JPY,7000\n", encoding="utf-8")
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))

    assert desk.run().placed == 0
    with desk.opened() as workspace:
        assert [one["number"] for one in workspace.budget_approvals()] == ["PO-1", "PO-1~2"]
        workspace.decide_budget("PO-1", approved=True, by="花子")
    desk.run()
    assert (desk.held("askul"), desk.held("other")) == ({"PO-1": [WIPES]}, {})
    budgets.write_text("department,period,currency,budget\nD100,2026-04,JPY,90000\n", encoding="utf-8")
    desk.run()
    assert desk.held("other") == {"PO-1~2": [TEA]}, "raised, so nobody need be asked"


@pytest.mark.spec("INT-3", "INT-9")
def test_parts_take_over_from_a_requisition_together(desk: Desk) -> None:
    desk.configure(BY_ORDER)
    desk.suppliers["askul"].set_stock(TEA, 1)
    worth = 12 * 298 + 2 * 1980
    budget = f"department,period,currency,budget\nD100,2026-04,JPY,{worth}\n"
    (desk.directory / "erp/budgets/2026.csv").write_text(budget, encoding="utf-8")
    reserved = "requisition_id,line_id,quantity,unit_price,currency,department,cost_centre,state"
    rows = ("R-1,1,12,298,JPY,D100,,open", "R-1,2,2,1980,JPY,D100,,open")
    (desk.directory / "erp/requisitions").mkdir()
    requisition = "\n".join((reserved, *rows, ""))
    (desk.directory / "erp/requisitions/r.csv").write_text(requisition, encoding="utf-8")
    header = f"{HEADER},requisition_id,requisition_line_id"
    lines = (f"{wipes('PO-1', 1)},R-1,1", f"{tea('PO-1', 2)},R-1,2")
    (desk.directory / "erp/in/a.csv").write_text("\n".join((header, *lines, "")), encoding="utf-8")

    assert desk.run(trial=True).rejections == ()
    report = desk.run()

    assert (report.rejections, report.placed) == ((), 2)
    with desk.opened() as workspace:
        [left] = workspace.budgets()
        assert sum(move["pre_encumbrance"] for move in workspace.budget_moves("R-1")) == 0
    # the second supplier's tea is cheaper
    ordered = sum(order.total_excl_tax for name in desk.suppliers for order in desk.orders(name))
    assert (left["pre_encumbrance"], left["encumbrance"]) == (0, ordered)


@pytest.mark.spec("INT-6", "INT-9")
def test_a_part_is_repaired_alone(desk: Desk) -> None:
    desk.configure(f"{BY_ORDER}\nreroute_after_minutes = 0")
    desk.table("routing.csv", "match,value,supplier", "item,G100-*,other")
    desk.suppliers["other"].plan.add(Fault.SITE_DOWN)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2))
    desk.run()
    why = Decision(by="花子", reason="they are on strike")
    with desk.opened() as workspace, pytest.raises(UsageError, match="the same as before"):
        workspace.repair("PO-1~2", why)

    desk.table("routing.csv", "match,value,supplier")
    with desk.opened() as workspace:
        assert workspace.repair("PO-1~2", why).state == "pending"
    desk.run()

    assert (desk.held("askul"), desk.held("other")) == ({"PO-1": [WIPES], "PO-1~2": [TEA]}, {})
    with desk.opened() as workspace:
        [budget] = workspace.budgets()
    assert (budget["pre_encumbrance"], budget["encumbrance"]) == (0, 12 * 298 + 2 * 1980)
    desk.order(wipes("PO-1", 1), tea("PO-1", 2), name="again.csv")
    assert (desk.run().rejections, len(desk.orders("askul"))) == ((), 2)


@pytest.mark.spec("INT-9", "INT-10")
def test_what_is_asked_by_the_erps_number_is_told_of_every_part(divided: Desk) -> None:
    with divided.opened() as workspace:
        found = workspace.explain("PO-1")["purchase_orders"]
    assert [one["purchase_order_id"] for one in found] == ["PO-1", "PO-1~2"]
    assert [one["part_of"] for one in found] == ["", "PO-1"]
    assert ["askul has 1 of 2" in one["routing"][0] for one in found] == [False, True]
    with (divided.directory / "finance/order_lines.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2
    with (divided.directory / "finance/orders.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["purchase_order_id"] for row in csv.DictReader(file)] == ["PO-1", "PO-1"]


@pytest.mark.spec("INT-9")
@pytest.mark.parametrize(
    ("routing", "key"),
    [
        ('suppliers = ["askul", "nobody"]', "routing.suppliers"),
        ('suppliers = ["askul", "askul"]', "routing.suppliers"),
        ("suppliers = [1]", "routing.suppliers"),
        ('by = "mood"', "routing.by"),
        ("split = 1", "routing.split"),
        ("reroute_after_minutes = -1", "routing.reroute_after_minutes"),
    ],
)
def test_a_rule_that_is_none_is_named(tmp_path: Path, routing: str, key: str) -> None:
    tables = "".join(f'[suppliers.{name}]\nkind = "reference"\ncredential = "env:X"\n' for name in RULES)
    (tmp_path / "askul-connect.toml").write_text(f"{CONFIGURATION}{routing}\n{tables}", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)
    assert [problem.where for problem in caught.value.problems] == [key]
