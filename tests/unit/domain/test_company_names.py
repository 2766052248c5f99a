"""Companies are recognised however they are written (ACC-4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.company_names import company_key, phone_key, postcode_key


@pytest.mark.spec("ACC-4")
@pytest.mark.parametrize(
    "spelling",
    [
        "株式会社見本商事",
        "㈱見本商事",
        "(株)見本商事",
        "（株） 見本 商事",
        "見本商事株式会社",
        "見本・商事　㈱",
    ],
)
def test_the_legal_form_and_the_width_do_not_matter(spelling: str) -> None:
    assert company_key(spelling) == "見本商事"


@pytest.mark.spec("ACC-4")
@pytest.mark.parametrize(
    "spelling",
    ["Mihon Trading Co., Ltd.", "ＭＩＨＯＮ　Ｔｒａｄｉｎｇ", "mihon-trading inc", "MIHON TRADING K.K."],
)
def test_latin_names(spelling: str) -> None:
    assert company_key(spelling) == "mihontrading"


@pytest.mark.spec("ACC-4")
def test_different_names_stay_different() -> None:
    names = ["見本商事", "見本商会", "見本", "株式会社", "有限会社", "Incorporation", "Cooltd"]
    assert len({company_key(name) for name in names}) == len(names)


@given(st.text(max_size=40))
def test_a_key_is_its_own_key_unless_a_legal_form_appears_only_in_it(name: str) -> None:
    key = company_key(name)
    assert key == "".join(key.split())
    assert company_key(f" {name} ") == key


@pytest.mark.spec("ACC-4")
@pytest.mark.parametrize(
    "spelling",
    ["03-1234-5678", "０３（１２３４）５６７８", "+81 3 1234 5678", "+81(0)3-1234-5678", "0312345678"],
)
def test_phones(spelling: str) -> None:
    assert phone_key(spelling) == "0312345678"


@pytest.mark.spec("ACC-4")
def test_postcodes() -> None:
    assert postcode_key("〒１００－０００１") == postcode_key("100-0001") == "1000001"
