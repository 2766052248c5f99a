"""SearchOrders and SummariseOrders: who sees what, how far back, page by page, and why nothing is there (ORD-10)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountKind, Role
from askul_connect.core.domain.catalog import Fulfilment, StockLevel
from askul_connect.core.domain.order_query import EmptyCause, OrderFilter, TotalsBy
from askul_connect.core.domain.orders import Channel, OrderState
from askul_connect.core.errors import AccessDenied, CursorExpired, NotForThisAccount, ValueInvalid
from askul_connect.core.messages.order_history import (
    OrderFilters,
    SearchOrdersRequest,
    SummariseOrdersRequest,
)
from askul_connect.core.operations.order_history import SEARCH_ORDERS, SUMMARISE_ORDERS


def search(world: Any, token: Any, *, cursor: str = "", page_size: int = 200, **filters: Any) -> Any:
    request = SearchOrdersRequest(page_size=page_size, cursor=cursor, filters=OrderFilters(**filters))
    return world.call(SEARCH_ORDERS, request, token=token)


def numbers(answer: Any) -> list[str]:
    return [one.purchase_order_id for one in answer.orders]


def placed(world: Any, token: Any, number: str, *lines: Any) -> str:
    made: str = world.place(token, number, *lines).orders[0].order_number
    return made


def reasons(answer: Any) -> list[tuple[EmptyCause, OrderFilter | None, int | None]]:
    assert all(one.message and one.message_ja for one in answer.empty_because)
    return [(one.cause, one.filter, one.orders) for one in answer.empty_because]


@pytest.mark.spec("ORD-10")
def test_a_row_says_what_was_ordered_and_names_its_documents(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    order = placed(
        world, customer.machine, "PO-1", line("1", "PEN", 10), line("2", "RARE", 1, department="D2")
    )
    world.confirm(order)
    notices = [world.ship(order, ("1", 10, 0)), world.ship(order, ("2", 1, 0))]
    world.go_to(2026, 12, 1, 9)
    [invoice] = world.close_billing(customer, date(2026, 11, 30))
    [row] = search(world, customer.machine).orders
    assert (row.order_number, row.purchase_order_id, row.order_date) == (order, "PO-1", date(2026, 11, 2))
    assert (row.status, row.currency, row.lines) == (OrderState.SHIPPED, "JPY", 2)
    assert row.channel is (Channel.SOAP if world.face == "soap" else Channel.IN_PROCESS)
    assert row.item_names == ("品 PEN", "品 RARE")
    assert row.departments == ("D1", "D2")
    assert row.total_incl_tax == row.total_excl_tax * 11 // 10
    assert row.ship_notices == tuple(one.ship_notice_number for one in notices)
    assert row.invoices == (invoice.invoice_number,)


@pytest.mark.spec("ORD-10")
def test_invoices_are_named_to_those_who_may_read_them(world: Any) -> None:
    customer = world.customer()
    order = placed(world, customer.machine, "PO-1")
    world.confirm(order)
    world.ship(order, ("1", 10, 0))
    world.go_to(2026, 12, 1, 9)
    [invoice] = world.close_billing(customer, date(2026, 11, 30))
    customer.administrator = world.login(customer.email, "Kaede-7-kaze").session_token
    may = [customer.administrator, customer.person("acc@a.example.co.jp", Role.ACCOUNTANT)]
    may_not = [
        customer.person("buy@a.example.co.jp", Role.BUYER),
        customer.credential("SearchOrders", label="reader"),
    ]
    for token in may:
        assert search(world, token).orders[0].invoices == (invoice.invoice_number,)
    for token in may_not:
        row = search(world, token).orders[0]
        assert row.invoices == ()
        assert row.ship_notices


@pytest.mark.spec("ORD-10")
def test_every_filter_narrows_and_all_do_together(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    second_machine = customer.credential(label="second")
    with world.storage.begin() as unit:
        chair = evolve(unit.catalog.items(["DESK"])["DESK"], sku="CHAIR", name="品 CHAIR")
        unit.catalog.add_many([(chair, StockLevel(sku="CHAIR", on_hand=0))])
    placed(world, customer.machine, "PO-1", line("1", "PEN", 1))
    world.forward(timedelta(days=1))
    placed(world, second_machine, "PO-2", line("1", "DESK", 2, department="D2"), line("2", "CHAIR", 3))
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        [second] = unit.orders.by_external_id(account.account_id, "0188:7010705000725", "PO-2", 0)
    channel = Channel.SOAP if world.face == "soap" else Channel.IN_PROCESS
    given: dict[str, Any] = {
        "date_from": date(2026, 11, 3),
        "date_to": date(2026, 11, 3),
        "department": "D2",
        "placed_by": second.placed_by,
        "fulfilment": Fulfilment.DIRECT,
        "sku": " ＤＥＳＫ ",
        "item_name": "desk 品",
        "quantity_from": 2,
        "quantity_to": 2,
        "order_number": "PO-2",
        "status": OrderState.PLACED,
        "channel": channel,
        "amount_from": second.total_incl_tax,
        "amount_to": second.total_incl_tax,
    }
    both = {"date_to", "status", "channel", "quantity_to", "amount_to"}
    for name, value in given.items():
        expected = ["PO-2", "PO-1"] if name in both else ["PO-2"]
        assert numbers(search(world, customer.machine, **{name: value})) == expected, name
    assert numbers(search(world, customer.machine, **given)) == ["PO-2"]
    assert numbers(search(world, customer.machine, order_number=second.order_number)) == ["PO-2"]
    # what is said of lines holds of one and the same line
    assert numbers(search(world, customer.machine, sku="CHAIR", department="D2")) == []
    for name in given:
        other = {
            "date_from": date(2026, 11, 4),
            "date_to": date(2026, 11, 1),
            "quantity_to": 1,
            "quantity_from": 9_000,
        }
        other |= {"amount_from": 10**9, "amount_to": 1, "fulfilment": Fulfilment.STOCK}
        other |= {"status": OrderState.SHIPPED, "channel": Channel.FAX}
        wrong = {name: other.get(name, "X")}
        partner = name.replace("_from", "_to") if name.endswith("_from") else name.replace("_to", "_from")
        rest = {key: value for key, value in given.items() if key != partner}
        assert numbers(search(world, customer.machine, **{**rest, **wrong})) == [], name


@pytest.mark.spec("ORD-10")
def test_pages_go_on_where_they_ended_whatever_is_ordered_and_shipped_meanwhile(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    orders = {f"PO-{place}": placed(world, customer.machine, f"PO-{place}") for place in range(7)}
    first = search(world, customer.machine, page_size=3)
    assert (first.page.total, first.page.more) == (7, True)
    found = numbers(first)
    answer = first
    while answer.page.more:
        placed(world, customer.machine, f"NEW-{len(found)}")
        world.confirm(orders[f"PO-{len(found) % 7}"])
        answer = search(world, customer.machine, page_size=3, cursor=answer.page.next_cursor)
        assert answer.page.total is None
        found += numbers(answer)
    assert found == [f"PO-{place}" for place in reversed(range(7))]
    end = search(world, customer.machine, page_size=3, cursor=answer.page.next_cursor)
    assert (end.orders, end.page.more, end.empty_because) == ((), False, ())


@pytest.mark.spec("ORD-10", "AUTH-20")
def test_a_cursor_is_good_for_its_account_and_filters_only(faced: Any) -> None:
    world = faced
    customer, other = world.customer(), world.customer("b")
    for place in range(3):
        placed(world, customer.machine, f"PO-{place}")
        placed(world, other.machine, f"PO-{place}")
    cursor = search(world, customer.machine, page_size=1, department="D1").page.next_cursor
    assert numbers(search(world, customer.machine, page_size=2, department="D1", cursor=cursor)) == [
        "PO-1",
        "PO-0",
    ]
    for token, filters in ((other.machine, {"department": "D1"}), (customer.machine, {"department": "D2"})):
        with pytest.raises(CursorExpired):
            search(world, token, cursor=cursor, **filters)
    with pytest.raises(CursorExpired):
        search(world, customer.machine, cursor="bm90aGluZw", department="D1")


@pytest.mark.spec("ORD-10", "AUTH-20")
def test_another_account_is_neither_shown_nor_counted(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    theirs = placed(world, other.machine, "PO-1")
    for filters in ({}, {"order_number": theirs}, {"order_number": "PO-1"}, {"sku": "PEN"}):
        answer = search(world, customer.machine, **filters)
        assert (answer.orders, answer.page.total) == ((), 0)
        assert (EmptyCause.NO_ORDERS, None, None) in reasons(answer)
        assert not any(one.orders for one in answer.empty_because)
    for by in TotalsBy:
        answer = world.call(SUMMARISE_ORDERS, SummariseOrdersRequest(by=by), token=customer.machine)
        assert (answer.orders, answer.total_incl_tax, answer.groups) == (0, 0, ())


@pytest.mark.spec("ORD-10", "ACC-5")
def test_who_is_limited_to_departments_sees_and_counts_theirs_only(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    limited = customer.credential(departments=("D2",), label="limited")
    foreign = ({"department": "D1"}, {"sku": "PEN"}, {"amount_from": 1}, {})
    nothing = [search(world, limited, **filters) for filters in foreign]
    mine = line("1", "PEN", 1, department="D2")
    placed(world, customer.machine, "PO-1", line("1", "PEN", 1))
    placed(world, customer.machine, "PO-2", mine, line("2", "PEN", 1))
    # as long as there is nothing of theirs, the answers are those of an account without orders
    assert [search(world, limited, **filters) for filters in foreign] == nothing
    placed(world, customer.machine, "PO-3", mine)
    answer = search(world, limited)
    assert (numbers(answer), answer.page.total) == (["PO-3"], 1)
    summary = world.call(SUMMARISE_ORDERS, SummariseOrdersRequest(by=TotalsBy.DEPARTMENT), token=limited)
    assert (summary.orders, [(one.key, one.lines) for one in summary.groups]) == (1, [("D2", 1)])
    hidden, absent = (search(world, limited, department=code) for code in ("D1", "no-such"))
    assert hidden == absent
    assert reasons(hidden) == [
        (EmptyCause.FILTER, OrderFilter.DEPARTMENT, 1),
        (EmptyCause.DEPARTMENTS, None, None),
    ]
    assert hidden.empty_because[-1].departments == ("D2",)
    assert search(world, limited, order_number="PO-1") == search(world, limited, order_number="PO-999")


@pytest.mark.spec("ORD-10")
def test_three_years_are_shown_and_older_orders_are_found_by_number(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    old = placed(world, customer.machine, "OLD-1")
    world.go_to(2029, 11, 2, 23, 59)
    assert numbers(search(world, customer.machine)) == ["OLD-1"]
    world.go_to(2029, 11, 3, 0, 0)
    token = customer.machine
    answer = search(world, token)
    assert numbers(answer) == []
    assert reasons(answer) == [
        (EmptyCause.PERIOD_LIMIT, None, 1),
        (EmptyCause.NO_ORDERS, None, None),
    ]
    assert answer.empty_because[0].online_since == date(2026, 11, 3)
    for number in (old, "OLD-1"):
        assert numbers(search(world, token, order_number=number)) == ["OLD-1"]
    assert numbers(search(world, token, order_number=old, date_from=date(2026, 11, 3))) == []
    before = search(world, token, date_from=date(2026, 1, 1), date_to=date(2026, 12, 1))
    assert reasons(before)[0] == (EmptyCause.PERIOD_LIMIT, None, 1)


@pytest.mark.spec("ORD-10")
def test_an_empty_answer_names_the_filters_that_leave_nothing(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    assert reasons(search(world, customer.machine)) == [(EmptyCause.NO_ORDERS, None, None)]
    placed(world, customer.machine, "PO-1", line("1", "PEN", 10))
    placed(world, customer.machine, "PO-2", line("1", "DESK", 1))
    assert reasons(search(world, customer.machine, sku="PEN", department="D2")) == [
        (EmptyCause.FILTER, OrderFilter.DEPARTMENT, 1)
    ]
    either = search(world, customer.machine, sku="PEN", fulfilment=Fulfilment.DIRECT)
    assert reasons(either) == [
        (EmptyCause.FILTER, OrderFilter.FULFILMENT, 1),
        (EmptyCause.FILTER, OrderFilter.SKU, 1),
    ]
    assert reasons(search(world, customer.machine, sku="TEA", department="D2")) == [
        (EmptyCause.TOGETHER, None, 2)
    ]
    past = search(world, customer.machine, date_from=date(2026, 10, 1), date_to=date(2026, 10, 31))
    assert reasons(past) == [(EmptyCause.FILTER, OrderFilter.PERIOD, 2)]


@pytest.mark.spec("ORD-10")
def test_totals_by_month_department_and_category(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    one = placed(world, customer.machine, "PO-1", line("1", "PEN", 10), line("2", "TEA", 2, department="D2"))
    world.go_to(2026, 12, 1, 9)
    placed(world, customer.machine, "PO-2", line("1", "DESK", 1))
    token = customer.machine

    def groups(by: TotalsBy, **filters: Any) -> list[tuple[str, int, int, int, int]]:
        request = SummariseOrdersRequest(by=by, filters=OrderFilters(**filters))
        answer = world.call(SUMMARISE_ORDERS, request, token=token)
        assert answer.currency == "JPY"
        return [(g.key, g.orders, g.lines, g.quantity, g.amount_excl_tax) for g in answer.groups]

    with world.storage.begin() as unit:
        pen, tea = (entry.amount_excl_tax for entry in unit.orders.get_for_staff(one).lines)
        desk = unit.orders.latest_of_account(unit.orders.get_for_staff(one).account_id, 1)[0]
    amount = desk.lines[0].amount_excl_tax
    assert groups(TotalsBy.MONTH) == [("2026-11", 1, 2, 12, pen + tea), ("2026-12", 1, 1, 1, amount)]
    assert groups(TotalsBy.DEPARTMENT) == [("D1", 2, 2, 11, pen + amount), ("D2", 1, 1, 2, tea)]
    assert groups(TotalsBy.CATEGORY) == [("文具", 2, 3, 13, pen + tea + amount)]
    assert groups(TotalsBy.MONTH, department="D2") == [("2026-11", 1, 1, 2, tea)]
    whole = world.call(SUMMARISE_ORDERS, SummariseOrdersRequest(by=TotalsBy.MONTH), token=token)
    assert (whole.orders, whole.total_excl_tax) == (2, pen + tea + amount)


@pytest.mark.spec("ORD-10")
def test_filters_out_of_range_are_all_named(faced: Any) -> None:
    customer = faced.customer()
    with pytest.raises(ValueInvalid) as caught:
        search(
            faced,
            customer.machine,
            date_from=date(2026, 2, 2),
            date_to=date(2026, 2, 1),
            quantity_from=-1,
            amount_from=2,
            amount_to=1,
            sku="x" * 201,
            item_name=" ".join(map(str, range(11))),
        )
    found = {one.where for one in caught.value.problems}
    assert found == {
        f"filters/{name}" for name in ("date_from", "quantity_from", "amount_from", "sku", "item_name")
    }
    for size in (0, 1_001):
        with pytest.raises(ValueInvalid):
            search(faced, customer.machine, page_size=size)


@pytest.mark.spec("ORD-10", "ACC-1")
def test_the_history_is_for_kinds_of_accounts_that_have_it_and_credentials_that_name_it(world: Any) -> None:
    individual = world.letter("c", kind=AccountKind.INDIVIDUAL, departments=())
    token = world.first_session(individual.customer_number, individual.temporary_password)
    customer = world.customer()
    for operation, request in (
        (SEARCH_ORDERS, SearchOrdersRequest()),
        (SUMMARISE_ORDERS, SummariseOrdersRequest(by=TotalsBy.MONTH)),
    ):
        with pytest.raises(NotForThisAccount):
            world.call(operation, request, token=token)
        with pytest.raises(AccessDenied):
            world.call(operation, request, token=customer.credential("GetOrder", label="one"))


@pytest.mark.spec("ORD-10")
def test_a_name_of_an_item_is_found_whatever_its_spelling(
    make_world: Any, storage_kind: str, line: Any
) -> None:
    world = make_world(storage_kind)
    customer = world.customer()
    with world.storage.begin() as unit:
        items = unit.catalog.items(["PEN"])
        unit.catalog.save_many([evolve(items["PEN"], name="油性ﾎﾞｰﾙﾍﾟﾝ Ａ４ 100%")])
    placed(world, customer.machine, "PO-1", line("1", "PEN", 1))
    for text in ("ボールペン", "ぼーるぺん", "a4 油性", "100%", "%"):
        assert numbers(search(world, customer.machine, item_name=text)) == ["PO-1"], text
    for text in ("ボールペン a5", "_", "100_", "'"):
        assert numbers(search(world, customer.machine, item_name=text)) == [], text
