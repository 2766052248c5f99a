"""Shelves of the sample catalog for the desk: stationery, paper, files, packing, furniture, machines."""

from __future__ import annotations

from askul_connect.core.services.supplier.sample_vocabulary import Shelf

OFFICE_SHELVES: tuple[Shelf, ...] = (
    Shelf(
        code="A100",
        path=("文具", "筆記具", "ボールペン"),
        unspsc="44121704",
        makers="stationery",
        products="""
            ゲルインクボールペン ノック式 | retractable gel pen | 110 | ink tip | pen
            油性ボールペン キャップ式 | capped ballpoint pen | 62 | ink tip | pen
            3色ボールペン | three-colour ballpoint pen | 280 | tone tip | pen
        """,
    ),
    Shelf(
        code="A110",
        path=("文具", "筆記具", "鉛筆・シャープペンシル"),
        unspsc="44121705",
        makers="stationery",
        products="""
            シャープペンシル 0.5mm | mechanical pencil 0.5 mm | 130 | tone | pen
            鉛筆 六角軸 | hexagonal pencil | 38 | hardness | pen
        """,
    ),
    Shelf(
        code="A120",
        path=("文具", "筆記具", "マーカー・蛍光ペン"),
        unspsc="44121708",
        makers="stationery",
        products="""
            油性マーカー 太細両用 | twin-tip permanent marker | 120 | ink | pen
            ホワイトボードマーカー 丸芯 | whiteboard marker | 135 | ink | pen
            蛍光ペン | highlighter | 88 | neon | pen
        """,
    ),
    Shelf(
        code="A200",
        path=("文具", "机上用品", "修正・消しゴム"),
        unspsc="44121804",
        makers="stationery",
        products="""
            修正テープ 5mm×6m | correction tape 5 mm x 6 m | 198 | colour | piece
            消しゴム | eraser | 60 | tone | piece
        """,
    ),
    Shelf(
        code="A210",
        path=("文具", "机上用品", "とじる・留める"),
        unspsc="44122107",
        makers="stationery",
        products="""
            ステープラー 10号針 | stapler no. 10 | 420 | colour | tool
            ステープラー針 10号 1000本 | staples no. 10, 1000 pcs | 48 | | piece
            ゼムクリップ 28mm | paper clip 28 mm | 1.2 | | clip
            ダブルクリップ | binder clip | 14 | width | clip
        """,
    ),
    Shelf(
        code="A220",
        path=("文具", "机上用品", "切る・貼る"),
        unspsc="44121618",
        makers="stationery",
        products="""
            はさみ 175mm | scissors 175 mm | 360 | colour | tool
            カッターナイフ | utility knife | 180 | colour | piece
            透明テープ | transparent tape | 72 | width | roll
            スティックのり | glue stick | 96 | | piece
        """,
    ),
    Shelf(
        code="A300",
        path=("文具", "ノート・紙製品", "ノート・付箋"),
        unspsc="14111514",
        makers="paper",
        products="""
            ノート セミB5 30枚 | notebook semi-B5, 30 sheets | 118 | ruling colour | book
            付箋 100枚 | sticky notes, 100 sheets | 84 | note tint | small
            レポート用紙 A4 50枚 | writing pad A4, 50 sheets | 165 | ruling | book
        """,
    ),
    Shelf(
        code="B100",
        path=("コピー用紙", "白色コピー用紙", "スタンダード"),
        unspsc="14111507",
        makers="paper",
        products="""
            コピー用紙 高白色 | bright white copy paper | 0.92 | sheet weight | ream
            コピー用紙 再生 | recycled copy paper | 0.84 | sheet | ream
        """,
    ),
    Shelf(
        code="B110",
        path=("コピー用紙", "白色コピー用紙", "厚口・上質"),
        unspsc="14111525",
        makers="paper",
        products="""
            上質紙 厚口 | heavy fine paper | 3.1 | sheet | wide
            レーザー用光沢紙 | glossy laser paper | 7.6 | sheet | sheets
        """,
    ),
    Shelf(
        code="B200",
        path=("コピー用紙", "カラー・特殊用紙", "カラーペーパー"),
        unspsc="14111507",
        makers="paper",
        products="""
            カラーコピー用紙 | coloured copy paper | 1.6 | sheet tint | ream
            ラベルシート 24面 | label sheet, 24 labels | 22 | sheet | sheets
        """,
    ),
    Shelf(
        code="C100",
        path=("トナー・インク", "トナー", "純正対応トナー"),
        unspsc="44103103",
        makers="printing",
        products="""
            トナーカートリッジ | toner cartridge | 9800 | toner model | toner
            リサイクルトナー | remanufactured toner | 5400 | toner model | toner
            感光体ドラム | drum unit | 13200 | model | tool
        """,
    ),
    Shelf(
        code="C200",
        path=("トナー・インク", "インク", "インクカートリッジ"),
        unspsc="44103105",
        makers="printing",
        products="""
            インクカートリッジ | ink cartridge | 1180 | toner model | ink
            互換インク 大容量 | compatible ink, high yield | 640 | toner model | ink
        """,
    ),
    Shelf(
        code="D100",
        path=("ファイル", "パイプ・リングファイル", "厚型ファイル"),
        unspsc="44122003",
        makers="stationery",
        products="""
            パイプ式ファイル 両開き | pipe file, both sides | 540 | file spine | book
            リングファイル 2穴 | ring file, 2 rings | 330 | file colour | book
        """,
    ),
    Shelf(
        code="D110",
        path=("ファイル", "クリアファイル", "ホルダー・ポケット"),
        unspsc="44122011",
        makers="stationery",
        products="""
            クリアホルダー A4 | clear holder A4 | 9 | colour | sheets
            クリアブック 20ポケット | clear book, 20 pockets | 260 | file colour | book
            フラットファイル | flat file | 34 | file colour | sheets
        """,
    ),
    Shelf(
        code="D200",
        path=("ファイル", "保管用品", "保存箱・見出し"),
        unspsc="44122027",
        makers="stationery",
        products="""
            文書保存箱 | archive box | 290 | file | small
            インデックス 5山 10組 | index dividers, 5 tabs | 240 | file | small
        """,
    ),
    Shelf(
        code="E100",
        path=("封筒・梱包", "封筒", "クラフト・ケント"),
        unspsc="44121506",
        makers="paper",
        products="""
            クラフト封筒 | kraft envelope | 7.5 | envelope | envelope
            ケント封筒 テープ付 | white envelope with tape | 12.5 | envelope | envelope
            窓付封筒 | window envelope | 14 | envelope | envelope
        """,
    ),
    Shelf(
        code="E200",
        path=("封筒・梱包", "ダンボール", "宅配サイズ"),
        unspsc="24121503",
        makers="packing",
        products="""
            ダンボール箱 無地 | plain cardboard box | 58 | carton | carton
            ダンボール箱 底面A4 | cardboard box, A4 base | 74 | carton | carton
        """,
    ),
    Shelf(
        code="E210",
        path=("封筒・梱包", "梱包資材", "テープ・緩衝材"),
        unspsc="31201517",
        makers="packing",
        products="""
            クラフトテープ | kraft tape | 168 | tape | roll
            OPPテープ 透明 | clear packing tape | 132 | tape thick | roll
            布テープ | cloth tape | 246 | tape tone | roll
            気泡緩衝材 1200mm×42m | bubble wrap 1200 mm x 42 m | 2480 | | film
            ストレッチフィルム 500mm×300m | stretch film 500 mm x 300 m | 980 | | film
        """,
    ),
    Shelf(
        code="E220",
        path=("封筒・梱包", "梱包資材", "ポリ袋"),
        unspsc="24111503",
        makers="packing",
        products="""
            チャック付ポリ袋 A5 | zip bag A5 | 6.4 | thick | bags
            規格ポリ袋 12号 | poly bag no. 12 | 3.2 | thick | bags
        """,
    ),
    Shelf(
        code="H100",
        path=("家具", "オフィスチェア", "事務用チェア"),
        unspsc="56112102",
        makers="furniture",
        lead_days=(5, 12),
        products="""
            オフィスチェア メッシュ | mesh office chair | 18800 | arms colour | chair
            会議用チェア スタッキング | stacking chair | 7200 | colour | chair
        """,
    ),
    Shelf(
        code="H200",
        path=("家具", "デスク・テーブル", "事務机"),
        unspsc="56101703",
        makers="furniture",
        lead_days=(7, 14),
        products="""
            平机 奥行700mm | office desk, 700 mm deep | 23800 | desk tone | machine
            会議テーブル 折りたたみ | folding table | 16400 | desk tone | machine
        """,
    ),
    Shelf(
        code="H300",
        path=("家具", "収納", "キャビネット・ロッカー"),
        unspsc="56101701",
        makers="furniture",
        lead_days=(7, 20),
        products="""
            スチール書庫 | steel cabinet | 28600 | cabinet tone | machine
            ロッカー 鍵付 | locker with keys | 31500 | cabinet tone | machine
        """,
    ),
    Shelf(
        code="J100",
        path=("OA機器", "事務機", "シュレッダー・電卓"),
        unspsc="44101603",
        makers="machines",
        products="""
            卓上シュレッダー クロスカット | desktop shredder | 12800 | tone | machine
            電卓 12桁 | calculator, 12 digits | 1680 | tone | machine
            ラミネーター A4 | laminator A4 | 5980 | tone | machine
        """,
    ),
    Shelf(
        code="J110",
        path=("OA機器", "事務機", "大型機"),
        unspsc="44101603",
        makers="machines",
        lead_days=(3, 8),
        products="""
            業務用シュレッダー A3 | office shredder A3 | 89800 | tone | machine
            電動断裁機 | electric paper cutter | 64800 | sheet | machine
        """,
    ),
    Shelf(
        code="J200",
        path=("OA機器", "パソコン周辺", "ケーブル・記憶媒体"),
        unspsc="43211708",
        makers="machines",
        products="""
            光学式マウス | optical mouse | 1280 | tone | machine
            LANケーブル カテゴリ6 | network cable category 6 | 480 | cable colour | pen
            USBメモリ | USB memory | 980 | memory tone | tool
        """,
    ),
)
