import subprocess
import sys
from datetime import date

import pytest

from askul_connect.adapters.security.holidays import JapaneseHolidays
from askul_connect.core.domain.calendar import add_business_days
from askul_connect.core.ports.system import Holidays


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-05-06", "2026-09-22", "2026-11-23", "2027-03-22", "2028-02-11"],
)
def test_holidays_and_their_substitutes(day: str) -> None:
    holidays: Holidays = JapaneseHolidays()

    assert holidays.is_holiday(date.fromisoformat(day))


@pytest.mark.spec("ORD-4")
def test_ordinary_days_are_none() -> None:
    holidays = JapaneseHolidays()

    assert not holidays.is_holiday(date(2026, 11, 24))
    assert not holidays.is_holiday(date(2026, 11, 22))


@pytest.mark.spec("ORD-4")
def test_golden_week_is_passed_over() -> None:
    assert add_business_days(date(2026, 5, 1), 1, JapaneseHolidays().is_holiday) == date(2026, 5, 7)


def test_importing_the_adapters_loads_no_library() -> None:
    code = (
        "import sys\n"
        "from askul_connect.adapters.security import argon2_hasher, holidays, simulated, system\n"
        "sys.exit(bool({'jpholiday', 'argon2'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
