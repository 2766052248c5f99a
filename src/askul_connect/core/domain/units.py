"""Units of measure: UN/ECE Recommendation 20, and packages of Recommendation 21 with the prefix X."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.errors import UnknownUnit


@frozen
class Unit:
    """One unit of measure.

    Attributes:
        code: UN/ECE Rec. 20 code; a package of Rec. 21 is ``X`` and its two characters, as Peppol writes it.
        name_ja, name_en: What a person reads.
    """

    code: str
    name_ja: str
    name_en: str


_ROWS = (
    # counted things
    ("C62", "個", "one"),
    ("EA", "個", "each"),
    ("H87", "個", "piece"),
    ("NAR", "点", "number of articles"),
    ("NMP", "パック", "number of packs"),
    ("PR", "足・組", "pair"),
    ("SET", "セット", "set"),
    ("KT", "キット", "kit"),
    ("AS", "アソート", "assortment"),
    ("DZN", "ダース", "dozen"),
    ("GRO", "グロス", "gross"),
    ("CEN", "百", "hundred"),
    ("MIL", "千", "thousand"),
    ("P1", "パーセント", "percent"),
    ("ST", "枚", "sheet"),
    ("RM", "連", "ream"),
    ("LEF", "枚", "leaf"),
    ("LS", "一式", "lump sum"),
    ("E48", "サービス単位", "service unit"),
    # mass
    ("MGM", "ミリグラム", "milligram"),
    ("GRM", "グラム", "gram"),
    ("KGM", "キログラム", "kilogram"),
    ("TNE", "トン", "tonne"),
    # volume
    ("MLT", "ミリリットル", "millilitre"),
    ("CLT", "センチリットル", "centilitre"),
    ("DLT", "デシリットル", "decilitre"),
    ("LTR", "リットル", "litre"),
    ("MTQ", "立方メートル", "cubic metre"),
    # length and area
    ("MMT", "ミリメートル", "millimetre"),
    ("CMT", "センチメートル", "centimetre"),
    ("MTR", "メートル", "metre"),
    ("KMT", "キロメートル", "kilometre"),
    ("CMK", "平方センチメートル", "square centimetre"),
    ("MTK", "平方メートル", "square metre"),
    # time
    ("MIN", "分", "minute"),
    ("HUR", "時間", "hour"),
    ("DAY", "日", "day"),
    ("WEE", "週", "week"),
    ("MON", "月", "month"),
    ("ANN", "年", "year"),
    # energy
    ("KWH", "キロワット時", "kilowatt hour"),
    # packages
    ("XAE", "エアゾール缶", "aerosol"),
    ("XBA", "樽", "barrel"),
    ("XBE", "束", "bundle"),
    ("XBG", "袋", "bag"),
    ("XBH", "束", "bunch"),
    ("XBJ", "バケツ", "bucket"),
    ("XBK", "かご", "basket"),
    ("XBO", "本", "bottle"),
    ("XBX", "箱", "box"),
    ("XCA", "缶", "can"),
    ("XCQ", "カートリッジ", "cartridge"),
    ("XCR", "クレート", "crate"),
    ("XCS", "ケース", "case"),
    ("XCT", "カートン", "carton"),
    ("XCU", "カップ", "cup"),
    ("XCX", "缶", "can, cylindrical"),
    ("XDR", "ドラム", "drum"),
    ("XEN", "封筒", "envelope"),
    ("XJR", "瓶", "jar"),
    ("XOU", "外装箱", "container, outer"),
    ("XPA", "小箱", "packet"),
    ("XPG", "プレート", "plate"),
    ("XPK", "パック", "package"),
    ("XPO", "小袋", "pouch"),
    ("XPU", "トレー", "tray"),
    ("XPX", "パレット", "pallet"),
    ("XRL", "リール", "reel"),
    ("XRO", "巻", "roll"),
    ("XSA", "大袋", "sack"),
    ("XSH", "小袋", "sachet"),
    ("XSM", "シートメタル", "sheetmetal"),
    ("XST", "シート", "sheet"),
    ("XSW", "シュリンク包装", "shrinkwrapped"),
    ("XTN", "缶詰", "tin"),
    ("XTU", "チューブ", "tube"),
    ("XTY", "タンク", "tank, cylindrical"),
    ("XVI", "バイアル", "vial"),
    ("XZZ", "その他の包装", "mutually defined"),
)
_UNITS = {code: Unit(code, name_ja, name_en) for code, name_ja, name_en in _ROWS}


def unit(code: str) -> Unit:
    """The unit of a code.

    Args:
        code: Upper-case code, exactly as the Recommendation writes it.

    Raises:
        UnknownUnit: We know no unit of that code.
    """
    found = _UNITS.get(code)
    if found is None:
        raise UnknownUnit(
            f"{code!r} is no unit code of UN/ECE Rec. 20 or 21 that is known here, such as 'H87'"
        )
    return found


def all_units() -> tuple[Unit, ...]:
    """Every unit we know, in the order of its code."""
    return tuple(_UNITS[code] for code in sorted(_UNITS))
