import pytest

from askul_connect.core.domain.units import Unit, all_units, unit
from askul_connect.core.errors import UnknownUnit

NEEDED = [
    *(
        "EA",
        "C62",
        "H87",
        "NAR",
        "PR",
        "SET",
        "DZN",
        "KGM",
        "GRM",
        "LTR",
        "MLT",
        "MTR",
        "MTK",
        "HUR",
        "DAY",
        "MON",
    ),
    *("XPK", "XBX", "XCT", "XCS", "XBG", "XRO", "XRL", "XBO", "XSH"),
]


@pytest.mark.parametrize("code", NEEDED)
def test_units_have_names_in_both_languages(code: str) -> None:
    found = unit(code)

    assert found.code == code
    assert found.name_ja
    assert found.name_en.isascii()


def test_units_are_listed_once_in_order() -> None:
    codes = [each.code for each in all_units()]

    assert codes == sorted(set(codes))
    assert set(NEEDED) <= set(codes)
    assert unit("XBX") == Unit("XBX", "箱", "box")


@pytest.mark.parametrize("code", ["", "ea", "BX", "箱", "XXX", " EA", "ＥＡ"])
def test_other_codes_are_unknown(code: str) -> None:
    with pytest.raises(UnknownUnit):
        unit(code)
