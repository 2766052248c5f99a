"""How a reference supplier delivers: what its configuration takes, and every mistake by its key (ORD-4)."""

from __future__ import annotations

import tomllib
from datetime import date, time

import pytest

from askul_connect.bootstrap.reference_delivery import read_delivery
from askul_connect.core.domain.delivery import Closure, DeliveryArea, DeliveryTerms
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import ConfigurationError
from askul_connect.settings.table import Table

GIVEN = """
[delivery]
cutoff = 11:30:00
areas = [
  { days = 1 },
  { postcodes = "10", days = 0, cutoff = 15:00:00 },
  { postcodes = "90", days = 3, valid_from = 2026-01-01, valid_to = 2026-12-31 },
]
closures = [{ first = 2026-12-29, last = 2027-01-03, reason = "年末年始" }, { first = 2027-02-01 }]
"""


def read(text: str) -> DeliveryTerms:
    findings = Findings("askul-connect.toml")
    table = Table(tomllib.loads(text), "suppliers.x.supplier", findings)
    terms = read_delivery(table)
    table.end()
    if findings:
        raise findings.error()
    return terms


@pytest.mark.spec("ORD-4")
def test_every_key_counts_and_without_them_all_is_next_day_by_noon() -> None:
    assert read("") == DeliveryTerms()
    assert (DeliveryTerms().cutoff, DeliveryTerms().areas[0].days) == (time(12), 1)
    assert read(GIVEN) == DeliveryTerms(
        cutoff=time(11, 30),
        areas=(
            DeliveryArea(),
            DeliveryArea(postcodes="10", days=0, cutoff=time(15)),
            DeliveryArea(postcodes="90", days=3, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)),
        ),
        closures=(
            Closure(first=date(2026, 12, 29), last=date(2027, 1, 3), reason="年末年始"),
            Closure(first=date(2027, 2, 1), last=date(2027, 2, 1)),
        ),
    )


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ('cutoff = "noon"', "delivery.cutoff", "a local time"),
        ("areas = [{ days = 61 }]", "areas[1].days", "0 to 60"),
        ('areas = [{ postcodes = "東京" }]', "areas[1].postcodes", "ASCII digits"),
        ("areas = [{ valid_from = 2026-01-02, valid_to = 2026-01-01 }]", "areas[1]", "ends before"),
        ("areas = [{ region = 1 }]", "areas[1].region", "unknown"),
        ("closures = [{ first = 2026-01-02, last = 2026-01-01 }]", "closures[1].last", "ends before"),
        ("closures = [{ last = 2026-01-01 }]", "closures[1].first", "is missing"),
        ("speed = 1", "delivery.speed", "unknown"),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, where: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(f"[delivery]\n{text}\n")
    problems = [(one.where, one.detail) for one in caught.value.problems]
    assert any(where in place and says in detail for place, detail in problems), problems
