"""The CSV file of changes to many users (ACC-6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.accounts import Role
from askul_connect.core.policies.user_csv import (
    COLUMNS,
    MAXIMUM_LENGTH,
    MAXIMUM_ROWS,
    RowAction,
    UserRow,
    read_user_csv,
)

HEADER = ",".join(COLUMNS)


@pytest.mark.spec("ACC-6")
def test_every_row_with_what_its_cells_say() -> None:
    file = read_user_csv(
        f"\ufeff{HEADER}\r\n"
        "Add, b@example.jp ,山田 花子,Buyer,D1 D2,5000\r\n"
        "\r\n"
        "change,c@example.jp,,,-,-\r\n"
        'remove,d@example.jp,"","",,\r\n'
    )
    assert file.problems == ()
    assert file.rows == (
        UserRow(
            number=2,
            action=RowAction.ADD,
            email="b@example.jp",
            name="山田 花子",
            role=Role.BUYER,
            departments=("D1", "D2"),
            order_limit=5_000,
            without_limit=False,
        ),
        UserRow(
            number=4,
            action=RowAction.CHANGE,
            email="c@example.jp",
            name=None,
            role=None,
            departments=(),
            order_limit=None,
            without_limit=True,
        ),
        UserRow(
            number=5,
            action=RowAction.REMOVE,
            email="d@example.jp",
            name=None,
            role=None,
            departments=None,
            order_limit=None,
            without_limit=False,
        ),
    )


@pytest.mark.spec("ACC-6")
def test_every_finding_with_its_row_and_column() -> None:
    file = read_user_csv(
        f"{HEADER}\n"
        "move,b@example.jp,,,,\n"
        "add,nothing,,,,\n"
        "change,c@example.jp,,supplier,,1.5\n"
        "remove,C@example.jp,,,,\n"
        "remove,c@example.jp,,,,\n"
        "remove,d@example.jp\n"
    )
    assert [one.where for one in file.problems] == [
        "row 2, column action",
        "row 3, column email",
        "row 3, column name",
        "row 3, column role",
        "row 4, column role",
        "row 4, column order_limit",
        "row 6, column email",
        "row 7, column action",
    ]


@pytest.mark.spec("ACC-6")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        HEADER,
        "action,name\nadd,b",
        "action,email,colour\nadd,b@example.jp,red",
        "action,email,email\nadd,b@example.jp,b@example.jp",
        'action,email\nadd,"b@example.jp\n',
        "action,email\n" + "remove,b@example.jp\n" * (MAXIMUM_ROWS + 1),
        "x" * (MAXIMUM_LENGTH + 1),
    ],
)
def test_what_is_no_file_of_changes(text: str) -> None:
    file = read_user_csv(text)
    assert file.rows == ()
    assert len(file.problems) == 1


@given(st.text())
def test_whatever_is_in_it_it_is_read_or_found_wrong(text: str) -> None:
    file = read_user_csv(text)
    assert file.rows or file.problems
