from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from askul_connect.core.domain.rounding import Rounding, divide, round_decimal, spread
from askul_connect.core.errors import ValueInvalid

NUMBERS = st.integers(-(10**30), 10**30)
METHODS = st.sampled_from(Rounding)
DECIMAL_MODES = {
    Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
    Rounding.HALF_UP: ROUND_HALF_UP,
}


def slow_rounding(exact: Fraction, method: Rounding) -> int:
    """The definition, word by word, on exact fractions."""
    magnitude = abs(exact)
    whole = int(magnitude)
    rest = magnitude - whole
    if method is Rounding.UP and rest > 0:
        whole += 1
    if method is Rounding.HALF_UP and rest >= Fraction(1, 2):
        whole += 1
    return whole if exact >= 0 else -whole


@pytest.mark.spec("PRC-3")
@pytest.mark.parametrize(
    ("numerator", "denominator", "down", "up", "half_up"),
    [
        (7, 2, 3, 4, 4),
        (-7, 2, -3, -4, -4),
        (7, -2, -3, -4, -4),
        (-7, -2, 3, 4, 4),
        (10, 3, 3, 4, 3),
        (-10, 3, -3, -4, -3),
        (6, 3, 2, 2, 2),
        (0, -5, 0, 0, 0),
        (1, 2, 0, 1, 1),
        (-1, 2, 0, -1, -1),
        (-1, 3, 0, -1, 0),
    ],
)
def test_each_method_is_mirrored_at_zero(
    numerator: int, denominator: int, down: int, up: int, half_up: int
) -> None:
    assert divide(numerator, denominator, Rounding.DOWN) == down
    assert divide(numerator, denominator, Rounding.UP) == up
    assert divide(numerator, denominator, Rounding.HALF_UP) == half_up


@pytest.mark.spec("PRC-3")
@given(NUMBERS, NUMBERS.filter(bool), METHODS)
def test_divide_agrees_with_exact_fractions(numerator: int, denominator: int, method: Rounding) -> None:
    result = divide(numerator, denominator, method)

    assert result == slow_rounding(Fraction(numerator, denominator), method)
    assert type(result) is int
    assert divide(-numerator, denominator, method) == -result


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (1.0, 2), (1, 2.0), (True, 2), (1, True)])
def test_only_integers_are_divided(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueInvalid):
        divide(numerator, denominator, Rounding.DOWN)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6), st.sampled_from([0, 2, 3, 4]), METHODS)
def test_round_decimal_agrees_with_the_decimal_module(
    value: Decimal, exponent: int, method: Rounding
) -> None:
    expected = value.quantize(Decimal(1).scaleb(-exponent), rounding=DECIMAL_MODES[method])

    assert round_decimal(value, exponent, method) == int(expected.scaleb(exponent))


def test_round_decimal_does_not_depend_on_the_callers_context() -> None:
    with localcontext(Context(prec=2)):
        assert round_decimal(Decimal("123456.785"), 2, Rounding.HALF_UP) == 12_345_679


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999", "9" * 41]
)
def test_round_decimal_refuses_what_is_no_amount(value: str) -> None:
    with pytest.raises(ValueInvalid):
        round_decimal(Decimal(value), 2, Rounding.DOWN)


@pytest.mark.parametrize("value", [1.5, 1, "1.5", True])
def test_round_decimal_refuses_other_types(value: Decimal) -> None:
    with pytest.raises(ValueInvalid):
        round_decimal(value, 2, Rounding.DOWN)


@pytest.mark.spec("PRC-3")
@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (10, [0, 3, 0], (0, 10, 0)),
        (5, [2, 2, 1], (2, 2, 1)),
        (1, [1, 2], (0, 1)),
        (2, [1, 1, 1, 1], (1, 1, 0, 0)),
        (10, [5, -3, 0], (25, -15, 0)),
        (-10, [-1, -1], (-5, -5)),
        (0, [], ()),
        (0, [0, 0], (0, 0)),
        (7, [10**40], (7,)),
    ],
)
def test_spread_by_largest_remainder(total: int, weights: list[int], parts: tuple[int, ...]) -> None:
    assert spread(total, weights) == parts


@pytest.mark.spec("PRC-3")
@given(st.integers(-(10**15), 10**15), st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12))
@example(1, [1, 1, 1])
@example(-1, [3, 3, 3])
def test_spread_adds_up_and_stays_next_to_the_exact_share(total: int, weights: list[int]) -> None:
    if sum(weights) == 0 and total != 0:
        with pytest.raises(ValueInvalid):
            spread(total, weights)
        return

    parts = spread(total, weights)

    assert sum(parts) == total
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        share = Fraction(total * weight, sum(weights)) if total else Fraction(0)
        assert abs(part - share) < 1
        if weight == 0:
            assert part == 0
    assert spread(-total, weights) == tuple(-part for part in parts)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_spread_serves_the_largest_remainders(total: int, weights: list[int]) -> None:
    shares = [Fraction(total * weight, sum(weights)) for weight in weights]
    slow = [int(share) for share in shares]
    for _ in range(total - sum(slow)):
        gaps = [share - part for share, part in zip(shares, slow, strict=True)]
        slow[gaps.index(max(gaps))] += 1

    assert spread(total, weights) == tuple(slow)


@pytest.mark.parametrize(
    ("total", "weights"), [(1, []), (1, [0, 0]), (1, [2, -2]), (1.0, [1]), (1, [1.0]), (True, [1])]
)
def test_spread_refuses_what_has_no_proportion(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueInvalid):
        spread(total, weights)
