"""Shelves of the sample catalog for the building: cleaning, food, hygiene, workshop, power and light."""

from __future__ import annotations

from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.services.supplier.sample_vocabulary import Shelf

FACILITY_SHELVES: tuple[Shelf, ...] = (
    Shelf(
        code="F100",
        path=("洗剤・清掃", "洗剤", "台所・住居用"),
        unspsc="47131810",
        makers="cleaning",
        products="""
            食器用洗剤 | dishwashing liquid | 168 | scent refill | liquid
            住居用洗剤 中性 | neutral household cleaner | 248 | scent refill | liquid
            洗濯用洗剤 液体 | laundry liquid | 328 | scent refill | liquid
        """,
    ),
    Shelf(
        code="F110",
        path=("洗剤・清掃", "洗剤", "トイレ・床用"),
        unspsc="47131801",
        makers="cleaning",
        products="""
            トイレ用洗剤 | toilet cleaner | 158 | refill | liquid
            床用ワックス 2L | floor wax 2 l | 2480 | | liquid
        """,
    ),
    Shelf(
        code="F200",
        path=("洗剤・清掃", "清掃用品", "ほうき・モップ・クロス"),
        unspsc="47131604",
        makers="cleaning",
        products="""
            自在ほうき | push broom | 890 | colour | pen
            マイクロファイバークロス | microfibre cloth | 98 | colour | small
            水拭きモップ 替糸 | wet mop refill | 640 | colour | tool
        """,
    ),
    Shelf(
        code="F210",
        path=("洗剤・清掃", "清掃用品", "ゴミ袋"),
        unspsc="47121701",
        makers="packing",
        products="""
            ゴミ袋 半透明 | translucent bin bag | 9.8 | bag thick | bags
            ゴミ袋 黒 | black bin bag | 10.5 | bag | bags
        """,
    ),
    # Reduced rate: food and drink of the Food Labelling Act, without alcohol, medicines and quasi-drugs
    # (Consumption Tax Act, Appended Table 1, item 1).
    Shelf(
        code="G100",
        path=("飲料・食品", "飲料", "お茶・水"),
        unspsc="50202301",
        makers="food",
        tax_category=TaxCategory.REDUCED,
        products="""
            緑茶 ペットボトル | green tea, PET bottle | 88 | bottle | case24
            麦茶 ペットボトル | barley tea, PET bottle | 84 | bottle | case24
            天然水 ペットボトル | mineral water, PET bottle | 62 | bottle | case24
            炭酸水 ペットボトル | sparkling water, PET bottle | 76 | bottle | case24
        """,
    ),
    Shelf(
        code="G110",
        path=("飲料・食品", "飲料", "コーヒー・茶葉"),
        unspsc="50201706",
        makers="food",
        tax_category=TaxCategory.REDUCED,
        products="""
            缶コーヒー 185g | canned coffee 185 g | 74 | roast | can
            ドリップコーヒー 1杯分 | drip coffee, one cup | 28 | roast | teabag
            緑茶ティーバッグ | green tea bag | 11 | | teabag
            紅茶ティーバッグ | black tea bag | 12.5 | | teabag
        """,
    ),
    Shelf(
        code="G200",
        path=("飲料・食品", "食品", "菓子・保存食"),
        unspsc="50181905",
        makers="food",
        tax_category=TaxCategory.REDUCED,
        products="""
            おつまみせんべい 120g | rice crackers 120 g | 198 | flavour | snack
            個包装チョコレート 180g | wrapped chocolates 180 g | 268 | bar | snack
            カップ麺 | cup noodles | 142 | flavour | meal
            備蓄用アルファ米 | emergency instant rice | 320 | | meal
            スティックシュガー 3g×100本 | sugar sticks 3 g x 100 | 236 | | snack
        """,
    ),
    Shelf(
        code="G300",
        path=("飲料・食品", "酒類", "来客用"),
        unspsc="50202201",
        makers="brewing",
        products="""
            ビール 350ml | beer 350 ml | 214 | | can
            純米酒 720ml | junmai sake 720 ml | 1480 | | liquid
        """,
    ),
    Shelf(
        code="G400",
        path=("飲料・食品", "給湯室用品", "紙コップ・割りばし"),
        unspsc="52151504",
        makers="packing",
        products="""
            紙コップ 205ml | paper cup 205 ml | 4.5 | tone | cup
            断熱紙コップ 230ml | insulated paper cup 230 ml | 9.75 | tone | cup
            割りばし 紙袋入 | chopsticks in paper sleeve | 3.4 | | bags
        """,
    ),
    Shelf(
        code="K100",
        path=("衛生・医療", "衛生紙", "ティッシュ・トイレットペーパー"),
        unspsc="14111704",
        makers="medical",
        products="""
            ティッシュペーパー 150組 | facial tissues, 150 sheets | 72 | | tissue
            トイレットペーパー シングル 60m | toilet roll, 1-ply 60 m | 44 | scent | paperroll
            ペーパータオル 中判 | paper towels, medium | 0.88 | | towel
        """,
    ),
    Shelf(
        code="K200",
        path=("衛生・医療", "感染対策", "マスク・手袋・除菌"),
        unspsc="42131606",
        makers="medical",
        products="""
            不織布マスク | non-woven mask | 7.8 | mask tone | mask
            ニトリル手袋 パウダーフリー | nitrile gloves, powder-free | 8.6 | size | gloves
            ウェットティッシュ アルコール | alcohol wet wipes | 3.2 | scent | wipe
            手指消毒液 500ml | hand sanitizer 500 ml | 580 | refill | liquid
        """,
    ),
    Shelf(
        code="K210",
        path=("衛生・医療", "救急", "絆創膏・包帯"),
        unspsc="42311505",
        makers="medical",
        products="""
            絆創膏 | adhesive plaster | 6.5 | plaster | gloves
            伸縮包帯 4.5m | elastic bandage 4.5 m | 118 | plaster | roll
            電子体温計 | digital thermometer | 1380 | | tool
        """,
    ),
    Shelf(
        code="L100",
        path=("作業用品", "保護具", "手袋・靴"),
        unspsc="46181504",
        makers="workshop",
        products="""
            作業手袋 すべり止め | grip work gloves | 128 | size | pair
            革手袋 | leather gloves | 480 | size | pair
            安全靴 短靴 | safety shoes | 4980 | shoe | shoes
        """,
    ),
    Shelf(
        code="L110",
        path=("作業用品", "保護具", "ヘルメット・めがね"),
        unspsc="46181701",
        makers="workshop",
        products="""
            ヘルメット 通気孔付 | vented helmet | 2480 | colour | tool
            保護めがね | safety glasses | 680 | tone | tool
        """,
    ),
    Shelf(
        code="L200",
        path=("作業用品", "工具", "手工具・結束"),
        unspsc="27111701",
        makers="workshop",
        products="""
            ドライバー 貫通 | screwdriver | 420 | driver | tool
            巻尺 5.5m | tape measure 5.5 m | 980 | colour | tool
            結束バンド | cable tie | 2.75 | tie tone | tie
        """,
    ),
    Shelf(
        code="L300",
        path=("作業用品", "運搬", "台車・脚立"),
        unspsc="24101507",
        makers="workshop",
        lead_days=(2, 6),
        products="""
            台車 折りたたみ 150kg | folding trolley 150 kg | 8900 | colour | machine
            脚立 アルミ | aluminium stepladder | 9800 | cabinet | machine
        """,
    ),
    Shelf(
        code="M100",
        path=("電池・照明", "電池", "乾電池・充電池"),
        unspsc="26111702",
        makers="power",
        products="""
            アルカリ乾電池 | alkaline battery | 58 | cell | battery
            ニッケル水素充電池 | NiMH rechargeable battery | 360 | cell | battery
        """,
    ),
    Shelf(
        code="M200",
        path=("電池・照明", "照明", "LED電球・ライト"),
        unspsc="39101628",
        makers="power",
        products="""
            LED電球 60W相当 | LED bulb, 60 W equivalent | 880 | light | lamp
            直管LEDランプ 40形 | LED tube, type 40 | 2680 | light | lamp
            LED懐中電灯 | LED torch | 1480 | tone | tool
        """,
    ),
    Shelf(
        code="M300",
        path=("電池・照明", "配線", "電源タップ"),
        unspsc="39121409",
        makers="power",
        products="""
            電源タップ 一括スイッチ | power strip with switch | 1980 | plug tone | tool
            延長コード | extension cord | 780 | cable | tool
        """,
    ),
)
