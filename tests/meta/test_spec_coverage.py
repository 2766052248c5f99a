"""Tests cite the specification by number; a number that does not exist is a slip."""

import runpy
from pathlib import Path

COVERAGE = runpy.run_path(str(Path(__file__).with_name("spec_coverage.py")))


def test_every_cited_number_exists() -> None:
    numbers = COVERAGE["spec_numbers"]()
    cited = COVERAGE["cited_numbers"]()
    unknown = {number: places for number, places in cited.items() if number not in numbers}

    assert not unknown


def test_every_number_has_a_title_and_occurs_once() -> None:
    lines = COVERAGE["NUMBERS"].read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line.strip() and not line.startswith("#")]

    assert len(COVERAGE["spec_numbers"]()) == len(entries)


def test_citations_are_found_wherever_they_stand() -> None:
    source = """
pytestmark = pytest.mark.spec("A-1")
@pytest.mark.spec("A-2", "A-3")
class TestIt:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=[pytest.mark.spec("A-4")])])
    def test_it(self, x): ...
    @pytest.mark.spec(NUMBER)
    def test_other(self): ...
"""
    found = sorted(number for number, _ in COVERAGE["citations"](source))

    assert found == ["A-1", "A-2", "A-3", "A-4", "NUMBER"]
