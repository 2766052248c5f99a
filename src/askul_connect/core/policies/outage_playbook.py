"""What to do while the supplier does not work, as data: steps, other ways, what to have ready (SUP-3)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.errors import Text


@frozen(kw_only=True)
class Step:
    """One thing to do."""

    step: str
    text: Text


@frozen(kw_only=True)
class Fallback:
    """Another way to order or to ask.

    Attributes:
        channel: ``fax``, or a channel of the support desk.
        use: What it is good for.
    """

    channel: str
    use: Text


@frozen(kw_only=True)
class Information:
    """Something to have at hand."""

    item: str
    text: Text


STEPS: tuple[Step, ...] = (
    Step(
        step="look-at-status",
        text=Text(
            ja="サービス状況を確認し、復旧予定と止まっている機能を控える。",
            en="Look at the service status; note the expected recovery and which functions are stopped.",
        ),
    ),
    Step(
        step="sort-by-urgency",
        text=Text(
            ja="復旧まで待てる注文と、今日出さなければならない注文を分ける。待てる注文は送信待ちに残り、"
            "復旧後に自動で送られる。",
            en="Tell orders that can wait from those that have to go out today. Those that wait stay in the "
            "outbox and are sent by themselves after the recovery.",
        ),
    ),
    Step(
        step="order-by-fax-or-phone",
        text=Text(
            ja="急ぎの注文は、注文書の内容を FAX で送るか、品番を電話で伝える。",
            en="Send urgent orders as an order form by fax, or tell the item numbers by phone.",
        ),
    ),
    Step(
        step="do-not-order-twice",
        text=Text(
            ja="FAX や電話で頼んだ注文は、送信待ちの同じ購買依頼を取り消してから復旧を待つ。",
            en="What was ordered by fax or phone is taken out of the purchase orders that wait, so that it is "
            "not ordered twice.",
        ),
    ),
    Step(
        step="ask-for-history",
        text=Text(
            ja="履歴や請求書が急ぎで要るときは、同期済みのデータを使い、足りない分をサポートに頼む。",
            en="Use what was synchronised where history or invoices are urgent, and ask support for the rest.",
        ),
    ),
)

FALLBACKS: tuple[Fallback, ...] = (
    Fallback(
        channel="fax",
        use=Text(ja="注文書による注文", en="Orders by the order form"),
    ),
    Fallback(
        channel="phone",
        use=Text(ja="品番による注文、急ぎの問い合わせ", en="Orders by item number, and what cannot wait"),
    ),
    Fallback(
        channel="corporate_chat",
        use=Text(ja="急ぎの問い合わせ", en="What cannot wait"),
    ),
    Fallback(
        channel="form",
        use=Text(
            ja="履歴データの依頼、画面の写しを添えた報告",
            en="Asking for history data; reports with screenshots",
        ),
    ),
)

HAVE_READY: tuple[Information, ...] = (
    Information(item="company", text=Text(ja="会社名", en="Company")),
    Information(item="member_number", text=Text(ja="会員番号", en="Member number")),
    Information(
        item="contact",
        text=Text(
            ja="担当者名・登録メールアドレス・日中の電話番号",
            en="Contact, registered e-mail address, daytime phone",
        ),
    ),
    Information(item="order_number", text=Text(ja="直近の注文番号", en="The latest order number")),
    Information(
        item="error",
        text=Text(
            ja="エラー番号・照会番号と発生時刻",
            en="Error code, reference number and the time it happened",
        ),
    ),
    Information(item="items", text=Text(ja="品番・数量・単位", en="Item numbers, quantities and units")),
    Information(item="delivery", text=Text(ja="届け先の住所と部署", en="Delivery address and department")),
)

FAX_TITLE = Text(ja="FAX 注文書", en="Order form by fax")
FAX_HOURS = Text(
    ja="24時間受信、翌営業日に確認", en="received day and night, looked at on the next business day"
)
