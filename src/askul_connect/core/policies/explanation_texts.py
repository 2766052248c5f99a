"""Why something came out as it did, in both languages (INT-10)."""

from __future__ import annotations

from collections.abc import Iterator

from askul_connect.core.domain.budget_terms import BudgetBasis
from askul_connect.core.domain.matches import RELEASED, MatchResult
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.purchasing import InvoiceMatch, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import Text
from askul_connect.core.policies.match_texts import difference_text, what_to_do
from askul_connect.core.policies.settings import BudgetSettings

_MESSAGES = {
    OutboxState.PENDING: Text(ja="送信待ち", en="it waits to be sent"),
    OutboxState.SENT: Text(ja="送信済み", en="it was sent"),
    OutboxState.UNKNOWN: Text(
        ja="送信結果が不明（再送の前に照会する）",
        en="whether it arrived is unknown, and is asked before it goes again",
    ),
    OutboxState.REFUSED: Text(ja="拒否された", en="it was refused"),
    OutboxState.DEAD: Text(ja="送信を断念した", en="it was given up"),
}


def message_text(message: OutboxMessage) -> Text:
    """What became of an outgoing message."""
    state = _MESSAGES.get(message.state, Text(ja=message.state.value, en=message.state.value))
    ja, en = f"{message.kind}：{state.ja}", f"{message.kind}: {state.en}"
    if message.attempts:
        ja, en = f"{ja}（{message.attempts} 回）", f"{en} ({message.attempts} tries)"
    if message.last_error:
        ja, en = f"{ja}。最後のエラー：{message.last_error}", f"{en}; the last error: {message.last_error}"
    return Text(ja=ja, en=en)


def purchase_order_texts(record: PurchaseOrderRecord) -> Iterator[Text]:
    """Why a purchase order is where it is."""
    taken = record.accepted_at.isoformat(timespec="minutes")
    yield Text(
        ja=f"{record.document} から {taken} に受け付けた（仕入先 {record.supplier}）",
        en=f"taken from {record.document} at {taken}, for {record.supplier}",
    )
    if record.attempt > 1:
        yield Text(
            ja=f"受付は {record.attempt} 回目（以前の分は拒否された）",
            en=f"taken for the {record.attempt}. time: it was refused before",
        )
    if record.state is PurchaseOrderState.HELD:
        yield Text(
            ja="予算の承認を待っている（budgets waiting）",
            en="it waits for a person's word on its budget; see 'budgets waiting'",
        )
    elif record.state is PurchaseOrderState.ACCEPTED:
        yield Text(
            ja="仕入先からの回答はまだない（下の送信履歴を参照）",
            en="the supplier has not answered yet; see the messages below",
        )
    elif record.state is PurchaseOrderState.PLACED:
        numbers = ", ".join(record.order_numbers)
        yield Text(ja=f"仕入先が注文 {numbers} として受け付けた", en=f"the supplier took it as {numbers}")
    elif record.state is PurchaseOrderState.REFUSED:
        yield Text(
            ja="仕入先が拒否した（refusal を参照）。予算は戻された",
            en="the supplier refused it, for the reasons below; its budget was given back",
        )


def budget_texts(record: PurchaseOrderRecord, reserved: int, settings: BudgetSettings) -> Iterator[Text]:
    """Why the budget let a purchase order through.

    Args:
        record: The purchase order.
        reserved: What it reserved when it was taken, minor units.
        settings: How budgets are checked now.
    """
    with_tax = (record.terms or settings).basis is BudgetBasis.INCL_TAX
    basis = Text(ja="税込" if with_tax else "税抜", en="with tax" if with_tax else "without tax")
    needed = _money(reserved, record.currency)
    yield Text(
        ja=f"受付時に {needed}（{basis.ja}）を確保した",
        en=f"it reserved {needed} ({basis.en}) when it was taken",
    )
    if record.budget_before is None:
        yield Text(
            ja=f"該当する予算はなかった（budgets.when_missing = {settings.when_missing}）",
            en=f"there was no budget for it (budgets.when_missing = {settings.when_missing})",
        )
        return
    before = _money(record.budget_before, record.currency)
    after = _money(record.budget_before - reserved, record.currency)
    yield Text(
        ja=f"その前の利用可能額は {before}、その後は {after}",
        en=f"{before} were available before, {after} after",
    )
    if record.budget_before < reserved:
        yield Text(
            ja=f"予算を超えていた（現在の設定：budgets.over_budget = {settings.over_budget}）",
            en=f"it was over the budget (the setting today: budgets.over_budget = {settings.over_budget})",
        )


def match_texts(match: InvoiceMatch) -> Iterator[Text]:
    """Why an invoice line stands where it does, and what to do."""
    if match.standing == RELEASED:
        yield Text(
            ja="一致しないが、担当者が承認して計上した（decisions を参照）",
            en="it does not match, but was released by a person and booked; see the decisions",
        )
    elif match.result is MatchResult.MATCHED:
        yield Text(ja=f"一致し、計上した（{match.detail}）", en=f"it matched and was booked: {match.detail}")
    for finding in match.findings:
        text, advice = difference_text(finding), what_to_do(finding)
        if match.booked:
            yield text
        else:
            yield Text(ja=f"{text.ja}。対処：{advice.ja}", en=f"{text.en}; what to do: {advice.en}")


def _money(minor: int, currency: str) -> str:
    return f"{minor_to_text(minor, currency)} {currency}"
