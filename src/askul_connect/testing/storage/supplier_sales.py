"""The catalog with its stock, orders, shipped lines and the documents that were sent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order
from askul_connect.core.errors import StorageConflict
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import (
    TODAY,
    item,
    order,
    order_line,
    orders,
    shipped_line,
    stock_level,
)
from askul_connect.testing.storage.samples_documents import confirmation, invoice, invoices, ship_notice
from askul_connect.testing.storage.units import PATIENCE, StorageCases, at_once, made_by_hypothesis, stored

_DAY = timedelta(days=1)
_numbers = count(1)


class SupplierSalesCases(StorageCases):
    """Items, stock, orders, shipped lines, documents."""

    @pytest.mark.spec("CAT-1")
    def test_catalog_01_keeps_every_field(self, storage: Any) -> None:
        plain = item("100002", jan="", category=(), list_price=Decimal("1000.0000"), discontinued=False)
        with storage.begin() as unit:
            unit.catalog.add_many([(item(), stock_level()), (plain, stock_level("100002", 0, 0))])
        with storage.begin() as unit:
            assert unit.catalog.items(["100002", "100001", "none"]) == {"100001": item(), "100002": plain}
            assert unit.catalog.stock(["100001", "none"]) == {"100001": stock_level()}
            assert str(unit.catalog.items(["100002"])["100002"].list_price) == "1000.0000"
            assert unit.catalog.items([]) == {}
            assert unit.catalog.stock([]) == {}

    def test_catalog_02_a_sku_is_unique(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.catalog.add_many([(item(), stock_level())]))
        new = [(item("100002"), stock_level("100002")), (item(), stock_level())]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.catalog.add_many(new))
        assert stored(storage, lambda unit: unit.catalog.count()) == 1

    def test_catalog_03_counts_and_takes_many(self, storage: Any) -> None:
        many = [(item(str(sku)), stock_level(str(sku), sku)) for sku in range(2_000)]
        with storage.begin() as unit:
            unit.catalog.add_many(many)
            unit.catalog.add_many([])
        with storage.begin() as unit:
            assert unit.catalog.count() == len(many)
            found = unit.catalog.stock(str(sku) for sku in range(3_000))
            assert found == {level.sku: level for _, level in many}

    def test_stock_01_is_saved(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.catalog.add_many([(item(), stock_level()), (item("100002"), stock_level("100002"))])
            unit.catalog.save_stock([stock_level("100002", 7, 6), stock_level("100001", 3, 0)])
        with storage.begin() as unit:
            found = unit.catalog.stock(["100001", "100002"])
            assert found == {"100001": stock_level("100001", 3, 0), "100002": stock_level("100002", 7, 6)}
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.catalog.save_stock([stock_level("none")]))

    @pytest.mark.spec("REL-3")
    def test_stock_02_no_reservation_is_lost(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.catalog.add_many([(item(), stock_level("100001", 500, 0))])

        def reserve(unit: Any) -> None:
            level = unit.catalog.stock(["100001"])["100001"]
            unit.catalog.save_stock([evolve(level, reserved=level.reserved + 1)])

        def fifty() -> None:
            for _ in range(50):
                run_unit(storage, reserve, attempts=PATIENCE)

        at_once(fifty, fifty, fifty, fifty)
        left = stored(storage, lambda unit: unit.catalog.stock(["100001"])["100001"])
        assert left == stock_level("100001", 500, 200)

    @pytest.mark.spec("ORD-2")
    @made_by_hypothesis
    @given(made=orders)
    def test_order_01_keeps_every_field(self, storage: Any, made: Order) -> None:
        new = evolve(made, order_number=f"O-{next(_numbers)}")
        stored(storage, lambda unit: unit.orders.add(new))
        with storage.begin() as unit:
            found = unit.orders.get(new.account_id, new.order_number)
            assert found == new
            assert [str(line.unit_price) for line in found.lines] == [
                str(line.unit_price) for line in new.lines
            ]
            assert unit.orders.get_for_staff(new.order_number) == new
            assert unit.orders.many(new.account_id, [new.order_number]) == {new.order_number: new}

    def test_order_02_another_account_does_not_see_it(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.orders.add(order())
            unit.orders.add(order("O-2", "account-2"))
        with storage.begin() as unit:
            assert unit.orders.get("account-2", "O-1") is None
            assert list(unit.orders.many("account-2", ["O-1", "O-2"])) == ["O-2"]
            found = unit.orders.by_external_id("account-2", "0188:1234567890123", "PO-1", 2026)
            assert list(found) == [order("O-2", "account-2")]
            assert unit.orders.get("account-1", "none") is None
            assert unit.orders.get_for_staff("none") is None
            assert unit.orders.many("account-1", []) == {}

    def test_order_03_its_number_is_unique_over_all_accounts(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.orders.add(order()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.orders.add(order(account_id="account-2")))
        assert stored(storage, lambda unit: unit.orders.get("account-2", "O-1")) is None

    @pytest.mark.spec("INT-11")
    def test_order_04_by_external_id_in_order_of_the_number(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.orders.add(order("O-2"))
            unit.orders.add(order("O-1", lines=(order_line("3"),)))
            unit.orders.add(order("O-3", issue_year=2025))
            unit.orders.add(order("O-4", purchase_order_id="PO-2"))
            unit.orders.add(order("O-5", buyer_party="other"))
        with storage.begin() as unit:
            found = unit.orders.by_external_id("account-1", "0188:1234567890123", "PO-1", 2026)
            assert list(found) == [order("O-1", lines=(order_line("3"),)), order("O-2")]

    @pytest.mark.spec("ORD-1")
    def test_order_05_saves_the_state_of_its_lines(self, storage: Any) -> None:
        first = order_line("1", state=LineState.PARTLY_SHIPPED, quantity_shipped=4)
        second = order_line("2", state=LineState.CANCELLED, quantity_cancelled=10)
        with storage.begin() as unit:
            unit.orders.add(order())
            unit.orders.add(order("O-2"))
            unit.orders.save(order(lines=(first, second)))
        with storage.begin() as unit:
            assert unit.orders.get("account-1", "O-1") == order(lines=(first, second))
            assert unit.orders.get("account-1", "O-2") == order("O-2")

    def test_order_06_what_was_ordered_does_not_change(self, storage: Any) -> None:
        changed = order(
            currency="USD", total_excl_tax=1, lines=(order_line("1", quantity=1), order_line("2"))
        )
        with storage.begin() as unit:
            unit.orders.add(order())
            unit.orders.save(changed)
        assert stored(storage, lambda unit: unit.orders.get("account-1", "O-1")) == order()

    @pytest.mark.parametrize("number", ["O-1", "none"])
    def test_order_07_refuses_to_save_lines_it_does_not_have(self, storage: Any, number: str) -> None:
        stored(storage, lambda unit: unit.orders.add(order()))
        unknown = order(number, lines=(order_line("1"), order_line("9")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.orders.save(unknown))

    def test_order_08_open_are_those_with_something_to_do(self, storage: Any) -> None:
        to_do = {LineState.PLACED, LineState.CONFIRMED, LineState.PARTLY_SHIPPED}
        made = {
            state: order(
                f"O-{place}", f"account-{place % 2}", lines=(order_line("1", state=state), _done("2"))
            )
            for place, state in enumerate(LineState)
        }
        with storage.begin() as unit:
            for one in reversed(made.values()):
                unit.orders.add(one)
            unit.orders.add(order("O-9", lines=(_done("1"),)))
        expected = sorted((made[state] for state in to_do), key=lambda one: one.order_number)
        assert stored(storage, lambda unit: list(unit.orders.open_orders())) == expected

    @pytest.mark.spec("BIL-1")
    def test_shipped_01_unbilled_by_day_notice_and_line(self, storage: Any) -> None:
        lines = [
            shipped_line("S-9", "1", shipped_on=TODAY - _DAY),
            shipped_line("S-1", "1"),
            shipped_line("S-1", "2"),
            shipped_line("S-2", "1"),
        ]
        later = shipped_line("S-3", "1", shipped_on=TODAY + _DAY)
        with storage.begin() as unit:
            unit.shipped_lines.add(
                [*reversed(lines), later, shipped_line("S-1", "1", account_id="account-2")]
            )
            unit.shipped_lines.add([])
        with storage.begin() as unit:
            assert list(unit.shipped_lines.unbilled("account-1", TODAY)) == lines
            assert list(unit.shipped_lines.unbilled("account-1", TODAY + _DAY)) == [*lines, later]
            assert list(unit.shipped_lines.unbilled("account-3", TODAY)) == []

    @pytest.mark.spec("BIL-1")
    def test_shipped_02_is_billed_exactly_once(self, storage: Any) -> None:
        first, second = shipped_line("S-1", "1"), shipped_line("S-1", "2")
        with storage.begin() as unit:
            unit.shipped_lines.add([first, second])
            unit.shipped_lines.bill([first], "I-1")
        with storage.begin() as unit:
            assert list(unit.shipped_lines.unbilled("account-1", TODAY)) == [second]
        for again in ([second, first], [second, second], [shipped_line("none")]):
            with pytest.raises(StorageConflict), storage.begin() as unit:
                unit.shipped_lines.bill(again, "I-2")
            assert stored(storage, lambda unit: list(unit.shipped_lines.unbilled("account-1", TODAY))) == [
                second
            ]

    def test_shipped_03_notice_and_line_are_unique_in_the_account(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.shipped_lines.add([shipped_line()]))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.shipped_lines.add([shipped_line(quantity=1)]))

    @pytest.mark.spec("BIL-1")
    def test_shipped_04_the_first_unbilled_day_of_every_account(self, storage: Any) -> None:
        billed = shipped_line("S-0", shipped_on=TODAY - 2 * _DAY)
        with storage.begin() as unit:
            assert list(unit.shipped_lines.first_unbilled()) == []
            unit.shipped_lines.add(
                [
                    shipped_line("S-1", account_id="account-2"),
                    billed,
                    shipped_line("S-1"),
                    shipped_line("S-2", shipped_on=TODAY - _DAY),
                ]
            )
            unit.shipped_lines.bill([billed], "I-1")
            found = list(unit.shipped_lines.first_unbilled())
            assert found == [("account-1", TODAY - _DAY), ("account-2", TODAY)]

    def test_document_01_keeps_confirmations_and_ship_notices(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.documents.add_confirmation("account-1", confirmation())
            unit.documents.add_ship_notice("account-1", ship_notice())
        with storage.begin() as unit:
            assert unit.documents.confirmations("account-1", ["C-1", "none"]) == {"C-1": confirmation()}
            assert unit.documents.ship_notices("account-1", ["S-1", "none"]) == {"S-1": ship_notice()}
            assert unit.documents.confirmations("account-1", []) == {}

    @pytest.mark.spec("BIL-2")
    @made_by_hypothesis
    @given(made=invoices)
    def test_document_02_keeps_every_field_of_an_invoice(self, storage: Any, made: Invoice) -> None:
        new = evolve(made, invoice_number=f"I-{next(_numbers)}")
        stored(storage, lambda unit: unit.documents.add_invoice("account-1", new))
        with storage.begin() as unit:
            assert unit.documents.invoices("account-1", [new.invoice_number]) == {new.invoice_number: new}
            assert new in unit.documents.invoices_closed_on("account-1", new.period_end)

    def test_document_03_another_account_does_not_see_them(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.documents.add_confirmation("account-1", confirmation())
            unit.documents.add_ship_notice("account-1", ship_notice())
            unit.documents.add_invoice("account-1", invoice())
        with storage.begin() as unit:
            assert unit.documents.confirmations("account-2", ["C-1"]) == {}
            assert unit.documents.ship_notices("account-2", ["S-1"]) == {}
            assert unit.documents.invoices("account-2", ["I-1"]) == {}
            assert list(unit.documents.invoices_closed_on("account-2", TODAY)) == []

    def test_document_04_is_immutable(self, storage: Any) -> None:
        def add(unit: Any) -> None:
            unit.documents.add_confirmation("account-1", confirmation())
            unit.documents.add_ship_notice("account-1", ship_notice())
            unit.documents.add_invoice("account-1", invoice())

        stored(storage, add)
        for name, document in (
            ("add_confirmation", confirmation(currency="USD")),
            ("add_ship_notice", ship_notice(order_number="O-2")),
            ("add_invoice", invoice(total_incl_tax=1)),
        ):
            with pytest.raises(StorageConflict), storage.begin() as unit:
                getattr(unit.documents, name)("account-1", document)
        with storage.begin() as unit:
            assert unit.documents.invoices("account-1", ["I-1"]) == {"I-1": invoice()}

    @pytest.mark.spec("BIL-1")
    def test_document_05_invoices_of_a_closing_date_by_number(self, storage: Any) -> None:
        other_day = invoice("I-0", period_end=date(2026, 3, 31))
        with storage.begin() as unit:
            for one in (invoice("I-2"), other_day, invoice("I-1")):
                unit.documents.add_invoice("account-1", one)
            found = list(unit.documents.invoices_closed_on("account-1", TODAY))
            assert found == [invoice("I-1"), invoice("I-2")]


def _done(line_id: str) -> Any:
    return order_line(line_id, state=LineState.DELIVERED)
