"""Prefectures by their codes, and the one an address is in (CAT-1)."""

import pytest

from askul_connect.core.domain.prefectures import PREFECTURES, prefecture_of


@pytest.mark.spec("CAT-1")
def test_there_are_forty_seven_by_the_codes_of_jis_x_0401() -> None:
    assert len(PREFECTURES) == len(set(PREFECTURES.values())) == 47
    assert (PREFECTURES["01"], PREFECTURES["13"], PREFECTURES["26"], PREFECTURES["47"]) == (
        "北海道",
        "東京都",
        "京都府",
        "沖縄県",
    )


@pytest.mark.spec("CAT-1")
@pytest.mark.parametrize(
    ("address", "code"),
    [("東京都渋谷区", "13"), (" 　京都府京都市", "26"), ("渋谷区", ""), ("", ""), ("市東京都", "")],
)
def test_an_address_begins_with_it(address: str, code: str) -> None:
    assert prefecture_of(address) == code
