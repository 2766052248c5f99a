"""What each notice says to the person it goes to, in both languages (SUP-4).

A subject never holds facts: it is shown on locked screens. A secret stands in the text only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from askul_connect.core.policies.notice_texts_sales import SALES_TEXTS
from askul_connect.core.policies.notice_wording import NOT_YOU_EN, NOT_YOU_JA, NoticeText, wording

_LONGEST_FACT = 500
#: Facts that are lists: each line of one is a fact by itself.
_LISTS = frozenset({"orders"})


class _Facts(dict[str, str]):
    """Facts of a notice; what is not there reads as a dash, since a notice always leaves."""

    def __missing__(self, key: str) -> str:
        return "-"


NOTICE_TEXTS: Mapping[str, NoticeText] = MappingProxyType(
    {
        **SALES_TEXTS,
        "temporary-password": wording(
            "仮パスワードのお知らせ",
            "Your temporary password",
            "仮パスワード: {secret}\n期限: {expires_at}\nログインして新しいパスワードを設定してください。"
            + NOT_YOU_JA,
            "Temporary password: {secret}\nGood until {expires_at}\nLog in and set a new password. "
            + NOT_YOU_EN,
        ),
        "temporary-password-issued": wording(
            "仮パスワードが発行されました",
            "A temporary password was issued",
            "自社の管理者が仮パスワードを発行しました。期限は {expires_at} です。" + NOT_YOU_JA,
            "Your administrator issued a temporary password, good until {expires_at}. " + NOT_YOU_EN,
        ),
        "temporary-password-letter": wording(
            "仮パスワードのお知らせ（郵送）",
            "Your temporary password (by post)",
            "〒{postcode} {address}\n{company}\n{name} 様\n\n仮パスワード: {secret}\n期限: {expires_at}\n"
            "ログインして新しいパスワードを設定してください。" + NOT_YOU_JA,
            "{name}\n{company}\n{address}\n{postcode}\n\nTemporary password: {secret}\nGood until {expires_at}\n"
            "Log in and set a new password. " + NOT_YOU_EN,
        ),
        "temporary-password-by-letter": wording(
            "仮パスワードを郵送します",
            "A temporary password comes by post",
            "お問い合わせ窓口から、登録住所あてに仮パスワードを郵送します。期限は {expires_at} です。"
            + NOT_YOU_JA,
            "Support sends a temporary password to the registered address, good until {expires_at}. "
            + NOT_YOU_EN,
        ),
        "password-reset": wording(
            "パスワード再設定のご案内",
            "Setting a new password",
            "再設定用の文字列: {secret}\n期限: {expires_at} (一度だけ使えます)\n"
            "依頼していないときは何もしないでください。",
            "To set a new password use: {secret}\nGood once, until {expires_at}\n"
            "If you did not ask for it, do nothing.",
        ),
        "password-changed": wording(
            "パスワードが変更されました",
            "Your password was changed",
            "パスワードが変更され、ほかのログインは終了しました ({at})。" + NOT_YOU_JA,
            "Your password was changed and all other sessions have ended ({at}). " + NOT_YOU_EN,
        ),
        "password-expires": wording(
            "パスワードの有効期限が近づいています",
            "Your password expires soon",
            "パスワードの有効期限は {expires_at} です。それまでに変更してください。",
            "Your password expires at {expires_at}. Please change it before then.",
        ),
        "login-id": wording(
            "ログイン ID のお知らせ",
            "Your login ID",
            "ログイン ID: {login_id}\nお問い合わせ番号 (主管理者のみ): {customer_number}",
            "Login ID: {login_id}\nCustomer number (primary administrator only): {customer_number}",
        ),
        "account-registered": wording(
            "お申し込みを受け付けました",
            "Your application was received",
            "新規登録のお申し込みを受け付けました ({at})。審査の結果は別にお知らせします。",
            "Your application for an account was received ({at}). You will be told how it was examined.",
        ),
        "account-approved": wording(
            "お申し込みが承認されました",
            "Your application was approved",
            "アカウントが使えるようになりました ({at})。\n"
            "お客様番号: {customer_number}\n仮パスワード: {secret}（{expires_at}まで）",
            "The account can be used now ({at}).\n"
            "Customer number: {customer_number}\nTemporary password: {secret} (until {expires_at})",
        ),
        "account-changed": wording(
            "登録内容が変更されました",
            "Your registered data were changed",
            "アカウントの登録内容が変更されました ({at})。" + NOT_YOU_JA,
            "The registered data of the account were changed ({at}). " + NOT_YOU_EN,
        ),
        "accounts-merged": wording(
            "アカウントを統合しました",
            "Two accounts were merged",
            "会員番号{absorbed}のアカウントは会員番号{surviving}のアカウントに統合されました（{at}）。"
            + NOT_YOU_JA,
            "The account with member number {absorbed} was merged into that with {surviving} ({at}). "
            + NOT_YOU_EN,
        ),
        "letter-written-again": wording(
            "仮パスワードを再発行しました",
            "A new temporary password was issued",
            "アカウントの仮パスワードを再発行しました（{at}）。",
            "A new temporary password of the account was issued ({at}).",
        ),
        "leak": wording(
            "個人データの漏えいについて",
            "Personal data were leaked",
            "お客様に関する次のデータが漏えいしたおそれがあります：{fields}。次回ログイン時に新しいパスワードが必要です。"
            "お問い合わせ番号：{incident}",
            "These data about you may have been leaked: {fields}. A new password may have to be set at the next login."
            " Number for questions: {incident}",
        ),
        "account-withdrawn": wording(
            "アカウントの利用が終了しました",
            "The account was closed",
            "アカウントは退会の扱いになりました ({at})。" + NOT_YOU_JA,
            "The account was withdrawn ({at}). " + NOT_YOU_EN,
        ),
        "user-invited": wording(
            "ご利用の招待",
            "You are invited",
            "会社のアカウントに招待されています。次の文字列で登録してください: {secret}",
            "You are invited to your company's account. Register with: {secret}",
        ),
        "email-confirmation": wording(
            "メールアドレスの確認",
            "Confirming your address",
            "このアドレスを確認するには次の文字列を入力してください: {secret}\n"
            "依頼していないときは何もしないでください。",
            "To confirm this address enter: {secret}\nIf you did not ask for it, do nothing.",
        ),
        "email-change-asked": wording(
            "メールアドレスの変更の依頼",
            "A change of your address was asked for",
            "メールアドレスを {to} に変更する依頼がありました ({at})。確認されると変わります。" + NOT_YOU_JA,
            "A change of your address to {to} was asked for ({at}). It takes effect when that address is confirmed. "
            + NOT_YOU_EN,
        ),
        "email-changed": wording(
            "メールアドレスが変更されました",
            "Your address was changed",
            "メールアドレスが {from} から {to} に変更されました ({at})。" + NOT_YOU_JA,
            "Your address was changed from {from} to {to} ({at}). " + NOT_YOU_EN,
        ),
        "user-added": wording(
            "会社のアカウントに追加されました",
            "You were added to an account",
            "会社のアカウントの利用者になりました ({at})。役割は {role} です。",
            "You are a user of your company's account now ({at}); your role is {role}.",
        ),
        "user-joined": wording(
            "利用者が加わりました",
            "A user has joined",
            "{name} ({email}) が招待によりアカウントに加わりました ({at})。",
            "{name} ({email}) has joined the account by an invitation ({at}).",
        ),
        "user-awaiting-approval": wording(
            "利用者の承認をお待ちしています",
            "A user awaits your approval",
            "{name} ({email}) が承認を待っています ({at})。承認するか、却下してください。",
            "{name} ({email}) awaits approval ({at}). Please approve or reject.",
        ),
        "user-approved": wording(
            "利用が承認されました",
            "You were approved",
            "自社の管理者が利用を承認しました ({at})。役割は {role} です。",
            "Your administrator approved you ({at}); your role is {role}.",
        ),
        "user-rejected": wording(
            "利用が承認されませんでした",
            "You were not approved",
            "自社の管理者が利用を承認しませんでした ({at})。理由: {reason}",
            "Your administrator did not approve you ({at}). The reason: {reason}",
        ),
        "user-changed": wording(
            "利用者の登録内容が変更されました",
            "What you may do was changed",
            "自社の管理者があなたの部門や上限を変更しました ({at})。",
            "Your administrator changed your departments or your limit ({at}).",
        ),
        "user-role-changed": wording(
            "役割が変更されました",
            "Your role was changed",
            "自社の管理者が役割を {before} から {after} に変更しました ({at})。" + NOT_YOU_JA,
            "Your administrator changed your role from {before} to {after} ({at}). " + NOT_YOU_EN,
        ),
        "users-imported": wording(
            "利用者の一括登録が済みました",
            "Users were imported",
            "{rows} 行の利用者一括登録が済みました ({at})。",
            "An import of users of {rows} rows was carried out ({at}).",
        ),
        "users-import-planned": wording(
            "利用者の一括登録を予約しました",
            "An import of users is planned",
            "{rows} 行の利用者一括登録を {on} に行います ({at})。",
            "An import of users of {rows} rows will be carried out on {on} ({at}).",
        ),
        "users-import-failed": wording(
            "利用者の一括登録ができませんでした",
            "An import of users failed",
            "{rows} 行の利用者一括登録ができませんでした ({at})。理由: {failure}",
            "An import of users of {rows} rows failed ({at}): {failure}",
        ),
        "users-import-cancelled": wording(
            "利用者の一括登録を取り消しました",
            "An import of users was cancelled",
            "{on} に予定していた利用者一括登録を取り消しました ({at})。",
            "The import of users that was planned for {on} was cancelled ({at}).",
        ),
        "user-removed": wording(
            "利用者の登録が削除されました",
            "You were removed from an account",
            "会社のアカウントの利用者ではなくなりました ({at})。" + NOT_YOU_JA,
            "You are no user of the account any more ({at}). " + NOT_YOU_EN,
        ),
        "user-left": wording(
            "利用者がいなくなりました",
            "A user has left",
            "{email} は利用者ではなくなりました ({at})。",
            "{email} is no user of the account any more ({at}).",
        ),
        "user-known": wording(
            "登録の申し込みがありました",
            "Somebody applied with your address",
            "このアドレスで利用者登録の申し込みがありましたが、すでに登録されています ({at})。"
            "心当たりがなければ何もしないでください。",
            "Somebody applied to join with this address, which is registered already ({at}). "
            "If it was not you, do nothing.",
        ),
        "administration-transferred": wording(
            "主管理者が交代しました",
            "The primary administrator has changed",
            "{to} がアカウントの主管理者になりました ({at})。" + NOT_YOU_JA,
            "{to} is the account's primary administrator now ({at}). " + NOT_YOU_EN,
        ),
        "staff-login-unusual": wording(
            "サポート担当者の通常と異なるログイン",
            "An unusual login of a staff member",
            "担当者 {login_name} のログインが通常と異なります (理由: {reasons}、接続元: {address}、端末: {device}、"
            "許可: {let_in}、照会番号: {reference})。本人に確認し、心当たりがなければ担当者の登録を解除してください。",
            "The login of {login_name} looks unusual ({reasons}; from {address}, device {device}; let in: {let_in};"
            " reference {reference}). Ask the person, and remove the staff member if it was somebody else.",
        ),
        "login-unusual": wording(
            "いつもと違うログインがありました",
            "A login that is not like your others",
            "いつもと違う環境からのログインがありました ({at})。" + NOT_YOU_JA,
            "There was a login from surroundings that you have not used before ({at}). " + NOT_YOU_EN,
        ),
        "many-logins-failed": wording(
            "ログインの失敗が続いています",
            "Many logins have failed",
            "{source} から多数の異なる ID でログインの失敗が続いています ({at})。照会番号は {reference} です。",
            "Logins with many different IDs have failed from {source} ({at}). The reference is {reference}.",
        ),
        "login-paused": wording(
            "ログインの失敗が続いています",
            "Logins with your ID have failed",
            "あなたの ID でログインの失敗が続いたため、しばらくの間ログインを受け付けません ({at})。"
            + NOT_YOU_JA,
            "Login after login with your ID has failed, so that none is looked at for a while ({at}). "
            + NOT_YOU_EN,
        ),
        "login-locked": wording(
            "ログインを停止しました",
            "Your login was locked",
            "あなたの ID でログインの失敗が続いたため、解除されるまでログインを受け付けません ({at})。"
            + NOT_YOU_JA,
            "Login after login with your ID has failed, so that it is locked until it is unlocked ({at}). "
            + NOT_YOU_EN,
        ),
        "factor-added": wording(
            "2段階認証の手段が追加されました",
            "A second factor was added",
            "2段階認証の手段「{label}」が追加されました ({at})。" + NOT_YOU_JA,
            'The second factor "{label}" was added ({at}). ' + NOT_YOU_EN,
        ),
        "factor-removed": wording(
            "2段階認証の手段が削除されました",
            "A second factor was removed",
            "2段階認証の手段「{label}」が削除されました ({at})。" + NOT_YOU_JA,
            'The second factor "{label}" was removed ({at}). ' + NOT_YOU_EN,
        ),
        "factor-suspended": wording(
            "2段階認証の手段を停止しました",
            "A second factor was suspended",
            "2段階認証の手段「{label}」を停止しました ({at})。理由: {reason}。" + NOT_YOU_JA,
            'The second factor "{label}" proves nothing from now on ({at}): {reason}. ' + NOT_YOU_EN,
        ),
        "factors-reset": wording(
            "2段階認証がリセットされました",
            "Your second factors were reset",
            "自社の管理者が2段階認証をリセットし、仮パスワードを発行しました ({at})。" + NOT_YOU_JA,
            "Your administrator removed your second factors and issued a temporary password ({at}). "
            + NOT_YOU_EN,
        ),
        "recovery-code-used": wording(
            "回復コードが使われました",
            "A recovery code was used",
            "回復コードでログインがありました ({at})。残りは {codes_left} 個です。" + NOT_YOU_JA,
            "There was a login by a recovery code ({at}); {codes_left} are left. " + NOT_YOU_EN,
        ),
        "recovery-codes-renewed": wording(
            "回復コードが新しくなりました",
            "Your recovery codes were renewed",
            "回復コードが新しくなり、以前のものは使えません ({at})。" + NOT_YOU_JA,
            "There are new recovery codes, and the earlier ones are of no use any more ({at}). " + NOT_YOU_EN,
        ),
        "login-unlocked": wording(
            "ログインの停止が解除されました",
            "Your login was unlocked",
            "ログインの停止が解除されました ({at})。" + NOT_YOU_JA,
            "Your login was unlocked ({at}). " + NOT_YOU_EN,
        ),
        "login-policy-changed": wording(
            "ログインの設定が変更されました",
            "The rules for logging in were changed",
            "自社の管理者がログインの設定を変更しました ({at})。",
            "Your administrator changed the rules for logging in ({at}).",
        ),
        "device-token-reused": wording(
            "記憶された端末の情報が二重に使われました",
            "A remembered device was used twice",
            "記憶された端末の情報が別の場所で使われたため、その端末の記憶とログインを取り消しました ({at})。"
            + NOT_YOU_JA,
            "What remembers a device was used from two places, so that its logins have been ended ({at}). "
            + NOT_YOU_EN,
        ),
        "second-factor-attempts": wording(
            "2段階認証の失敗が続いています",
            "Second-factor attempts have failed",
            "パスワードが正しく入力された後、2段階認証の失敗が続いています ({at})。" + NOT_YOU_JA,
            "After the right password the second factor has failed again and again ({at}). " + NOT_YOU_EN,
        ),
        "ticket-opened": wording(
            "お問い合わせを受け付けました",
            "Your request was received",
            "お問い合わせ番号 {ticket} で受け付けました。担当者が確認して返信します。",
            "It was received as ticket {ticket}. One of our people will look at it and reply.",
        ),
        "ticket-answered": wording(
            "お問い合わせに回答しました",
            "Your request was answered",
            "お問い合わせ {ticket} に回答があります。ログインするか、受付時に表示された文字列で読めます。",
            "There is an answer to ticket {ticket}. Read it by logging in, or with the text shown when it was opened.",
        ),
        "ticket-closed": wording(
            "お問い合わせを終了しました",
            "Your request was closed",
            "お問い合わせ {ticket} を終了しました。続きは新しいお問い合わせでお知らせください。",
            "Ticket {ticket} was closed. Please open another one if something is left.",
        ),
        "ticket-linked": wording(
            "サポートがお問い合わせを貴社のものとして扱います",
            "Support treats a request as your company's",
            "お問い合わせ {ticket} を貴社のものと確認しました ({at})。"
            "以後、担当者が貴社の登録内容を参照することがあります。" + NOT_YOU_JA,
            "Ticket {ticket} was found to be your company's ({at}). Our people may look at your registered data "
            "for it. " + NOT_YOU_EN,
        ),
    }
)

_OTHER = wording(
    "お知らせ",
    "A notice",
    "お知らせがあります ({event})。",
    "There is a notice ({event}).",
)


def notice_text(event: str, facts: Mapping[str, str], *, english: bool) -> tuple[str, str]:
    """Subject and text of a notice; an event of a plugin that has no text of its own gets a general one.

    Args:
        event: The event in words.
        facts: What the text names; control characters are taken out, and what is very long is cut.
        english: Whether in English; otherwise in Japanese.
    """
    known = NOTICE_TEXTS.get(event, _OTHER)
    shown = _Facts({"event": event, **{name: _shown(name, fact) for name, fact in facts.items()}})
    subject, body = (known.subject.en, known.body.en) if english else (known.subject.ja, known.body.ja)
    return subject, body.format_map(shown)


def _shown(name: str, fact: str) -> str:
    return "\n".join(map(_plain, fact.split("\n"))) if name in _LISTS else _plain(fact)


def _plain(fact: str) -> str:
    return "".join(one if one.isprintable() else " " for one in fact)[:_LONGEST_FACT]
