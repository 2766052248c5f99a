"""The tables for finance, described once: every form they are written in is made from this (INT-7).

A column may be added with a new version; none is renamed, moved or given another meaning without one.
"""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.finance import CellKind, FinanceColumn, FinanceTable

#: 1 were the nine files of the first releases; 2 added ``position``, and the tables whose ``since`` is 2.
SCHEMA_VERSION = 2

_TEXT, _COUNT, _AMOUNT = CellKind.TEXT, CellKind.COUNT, CellKind.AMOUNT
_PRICE, _PERCENT, _DATE, _INSTANT = CellKind.PRICE, CellKind.PERCENT, CellKind.DATE, CellKind.INSTANT
_Column = FinanceColumn

_SUPPLIER = _Column("supplier", _TEXT, "name of the connection in the configuration", "設定での接続先の名前")
_ORDER = _Column("order_number", _TEXT, "the supplier's order number", "仕入先の注文番号")
_PURCHASE_ORDER_ID = _Column(
    "purchase_order_id",
    _TEXT,
    "number of the ERP's purchase order; empty when there is none",
    "発注番号。無ければ空",
)
_LINE = _Column("line_id", _TEXT, "the purchase order's line", "発注の明細番号")
_ITEM = (
    _Column("sku", _TEXT, "the supplier's item number", "仕入先の商品番号"),
    _Column("name", _TEXT, "the item's name as the document says it", "書類に記載の商品名"),
)
_UNIT = _Column("unit", _TEXT, "unit (UN/ECE Rec. 20)", "単位(UN/ECE Rec. 20)")
_UNIT_PRICE = _Column(
    "unit_price", _PRICE, "price of one unit without tax, major units", "税抜単価(通貨の主単位)"
)
_LINE_AMOUNT = _Column(
    "amount_excl_tax",
    _AMOUNT,
    "the line without tax, with its allowances and charges",
    "明細の税抜金額(値引・諸費用を含む)",
)
_TAX_RATE = _Column("tax_rate", _PERCENT, "rate of its tax", "税率")
_CURRENCY = _Column("currency", _TEXT, "ISO 4217, of every amount of the document", "通貨(ISO 4217)")
_TOTALS = (
    _Column("total_excl_tax", _AMOUNT, "the document's own total without tax", "書類に記載の税抜合計"),
    _Column("total_incl_tax", _AMOUNT, "the document's own total with tax", "書類に記載の税込合計"),
)
_POSITION = _Column("position", _COUNT, "place in the document, from 1", "書類内の順番(1から)")
_ALLOWANCE = (
    _Column("kind", _TEXT, "`allowance` or `charge`", "値引は allowance、諸費用は charge"),
    _Column("amount", _AMOUNT, "without tax, never below zero", "税抜金額(負にならない)"),
    _Column("reason_code", _TEXT, "UNTDID 5189 or 7161", "理由コード(UNTDID 5189 / 7161)"),
    _Column("reason", _TEXT, "the document's words", "書類に記載の理由"),
    _Column("percent", _PERCENT, "of the base amount, where stated", "基準額に対する率", empty=True),
    _Column("base_amount", _AMOUNT, "what the percentage is of", "率の基準額", empty=True),
    _Column("tax_category", _TEXT, "how it is taxed; empty on a line, which says it", "税区分"),
    _Column("tax_rate", _PERCENT, "rate of its tax, where stated", "税率", empty=True),
)
_INVOICE = _Column("invoice_number", _TEXT, "the supplier's invoice number", "請求書番号")
_INVOICE_LINE = _Column("line_id", _TEXT, "the invoice's own line number", "請求書の明細番号")
_NOTICE = _Column("ship_notice_number", _TEXT, "notice of the shipment it is of", "出荷案内番号")
_SHIPPED_ON = _Column("shipped_on", _DATE, "day of the shipment", "出荷日")
_DEPARTMENT = _Column("department", _TEXT, "department", "部署")
_BALANCES = (
    _Column("pre_encumbrance", _AMOUNT, "reserved by purchase orders not placed yet", "予約(未発注)"),
    _Column("encumbrance", _AMOUNT, "bound by orders", "発注残"),
    _Column("actual", _AMOUNT, "invoiced and matched", "実績(照合済みの請求)"),
)
_PERIOD = _Column("period", _TEXT, "budget period, `2026-04` or `2026`", "予算期間")
_BUDGET_CURRENCY = _Column("currency", _TEXT, "ISO 4217, of every amount of the row", "通貨(ISO 4217)")


def _table(
    name: str, key: str, columns: Sequence[FinanceColumn], en: str, ja: str, *, since: int = 1
) -> FinanceTable:
    return FinanceTable(name=name, key=tuple(key.split()), columns=tuple(columns), en=en, ja=ja, since=since)


ORDERS = _table(
    "orders",
    "supplier order_number",
    (
        _SUPPLIER,
        _ORDER,
        _PURCHASE_ORDER_ID,
        _Column("order_date", _DATE, "business date at the supplier", "注文日"),
        _Column("state", _TEXT, "the order's state, such as `shipped`", "注文の状態"),
        _CURRENCY,
        *_TOTALS,
    ),
    "The orders as the suppliers hold them.",
    "仕入先が持つ注文。",
)
ORDER_LINES = _table(
    "order_lines",
    "supplier order_number position",
    (
        _SUPPLIER,
        _ORDER,
        _LINE,
        *_ITEM,
        _Column("quantity", _COUNT, "units ordered", "注文数量"),
        _UNIT,
        _UNIT_PRICE,
        _LINE_AMOUNT,
        _TAX_RATE,
        _Column("state", _TEXT, "the line's state", "明細の状態"),
        _Column("quantity_shipped", _COUNT, "units shipped so far", "出荷済数量"),
        _Column("quantity_cancelled", _COUNT, "units that will not come", "取消数量"),
        _DEPARTMENT,
        _Column("cost_centre", _TEXT, "cost centre", "原価センタ"),
        _POSITION,
    ),
    "Their lines.",
    "注文の明細。",
)
ORDER_ALLOWANCES = _table(
    "order_allowances",
    "supplier order_number position",
    (
        _SUPPLIER,
        _ORDER,
        _Column(
            "line_id", _TEXT, "the line it is of; empty for the order as a whole", "明細番号。注文全体なら空"
        ),
        *_ALLOWANCE,
        _POSITION,
    ),
    "Their allowances and charges.",
    "注文の値引・諸費用。",
)
CONFIRMATIONS = _table(
    "confirmations",
    "supplier confirmation_number",
    (
        _SUPPLIER,
        _Column("confirmation_number", _TEXT, "number of the confirmation", "注文請書番号"),
        _ORDER,
        _PURCHASE_ORDER_ID,
        _CURRENCY,
        _Column("confirmed_on", _DATE, "business date", "回答日"),
        _Column("confirmed_at", _INSTANT, "instant of the answer", "回答日時"),
    ),
    "What the suppliers answered to orders.",
    "注文への回答。",
    since=2,
)
CONFIRMATION_LINES = _table(
    "confirmation_lines",
    "supplier confirmation_number position",
    (
        _SUPPLIER,
        CONFIRMATIONS.columns[1],
        _LINE,
        *_ITEM,
        _Column("quantity", _COUNT, "units ordered", "注文数量"),
        _UNIT,
        _UNIT_PRICE,
        _Column("quantity_confirmed", _COUNT, "units promised", "回答数量"),
        _Column("promised_on", _DATE, "day they are promised for", "納期回答日", empty=True),
        _Column("reason", _TEXT, "why fewer are promised", "減数の理由"),
        _POSITION,
    ),
    "Their lines.",
    "回答の明細。",
    since=2,
)
SHIP_NOTICES = _table(
    "ship_notices",
    "supplier ship_notice_number",
    (
        _SUPPLIER,
        _NOTICE,
        _ORDER,
        _PURCHASE_ORDER_ID,
        _SHIPPED_ON,
        _Column("shipped_at", _INSTANT, "instant of the shipment", "出荷日時"),
    ),
    "Shipments that the suppliers gave notice of.",
    "出荷案内。",
    since=2,
)
SHIP_NOTICE_LINES = _table(
    "ship_notice_lines",
    "supplier ship_notice_number position",
    (
        _SUPPLIER,
        _NOTICE,
        _LINE,
        *_ITEM,
        _Column("quantity", _COUNT, "units in the shipment", "出荷数量"),
        _UNIT,
        _Column("quantity_outstanding", _COUNT, "units that still follow", "未出荷数量"),
        _Column("quantity_short", _COUNT, "units that never come", "欠品数量"),
        _Column("reason", _TEXT, "why", "理由"),
        _Column("substitute_for", _TEXT, "item that was ordered instead of this one", "代替前の商品番号"),
        _Column("promised_on", _DATE, "new day of what follows", "残りの納期", empty=True),
        _POSITION,
    ),
    "Their lines.",
    "出荷の明細。",
    since=2,
)
GOODS_RECEIPTS = _table(
    "goods_receipts",
    "receipt_id",
    (
        _Column("receipt_id", _TEXT, "identifies the receipt of a line", "検収番号"),
        _Column("buyer_party", _TEXT, "the buyer's party id", "発注元の識別子"),
        _PURCHASE_ORDER_ID,
        _Column(
            "issue_year",
            _COUNT,
            "year of issue; 0 where numbers never repeat",
            "発行年。番号が重複しなければ0",
        ),
        _LINE,
        _Column("quantity", _COUNT, "units received", "検収数量"),
        _Column("received_on", _DATE, "business date of the receipt", "検収日"),
    ),
    "What arrived, as the ERP booked it.",
    "ERPの検収。",
    since=2,
)
INVOICES = _table(
    "invoices",
    "supplier invoice_number",
    (
        _SUPPLIER,
        _INVOICE,
        _Column("issued_on", _DATE, "date of the invoice", "請求日"),
        _Column("due_on", _DATE, "when it is to be paid", "支払期限"),
        _CURRENCY,
        _Column("registration_number", _TEXT, "the issuer's, as the invoice says it", "発行者の登録番号"),
        *_TOTALS,
    ),
    "The invoices; totals and tax are the document's own and never computed anew.",
    "請求書。合計と税額は書類のまま。",
)
INVOICE_LINES = _table(
    "invoice_lines",
    "supplier invoice_number position",
    (
        _SUPPLIER,
        _INVOICE,
        _INVOICE_LINE,
        _ORDER,
        _PURCHASE_ORDER_ID,
        _Column("order_line_id", _TEXT, "the purchase order's line", "発注の明細番号"),
        _NOTICE,
        _SHIPPED_ON,
        *_ITEM,
        _Column("quantity", _COUNT, "units billed", "請求数量"),
        _UNIT,
        _UNIT_PRICE,
        _LINE_AMOUNT,
        _TAX_RATE,
        _Column("match", _TEXT, "what matching found; empty before it", "照合の結果"),
        _POSITION,
    ),
    "Their lines, each of one shipment.",
    "請求書の明細。",
)
INVOICE_ALLOWANCES = _table(
    "invoice_allowances",
    "supplier invoice_number position",
    (
        _SUPPLIER,
        _INVOICE,
        _Column("line_id", _TEXT, "the line it is of; empty for a whole order's", "明細番号。注文全体なら空"),
        _ORDER,
        _PURCHASE_ORDER_ID,
        _NOTICE,
        *_ALLOWANCE,
        _POSITION,
    ),
    "Their allowances and charges.",
    "請求書の値引・諸費用。",
)
INVOICE_TAX = _table(
    "invoice_tax",
    "supplier invoice_number position",
    (
        _SUPPLIER,
        _INVOICE,
        _Column("rate", _PERCENT, "rate of the tax", "税率"),
        _Column("taxable", _AMOUNT, "sum without tax at that rate", "税率ごとの対価の合計"),
        _Column("tax", _AMOUNT, "tax of that sum, rounded once", "税率ごとの税額"),
        _POSITION,
    ),
    "Their tax, one row for each rate.",
    "税率ごとの税額。",
)
INPUT_TAX = _table(
    "input_tax",
    "supplier invoice_number position",
    (
        _SUPPLIER,
        _INVOICE,
        INVOICES.columns[5],
        _Column("rate", _PERCENT, "rate of the tax", "税率"),
        _Column("purchased_on", _DATE, "first day of what is deducted alike", "課税仕入れの日"),
        _Column("percent", _COUNT, "per cent of the tax that may be deducted", "控除割合"),
        _Column("taxable", _AMOUNT, "sum without tax", "対価の額"),
        _Column("tax", _AMOUNT, "its tax", "税額"),
        _Column("within_cap", _AMOUNT, "tax of what is below the yearly cap", "年間上限内の税額"),
        _Column("deductible", _AMOUNT, "tax that may be deducted", "控除できる税額"),
        _POSITION,
    ),
    "What of the tax of yen invoices may be deducted.",
    "仕入税額控除(円の請求書)。",
)
ORDER_CHANGES = _table(
    "order_changes",
    "buyer_party purchase_order_id issue_year change_id position",
    (
        _Column("supplier", _TEXT, "name of the connection it went to", "接続先の名前"),
        _PURCHASE_ORDER_ID,
        _Column("change_id", _TEXT, "the ERP's number of the change", "変更番号"),
        _Column("kind", _TEXT, "`change`, `cancel`, `close` or `reopen`", "変更の種類"),
        _Column("state", _TEXT, "what became of it", "変更の状態"),
        _LINE,
        _Column("quantity", _COUNT, "units wanted all in all", "変更後の数量", empty=True),
        _Column("refusal", _TEXT, "code of the refusal; empty when there is none", "拒否のコード"),
        _Column("buyer_party", _TEXT, "the buyer's party id", "発注元の識別子"),
        _Column(
            "issue_year",
            _COUNT,
            "year of issue; 0 where numbers never repeat",
            "発行年。番号が重複しなければ0",
        ),
        _POSITION,
    ),
    "What the ERP changed of its purchase orders, one row for each line.",
    "発注の変更(明細ごと)。",
)
_CREDIT_NOTE = _Column("credit_note_number", _TEXT, "the supplier's credit note number", "返還請求書番号")
CREDIT_NOTES = _table(
    "credit_notes",
    "supplier credit_note_number",
    (
        _SUPPLIER,
        _CREDIT_NOTE,
        _INVOICE,
        _Column("invoice_issued_on", _DATE, "date of the invoice it is about", "元の請求日"),
        _Column("issued_on", _DATE, "date of the credit note", "発行日"),
        _CURRENCY,
        INVOICES.columns[5],
        *_TOTALS,
    ),
    "Credit notes; amounts are above zero and are given back.",
    "返還請求書。金額は正で、返還される額。",
)
CREDIT_NOTE_LINES = _table(
    "credit_note_lines",
    "supplier credit_note_number position",
    (
        _SUPPLIER,
        _CREDIT_NOTE,
        _Column("line_id", _TEXT, "the credit note's own line number", "返還請求書の明細番号"),
        _ORDER,
        _PURCHASE_ORDER_ID,
        _Column("order_line_id", _TEXT, "the purchase order's line", "発注の明細番号"),
        _NOTICE,
        _SHIPPED_ON,
        _Column("returned_on", _DATE, "day the goods were received back", "返品日"),
        *_ITEM,
        _Column("quantity", _COUNT, "units credited", "返還数量"),
        _UNIT,
        _UNIT_PRICE,
        _LINE_AMOUNT,
        _TAX_RATE,
        _Column("reason", _TEXT, "the supplier's words", "返還の理由"),
        _Column("match", _TEXT, "what matching found; empty before it", "照合の結果"),
        _POSITION,
    ),
    "Their lines.",
    "返還請求書の明細。",
)
CREDIT_NOTE_TAX = _table(
    "credit_note_tax",
    "supplier credit_note_number position",
    (_SUPPLIER, _CREDIT_NOTE, *INVOICE_TAX.columns[2:]),
    "Their tax, one row for each rate.",
    "税率ごとの返還税額。",
)
MATCHES = _table(
    "matches",
    "supplier invoice_number line_id",
    (
        _SUPPLIER,
        _INVOICE,
        _INVOICE_LINE,
        _Column(
            "purchase_order", _TEXT, "the purchase order's key; empty when unknown", "発注のキー。不明なら空"
        ),
        _Column("order_line_id", _TEXT, "its line; empty when unknown", "発注の明細番号。不明なら空"),
        _Column("result", _TEXT, "`matched`, or the difference", "照合の結果"),
        _Column("detail", _TEXT, "what was compared with what", "比較の内容"),
    ),
    "What matching found for each invoice line.",
    "請求明細の照合結果。",
    since=2,
)
LEDGER_MOVES = _table(
    "ledger_moves",
    "move_key",
    (
        _Column("move_key", _TEXT, "unique: kind, source document and line", "一意のキー"),
        _Column("kind", _TEXT, "kind of the move", "移動の種類"),
        _DEPARTMENT,
        _PERIOD,
        _BUDGET_CURRENCY,
        _Column("quantity", _COUNT, "units of the line it is about", "数量"),
        *_BALANCES,
        _Column("source", _TEXT, "the document that caused it", "元の書類"),
        _Column("purchase_order", _TEXT, "the purchase order's key", "発注のキー"),
        _LINE,
        _Column("at", _INSTANT, "when it was made", "記帳日時"),
    ),
    "Every move of a budget; the balances are signed changes.",
    "予算の移動。各残高は増減。",
    since=2,
)
BUDGETS = _table(
    "budgets",
    "department period currency",
    (
        _DEPARTMENT,
        _PERIOD,
        _BUDGET_CURRENCY,
        _Column("budget", _AMOUNT, "what the ERP granted", "予算額"),
        *_BALANCES,
        _Column("available", _AMOUNT, "the budget less the three; may be below zero", "残高"),
    ),
    "Where each budget stands.",
    "予算の残高。",
)

TABLES = (
    ORDERS,
    ORDER_LINES,
    ORDER_ALLOWANCES,
    CONFIRMATIONS,
    CONFIRMATION_LINES,
    SHIP_NOTICES,
    SHIP_NOTICE_LINES,
    GOODS_RECEIPTS,
    INVOICES,
    INVOICE_LINES,
    INVOICE_ALLOWANCES,
    INVOICE_TAX,
    INPUT_TAX,
    ORDER_CHANGES,
    CREDIT_NOTES,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAX,
    MATCHES,
    LEDGER_MOVES,
    BUDGETS,
)
