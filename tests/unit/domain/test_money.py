import operator
from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.currency import Currency, all_currencies, currency
from askul_connect.core.domain.money import (
    MAXIMUM_MINOR,
    GrossAmount,
    NetAmount,
    TaxAmount,
    UnitPrice,
    minor_from_text,
    minor_to_text,
    parse_unit_price,
)
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.errors import UnknownCurrency, ValueInvalid

JPY, USD, KWD, CLF = (currency(code) for code in ("JPY", "USD", "KWD", "CLF"))
AMOUNT_TYPES = (NetAmount, TaxAmount, GrossAmount)
MINOR = st.integers(-(10**14), 10**14)
CURRENCIES = st.sampled_from(all_currencies())


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    ("code", "exponent"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("CLF", 4)]
)
def test_currencies_have_their_exponent(code: str, exponent: int) -> None:
    assert currency(code) == Currency(code, exponent)
    assert str(currency(code)) == code


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "XDR", "jpy", "JP", "", "¥", "HRK", "DEM", "ＪＰＹ"])
def test_what_is_no_money_is_no_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        currency(code)


def test_a_currency_cannot_be_made_up() -> None:
    with pytest.raises(UnknownCurrency):
        Currency("JPY", 2)


def test_currencies_are_listed_once_in_order() -> None:
    codes = [each.code for each in all_currencies()]

    assert codes == sorted(set(codes))
    assert {each.exponent for each in all_currencies()} == {0, 2, 3, 4}


@pytest.mark.spec("PRC-5")
@given(MINOR, MINOR, CURRENCIES, st.sampled_from(AMOUNT_TYPES))
def test_amounts_of_one_type_compute_like_integers(
    first: int, second: int, of: Currency, kind: type[NetAmount]
) -> None:
    left, right = kind(first, of), kind(second, of)

    assert left + right == kind(first + second, of)
    assert left - right == kind(first - second, of)
    assert -left == kind(-first, of)
    assert kind.total([left, right, left], of) == kind(2 * first + second, of)
    assert (left < right, left <= right, left > right, left >= right) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )
    assert bool(left) == bool(first)
    assert hash(left) == hash(kind(first, of))


@pytest.mark.spec("PRC-5")
@given(MINOR, MINOR, CURRENCIES)
def test_net_and_tax_make_gross_and_come_apart_again(net: int, tax: int, of: Currency) -> None:
    gross = NetAmount(net, of) + TaxAmount(tax, of)

    assert gross == GrossAmount(net + tax, of)
    assert gross - TaxAmount(tax, of) == NetAmount(net, of)


@pytest.mark.parametrize(
    "operation", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (NetAmount(1, JPY), GrossAmount(1, JPY)),
        (GrossAmount(1, JPY), NetAmount(1, JPY)),
        (TaxAmount(1, JPY), NetAmount(1, JPY)),
        (TaxAmount(1, JPY), GrossAmount(1, JPY)),
        (NetAmount(1, JPY), NetAmount(1, USD)),
        (NetAmount(1, JPY), 1),
        (NetAmount(1, JPY), 1.0),
        (NetAmount(1, JPY), True),
        (NetAmount(1, JPY), Decimal(1)),
        (NetAmount(1, JPY), None),
        (NetAmount(1, JPY), "1"),
    ],
)
def test_nothing_else_combines(
    operation: Callable[[object, object], object], left: object, right: object
) -> None:
    with pytest.raises(ValueInvalid):
        operation(left, right)


def test_tax_of_another_currency_does_not_combine() -> None:
    with pytest.raises(ValueInvalid):
        NetAmount(1, JPY) + TaxAmount(1, USD)
    with pytest.raises(ValueInvalid):
        GrossAmount(1, JPY) - TaxAmount(1, USD)
    with pytest.raises(ValueInvalid):
        NetAmount(1, JPY) - TaxAmount(1, JPY)  # type: ignore[operator]
    with pytest.raises(ValueInvalid):
        GrossAmount(1, JPY) + TaxAmount(1, JPY)  # type: ignore[operator]


def test_numbers_do_not_take_amounts() -> None:
    with pytest.raises(ValueInvalid):
        1 + NetAmount(1, JPY)  # type: ignore[operator]
    with pytest.raises(ValueInvalid):
        sum([NetAmount(1, JPY)])  # type: ignore[list-item]
    with pytest.raises(ValueInvalid):
        1 - NetAmount(1, JPY)  # type: ignore[operator]
    with pytest.raises(ValueInvalid):
        NetAmount.total([NetAmount(1, JPY), NetAmount(1, USD)], JPY)


def test_amounts_of_different_types_or_currencies_are_never_equal() -> None:
    amounts = [kind(5, of) for kind in AMOUNT_TYPES for of in (JPY, USD)]

    assert len(set(amounts)) == len(amounts)
    assert 5 not in amounts  # type: ignore[comparison-overlap]


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize("minor", [1.0, True, "1", Decimal(1), None, MAXIMUM_MINOR + 1, -MAXIMUM_MINOR - 1])
@pytest.mark.parametrize("kind", AMOUNT_TYPES)
def test_an_amount_is_an_integer_within_bounds(kind: type[NetAmount], minor: int) -> None:
    with pytest.raises(ValueInvalid):
        kind(minor, JPY)


def test_a_currency_is_no_text() -> None:
    with pytest.raises(ValueInvalid):
        NetAmount(1, "JPY")  # type: ignore[arg-type]


def test_a_sum_beyond_the_bounds_is_refused() -> None:
    with pytest.raises(ValueInvalid):
        NetAmount(MAXIMUM_MINOR, JPY) + NetAmount(1, JPY)


def test_amounts_are_read_by_people() -> None:
    assert str(NetAmount(-5, USD)) == "-0.05 USD"
    assert repr(GrossAmount(1100, JPY)) == "GrossAmount(1100 JPY)"


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    ("text", "of", "minor"),
    [
        ("1234.50", USD, 123_450),
        ("1234.5", USD, 123_450),
        ("1234", USD, 123_400),
        ("-0.05", USD, -5),
        ("1234", JPY, 1234),
        ("0", JPY, 0),
        ("1.234", KWD, 1234),
        ("0.0001", CLF, 1),
        ("007", JPY, 7),
    ],
)
def test_amounts_are_read_from_documents(text: str, of: Currency, minor: int) -> None:
    assert minor_from_text(text, of) == minor
    assert minor_from_text(text, of.code) == minor


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    "text",
    [
        *("1.234", "1,234.00", "1,234", "1e3", "1E3", "NaN", "Infinity", "-Infinity", "+1", "１２", "٣", "²"),
        *(
            "",
            "-",
            "--1",
            " 1",
            "1 ",
            "1\n",
            ".5",
            "5.",
            "0x10",
            "1_000",
            "1.2.3",
            "9" * 19,
            "90071992547409.92",
        ),
    ],
)
def test_what_is_no_amount_in_dollars_is_refused(text: str) -> None:
    with pytest.raises(ValueInvalid):
        minor_from_text(text, USD)


@pytest.mark.parametrize(
    ("text", "of"), [("1.0", "JPY"), ("1.234", "USD"), ("1.00000", "CLF"), (1, "JPY"), (1.0, "USD")]
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, of: str) -> None:
    with pytest.raises(ValueInvalid):
        minor_from_text(text, of)


@given(st.integers(-MAXIMUM_MINOR, MAXIMUM_MINOR), CURRENCIES)
def test_amounts_survive_the_way_through_text(minor: int, of: Currency) -> None:
    text = minor_to_text(minor, of)

    assert minor_from_text(text, of) == minor
    assert Fraction(text) * 10**of.exponent == minor


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_only_integers_become_text(minor: int) -> None:
    with pytest.raises(ValueInvalid):
        minor_to_text(minor, "JPY")


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize("text", ["0", "12.5", "12.3456", "999999999999.9999"])
def test_unit_prices_have_up_to_four_decimals(text: str) -> None:
    price = parse_unit_price(text, "USD")

    assert price == UnitPrice(Decimal(text), USD)
    assert str(price) == text


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    "text", ["-1", "-0", "1.00000", "1e2", "NaN", "inf", "", "１", "1,5", "1000000000000"]
)
def test_other_texts_are_no_unit_price(text: str) -> None:
    with pytest.raises(ValueInvalid):
        parse_unit_price(text, USD)


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+3"),
        Decimal(-1),
        Decimal("1E-5"),
        1,
        1.0,
        "1",
    ],
)
def test_other_values_are_no_unit_price(value: Decimal) -> None:
    with pytest.raises(ValueInvalid):
        UnitPrice(value, USD)


@pytest.mark.spec("PRC-5")
@given(
    st.decimals(min_value=0, max_value=10**6, places=4),
    st.integers(-(10**4), 10**4),
    CURRENCIES,
    st.sampled_from(Rounding),
)
def test_a_price_times_a_quantity_is_rounded_once(
    value: Decimal, quantity: int, of: Currency, method: Rounding
) -> None:
    amount = UnitPrice(value, of).times(quantity, method)
    exact = Fraction(value) * quantity * 10**of.exponent

    distance = amount.minor - exact
    assert amount.currency == of
    assert abs(distance) < 1
    if method is Rounding.DOWN:
        assert abs(amount.minor) <= abs(exact)
    elif method is Rounding.UP:
        assert abs(amount.minor) >= abs(exact)
    else:
        assert abs(distance) <= Fraction(1, 2)


def test_a_price_does_not_depend_on_the_callers_context() -> None:
    with localcontext(Context(prec=2)):
        assert parse_unit_price("12345.6789", USD).times(3).minor == 3_703_704


@pytest.mark.parametrize("quantity", [1.0, True, "1", Decimal(1), 10**30])
def test_a_quantity_is_an_integer(quantity: int) -> None:
    with pytest.raises(ValueInvalid):
        parse_unit_price("1", JPY).times(quantity)
