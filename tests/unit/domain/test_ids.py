import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.ids import deterministic_id, time_ordered_id
from askul_connect.core.errors import ValueInvalid

TIMES = st.integers(0, 2**48 - 1)
RANDOM = st.binary(min_size=10, max_size=10)


def test_the_example_of_rfc_9562() -> None:
    # Appendix A.6: 2022-02-22T19:22:22Z, rand_a CC3, rand_b 18C4DC0C0C07398F.
    random = bytes.fromhex("0CC3" + "18C4DC0C0C07398F")

    assert time_ordered_id(0x017F22E279B0, random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(TIMES, RANDOM)
def test_version_variant_and_time(milliseconds: int, random: bytes) -> None:
    text = time_ordered_id(milliseconds, random)
    parsed = uuid.UUID(text)

    assert str(parsed) == text
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert parsed.int >> 80 == milliseconds


@given(TIMES, TIMES, RANDOM, RANDOM)
def test_ids_sort_by_time(first: int, second: int, random: bytes, other: bytes) -> None:
    if first != second:
        assert (time_ordered_id(first, random) < time_ordered_id(second, other)) == (first < second)


@pytest.mark.parametrize(
    ("milliseconds", "random"),
    [(-1, bytes(10)), (2**48, bytes(10)), (1.0, bytes(10)), (True, bytes(10)), (1, bytes(9)), (1, bytes(11))],
)
def test_what_makes_no_id(milliseconds: int, random: bytes) -> None:
    with pytest.raises(ValueInvalid):
        time_ordered_id(milliseconds, random)


def test_deterministic_ids_depend_on_all_they_are_made_of() -> None:
    made = [
        deterministic_id(1, "order", "PO-1"),
        deterministic_id(2, "order", "PO-1"),
        deterministic_id(1, "invoice", "PO-1"),
        deterministic_id(1, "order", "PO-2"),
        deterministic_id(1, "orderP", "O-1"),
        deterministic_id(1, "order", "PO-1", b"seed"),
        deterministic_id(1, "order", "発注\ud800"),
    ]

    assert len(set(made)) == len(made)
    assert deterministic_id(1, "order", "PO-1") == made[0]
    assert all(uuid.UUID(text).version == 7 for text in made)
    with pytest.raises(ValueInvalid):
        deterministic_id(2**80, "order", "PO-1")
