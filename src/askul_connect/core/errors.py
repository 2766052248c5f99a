"""One tree of errors; every one says whose fault it is, whether a retry helps and what to do.

The classes are the catalogue: ``docs/reference/errors.md`` is generated from them, and a problem that crosses
the wire is its code, so that both sides speak of the same class.

    AskulConnectError
    |- CallerError                 the input, the configuration or the rights of whoever called
    |  |- ConfigurationError, UsageError, CopyOnHold
    |  |- DocumentError            a document that cannot be read
    |  |- ValueInvalid             a value that breaks its type's rule
    |  |- UnmappedValue            a party, item, unit ... that no mapping knows
    |  |- PurchaseOrderConflict, BudgetError, IdempotencyError
    |  |- LoginError, AccessError
    |  `- OrderError               what a supplier's rules refuse
    |- PartnerError                the other side: unreachable, unclear or answering wrongly
    `- OurError                    storage, schema, plugins, or a defect of ours
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import ClassVar, final

from attrs import field, frozen


class Fault(StrEnum):
    """Whose fault an error is; decides the exit code and whom to tell."""

    CALLER = "caller"
    PARTNER = "partner"
    OURS = "ours"


@frozen
class Text:
    """One sentence in the two languages of the product."""

    ja: str
    en: str


@frozen(kw_only=True)
class Problem:
    """One finding: its code, the place it was found at, what is wrong and what to do about it.

    ``where`` is a path the reader can follow: an XPath, a CSV row and column, a configuration key or a field.
    """

    code: str
    detail: str
    where: str = ""
    remedy: str = ""
    line_id: str = ""


class AskulConnectError(Exception):
    """Base of everything this library raises on purpose.

    Args:
        detail: What is wrong, with the offending value (never a secret).
        where: Where it was found (XPath, file and row, configuration key, field).
        problems: All findings when there are several; one is made from ``detail`` otherwise.
        line_id: The document line concerned, if one is.
        reference: The partner's or our reference number for the refusal, if one was given.
        retry_after: Seconds after which a retry makes sense, when that is known.
    """

    code: ClassVar[str] = "internal"
    fault: ClassVar[Fault] = Fault.OURS
    retryable: ClassVar[bool] = False
    cause: ClassVar[Text]
    remedy: ClassVar[Text]

    def __init__(
        self,
        detail: str,
        *,
        where: str = "",
        problems: tuple[Problem, ...] = (),
        line_id: str = "",
        reference: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.where = where
        self.line_id = line_id
        self.reference = reference
        self.retry_after = retry_after
        self._problems = problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All findings, at least one."""
        if self._problems:
            return self._problems
        return (
            Problem(
                code=self.code,
                detail=self.detail,
                where=self.where,
                remedy=self.remedy.en,
                line_id=self.line_id,
            ),
        )

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        reference = f" (reference {self.reference})" if self.reference else ""
        return f"{place}{self.detail} [{self.code}]{reference} -> {self.remedy.en}"


# --- the caller's ---------------------------------------------------------------------------------------------


class CallerError(AskulConnectError):
    """The input, configuration or rights of the caller."""

    code = "caller"
    fault = Fault.CALLER
    cause = Text(
        ja="呼び出し側の入力または設定に問題があります。",
        en="The caller's input or configuration is at fault.",
    )
    remedy = Text(ja="示された箇所を修正してください。", en="Correct the place named.")


@final
class ConfigurationError(CallerError):
    """A key of the configuration is missing, unknown or has a value that is not accepted."""

    code = "configuration-invalid"
    cause = Text(
        ja="設定ファイルの値が受け付けられません。", en="A value of the configuration is not accepted."
    )
    remedy = Text(
        ja="示されたキーを受け付けられる値に直し、doctor で確認してください。",
        en="Give the named key one of the accepted values; 'askul-connect doctor' checks the whole file.",
    )


@final
class CopyOnHold(CallerError):
    """A restored copy sends nothing until somebody says that it takes over (INT-12)."""

    code = "copy-on-hold"
    cause = Text(
        ja="復元されたコピーは保留中で、何も送信しません。",
        en="A restored copy is on hold: it can be read and sends nothing.",
    )
    remedy = Text(
        ja="元のフォルダーが動いていないことを確かめてから 'askul-connect resume' を実行してください。",
        en="Make sure that the original does not run any more, then run 'askul-connect resume'.",
    )


@final
class UsageError(CallerError):
    """The command or call was used wrongly, for instance on a folder that does not exist."""

    code = "usage"
    cause = Text(ja="コマンドの使い方が正しくありません。", en="The command was used wrongly.")
    remedy = Text(
        ja="--help で使い方を確認してください。", en="See '--help'; 'askul-connect init' makes a new folder."
    )


class DocumentError(CallerError):
    """A document that cannot be read as what it claims to be."""

    code = "document-malformed"
    cause = Text(
        ja="文書を読み取れません。", en="The document cannot be read: broken syntax or a missing part."
    )
    remedy = Text(
        ja="示された箇所を直して、同じ番号でもう一度置いてください。",
        en="Correct the document at the place named and drop it again under the same number.",
    )


@final
class DocumentForbidden(DocumentError):
    """A document with a part that is never accepted, such as a document type definition."""

    code = "document-forbidden"
    cause = Text(
        ja="文書に受け付けない要素 (DTD など) が含まれています。",
        en="The document holds something that is never accepted, such as a DOCTYPE or an entity.",
    )
    remedy = Text(ja="その要素を除いて送ってください。", en="Send the document without it.")


@final
class DocumentTooLarge(DocumentError):
    """A document beyond the limits of size, depth or number of elements."""

    code = "document-too-large"
    cause = Text(
        ja="文書が大きすぎるか深すぎます。", en="The document is larger or deeper than the limits allow."
    )
    remedy = Text(ja="文書を分割してください。", en="Split the document into smaller ones.")


@final
class DocumentUnsupported(DocumentError):
    """A well-formed document of a kind this entrance does not take."""

    code = "document-unsupported"
    cause = Text(ja="この種類の文書は扱えません。", en="This kind of document is not taken here.")
    remedy = Text(
        ja="UBL 2.1 の Order または注文 CSV を置いてください。",
        en="Send a document of a kind that is named in the message.",
    )


@final
class ValueInvalid(CallerError):
    """A value that breaks the rule of its type: a negative quantity, money with a fraction, a wrong check digit."""

    code = "value-invalid"
    cause = Text(ja="値がその型の規則に反しています。", en="A value breaks the rule of its type.")
    remedy = Text(ja="示された値を直してください。", en="Correct the value named.")


class UnmappedValue(CallerError):
    """A value of the ERP's document that no mapping table translates."""

    code = "unmapped"
    cause = Text(ja="対応表にない値です。", en="The value is in no mapping table.")
    remedy = Text(
        ja="示された対応表に行を加えてください。", en="Add the line named to the mapping table named."
    )


@final
class UnknownParty(UnmappedValue):
    """A buyer or seller that ``mapping/parties.csv`` does not know."""

    code = "unknown-party"
    cause = Text(ja="取引先が対応表にありません。", en="The party is not in mapping/parties.csv.")


@final
class UnknownItem(UnmappedValue):
    """An item that neither the mapping nor the supplier knows."""

    code = "unknown-item"
    cause = Text(
        ja="商品が見つかりません。", en="Neither mapping/items.csv nor the supplier's catalog knows the item."
    )
    remedy = Text(
        ja="品番を直すか、items.csv に行を加えてください。",
        en="Correct the SKU, or add a line for it to mapping/items.csv.",
    )


@final
class UnknownUnit(UnmappedValue):
    """A unit that is neither a UN/ECE Recommendation 20 code we know nor mapped to one."""

    code = "unknown-unit"
    cause = Text(
        ja="単位が対応表にありません。",
        en="The unit is neither a known UN/ECE Rec. 20 code nor mapped to one.",
    )


@final
class UnknownCurrency(UnmappedValue):
    """A currency that is not in ISO 4217, or that the supplier does not sell in."""

    code = "unknown-currency"
    cause = Text(
        ja="通貨コードを扱えません。", en="The currency is unknown, or the supplier does not sell in it."
    )


@final
class UnknownTax(UnmappedValue):
    """A tax category or rate that ``mapping/tax.csv`` does not know."""

    code = "unknown-tax"
    cause = Text(ja="税区分が対応表にありません。", en="The tax category or rate is not in mapping/tax.csv.")


@final
class UnknownDepartment(UnmappedValue):
    """A department that neither the mapping nor the supplier knows."""

    code = "unknown-department"
    cause = Text(ja="部門が見つかりません。", en="The department is not in mapping/departments.csv.")


@final
class PurchaseOrderConflict(CallerError):
    """The same purchase order key came again with other content (INT-11)."""

    code = "purchase-order-conflict"
    cause = Text(
        ja="同じ発注番号で内容の異なる発注書が既にあります。",
        en="A purchase order of the same key exists with other content.",
    )
    remedy = Text(
        ja="変更は注文変更として送るか、新しい番号で発注してください。",
        en="Send an intended change as an order change, or use a new number.",
    )


@final
class OrderGivenUp(CallerError):
    """A person decided that a purchase order is not sent any more (INT-6)."""

    code = "order-given-up"
    cause = Text(
        ja="この発注書の送信は取りやめられました。", en="Somebody decided not to send this purchase order."
    )
    remedy = Text(
        ja="必要であれば発注書をもう一度渡してください。",
        en="Drop the purchase order again if it is wanted after all.",
    )


@final
class PurchaseOrderUnknown(CallerError):
    """A goods receipt or another document names a purchase order or line that does not exist."""

    code = "purchase-order-unknown"
    cause = Text(ja="該当する発注書または明細がありません。", en="No such purchase order or line.")
    remedy = Text(
        ja="発注番号と明細番号を確認してください。", en="Check the purchase order and line numbers."
    )


@final
class NumberUnknown(CallerError):
    """There is no invoice, order or purchase order with a number that somebody asks about (INT-10)."""

    code = "number-unknown"
    cause = Text(ja="その番号の文書がありません。", en="There is no document with that number.")
    remedy = Text(
        ja="番号を確認してください（orders、invoices で一覧を表示できます）。",
        en="Check the number; 'orders' and 'invoices' list what there is.",
    )


@final
class NumberAmbiguous(CallerError):
    """Several suppliers have a document with a number that somebody asks about (INT-10)."""

    code = "number-ambiguous"
    cause = Text(
        ja="その番号の文書が複数の仕入先にあります。",
        en="Several suppliers have a document with that number.",
    )
    remedy = Text(ja="--supplier で仕入先を指定してください。", en="Name the supplier with --supplier.")


@final
class MatchNotAccepted(CallerError):
    """An invoice line cannot be released by a person (INT-4)."""

    code = "match-not-accepted"
    cause = Text(ja="この請求明細は承認できません。", en="The invoice line cannot be released.")
    remedy = Text(
        ja="matches list で未計上の明細と理由を確認してください。",
        en="See 'matches list' for the lines that are open, and why.",
    )


class BudgetError(CallerError):
    """The budget does not allow the step (INT-3)."""

    code = "budget"
    cause = Text(ja="予算が許しません。", en="The budget does not allow it.")
    remedy = Text(ja="予算を確認してください。", en="Check the budget.")


@final
class BudgetExceeded(BudgetError):
    """The purchase order needs more than is available."""

    code = "budget-exceeded"
    cause = Text(
        ja="利用できる予算を超えています。", en="The purchase order needs more than the budget has available."
    )
    remedy = Text(
        ja="数量を減らすか、ERP で予算を増やしてからもう一度置いてください。",
        en="Reduce the order, or raise the budget in the ERP and drop the order again.",
    )


@final
class BudgetMissing(BudgetError):
    """No budget is defined for the department and period."""

    code = "budget-missing"
    cause = Text(ja="部門と期間の予算がありません。", en="There is no budget for the department and period.")
    remedy = Text(
        ja="erp/budgets に行を加えるか、budgets.when_missing を allow にしてください。",
        en="Add a line in erp/budgets, or set budgets.when_missing to 'allow'.",
    )


@final
class ExchangeRateMissing(BudgetError):
    """No rate is given for a purchase in another currency than its budget's."""

    code = "exchange-rate-missing"
    cause = Text(
        ja="予算の通貨に換算するレートがありません。",
        en="There is no exchange rate into the currency of the budget.",
    )
    remedy = Text(
        ja="erp/mapping/rates.csv に行を加えてから、もう一度置いてください。",
        en="Add a line to erp/mapping/rates.csv and drop the document again.",
    )


class IdempotencyError(CallerError):
    """The idempotency key cannot be used as it was."""

    code = "idempotency"
    cause = Text(ja="冪等キーの使い方に問題があります。", en="The idempotency key cannot be used like this.")


@final
class IdempotencyKeyMissing(IdempotencyError):
    """A keyed operation was called without a key."""

    code = "idempotency-key-missing"
    cause = Text(ja="冪等キーがありません。", en="The operation needs an idempotency key and none was sent.")
    remedy = Text(
        ja="呼び出しごとに一意のキーを送ってください。", en="Send a key that is unique for this intent."
    )


@final
class IdempotencyConflict(IdempotencyError):
    """The key was used before with another request."""

    code = "idempotency-conflict"
    cause = Text(
        ja="同じキーが別の内容で使われています。", en="The key was used before with another request."
    )
    remedy = Text(ja="新しい内容には新しいキーを使ってください。", en="Use a new key for a new request.")


@final
class IdempotencyInFlight(IdempotencyError):
    """The first call with this key has not finished."""

    code = "idempotency-in-flight"
    retryable = True
    cause = Text(ja="同じキーの処理が進行中です。", en="A call with the same key is still being worked on.")
    remedy = Text(
        ja="少し待って同じキーで再送してください。", en="Wait a little and repeat the call with the same key."
    )


class LoginError(CallerError):
    """A login that was refused or that may go no further."""

    code = "login"
    cause = Text(ja="ログインできません。", en="The login was refused.")
    remedy = Text(
        ja="照会番号を控えてサポートへ連絡してください。", en="Note the reference number and contact support."
    )


@final
class LoginMismatch(LoginError):
    """Login data do not match; never says which part (AUTH-2)."""

    code = "w:001"
    cause = Text(ja="ログイン情報が一致しません。", en="The login data do not match.")
    remedy = Text(
        ja="入力内容を確認し、必要ならパスワードを再設定してください。",
        en="Check what was typed, letter case included; reset the password if need be.",
    )


@final
class LoginRefused(LoginError):
    """The password is right but the account or user cannot log in now; the detail names the reason (AUTH-2)."""

    code = "login-refused"
    cause = Text(
        ja="現在このアカウントではログインできません。", en="The account or user cannot log in at present."
    )


@final
class TooManyAttempts(LoginError):
    """Nothing was looked at: too many attempts failed before, whatever was typed now and whoever was meant (AUTH-7)."""

    code = "too-many-attempts"
    retryable = True
    cause = Text(
        ja="ログインの失敗が続いたため、一時的に受け付けられません。",
        en="Too many login attempts failed; for the moment none is looked at.",
    )
    remedy = Text(
        ja="示された時間だけ待ってから再試行してください。解除されないときは管理者またはサポートへ連絡してください。",
        en="Wait as long as it says and try again, or use a device that is remembered; if it is locked, "
        "ask the account's administrator or support to unlock it.",
    )


@final
class ServiceStopped(LoginError):
    """The service or one of its functions is stopped by an outage or maintenance (AUTH-2, AUTH-15)."""

    code = "w:004"
    retryable = True
    cause = Text(ja="システム障害またはメンテナンス中です。", en="The service is down or under maintenance.")
    remedy = Text(
        ja="時間をおいて再試行してください。", en="Wait and try again; the service status says more."
    )


@final
class FunctionStopped(CallerError):
    """A part of the service is stopped; the others go on (AUTH-15)."""

    code = "function-stopped"
    retryable = True
    cause = Text(ja="こちらのページは現在ご利用いただけません。", en="This page cannot be used at present.")
    remedy = Text(
        ja="サービス状況で復旧予定を確認し、時間をおいて再試行してください。",
        en="See the service status for the expected recovery, and try again later.",
    )


@final
class OrdersStopped(CallerError):
    """Orders cannot be accepted now, while everything else works (AUTH-15)."""

    code = "orders-stopped"
    retryable = True
    cause = Text(ja="現在ご注文いただけません。", en="Orders cannot be accepted now.")
    remedy = Text(
        ja="復旧情報を確認し、急ぎの注文は FAX か電話でお申し込みください。",
        en="See the service status; order what is urgent by fax or phone, and try again later.",
    )


@final
class PasswordChangeRequired(LoginError):
    """The session may only set a new password (AUTH-4, AUTH-5)."""

    code = "password-change-required"
    cause = Text(ja="新しいパスワードの設定が必要です。", en="The session may only set a new password.")
    remedy = Text(ja="先にパスワードを変更してください。", en="Change the password first.")


@final
class SecondFactorRequired(LoginError):
    """The session may only prove or enrol a second factor (AUTH-8)."""

    code = "second-factor-required"
    cause = Text(ja="2段階認証が必要です。", en="The session may only prove or enrol a second factor.")
    remedy = Text(
        ja="先に2段階認証を済ませてください。", en="Prove the second factor, or enrol one, and go on then."
    )


@final
class ResetTokenInvalid(LoginError):
    """The token of a password reset is unknown, used, replaced or too old; never says which (AUTH-12)."""

    code = "reset-token-invalid"
    cause = Text(ja="再設定用のリンクが無効です。", en="The link to set a new password is not valid.")
    remedy = Text(
        ja="もう一度パスワードの再設定を申し込み、最新のメールのリンクを使ってください。",
        en="Ask for a new link and use the one of the latest message, within 30 minutes.",
    )


@final
class FactorRejected(LoginError):
    """The code or the passkey's answer does not match; never says whether it was used before (AUTH-8)."""

    code = "factor-rejected"
    cause = Text(ja="2段階認証が一致しません。", en="The second factor does not match.")
    remedy = Text(
        ja="新しいコードを入力するか、別の認証手段を使ってください。",
        en="Wait for the next code and type that one, or use another factor or a recovery code.",
    )


@final
class FactorNeeded(LoginError):
    """The account requires a second factor, and this is the person's last one (AUTH-8)."""

    code = "factor-needed"
    cause = Text(
        ja="最後の認証手段は削除できません。",
        en="The account requires a second factor, and this is the last one.",
    )
    remedy = Text(ja="先に別の認証手段を登録してください。", en="Enrol another factor first.")


@final
class ProofRequired(LoginError):
    """The change needs the password again: it was not proved in this session shortly before (AUTH-8)."""

    code = "proof-required"
    cause = Text(ja="もう一度パスワードが必要です。", en="The change needs the password once more.")
    remedy = Text(
        ja="現在のパスワードを添えて送り直してください。",
        en="Repeat the call with the present password in it.",
    )


@final
class TokenInvalid(LoginError):
    """A token that was sent by mail is unknown, used, too old or for somebody else; all answer alike."""

    code = "token-invalid"
    cause = Text(ja="確認コードが無効です。", en="The token that was sent is not valid, or not any more.")
    remedy = Text(
        ja="もう一度手続きをして、新しく届いたものを使ってください。",
        en="Ask for it again and use the newest one, logged in as the person it was sent to where a login is needed.",
    )


@final
class PasswordRejected(LoginError):
    """The new password does not satisfy the policy; the problems list every rule it breaks (AUTH-5)."""

    code = "password-rejected"
    cause = Text(
        ja="パスワードが規則を満たしていません。", en="The new password does not satisfy the policy."
    )
    remedy = Text(
        ja="示された規則を満たす別のものを選んでください。", en="Choose one that satisfies the rules listed."
    )


class AccessError(CallerError):
    """The caller may not do this."""

    code = "access"
    cause = Text(ja="権限がありません。", en="The caller may not do this.")
    remedy = Text(ja="管理者に連絡してください。", en="Ask the account's administrator.")


@final
class NotAuthenticated(AccessError):
    """No session or client credential, or one that is unknown, ended or revoked."""

    code = "not-authenticated"
    cause = Text(ja="認証が無効です。", en="There is no valid session or client credential.")
    remedy = Text(
        ja="ログインし直すか、有効な連携用認証を設定してください。",
        en="Log in again, or configure a client credential that is in force.",
    )


@final
class AccessDenied(AccessError):
    """The role or the credential's scope does not include the operation."""

    code = "access-denied"
    cause = Text(
        ja="この操作は許可されていません。", en="The role or credential does not include this operation."
    )


@final
class NotFound(AccessError):
    """Nothing under that key; another account's record answers the same."""

    code = "not-found"
    cause = Text(ja="該当するデータがありません。", en="There is nothing under that key.")
    remedy = Text(ja="番号を確認してください。", en="Check the number.")


@final
class NotForThisAccount(AccessError):
    """Accounts of this kind do not have the function (ACC-1)."""

    code = "not-for-this-account"
    cause = Text(
        ja="この種類のアカウントでは利用できません。", en="Accounts of this kind do not have this function."
    )
    remedy = Text(
        ja="法人アカウントの登録についてサポートへ相談してください。",
        en="Ask support about an account of another kind.",
    )


@final
class AccountLimitReached(AccessError):
    """A limit of accounts of this kind is reached: users, credit (ACC-1)."""

    code = "account-limit-reached"
    cause = Text(ja="アカウントの上限に達しています。", en="A limit of the account is reached.")
    remedy = Text(
        ja="不要な利用者を削除するか、請求の確定を待つか、サポートへ相談してください。",
        en="Remove users that are not needed, wait for open orders to be invoiced, or ask support.",
    )


class OrderError(CallerError):
    """A supplier's rule refuses the order; the problems list all findings with their lines (CART-2)."""

    code = "order"
    cause = Text(ja="注文を受け付けられません。", en="The supplier's rules refuse the order.")
    remedy = Text(ja="示された明細を直してください。", en="Correct the lines listed.")


@final
class OrderRefused(OrderError):
    """One or more lines break a rule; nothing was ordered."""

    code = "order-refused"


@final
class PriceChanged(OrderError):
    """The price differs from what the caller expected by more than the tolerance (CART-4)."""

    code = "price-changed"
    cause = Text(ja="単価が想定と異なります。", en="The unit price differs from the expected one.")
    remedy = Text(
        ja="ERP の単価を更新してください。", en="Update the price in the ERP, or allow a tolerance."
    )


@final
class AllowanceRefused(OrderError):
    """An allowance or charge that the supplier has not agreed to, or not in that amount."""

    code = "allowance-refused"
    cause = Text(
        ja="値引きまたは追加料金が取引条件にありません。",
        en="The allowance or charge is not among the agreed terms.",
    )
    remedy = Text(
        ja="注文から除くか、仕入先と取引条件を取り決めてください。",
        en="Take it out of the order, or agree on it with the supplier.",
    )


@final
class OutOfStock(OrderError):
    """Less is available than was asked for."""

    code = "out-of-stock"
    cause = Text(ja="在庫が不足しています。", en="Less is in stock than was asked for.")
    remedy = Text(ja="数量を減らすか、後日注文してください。", en="Reduce the quantity, or order later.")


@final
class QuantityNotSold(OrderError):
    """The quantity is below the minimum, above the maximum or not a multiple."""

    code = "quantity-not-sold"
    cause = Text(ja="販売できる数量ではありません。", en="The item is not sold in this quantity.")
    remedy = Text(ja="販売単位と最小数量を確認してください。", en="Check the minimum, multiple and maximum.")


@final
class ItemDiscontinued(OrderError):
    """The item is no longer sold."""

    code = "item-discontinued"
    cause = Text(ja="販売を終了した商品です。", en="The item is no longer sold.")
    remedy = Text(ja="代替品を選んでください。", en="Choose a substitute.")


@final
class ItemRestricted(OrderError):
    """The item is not sold to accounts of this kind (CART-2)."""

    code = "item-restricted"
    cause = Text(
        ja="このアカウントには販売していない商品です。", en="The item is not sold to accounts of this kind."
    )
    remedy = Text(ja="別の商品を選んでください。", en="Choose another item.")


@final
class NotDeliverable(OrderError):
    """The supplier does not deliver there, or not this item (CAT-1, ORD-4)."""

    code = "not-deliverable"
    cause = Text(ja="お届け先への配送ができません。", en="It is not delivered to that address.")
    remedy = Text(
        ja="別のお届け先か別の商品を選んでください。",
        en="Choose another address or another item.",
    )


@final
class CouponRefused(OrderError):
    """The coupon does not count for this order, or not for this account (PRC-1)."""

    code = "coupon-refused"
    cause = Text(ja="クーポンを利用できません。", en="The coupon cannot be used.")
    remedy = Text(
        ja="クーポンの利用条件を確認するか、クーポンなしで注文してください。",
        en="Look at the coupon's conditions, or order without it.",
    )


@final
class CardNotRegistered(OrderError):
    """The account pays by card, and there is none to charge (BIL-9)."""

    code = "card-not-registered"
    cause = Text(
        ja="お支払い用のカードが登録されていません。",
        en="The account pays by card and has registered none.",
    )
    remedy = Text(
        ja="お支払方法の変更でカードを登録してから注文してください。",
        en="Register a card by changing the payment method, then order again.",
    )


@final
class OrderLimitExceeded(OrderError):
    """The order costs more than one order of this person may (ACC-5)."""

    code = "order-limit-exceeded"
    cause = Text(
        ja="一回の注文の上限額を超えています。", en="The order is above the person's limit for one order."
    )
    remedy = Text(
        ja="注文を減らすか、管理者に上限の変更を依頼してください。",
        en="Order less, or ask the administrator for a higher limit.",
    )


@final
class DepartmentLimitExceeded(OrderError):
    """The department would spend more than it may in this month (ACC-5)."""

    code = "department-limit-exceeded"
    cause = Text(
        ja="部門の月間上限額を超えます。", en="The department's limit for the month would be exceeded."
    )
    remedy = Text(
        ja="来月に注文するか、管理者に上限の変更を依頼してください。",
        en="Order less or next month, or ask the administrator for a higher limit.",
    )


@final
class IllegalStep(OrderError):
    """The state does not allow the step (ORD-1)."""

    code = "illegal-step"
    cause = Text(ja="現在の状態ではこの操作はできません。", en="The present state does not allow this step.")
    remedy = Text(ja="注文の状態を確認してください。", en="Look at the order's state first.")


@final
class TooLateToChange(OrderError):
    """The time for changing or cancelling an order, or for sending its goods back, is over (ORD-5)."""

    code = "too-late-to-change"
    cause = Text(
        ja="変更・取消・返品の期限を過ぎています。",
        en="The time for changing, cancelling or returning this is over.",
    )
    remedy = Text(
        ja="届いた商品の返品を申し込むか、サポートに相談してください。",
        en="Ask for a return once the goods are there, or ask support.",
    )


@final
class OverShipment(OrderError):
    """More would leave than is outstanding and the supplier's tolerance allows (ORD-5)."""

    code = "over-shipment"
    cause = Text(
        ja="注文残を許容範囲を超えて上回る出荷です。",
        en="More would leave than is outstanding and tolerated.",
    )
    remedy = Text(ja="出荷数量を減らしてください。", en="Ship less.")


@final
class SubstituteRefused(OrderError):
    """An item that cannot stand in for the one that was ordered (ORD-5)."""

    code = "substitute-refused"
    cause = Text(
        ja="この商品は代替品として出荷できません。",
        en="The item cannot stand in for the one that was ordered.",
    )
    remedy = Text(
        ja="単位と税区分が同じ商品を選ぶか、明細を欠品にしてください。",
        en="Choose an item of the same unit and tax category, or report the line short.",
    )


@final
class TooManyTickets(CallerError):
    """More tickets from one source or for one contact than the support desk takes in an hour (SUP-2)."""

    code = "too-many-tickets"
    retryable = True
    cause = Text(
        ja="短い時間に多くの問い合わせが届いたため、受け付けられません。",
        en="Too many tickets came in a short time, so that no other is taken at present.",
    )
    remedy = Text(
        ja="すでに届いた問い合わせに追記するか、示された時間だけ待ってください。",
        en="Write to a ticket that is open already, or wait as long as it says.",
    )


@final
class DuplicateRegistration(CallerError):
    """The e-mail address or number is registered already (ACC-4)."""

    code = "duplicate-registration"
    cause = Text(ja="既に登録されています。", en="It is registered already.")
    remedy = Text(
        ja="登録済みのものでログインするか、別のものを使ってください。パスワードが不明なときは再設定してください。",
        en="Log in with what is registered, or use another one; a forgotten password can be reset.",
    )


@final
class TooManyRegistrations(CallerError):
    """One source registers too often (ACC-4)."""

    code = "too-many-registrations"
    retryable = True
    cause = Text(ja="登録の申込みが多すぎます。", en="There were too many registrations from one source.")
    remedy = Text(ja="示された時間だけ待ってください。", en="Wait as long as it says, or call support.")


@final
class AccountInUse(CallerError):
    """Orders or invoices of the account are open; the problems list them (ACC-8)."""

    code = "account-in-use"
    cause = Text(ja="未完了の注文または請求があります。", en="Orders or invoices of the account are open.")
    remedy = Text(
        ja="納品、取消、支払いが済んでから手続きしてください。",
        en="Wait until they are delivered, cancelled or paid, and ask again.",
    )


@final
class CardNumberRefused(CallerError):
    """A card's own number was given where the provider's token belongs; it is not kept anywhere (BIL-9)."""

    code = "card-number-refused"
    cause = Text(
        ja="カード番号が入力されました。番号は保存していません。",
        en="A card's number was given; it was not stored.",
    )
    remedy = Text(
        ja="決済事業者が発行したトークンを入力してください。",
        en="Give the card to the payment provider and send the token that it answers with.",
    )


@final
class PaymentMethodUnavailable(CallerError):
    """The account cannot pay in that way (BIL-9)."""

    code = "payment-method-unavailable"
    cause = Text(
        ja="その支払方法は利用できません。", en="The account cannot pay in that way at this supplier."
    )
    remedy = Text(
        ja="別の支払方法を選んでください。個人のお客様はカード払いのみです。",
        en="Choose another payment method; individuals pay by card.",
    )


@final
class IssuerNotQualified(CallerError):
    """The supplier has no valid registration number, so that it cannot issue qualified invoices (BIL-2)."""

    code = "issuer-not-qualified"
    cause = Text(
        ja="発行者の登録番号がないため、適格請求書を発行できません。",
        en="The issuer has no registration number, so no qualified invoice can be issued.",
    )
    remedy = Text(
        ja="発行者の登録番号（Tと13桁）を設定してください。",
        en="Set the supplier's registration_number: T and 13 digits. Nothing was billed.",
    )


@final
class VersionConflict(CallerError):
    """What is to be changed was changed by somebody else since it was read; the problems say what (ACC-7)."""

    code = "version-conflict"
    cause = Text(ja="他の人が先に変更しました。", en="Somebody else has changed it since it was read.")
    remedy = Text(
        ja="最新の内容を読み直してから、もう一度変更してください。",
        en="Read it again, look at the differences, and repeat the change with the new version.",
    )


@final
class LastAdministrator(CallerError):
    """The account would be left without an administrator of its own (ACC-6)."""

    code = "last-administrator"
    cause = Text(
        ja="管理者が一人もいなくなります。", en="The account would be left without an administrator."
    )
    remedy = Text(
        ja="先に別の人を管理者にするか、管理者権限を移譲してください。",
        en="Make somebody else of the account an administrator first, or transfer the administration.",
    )


@final
class DepartmentInUse(CallerError):
    """The department has users, departments below it, or open orders; the problems name them (ACC-5)."""

    code = "department-in-use"
    cause = Text(
        ja="部門に利用者、下位部門または処理中の注文があります。",
        en="The department has users, departments below it, or open orders.",
    )
    remedy = Text(
        ja="利用者と下位部門を移し、処理中の注文が終わってから削除してください。",
        en="Move its users and departments, and wait until its open orders are shipped or cancelled.",
    )


@final
class CursorExpired(CallerError):
    """The cursor is too old or not one of ours."""

    code = "cursor-expired"
    cause = Text(ja="カーソルが無効です。", en="The cursor is not one of ours, or too old.")
    remedy = Text(ja="最初から同期し直してください。", en="Start the synchronisation again without a cursor.")


@final
class UnknownOperation(CallerError):
    """No operation of that name, or a request that is not one of its messages."""

    code = "unknown-operation"
    cause = Text(ja="該当する操作がありません。", en="There is no such operation.")
    remedy = Text(
        ja="WSDL または OpenAPI の文書を確認してください。",
        en="Look into the WSDL or the OpenAPI document ('askul-connect wsdl', 'askul-connect openapi').",
    )


# --- the partner's --------------------------------------------------------------------------------------------


class PartnerError(AskulConnectError):
    """The other side."""

    code = "partner"
    fault = Fault.PARTNER
    cause = Text(ja="取引先のシステムに問題があります。", en="The partner's system is at fault.")
    remedy = Text(ja="取引先に連絡してください。", en="Contact the partner.")


@final
class PartnerUnreachable(PartnerError):
    """The partner could not be reached, and nothing was done there."""

    code = "partner-unreachable"
    retryable = True
    cause = Text(ja="取引先に接続できません。", en="The partner cannot be reached.")
    remedy = Text(
        ja="接続先と回線を確認してください。次の run で再送されます。",
        en="Check the address and the network; the next run sends again.",
    )


@final
class OutcomeUnknown(PartnerError):
    """The call was sent and no answer came: it may have been executed, so it is asked for, never sent again blindly."""

    code = "outcome-unknown"
    retryable = True
    cause = Text(
        ja="応答がなく、処理されたか不明です。", en="No answer came; whether it was executed is unknown."
    )
    remedy = Text(
        ja="次の run で照会されます。", en="The next run asks the partner before anything is sent again."
    )


@final
class PartnerRefused(PartnerError):
    """The partner refused for a reason that we have no class of our own for."""

    code = "partner-refused"
    cause = Text(ja="取引先が拒否しました。", en="The partner refused.")
    remedy = Text(ja="取引先の理由を確認してください。", en="Look at the partner's reason.")


@final
class PartnerAnswerInvalid(PartnerError):
    """The partner's answer is not what its description promises."""

    code = "partner-answer-invalid"
    cause = Text(
        ja="取引先の応答を解釈できません。", en="The partner's answer is not what its description promises."
    )
    remedy = Text(ja="記録を添えて取引先に連絡してください。", en="Contact the partner with the log entry.")


@final
class CapabilityMissing(PartnerError):
    """The supplier connection does not offer this capability (INT-1); nothing was sent."""

    code = "capability-missing"
    cause = Text(
        ja="この取引先はその機能を提供していません。", en="The supplier connection lacks this capability."
    )
    remedy = Text(
        ja="'askul-connect plugins' で機能を確認してください。",
        en="'askul-connect plugins' lists capabilities.",
    )


# --- ours -----------------------------------------------------------------------------------------------------


class OurError(AskulConnectError):
    """Storage, schema, plugins, or a defect of ours."""

    code = "internal"
    cause = Text(ja="内部エラーです。", en="Something is wrong on our side.")
    remedy = Text(ja="ログを添えて報告してください。", en="Report it with the log.")


@final
class StorageUnavailable(OurError):
    """The database cannot be opened, read or written."""

    code = "storage-unavailable"
    retryable = True
    cause = Text(ja="データベースを利用できません。", en="The database cannot be opened, read or written.")
    remedy = Text(
        ja="空き容量と権限を確認してください。", en="Check the path, its rights and the free space."
    )


@final
class StorageConflict(OurError):
    """Another transaction came first; the unit of work is repeated as a whole."""

    code = "storage-conflict"
    retryable = True
    cause = Text(ja="他の処理と競合しました。", en="Another transaction came first.")
    remedy = Text(ja="もう一度実行してください。", en="Repeat the call.")


@final
class SchemaOutOfDate(OurError):
    """The database has another schema version than this program."""

    code = "schema-out-of-date"
    cause = Text(
        ja="データベースの版がプログラムと異なります。", en="The database has another schema version."
    )
    remedy = Text(
        ja="'askul-connect db upgrade' を実行してください。",
        en="Run 'askul-connect db upgrade' after a backup; a newer database needs a newer program.",
    )


@final
class BackupDamaged(OurError):
    """A backup is not what was written: a file is missing, or a byte differs (REL-9)."""

    code = "backup-damaged"
    cause = Text(
        ja="バックアップが壊れています。",
        en="The backup is not what was written: something is missing or differs.",
    )
    remedy = Text(
        ja="別のバックアップを使ってください。壊れたものからは何も復元されません。",
        en="Use another copy of the backup; nothing is restored from a damaged one.",
    )


@final
class PluginFailed(OurError):
    """A plugin raised, returned something wrong or is not installed."""

    code = "plugin-failed"
    cause = Text(
        ja="プラグインに問題があります。", en="A plugin is missing, raised or returned something wrong."
    )
    remedy = Text(ja="'askul-connect plugins' で確認してください。", en="Look at 'askul-connect plugins'.")


@final
class DirectoryBusy(OurError):
    """Another run holds the directory (INT-12)."""

    code = "directory-busy"
    retryable = True
    cause = Text(ja="別の実行がこのフォルダーを使用中です。", en="Another run holds the directory.")
    remedy = Text(ja="終了を待ってください。", en="Wait for it to end; a dead run's lease expires by itself.")


@final
class InternalError(OurError):
    """A defect of ours: an error that nobody planned for."""

    code = "internal-error"


def all_error_classes() -> tuple[type[AskulConnectError], ...]:
    """Every class of the tree in depth-first order, the root first (source of the generated reference)."""

    def walk(cls: type[AskulConnectError]) -> list[type[AskulConnectError]]:
        return [cls, *(found for child in cls.__subclasses__() for found in walk(child))]

    return tuple(walk(AskulConnectError))


@cache
def concrete_errors() -> Mapping[str, type[AskulConnectError]]:
    """The classes that are raised, by code; of those that have subclasses only :class:`DocumentError` is.

    It is the library's own catalogue: a class that a plugin derives changes neither what a code means nor which
    of ours are raised.
    """
    ours = [cls for cls in all_error_classes() if cls.__module__ == __name__]
    parents = {base for cls in ours for base in cls.__bases__} - {DocumentError}
    return MappingProxyType({cls.code: cls for cls in ours if cls not in parents})


@frozen(kw_only=True)
class Reported:
    """A problem as it travels: enough to raise the same class on the other side."""

    code: str
    detail: str
    where: str = ""
    reference: str = ""
    line_id: str = ""
    retry_after: int | None = None
    problems: tuple[Problem, ...] = field(default=())


def report_of(error: AskulConnectError, *, reference: str = "") -> Reported:
    """What a face tells its caller of an error.

    Of a failure of ours only the code and the reference go out: its details are for our log.

    Args:
        error: The error.
        reference: Number under which it was logged; the error's own goes before.
    """
    reference = error.reference or reference
    if error.fault is Fault.OURS:
        return Reported(
            code=error.code, detail=error.cause.en, reference=reference, retry_after=error.retry_after
        )
    return Reported(
        code=error.code,
        detail=error.detail,
        where=error.where,
        reference=reference,
        line_id=error.line_id,
        retry_after=error.retry_after,
        problems=error.problems,
    )


def error_from_report(report: Reported) -> AskulConnectError:
    """The error of the caller's side for a reported problem; an unknown code becomes :class:`PartnerRefused`.

    A failure inside the partner (``OurError`` over there) is the partner's failure over here: a retryable one is
    reported as unreachable, since the partner says that nothing was done. Only its database may have failed in the
    very commit, so then it has to be asked.
    """
    known = concrete_errors().get(report.code)
    cls: type[AskulConnectError]
    if known is None:
        cls = PartnerRefused
    elif known is StorageUnavailable:
        cls = OutcomeUnknown
    elif known.fault is Fault.OURS:
        cls = PartnerUnreachable if known.retryable else PartnerAnswerInvalid
    else:
        cls = known
    return cls(
        report.detail,
        where=report.where,
        problems=report.problems,
        line_id=report.line_id,
        reference=report.reference,
        retry_after=report.retry_after,
    )
