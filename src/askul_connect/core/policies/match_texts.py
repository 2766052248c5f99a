"""What an accountant reads about a difference: what it is, and what to do, in both languages (INT-4)."""

from __future__ import annotations

from collections.abc import Mapping

from askul_connect.core.domain.matches import DifferenceKind, MatchFinding
from askul_connect.core.errors import Text

_SUPPLIER = Text(ja="仕入先に確認し、それまで支払わない。", en="ask the supplier; do not pay it before.")
_CREDIT = Text(ja="仕入先に赤伝票（値引通知）を求める。", en="ask the supplier for a credit note.")
_PRICE = Text(
    ja="仕入先と価格を確認する。正しければ承認する（matches accept）か、許容差を見直す。",
    en="agree on the price with the supplier; release the line (matches accept) or review the tolerance.",
)
_CORRECTED = Text(
    ja="仕入先に適格請求書の訂正・再発行を求める。", en="ask the supplier for a corrected invoice."
)
_RECEIPT = Text(
    ja="検収を登録するか、未着品を仕入先に問い合わせる。",
    en="book the goods receipt, or ask the supplier where the goods are.",
)

#: What differs, and what to do about it.
_TEXTS: Mapping[DifferenceKind, tuple[Text, Text]] = {
    DifferenceKind.UNKNOWN_ORDER: (
        Text(
            ja="この注文に対応する発注書 {purchase_order} の明細 {line} がない",
            en="there is no purchase order {purchase_order} of this order with a line {line}",
        ),
        _SUPPLIER,
    ),
    DifferenceKind.BILLED_ELSEWHERE: (
        Text(
            ja="出荷 {shipment} の明細 {line} は請求書 {invoice} で請求済み",
            en="line {line} of shipment {shipment} is billed in {invoice}",
        ),
        _CREDIT,
    ),
    DifferenceKind.NUMBER_REUSED: (
        Text(
            ja="この請求書番号は別の内容で計上済みだった（{before}）",
            en="the number was booked before for something else ({before})",
        ),
        _SUPPLIER,
    ),
    DifferenceKind.LINE_REPEATED: (
        Text(
            ja="請求書に明細番号 {line} が {times} 回ある",
            en="the invoice has its line number {line} {times} times",
        ),
        _CORRECTED,
    ),
    DifferenceKind.CURRENCY: (
        Text(
            ja="請求は {invoiced}、発注は {ordered} の通貨", en="invoiced in {invoiced}, ordered in {ordered}"
        ),
        _CORRECTED,
    ),
    DifferenceKind.UNIT_PRICE: (
        Text(
            ja="請求単価 {invoiced}、発注単価 {ordered}（許容差 {tolerance}）",
            en="invoiced at {invoiced}, ordered at {ordered} (tolerance {tolerance})",
        ),
        _PRICE,
    ),
    DifferenceKind.AMOUNT: (
        Text(
            ja="明細金額 {invoiced} が、数量 {quantity} × 単価 {price} ＋ 値引・加算 {allowances} と一致しない",
            en="the amount {invoiced} is not {quantity} times {price} with {allowances} of allowances and charges",
        ),
        _CORRECTED,
    ),
    DifferenceKind.LINE_ALLOWANCE: (
        Text(
            ja="{units} 個分の値引・加算 {invoiced}、合意は {whole} 個分で {agreed}",
            en="{invoiced} of allowances and charges for {units} units, {agreed} were agreed for {whole}",
        ),
        _PRICE,
    ),
    DifferenceKind.ORDER_CHARGE: (
        Text(
            ja="注文全体の値引・加算 {held}、合意は {agreed}",
            en="the order has {held} of allowances and charges, {agreed} were agreed",
        ),
        _PRICE,
    ),
    DifferenceKind.ORDER_ALLOWANCE: (
        Text(
            ja="注文明細 {part} に対する注文全体の値引・加算 {invoiced}、合意は {whole} に対して {agreed}",
            en=(
                "{invoiced} of the order's allowances and charges for {part} of its lines, {agreed} were agreed for"
                " {whole}"
            ),
        ),
        _PRICE,
    ),
    DifferenceKind.ORDER_ALLOWANCE_TAX: (
        Text(
            ja="注文全体の値引・加算 {invoiced} の税区分 {category}・税率 {rate} % が明細にない",
            en="{invoiced} of the order is taxed as {category} at {rate} %",
        ),
        _CORRECTED,
    ),
    DifferenceKind.TAX_CATEGORY: (
        Text(
            ja="請求の税区分 {invoiced}、注文の税区分 {ordered}",
            en="invoiced as {invoiced}, ordered as {ordered}",
        ),
        _CORRECTED,
    ),
    DifferenceKind.TAX_RATE: (
        Text(
            ja="請求の税率 {invoiced} %、注文の税率 {ordered} %",
            en="invoiced with {invoiced} % tax, ordered with {ordered} %",
        ),
        _CORRECTED,
    ),
    DifferenceKind.TAX_SUM: (
        Text(
            ja="請求書の {rate} % の税額または合計が明細と一致しない",
            en="the invoice's tax at {rate} %, or its totals, are not those of its lines",
        ),
        _CORRECTED,
    ),
    DifferenceKind.MORE_THAN_ORDERED: (
        Text(
            ja="請求数量 {invoiced}、取消分を除く発注数量 {ordered}",
            en="{invoiced} units invoiced, {ordered} ordered and not cancelled",
        ),
        _CREDIT,
    ),
    DifferenceKind.MORE_THAN_INVOICED: (
        Text(
            ja="赤伝票の数量 {credited}、請求済みの数量 {invoiced}",
            en="{credited} units credited, {invoiced} invoiced",
        ),
        _SUPPLIER,
    ),
    DifferenceKind.MORE_THAN_RECEIVED: (
        Text(
            ja="請求数量 {invoiced}、検収数量 {received}", en="{invoiced} units invoiced, {received} received"
        ),
        _RECEIPT,
    ),
    DifferenceKind.OVER_BUDGET: (
        Text(
            ja="一致するが、予算が足りない（{budgets}）",
            en="it matches, but the budget has not enough: {budgets}",
        ),
        Text(
            ja="予算を増やすか、承認する（budgets approve）。",
            en="raise the budget, or approve it (budgets approve).",
        ),
    ),
}


def difference_text(finding: MatchFinding) -> Text:
    """What differs."""
    text, _ = _TEXTS[finding.kind]
    return Text(ja=text.ja.format_map(finding.facts), en=text.en.format_map(finding.facts))


def what_to_do(finding: MatchFinding) -> Text:
    """What a person does about it."""
    return _TEXTS[finding.kind][1]
