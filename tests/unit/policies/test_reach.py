"""Which departments a person sees (ACC-5), and what of a limit an order uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Department, Role
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.departments import within
from askul_connect.core.domain.limits import month_of
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.permissions import MEANING, PERMISSIONS, Permission, roles_with
from askul_connect.core.operations.registry import ACCOUNTANTS, ADMINISTRATORS, BUYERS, CUSTOMERS, SUPPLIER
from askul_connect.core.policies.limits import COUNTED, used_by
from askul_connect.core.policies.reach import reach
from askul_connect.testing.storage.samples import order, order_line

TREE = [
    Department(
        department_id=code, account_id="a", code=code, name=code, parent_code=parent, postcode="", address=""
    )
    for code, parent in (("A", ""), ("A1", "A"), ("A11", "A1"), ("B", ""), ("B1", "B"))
]


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize(
    ("role", "codes", "current", "expected"),
    [
        (Role.BUYER, (), "", set()),
        (Role.BUYER, ("A1",), "", {"A1", "A11"}),
        (Role.VIEWER, ("A", "B1"), "", {"A", "A1", "A11", "B1"}),
        (Role.ADMINISTRATOR, ("A1",), "", set()),
        (Role.ACCOUNTANT, ("A1",), "", set()),
        (Role.ADMINISTRATOR, ("A1",), "B", {"B", "B1"}),
        (Role.BUYER, ("A",), "A1", {"A1", "A11"}),
        (Role.BUYER, ("A",), "B", {"A", "A1", "A11"}),
        (Role.BUYER, ("GONE",), "", {"GONE"}),
        (Role.BUYER, (), "GONE", {"GONE"}),
    ],
)
def test_reach(role: Role, codes: tuple[str, ...], current: str, expected: set[str]) -> None:
    assert reach(role, codes, TREE, current) == expected


@pytest.mark.spec("ACC-5")
def test_a_circle_that_should_not_be_ends() -> None:
    circle = [evolve(TREE[0], parent_code="A11"), *TREE[1:]]
    assert within(circle, ("A",)) == {"A", "A1", "A11"}


@pytest.mark.spec("ACC-5")
def test_the_table_of_permissions_is_complete() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set(MEANING) == set(Permission)
    assert roles_with(Permission.ADMINISTER) == ADMINISTRATORS == {Role.ADMINISTRATOR}
    assert {Role.ADMINISTRATOR, Role.BUYER} == BUYERS
    assert {Role.ADMINISTRATOR, Role.ACCOUNTANT} == ACCOUNTANTS
    assert set(Role) - {Role.SUPPLIER} == CUSTOMERS
    assert {Role.SUPPLIER} == SUPPLIER
    assert not PERMISSIONS[Role.SUPPLIER] & (set(Permission) - {Permission.SUPPLY})


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize("state", list(LineState))
def test_what_is_open_or_shipped_is_used(state: LineState) -> None:
    yen = currency("JPY")
    made = order(
        lines=(
            order_line("1", state=state, quantity=3, quantity_cancelled=1, unit_price=Decimal("98.5")),
            order_line("2", department="elsewhere"),
        )
    )
    # two units of 98.5 and 10 % of tax
    assert used_by(made, "A-10", yen) == (216 if state in COUNTED else 0)
    assert used_by(made, "nothing", yen) == 0


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_a_month(day: date, first: date, last: date) -> None:
    assert month_of(day) == (first, last)
