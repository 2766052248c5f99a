"""The well-known items of the sample catalog, cited by demo and documentation: the same for every seed."""

from __future__ import annotations

from decimal import Decimal

from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.identifiers import gtin_check_digit
from askul_connect.core.services.supplier.sample_shelves_facility import FACILITY_SHELVES
from askul_connect.core.services.supplier.sample_shelves_office import OFFICE_SHELVES
from askul_connect.core.services.supplier.sample_vocabulary import MAKERS

# SKU | Japanese name | English name | maker | yen | unit | pieces | minimum and multiple | on hand
_ROWS = """
    B100-0001 | コピー用紙 高白色 A4 67g/m2 1ケース(5000枚入)
              | bright white copy paper A4 67 g/m2, carton of 10 x 500
              | アオバネ紙業 | 4280 | XCT | 5000 | 1 | 860
    B100-0002 | コピー用紙 高白色 A4 67g/m2 1パック(500枚入)
              | bright white copy paper A4 67 g/m2, pack of 500
              | アオバネ紙業 | 460 | XPK | 500 | 1 | 2400
    A100-0001 | ゲルインクボールペン ノック式 黒 0.5mm 1パック(10本入)
              | retractable gel pen black 0.5 mm, pack of 10
              | ハネカゼ筆記具 | 1040 | XPK | 10 | 1 | 640
    A100-0002 | ゲルインクボールペン ノック式 黒 0.5mm 1本
              | retractable gel pen black 0.5 mm, each
              | ハネカゼ筆記具 | 110 | EA | 1 | 1 | 1800
    A120-0001 | 蛍光ペン イエロー 1パック(10本入) | highlighter yellow, pack of 10
              | ソラフネ文具 | 820 | XPK | 10 | 1 | 310
    A210-0001 | ステープラー 10号針 ブルー 1個 | stapler no. 10 blue, each
              | ミナモリ文具 | 420 | EA | 1 | 1 | 145
    A300-0001 | 付箋 75×75mm クリーム 1パック(5個入) | sticky notes 75 x 75 mm cream, pack of 5
              | ユキシズク製紙 | 410 | XPK | 5 | 1 | 520
    D100-0001 | パイプ式ファイル 両開き A4タテ 背幅5cm 1冊 | pipe file A4 portrait, spine 5 cm, each
              | コトノハラ事務 | 540 | EA | 1 | 1 | 730
    C100-0001 | トナーカートリッジ ブラック ZV31用 1本 | toner cartridge black for ZV31, each
              | クモカゲ電子 | 9800 | EA | 1 | 1 | 64
    E100-0001 | ケント封筒 テープ付 長形3号 バラ | white envelope with tape, long no. 3, each
              | ユキシズク製紙 | 12.5 | EA | 1 | 100 | 48000
    E100-0002 | クラフト封筒 角形2号 1箱(1000枚入) | kraft envelope square no. 2, box of 1000
              | アオバネ紙業 | 11200 | XBX | 1000 | 1 | 92
    E210-0001 | OPPテープ 透明 50mm×100m 1巻 | clear packing tape 50 mm x 100 m, roll
              | フクロウラ包装 | 245 | XRO | 1 | 5 | 1250
    F100-0001 | 食器用洗剤 無香料 本体 1本 | dishwashing liquid unscented, bottle
              | アワユキノ石鹸 | 198 | XBO | 1 | 1 | 380
    G100-0001 | 緑茶 ペットボトル 500ml 1ケース(24本入) | green tea 500 ml, carton of 24
              | チャノコミチ製茶 | 1980 | XCT | 24 | 1 | 540
    G110-0001 | ドリップコーヒー 1杯分 マイルド 1パック(50袋入) | drip coffee mild, pack of 50
              | マメノオト珈琲 | 1380 | XPK | 50 | 1 | 205
    G300-0001 | ビール 350ml 1ケース(24缶入) | beer 350 ml, carton of 24
              | ムギワラノ醸造 | 4980 | XCT | 24 | 1 | 75
    H100-0001 | オフィスチェア メッシュ 肘付き グレー 1脚 | mesh office chair with arms grey, each
              | キノハラ家具工房 | 23100 | EA | 1 | 1 | 40
    J100-0001 | 電卓 12桁 ホワイト 1台 | calculator 12 digits white, each
              | コトノハラ事務 | 1680 | EA | 1 | 1 | 160
    K200-0001 | ウェットティッシュ アルコール 無香料 1パック(100枚入)
              | alcohol wet wipes unscented, pack of 100
              | シロツバメ衛生 | 298 | XPK | 100 | 1 | 960
    M100-0001 | アルカリ乾電池 単3形 1箱(40本入) | alkaline battery AA, box of 40
              | ワタリボシ電池 | 2080 | XBX | 40 | 1 | 270
    L100-0001 | 作業手袋 すべり止め M 1双 | grip work gloves M, pair
              | ヤマビコラ安全 | 128 | PR | 1 | 10 | 0
    A200-0001 | 修正テープ 5mm×6m ブルー 旧型 1個 | correction tape 5 mm x 6 m blue, old model, each
              | ソラフネ文具 | 198 | EA | 1 | 1 | 12
"""

#: Taken out of the catalog, but still known, so that documents can name one.
_DISCONTINUED = frozenset({"A200-0001"})

_SHELVES = {shelf.code: shelf for shelf in (*OFFICE_SHELVES, *FACILITY_SHELVES)}
_MAKERS_EN = dict(maker for makers in MAKERS.values() for maker in makers)


def in_store_jan(position: int) -> str:
    """A GTIN-13 for the item at a position of the sample catalog.

    It begins with 20, of the range GS1 leaves to shops for their own use: it means no product of the world.

    Args:
        position: Counted from 0, below ten thousand million.
    """
    # An odd factor that 5 does not divide spreads the numbers without making two equal.
    body = f"20{position * 6_180_339_887 % 10_000_000_000:010}"
    return f"{body}{gtin_check_digit(body)}"


def _item(position: int, cells: list[str]) -> tuple[Item, StockLevel]:
    sku, name, name_en, maker, price, unit, pieces, minimum, on_hand = cells
    shelf = _SHELVES[sku.partition("-")[0]]
    item = Item(
        sku=sku,
        jan=in_store_jan(position),
        name=f"{maker} 定番 {name}",
        name_en=f"{_MAKERS_EN[maker]} Classic {name_en}",
        maker=maker,
        category=shelf.path,
        unspsc=shelf.unspsc,
        tax_category=shelf.tax_category,
        currency="JPY",
        list_price=Decimal(price),
        unit=unit,
        content_quantity=int(pieces),
        fulfilment=Fulfilment.DIRECT if shelf.lead_days[1] else Fulfilment.STOCK,
        minimum=int(minimum),
        multiple=int(minimum),
        lead_days=shelf.lead_days[0],
        discontinued=sku in _DISCONTINUED,
    )
    return item, StockLevel(sku=sku, on_hand=int(on_hand))


def _read() -> tuple[tuple[Item, StockLevel], ...]:
    cells = [cell.strip() for cell in _ROWS.replace("|", "\n").splitlines() if cell.strip()]
    return tuple(_item(n, cells[9 * n : 9 * n + 9]) for n in range(len(cells) // 9))


#: The items with their stock, in the catalog's order.
SHOWCASE_STOCK: tuple[tuple[Item, StockLevel], ...] = _read()

#: SKU -> item.
SHOWCASE: dict[str, Item] = {item.sku: item for item, _ in SHOWCASE_STOCK}
