"""What takes the place of an item, and in what quantity (ORD-8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.policies.reordering import LONGEST_CHAIN, in_place_of, quantity_sold
from askul_connect.testing.storage.samples import item


@pytest.mark.spec("ORD-8")
@given(
    wanted=st.integers(0, 500), multiple=st.integers(1, 12), steps=st.integers(1, 9), more=st.integers(0, 300)
)
def test_a_quantity_is_always_one_that_is_sold(wanted: int, multiple: int, steps: int, more: int) -> None:
    minimum = multiple * steps
    one = item(minimum=minimum, multiple=multiple, maximum=minimum + more)
    quantity = quantity_sold(one, wanted)
    assert one.minimum <= quantity <= one.maximum
    assert quantity % multiple == 0
    least_enough = [n for n in range(minimum, one.maximum + 1, multiple) if n >= wanted]
    assert quantity == (least_enough[0] if least_enough else one.maximum // multiple * multiple)


@pytest.mark.spec("ORD-8")
def test_the_nearest_counts_then_the_best_and_a_circle_ends() -> None:
    gone = {"discontinued": True}
    items = {
        "A": item("A", substitutes=("B", "C"), **gone),
        "B": item("B", substitutes=("A", "D"), **gone),
        "C": item("C", substitutes=("E",), **gone),
        "D": item("D", **gone),
        "E": item("E", discontinued=False),
        "F": item("F", discontinued=False, substitutes=("E",)),
    }
    assert in_place_of("A", items) == items["E"]
    assert in_place_of("F", items) == items["F"]
    assert in_place_of("D", items) is None
    assert in_place_of("none-such", items) is None
    assert in_place_of("A", items | {"C": item("C", discontinued=False)}) is not items["E"]


@pytest.mark.spec("ORD-8")
def test_a_chain_is_followed_so_far_and_no_further() -> None:
    def chain(length: int) -> dict[str, object]:
        last = {str(length): item(str(length), discontinued=False)}
        return {
            str(n): item(str(n), discontinued=True, substitutes=(str(n + 1),)) for n in range(length)
        } | last

    assert in_place_of("0", chain(LONGEST_CHAIN)) is not None  # type: ignore[arg-type]  # items by SKU
    assert in_place_of("0", chain(LONGEST_CHAIN + 1)) is None  # type: ignore[arg-type]  # items by SKU
