"""What notices say of orders, deliveries, returns, invoices and payments (SUP-4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from askul_connect.core.policies.notice_wording import NOT_YOU_EN, NOT_YOU_JA, NoticeText, wording

SALES_TEXTS: Mapping[str, NoticeText] = MappingProxyType(
    {
        "order-placed": wording(
            "ご注文を受け付けました",
            "Your order was received",
            "注文番号 {number} (購買依頼 {subject}) を受け付けました。",
            "Order {number} (purchase order {subject}) was received.",
        ),
        "order-confirmed": wording(
            "ご注文の納期をお知らせします",
            "Your order was confirmed",
            "{subject} の注文確認書 {number} ができました。",
            "Confirmation {number} of {subject} is ready.",
        ),
        "order-shipped": wording(
            "商品を出荷しました",
            "Your goods were shipped",
            "{subject} の商品を出荷しました。出荷番号は {number} です。",
            "The goods of {subject} were shipped; the ship notice is {number}.",
        ),
        "order-changed": wording(
            "ご注文の変更を受け付けました",
            "Your order was changed",
            "{subject} のご注文を変更しました。変更番号は {number} です。",
            "The order of {subject} was changed; the number of the change is {number}.",
        ),
        "order-cancelled": wording(
            "ご注文の取消を受け付けました",
            "Your order was cancelled",
            "{subject} のご注文の全部または一部を取り消しました。変更番号は {number} です。",
            "All or a part of the order of {subject} was cancelled; the number of the change is {number}.",
        ),
        "lines-rejected": wording(
            "ご注文の一部をお届けできません",
            "A part of your order cannot be delivered",
            "{subject} のご注文にお届けできない明細があります。理由は注文履歴を見てください ({number})。",
            "Lines of {subject} cannot be delivered. The order's history says why; the number is {number}.",
        ),
        "orders-cancelled": wording(
            "ご注文を取り消しました",
            "Your orders were cancelled",
            "次のご注文の未出荷分を取り消しました: {orders}\n理由: {reason}",
            "What had not been shipped of these orders was cancelled: {orders}\nReason: {reason}",
        ),
        "order-delivered": wording(
            "商品をお届けしました",
            "Your goods were delivered",
            "{subject} の商品をお届けしました。出荷番号は {number} です。",
            "The goods of {subject} have arrived; the ship notice is {number}.",
        ),
        "return-requested": wording(
            "返品の申し込みを受け付けました",
            "Your request for a return was received",
            "{subject} の返品の申し込み {number} を受け付けました。返送は承認の後にお願いします。",
            "Return {number} of {subject} was received. Please send nothing before it is authorised.",
        ),
        "return-authorised": wording(
            "返品を承認しました",
            "Your return was authorised",
            "{subject} の返品 {number} を承認しました。商品を返送してください。",
            "Return {number} of {subject} was authorised. Please send the goods back.",
        ),
        "return-refused": wording(
            "返品をお受けできません",
            "Your return was refused",
            "{subject} の返品 {number} はお受けできません。理由は返品の一覧を見てください。",
            "Return {number} of {subject} was refused. The list of returns says why.",
        ),
        "return-received": wording(
            "返品の商品を受け取りました",
            "Your returned goods have arrived",
            "{subject} の返品 {number} の商品を受け取りました。次の返還請求書に記載します。",
            "The goods of return {number} of {subject} have arrived; the next credit note will credit them.",
        ),
        "invoice-issued": wording(
            "請求書を発行しました",
            "An invoice was issued",
            "請求書 {number} を発行しました ({subject})。",
            "Invoice {number} was issued ({subject}).",
        ),
        "credit-note-issued": wording(
            "適格返還請求書を発行しました",
            "A credit note was issued",
            "請求書 {subject} に対する適格返還請求書 {number} を発行しました。",
            "Credit note {number} about invoice {subject} was issued.",
        ),
        "card-needed": wording(
            "お支払い用のカードを登録してください",
            "Please register a card",
            "請求書 {number} をお支払いいただくカードが登録されていません。",
            "There is no card to pay invoice {number} with. Register one, and it is charged.",
        ),
        "card-declined": wording(
            "カードでのお支払いができませんでした",
            "Your card was declined",
            "請求書 {subject} のお支払いにカードを利用できませんでした。別のカードを登録してください。",
            "The card for invoice {subject} was declined. Register another one, and it is charged.",
        ),
        "card-refunded": wording(
            "カードへ返金しました",
            "Money went back to your card",
            "請求書 {subject} のお支払いのうち、不要となった金額をカードへ返金しました ({number})。",
            "What invoice {subject} does not need any more went back to the card that paid it ({number}).",
        ),
        "refund-refused": wording(
            "カードへの返金ができませんでした",
            "Money could not go back to your card",
            "請求書 {subject} の返金 ({number}) をカード会社が受け付けませんでした。振込先をお知らせください。",
            "The provider refused to send back {number} of invoice {subject}. Tell support where to send it.",
        ),
        "payment-method-changed": wording(
            "お支払方法が変更されました",
            "The payment method was changed",
            "お支払方法が {method} に変更されました ({at})。" + NOT_YOU_JA,
            "The payment method was changed to {method} ({at}). " + NOT_YOU_EN,
        ),
        "billing-terms-changed": wording(
            "締め日・請求単位が変更されました",
            "The billing terms were changed",
            "締め日が {closing_day} (31 は月末)、請求単位が {split} になりました ({at})。" + NOT_YOU_JA,
            "Invoices are closed on day {closing_day} (31 is the month's end), one for each {split} ({at}). "
            + NOT_YOU_EN,
        ),
        "history-provided": wording(
            "ご注文の履歴をお送りします",
            "Your order history",
            "ご依頼により {from} から {to} までのご注文をお送りします。\n{orders}\n" + NOT_YOU_JA,
            "As you asked, these are the orders from {from} to {to}.\n{orders}\n" + NOT_YOU_EN,
        ),
    }
)
