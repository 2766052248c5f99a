"""Words of the sample catalog: makers, variants and packs.

All makers and printer models are invented; a name that is also a real one is an accident.
"""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.domain.tax import TaxCategory


@frozen(kw_only=True)
class Shelf:
    """One leaf of the category tree and what stands on it.

    Attributes:
        code: First part of the SKUs on this shelf; the letter is the top category's.
        path: Category from general to special, three levels.
        unspsc: The eight-digit commodity code.
        makers: Key of `MAKERS`.
        products: One product a line: Japanese name, English name, yen for one piece, keys of `VARIANTS`, key
            of `PACKS`.
        lead_days: Shortest and longest lead time of direct-ship goods in business days; (0, 0) for stock.
    """

    code: str
    path: tuple[str, str, str]
    unspsc: str
    makers: str
    products: str
    tax_category: TaxCategory = TaxCategory.STANDARD
    lead_days: tuple[int, int] = (0, 0)


#: Line of business -> its makers as (Japanese name, English name).
MAKERS: dict[str, tuple[tuple[str, str], ...]] = {
    "stationery": (
        ("ミナモリ文具", "Minamori Bungu"),
        ("ソラフネ文具", "Sorafune Bungu"),
        ("ハネカゼ筆記具", "Hanekaze Pens"),
        ("コトノハラ事務", "Kotonohara Office"),
    ),
    "paper": (
        ("アオバネ紙業", "Aobane Paper"),
        ("ユキシズク製紙", "Yukishizuku Paper"),
        ("オリガミナ紙器", "Origamina Paperware"),
    ),
    "printing": (
        ("クモカゲ電子", "Kumokage Electronics"),
        ("イロドリノ印材", "Irodorino Supplies"),
        ("サイセイヤ資材", "Saiseiya Remake"),
    ),
    "packing": (
        ("フクロウラ包装", "Fukuroura Packing"),
        ("ツツミグサ産業", "Tsutsumigusa"),
        ("オリガミナ紙器", "Origamina Paperware"),
    ),
    "cleaning": (
        ("ホシナギ化学", "Hoshinagi Chemical"),
        ("アワユキノ石鹸", "Awayukino Soap"),
        ("カゼミチ化成", "Kazemichi Kasei"),
    ),
    "food": (
        ("チャノコミチ製茶", "Chanokomichi Tea"),
        ("ミズカガミ飲料", "Mizukagami Drinks"),
        ("ハナツムギ食品", "Hanatsumugi Foods"),
        ("マメノオト珈琲", "Mamenooto Coffee"),
    ),
    "brewing": (("ツキシロヤ酒造", "Tsukishiroya Brewing"), ("ムギワラノ醸造", "Mugiwarano Brewery")),
    "furniture": (
        ("キノハラ家具工房", "Kinohara Furniture"),
        ("イシバシリ工業", "Ishibashiri Works"),
        ("モクメノワ製作所", "Mokumenowa Works"),
    ),
    "machines": (
        ("トモシビヤ電機", "Tomoshibiya Electric"),
        ("クモカゲ電子", "Kumokage Electronics"),
        ("コトノハラ事務", "Kotonohara Office"),
    ),
    "medical": (
        ("シロツバメ衛生", "Shirotsubame Hygiene"),
        ("ナギサミチ医材", "Nagisamichi Medical"),
        ("カゼミチ化成", "Kazemichi Kasei"),
    ),
    "workshop": (
        ("テツノワ工具", "Tetsunowa Tools"),
        ("ヤマビコラ安全", "Yamabikora Safety"),
        ("イシバシリ工業", "Ishibashiri Works"),
    ),
    "power": (
        ("トモシビヤ電機", "Tomoshibiya Electric"),
        ("アカリノス電工", "Akarinosu Lighting"),
        ("ワタリボシ電池", "Watariboshi Battery"),
    ),
}

#: Kind of variant -> its values as (Japanese, English, percent of the product's price).
VARIANTS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "ink": (("黒", "black", 100), ("赤", "red", 100), ("青", "blue", 100), ("緑", "green", 104)),
    "tip": (("0.38mm", "0.38 mm", 105), ("0.5mm", "0.5 mm", 100), ("0.7mm", "0.7 mm", 100)),
    "neon": (("イエロー", "yellow", 100), ("ピンク", "pink", 100), ("オレンジ", "orange", 100)),
    "hardness": (("HB", "HB", 100), ("B", "B", 100), ("2B", "2B", 102)),
    "colour": (
        ("ブルー", "blue", 100),
        ("グレー", "grey", 100),
        ("レッド", "red", 100),
        ("グリーン", "green", 100),
        ("クリア", "clear", 97),
    ),
    "tone": (("ホワイト", "white", 100), ("ブラック", "black", 100), ("ナチュラル", "natural", 106)),
    "sheet": (("A4", "A4", 100), ("A3", "A3", 204), ("B4", "B4", 158), ("B5", "B5", 84)),
    "file": (("A4タテ", "A4 portrait", 100), ("A4ヨコ", "A4 landscape", 100), ("B5タテ", "B5 portrait", 92)),
    "spine": (("背幅3cm", "spine 3 cm", 88), ("背幅5cm", "spine 5 cm", 100), ("背幅8cm", "spine 8 cm", 119)),
    "weight": (("64g/m2", "64 g/m2", 94), ("67g/m2", "67 g/m2", 100), ("80g/m2", "80 g/m2", 121)),
    "tint": (
        ("クリーム", "cream", 100),
        ("若草", "light green", 100),
        ("桃", "pink", 100),
        ("水", "aqua", 100),
    ),
    "ruling": (("横罫7mm", "ruled 7 mm", 100), ("横罫6mm", "ruled 6 mm", 100), ("方眼5mm", "grid 5 mm", 103)),
    "note": (("75×75mm", "75 x 75 mm", 100), ("75×25mm", "75 x 25 mm", 52), ("50×15mm", "50 x 15 mm", 31)),
    "width": (("15mm幅", "15 mm wide", 80), ("18mm幅", "18 mm wide", 100), ("24mm幅", "24 mm wide", 131)),
    "tape": (("50mm×50m", "50 mm x 50 m", 100), ("50mm×100m", "50 mm x 100 m", 186)),
    "thick": (("厚さ0.03mm", "0.03 mm", 100), ("厚さ0.04mm", "0.04 mm", 128), ("厚さ0.05mm", "0.05 mm", 156)),
    "toner": (
        ("ブラック", "black", 100),
        ("シアン", "cyan", 118),
        ("マゼンタ", "magenta", 118),
        ("イエロー", "yellow", 118),
    ),
    "model": (("ZV31用", "for ZV31", 100), ("ZV45用", "for ZV45", 132), ("YD70用", "for YD70", 171)),
    "envelope": (
        ("長形3号", "long no. 3", 100),
        ("長形4号", "long no. 4", 82),
        ("角形2号", "square no. 2", 158),
        ("角形A4号", "square A4", 151),
    ),
    "carton": (
        ("60サイズ", "size 60", 100),
        ("80サイズ", "size 80", 148),
        ("100サイズ", "size 100", 212),
        ("120サイズ", "size 120", 288),
    ),
    "scent": (("無香料", "unscented", 100), ("シトラス", "citrus", 102), ("ハーブ", "herb", 102)),
    "refill": (
        ("本体", "with dispenser", 118),
        ("詰替用", "refill", 100),
        ("大容量詰替用", "large refill", 236),
    ),
    "bag": (("20L", "20 l", 62), ("45L", "45 l", 100), ("70L", "70 l", 149), ("90L", "90 l", 188)),
    "bottle": (("500ml", "500 ml", 100), ("2L", "2 l", 178)),
    "roast": (("モカ", "mocha", 104), ("マイルド", "mild", 100), ("ビター", "bitter", 100)),
    "flavour": (("うす塩", "light salt", 100), ("しょうゆ", "soy sauce", 100), ("カレー", "curry", 102)),
    "bar": (("ミルク", "milk", 100), ("ビター", "bitter", 103), ("抹茶", "matcha", 108)),
    "desk": (("幅1000mm", "1000 mm", 86), ("幅1200mm", "1200 mm", 100), ("幅1400mm", "1400 mm", 117)),
    "cabinet": (("2段", "2 tiers", 74), ("3段", "3 tiers", 100), ("5段", "5 tiers", 148)),
    "arms": (("肘なし", "without arms", 100), ("肘付き", "with arms", 123)),
    "cable": (("1m", "1 m", 72), ("3m", "3 m", 100), ("5m", "5 m", 129), ("10m", "10 m", 204)),
    "memory": (("16GB", "16 GB", 74), ("32GB", "32 GB", 100), ("64GB", "64 GB", 158)),
    "size": (("S", "S", 100), ("M", "M", 100), ("L", "L", 100), ("LL", "LL", 104)),
    "mask": (("ふつう", "regular", 100), ("小さめ", "small", 100)),
    "plaster": (("Sサイズ", "size S", 82), ("Mサイズ", "size M", 100), ("Lサイズ", "size L", 133)),
    "shoe": (("24.5cm", "24.5 cm", 100), ("26.0cm", "26.0 cm", 100), ("27.5cm", "27.5 cm", 100)),
    "tie": (("100mm", "100 mm", 70), ("150mm", "150 mm", 100), ("200mm", "200 mm", 138)),
    "driver": (("+1", "cross 1", 92), ("+2", "cross 2", 100), ("-6", "slotted 6", 100)),
    "cell": (("単1形", "D", 290), ("単2形", "C", 210), ("単3形", "AA", 100), ("単4形", "AAA", 100)),
    "light": (("昼白色", "neutral white", 100), ("電球色", "warm white", 100), ("昼光色", "daylight", 100)),
    "plug": (
        ("4口2m", "4 outlets 2 m", 82),
        ("6口3m", "6 outlets 3 m", 100),
        ("6口5m", "6 outlets 5 m", 121),
    ),
}

#: Kind of packing -> (Japanese counter, packs). A pack is a UN/ECE Rec. 20 code (X.. from Rec. 21) and its
#: pieces; a number after a slash is the minimum and the multiple of an order.
PACKS: dict[str, tuple[str, str]] = {
    "pen": ("本", "EA1 XPK10 XBX100"),
    "piece": ("個", "EA1 XBX10 XCT100"),
    "small": ("個", "XPK5 XBX50"),
    "tool": ("個", "EA1"),
    "machine": ("台", "EA1"),
    "chair": ("脚", "EA1 SET4"),
    "book": ("冊", "EA1 XPK5 XCT50"),
    "clip": ("個", "XBX100 XCT1000"),
    "ream": ("枚", "XPK500 XCT5000"),
    "wide": ("枚", "XPK500 XCT1500"),
    "sheets": ("枚", "XPK10 XPK100"),
    "toner": ("本", "EA1 SET2"),
    "ink": ("個", "EA1 SET4"),
    "envelope": ("枚", "EA1/100 XPK100 XBX1000"),
    "carton": ("枚", "EA1/20 XPK20"),
    "roll": ("巻", "XRO1 XPK5 XCT50"),
    "film": ("巻", "XRO1 XCT6"),
    "bags": ("枚", "XPK10 XBX100 XCT600"),
    "liquid": ("本", "XBO1 XCT12"),
    "can": ("缶", "EA1 XCT24"),
    "case24": ("本", "EA1 XCT24"),
    "teabag": ("袋", "XPK50 XCT600"),
    "snack": ("袋", "EA1 XCT12"),
    "meal": ("食", "EA1 XCT12"),
    "cup": ("個", "EA1/50 XPK50 XCT1000"),
    "tissue": ("箱", "XPK5 XCT60"),
    "paperroll": ("ロール", "XPK12 XCT96"),
    "towel": ("枚", "XPK200 XCT6000"),
    "wipe": ("枚", "XPK100 XCT1200"),
    "gloves": ("枚", "XBX100 XCT1000"),
    "mask": ("枚", "XBX50 XCT1000"),
    "pair": ("双", "PR1 XPK10"),
    "shoes": ("足", "PR1"),
    "tie": ("本", "EA1/500 XPK100 XBG1000"),
    "battery": ("本", "XPK4 XPK10 XBX40"),
    "lamp": ("個", "EA1 XBX10"),
}

#: Unit code -> words for the name, from {n} pieces and the counter {c}.
UNIT_WORDS: dict[str, tuple[str, str]] = {
    "EA": ("1{c}", "each"),
    "PR": ("1{c}", "pair"),
    "SET": ("1セット({n}{c}組)", "set of {n}"),
    "XBG": ("1袋({n}{c}入)", "bag of {n}"),
    "XBO": ("1{c}", "bottle"),
    "XBX": ("1箱({n}{c}入)", "box of {n}"),
    "XCT": ("1ケース({n}{c}入)", "carton of {n}"),
    "XPK": ("1パック({n}{c}入)", "pack of {n}"),
    "XRO": ("1{c}", "roll"),
}
