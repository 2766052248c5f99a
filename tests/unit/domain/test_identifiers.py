import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.identifiers import (
    RegistrationNumber,
    corporate_check_digit,
    email_key,
    gtin_check_digit,
    normalise_corporate_number,
    normalise_customer_number,
    normalise_email,
    normalise_jan,
    normalise_member_number,
    normalise_party_id,
    normalise_registration_number,
)
from askul_connect.core.errors import ValueInvalid

CORPORATE_NUMBERS = ["7010705000725", "4011001098993", "7000012050002"]
JAN_CODES = ["4901234567894", "4006381333931", "49123456", "96385074"]


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@pytest.mark.spec("ACC-3")
@pytest.mark.parametrize("number", CORPORATE_NUMBERS)
def test_known_corporate_numbers(number: str) -> None:
    assert corporate_check_digit(number[1:]) == number[0]
    assert normalise_corporate_number(number) == number
    assert normalise_corporate_number(f" {number[:1]}-{number[1:5]} {number[5:]}　") == number


@pytest.mark.spec("ACC-3")
@given(digits(12), st.integers(1, 9))
def test_only_one_check_digit_fits_a_corporate_number(base: str, digit: int) -> None:
    number = f"{digit}{base}"

    if str(digit) == corporate_check_digit(base):
        assert normalise_corporate_number(number) == number
    else:
        with pytest.raises(ValueInvalid, match=f"should be {corporate_check_digit(base)}"):
            normalise_corporate_number(number)


@pytest.mark.parametrize(
    "text", ["", "701070500072", "70107050007255", "701070500072A", "0010705000725", "７０１"]
)
def test_what_is_no_corporate_number(text: str) -> None:
    with pytest.raises(ValueInvalid):
        normalise_corporate_number(text)


@pytest.mark.spec("ACC-3")
@pytest.mark.parametrize(
    "text", ["T7010705000725", "t7010705000725", "Ｔ７０１０７０５０００７２５", "T 7010-7050-00725"]
)
def test_registration_numbers_of_corporations(text: str) -> None:
    expected = RegistrationNumber("T7010705000725", corporate=True)

    assert normalise_registration_number(text, corporation=True) == expected
    assert normalise_registration_number(text, corporation=False) == expected


@pytest.mark.spec("ACC-3")
def test_a_sole_proprietors_number_is_only_flagged() -> None:
    found = normalise_registration_number("T1234567890123", corporation=False)

    assert found == RegistrationNumber("T1234567890123", corporate=False)
    with pytest.raises(ValueInvalid, match="check digit"):
        normalise_registration_number("T1234567890123", corporation=True)


@pytest.mark.parametrize(
    "text", ["", "T", "7010705000725", "T701070500072", "TT7010705000725", "T70107050007255"]
)
def test_what_is_no_registration_number(text: str) -> None:
    with pytest.raises(ValueInvalid):
        normalise_registration_number(text, corporation=False)


@pytest.mark.spec("CAT-1")
@pytest.mark.parametrize("code", JAN_CODES)
def test_known_jan_codes(code: str) -> None:
    assert gtin_check_digit(code[:-1]) == code[-1]
    assert normalise_jan(code) == code


@pytest.mark.spec("CAT-1")
@given(st.one_of(digits(12), digits(7)), st.integers(0, 12), st.integers(1, 9))
def test_a_jan_code_notices_each_single_wrong_digit(base: str, place: int, shift: int) -> None:
    code = base + gtin_check_digit(base)
    place %= len(code)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]

    assert normalise_jan(code) == code
    with pytest.raises(ValueInvalid, match="check digit"):
        normalise_jan(wrong)


@pytest.mark.parametrize(
    "text", ["", "4901234567890", "490123456789", "49012345678944", "4901234S67894", "12345670000"]
)
def test_what_is_no_jan_code(text: str) -> None:
    with pytest.raises(ValueInvalid):
        normalise_jan(text)


@pytest.mark.parametrize("base", ["", "123456", "12345678", "49012345678", "4901234567890"])
def test_check_digits_need_their_base(base: str) -> None:
    with pytest.raises(ValueInvalid):
        gtin_check_digit(base)


@pytest.mark.spec("ACC-2")
@pytest.mark.parametrize(
    "text",
    [
        "0123456789",
        "０１２３４５６７８９",
        " 0123 456 789 ",
        "012-345-6789",
        "012‐345‑6789",
        "012–345—6789",
        "012−345ー6789",
        "０１２－３４５ｰ６７８９",
        "\t0123456789\n",
        "0123\u3000456\u00a0789",
    ],
)
def test_customer_numbers_are_read_forgivingly(text: str) -> None:
    assert normalise_customer_number(text) == "0123456789"


@pytest.mark.spec("ACC-2")
@pytest.mark.parametrize(
    "text",
    ["", "012345678", "01234567890", "012345678X", "٠١٢٣٤٥٦٧٨٩", "+123456789", "0123456.89", 123456789],
)
def test_what_is_no_customer_number(text: str) -> None:
    with pytest.raises(ValueInvalid, match="10 digits"):
        normalise_customer_number(text)


@given(digits(10))
def test_a_customer_number_is_its_own_normal_form(number: str) -> None:
    assert normalise_customer_number(number) == number


@pytest.mark.spec("ACC-10")
def test_member_numbers_have_eight_digits() -> None:
    assert normalise_member_number("１２３４-5678") == "12345678"
    with pytest.raises(ValueInvalid):
        normalise_member_number("1234567")


@pytest.mark.spec("AUTH-1")
@pytest.mark.parametrize(
    "text",
    ["hanako.yamada@example.co.jp", "A+b_c%d@x-y.example", "o'neil@example.com", "1@2.jp", "a@b.xn--q9jyb4c"],
)
def test_email_addresses(text: str) -> None:
    assert normalise_email(f" {text}\n") == text
    assert email_key(text.upper()) == text.lower()


@pytest.mark.spec("AUTH-1")
@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "@example.com", "a@", "a@b", "a@@b.com", "a@b..com", ".a@b.com", "a.@b.com", "a..b@c.com"),
        *(
            "a b@c.com",
            "a@b.c om",
            "a@-b.com",
            "a@b-.com",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            '"a"@b.com',
            "a@b.com.",
        ),
        *("a@b.com\nBcc: c@d.com", "a,b@c.com", "<a@b.com>", "a@b_c.com", "a\x00@b.com"),
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        f"a@{'b.' * 130}com",
    ],
)
def test_what_is_no_email_address(text: str) -> None:
    with pytest.raises(ValueInvalid):
        normalise_email(text)


@pytest.mark.spec("AUTH-1")
@pytest.mark.parametrize(
    "text",
    [
        "mı\u200bke@example.com",
        "\u212aei@example.com",
        "ｍike@example.com",
        "mike@ｅxample.com",
        "ſ@example.com",
    ],
)
def test_addresses_that_only_look_like_another_are_refused(text: str) -> None:
    with pytest.raises(ValueInvalid, match="half-width"):
        email_key(text)


@pytest.mark.parametrize(
    "text", ["0188:7010705000725", "internal:BUYER-01", "9999:a/b.c", "0088:4012345000009", "x:取引先1"]
)
def test_party_ids(text: str) -> None:
    assert normalise_party_id(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", "7010705000725", ":1", "0188:", "0188: 1", "0188:1 2", "a b:1", "0188:\x07", "x:" + "1" * 101],
)
def test_what_is_no_party_id(text: str) -> None:
    with pytest.raises(ValueInvalid):
        normalise_party_id(text)


@given(st.text())
def test_any_text_ends_as_a_value_or_a_typed_error(text: str) -> None:
    for normalise in (
        normalise_corporate_number,
        normalise_customer_number,
        normalise_member_number,
        normalise_jan,
        normalise_email,
        normalise_party_id,
    ):
        try:
            value = normalise(text)
        except ValueInvalid as error:
            assert error.remedy.ja  # noqa: PT017  either outcome is right
        else:
            assert normalise(value) == value
