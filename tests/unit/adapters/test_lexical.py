"""Values as text: the forms of XML Schema, and nothing that merely looks like one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters import _lexical


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (_lexical.read_int, " +007\n", 7),
        (_lexical.read_int, "-9223372036854775808", -(2**63)),
        (_lexical.read_decimal, " -1.50 ", Decimal("-1.50")),
        (_lexical.read_decimal, ".5", Decimal("0.5")),
        (_lexical.read_decimal, "5.", Decimal(5)),
        (_lexical.read_bool, " 1 ", True),
        (_lexical.read_bool, "false", False),
        (_lexical.read_date, "2028-02-29", date(2028, 2, 29)),
        (_lexical.read_datetime, "2026-01-01T00:00:00+09:00", datetime(2025, 12, 31, 15, tzinfo=UTC)),
        (_lexical.read_datetime, "2026-01-01T00:00:00.1234567Z", datetime(2026, 1, 1, 0, 0, 0, 123456, UTC)),
    ],
)
def test_read(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((_lexical.read_int, text) for text in ("", "1.0", "1e3", "0x1", "1_000", "- 1", "true", "\xa01")),
        *((_lexical.read_int, text) for text in ("\uff11", "9" * 31, "9223372036854775808")),
        *((_lexical.read_decimal, text) for text in ("", ".", "1e3", "NaN", "Infinity", "1,5", "1" * 41)),
        *((_lexical.read_bool, text) for text in ("", "True", "yes", "2")),
        *((_lexical.read_date, text) for text in ("", "2026-2-3", "2026-02-30", "20260203", "2026-02-03Z")),
        (_lexical.read_date, "0000-01-01"),
        *(
            (_lexical.read_datetime, text)
            for text in (
                "2026-01-01",
                "2026-01-01T00:00:00",
                "2026-01-01 00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T00:00:60Z",
                "2026-01-01T00:00:00+24:00",
                "0001-01-01T00:00:00+09:00",
                "2026-01-01T00:00Z",
            )
        ),
    ],
)  # fmt: skip
def test_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(text)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_comes_back_or_is_refused(value: Decimal) -> None:
    try:
        text = _lexical.write_decimal(value)
    except ValueError:
        return
    assert "E" not in text
    assert _lexical.read_decimal(text) == value


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))])))
def test_an_instant_comes_back(value: datetime) -> None:
    try:
        in_utc = value.astimezone(UTC)
    except OverflowError:
        return
    assert _lexical.write_datetime(value).endswith("Z")
    assert _lexical.read_datetime(_lexical.write_datetime(value)) == in_utc


@pytest.mark.parametrize(
    ("write", "value"),
    [
        (_lexical.write_datetime, datetime(2026, 1, 1)),  # noqa: DTZ001 -- the missing zone is the point
        (_lexical.write_datetime, date(2026, 1, 1)),
        (_lexical.write_date, datetime(2026, 1, 1, tzinfo=UTC)),
        (_lexical.write_bool, 1),
        (_lexical.write_decimal, 1.5),
        (_lexical.checked_int, True),
        (_lexical.checked_int, 1.0),
    ],
)
def test_a_wrong_type_is_not_written(write: Callable[[Any], str], value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        write(value)
