"""Why a login fails or a page misbehaves, and what to do: the data of the diagnosis (AUTH-3)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from askul_connect.core.errors import Text


class Symptom(StrEnum):
    """What somebody sees who has no code to name."""

    CANNOT_LOG_IN = "cannot-log-in"
    ERROR_SHOWN = "error-shown"
    BLANK_PAGE = "blank-page"
    ACCESS_REFUSED = "access-refused"
    ODD_BEHAVIOUR = "odd-behaviour"
    HISTORY_NOT_SHOWN = "history-not-shown"
    ORDER_NOT_POSSIBLE = "order-not-possible"
    NO_MAIL = "no-mail"
    ONE_OF_US_ONLY = "one-of-us-only"


@frozen(kw_only=True)
class Cause:
    """One cause.

    Attributes:
        codes: Error codes and machine-readable reasons that point to it.
        symptoms: What it looks like.
        steps: What to do, in this order.
        channel: Where to turn when that does not help.
        disturbance: Whether it is a disturbance of the service.
    """

    cause: str
    title: Text
    codes: tuple[str, ...]
    symptoms: tuple[Symptom, ...]
    steps: tuple[Text, ...]
    channel: str
    disturbance: bool = False


_LOOK_AT_STATUS = Text(
    ja="サービス状況のお知らせを確認する。障害やメンテナンス中は復旧予定を待つ。",
    en="Look at the service status; during an outage or maintenance wait for the expected recovery.",
)
_RESET = Text(
    ja="「パスワードをお忘れの方」から再設定する。届いたリンクは 30 分以内に一度だけ使える。",
    en="Reset the password by 'forgot password'; the link is good once and for 30 minutes.",
)
_NOTE_REFERENCE = Text(
    ja="表示された照会番号と日時を控えて、サポートに伝える。",
    en="Note the reference number and the time that were shown, and tell support.",
)

CAUSES: tuple[Cause, ...] = (
    Cause(
        cause="wrong-login-data",
        title=Text(ja="ID またはパスワードの誤り", en="Wrong ID or password"),
        codes=("w:001", "mismatch"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ERROR_SHOWN),
        steps=(
            Text(
                ja="ID が 10 桁のお問い合わせ番号か、自分のメールアドレスかを確かめる。"
                "会員番号ではログインできない。",
                en="Check that the ID is the 10-digit customer number or one's own e-mail "
                "address; the member number is"
                " no login ID.",
            ),
            Text(
                ja="パスワードを表示して入力し直す。数字と似た文字 (0 と O、1 と l) に注意する。",
                en="Type the password again where it can be seen; mind digits that look like "
                "letters (0 and O, 1 and l).",
            ),
            _RESET,
            Text(
                ja="ID が分からないときは「ID を忘れた方」から登録アドレスに届く案内を見る。",
                en="If the ID is unknown, ask by 'forgot ID'; the answer goes to the registered address.",
            ),
        ),
        channel="chat",
    ),
    Cause(
        cause="letter-case",
        title=Text(ja="大文字・小文字や全角・半角の違い", en="Letter case, or full-width characters"),
        codes=("w:001", "mismatch"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ERROR_SHOWN),
        steps=(
            Text(
                ja="Caps Lock と日本語入力を切って、パスワードを入力し直す。"
                "パスワードは大文字と小文字を区別する。",
                en="Switch off Caps Lock and the Japanese input method and type the password "
                "again; its letter case"
                " counts.",
            ),
            Text(
                ja="メールアドレスの大文字・小文字は区別しない。番号は全角でも受け付ける。",
                en="The case of an e-mail address does not count, and a number may be typed full-width.",
            ),
        ),
        channel="chat",
    ),
    Cause(
        cause="password-expired",
        title=Text(ja="パスワードの有効期限切れ", en="The password has expired"),
        codes=("password-change-required", "password-expired", "temporary-password-expired"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="ログイン後に表示される画面で新しいパスワードを設定する。",
                en="Set a new password on the page that is shown after logging in.",
            ),
            Text(
                ja="仮パスワードの期限が切れたときは、自社の管理者かサポートに再発行を頼む。",
                en="If a temporary password has expired, ask one's own administrator or "
                "support for another one.",
            ),
        ),
        channel="chat",
    ),
    Cause(
        cause="disturbance",
        title=Text(ja="システム障害またはメンテナンス", en="An outage or maintenance"),
        codes=("w:004", "function-stopped", "orders-stopped", "storage-unavailable", "internal-error"),
        symptoms=(
            Symptom.BLANK_PAGE,
            Symptom.ORDER_NOT_POSSIBLE,
            Symptom.HISTORY_NOT_SHOWN,
            Symptom.ERROR_SHOWN,
            Symptom.CANNOT_LOG_IN,
        ),
        steps=(
            _LOOK_AT_STATUS,
            Text(
                ja="ブラウザーのキャッシュを消し、少し時間をおいてからもう一度試す。",
                en="Clear the browser's cache, wait a little and try again.",
            ),
            Text(
                ja="別の端末またはネットワークから試す。",
                en="Try from another device or network.",
            ),
            Text(
                ja="急ぎの注文は FAX 用紙か電話で、品番を添えて頼む。",
                en="Order what is urgent by the fax form or by phone, by item number.",
            ),
        ),
        channel="phone",
        disturbance=True,
    ),
    Cause(
        cause="email-changed",
        title=Text(ja="登録メールアドレスの変更", en="The registered e-mail address has changed"),
        codes=("w:001", "mismatch"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.NO_MAIL),
        steps=(
            Text(
                ja="以前のメールアドレスでログインを試す。ログイン ID は登録されているアドレスである。",
                en="Try the former address: the login ID is the one that is registered.",
            ),
            Text(
                ja="登録アドレスが使えないときは、自社の管理者に仮パスワードの発行を頼む。",
                en="If the registered mailbox can no longer be read, ask one's own "
                "administrator for a temporary"
                " password.",
            ),
        ),
        channel="form",
    ),
    Cause(
        cause="account-stopped",
        title=Text(ja="アカウントの停止・退会", en="The account is suspended or withdrawn"),
        codes=(
            "login-refused",
            "account-suspended",
            "account-withdrawn",
            "account-rejected",
            "user-removed",
            "user-rejected",
        ),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(ja="自社の管理者に状況を確認する。", en="Ask one's own administrator what has happened."),
            _NOTE_REFERENCE,
        ),
        channel="phone",
    ),
    Cause(
        cause="awaiting-approval",
        title=Text(ja="承認待ち", en="Approval is outstanding"),
        codes=("login-refused", "account-pending-approval", "user-awaiting-approval"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="社内の登録なら、自社の管理者に承認を頼む。",
                en="Who joined a company's account asks its administrator to approve.",
            ),
            Text(
                ja="新規の申し込みなら、審査が終わって届く案内を待つ。",
                en="Who applied for a new account waits for the letter that follows its examination.",
            ),
        ),
        channel="form",
    ),
    Cause(
        cause="repeated-failures",
        title=Text(ja="連続した失敗による一時停止", en="Paused after repeated failures"),
        codes=("login-throttled", "too-many-attempts", "login-locked", "locked"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="表示された時間だけ待つ。待っている間は正しいパスワードも受け付けない。",
                en="Wait as long as was shown; meanwhile not even the right password is taken.",
            ),
            Text(
                ja="いつも使う端末からログインする。記憶された端末は止められない。",
                en="Log in from the usual device: one that is remembered is not paused.",
            ),
            _RESET,
            Text(
                ja="身に覚えがなければ、管理者とサポートにすぐ知らせる。",
                en="If it was not oneself, tell the administrator and support at once.",
            ),
        ),
        channel="phone",
    ),
    Cause(
        cause="second-factor",
        title=Text(ja="2段階認証が済んでいない", en="The second factor is outstanding"),
        codes=("second-factor-required", "second-factor-mismatch", "second-factor", "factor-rejected"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="認証アプリの時刻を合わせ、次に表示されるコードを入力する。一度使ったコードは使えない。",
                en="Set the authenticator's clock right and type its next code; a code is good once.",
            ),
            Text(ja="リカバリーコードを一つ使う。", en="Use one of the recovery codes."),
            Text(
                ja="どちらも使えなければ、管理者に2段階認証の解除を頼む。",
                en="If neither can be used, ask the administrator to reset the second factors.",
            ),
        ),
        channel="phone",
    ),
    Cause(
        cause="passkey-not-accepted",
        title=Text(ja="パスキーが受け付けられない", en="A passkey that is not accepted"),
        codes=("passkey",),
        symptoms=(Symptom.CANNOT_LOG_IN,),
        steps=(
            Text(
                ja="画面の操作は 5 分以内に済ませ、遅れたら最初からやり直す。",
                en="Answer within five minutes; begin anew if it took longer.",
            ),
            Text(
                ja="そのパスキーを登録した正しいアドレスの画面を開いているか確かめる。",
                en="Check that the page has the very address that the passkey was made for.",
            ),
            Text(
                ja="ID とパスワードでログインし、パスキーの一覧で有効か確かめる。",
                en="Log in by ID and password, and look in the list of factors whether the passkey is in force.",
            ),
        ),
        channel="form",
    ),
    Cause(
        cause="account-merged",
        title=Text(ja="アカウントの統合", en="The account was merged into another"),
        codes=("login-refused", "account-merged"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="メールアドレス、または統合先のお客様番号でログインする。パスワードは変わらない。",
                en="Log in with the e-mail address, or with the customer number of the account that goes on; the"
                " password is the same.",
            ),
            Text(
                ja="統合先の番号が分からなければ、自社の管理者に尋ねる。注文や請求書は統合先にある。",
                en="Ask one's own administrator for that number; orders and invoices are in that account.",
            ),
            _NOTE_REFERENCE,
        ),
        channel="phone",
    ),
    Cause(
        cause="unusual-login",
        title=Text(ja="通常と異なるログイン", en="A login that looks unusual"),
        codes=("login-refused", "risk-refused"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="いつも使う端末とネットワークからログインする。",
                en="Log in from a device and a network that one has used before.",
            ),
            Text(
                ja="届いた通知に身に覚えがなければ、パスワードを変え、管理者とサポートにすぐ知らせる。",
                en="If the notice that came is about somebody else, change the password and tell the administrator"
                " and support at once.",
            ),
            _NOTE_REFERENCE,
        ),
        channel="phone",
    ),
    Cause(
        cause="device-not-remembered",
        title=Text(ja="端末の記憶の終了", en="The device is not remembered any more"),
        codes=(
            "login-refused",
            "device-not-remembered",
            "device-unknown",
            "device-ended",
            "device-reused",
        ),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ODD_BEHAVIOUR),
        steps=(
            Text(
                ja="ID とパスワードでログインし、必要なら「次回から自動でログイン」を選び直す。",
                en="Log in by ID and password, and choose again to be logged in automatically.",
            ),
            Text(
                ja="自動ログインが盗用の疑いで止まったと通知されたら、パスワードを変え、ほかのログインを終了する。",
                en="If a notice says that two held the device's token, change the password and end the other logins.",
            ),
        ),
        channel="form",
    ),
    Cause(
        cause="browser",
        title=Text(ja="ブラウザーやキャッシュの問題", en="The browser or its cache"),
        codes=("document-malformed", "not-authenticated"),
        symptoms=(Symptom.ODD_BEHAVIOUR, Symptom.BLANK_PAGE, Symptom.HISTORY_NOT_SHOWN),
        steps=(
            Text(
                ja="キャッシュと Cookie を消して、ログインし直す。",
                en="Clear cache and cookies and log in again.",
            ),
            Text(ja="別のブラウザーまたは端末で試す。", en="Try another browser or device."),
            Text(
                ja="ブラウザーを更新し、拡張機能を切ってみる。",
                en="Update the browser, and switch its extensions off.",
            ),
        ),
        channel="chat",
    ),
    Cause(
        cause="duplicate-registration",
        title=Text(ja="二重登録", en="Registered twice"),
        codes=("duplicate-registration",),
        symptoms=(Symptom.ONE_OF_US_ONLY, Symptom.CANNOT_LOG_IN, Symptom.HISTORY_NOT_SHOWN),
        steps=(
            Text(
                ja="メールアドレスは一人に一つ。同じアドレスで登録した人がいないか社内で確かめる。",
                en="One e-mail address is one person; find out whether somebody else registered with it.",
            ),
            Text(
                ja="会社が重複していれば、サポートに統合を頼む。注文や請求書は残る。",
                en="If the company has two accounts, ask support to merge them; orders and invoices stay.",
            ),
        ),
        channel="form",
    ),
    Cause(
        cause="wrong-kind-of-account",
        title=Text(
            ja="法人と個人のアカウントの取り違え", en="A corporate and an individual account mixed up"
        ),
        codes=("w:001", "access-denied", "mismatch"),
        symptoms=(Symptom.CANNOT_LOG_IN, Symptom.ACCESS_REFUSED, Symptom.HISTORY_NOT_SHOWN),
        steps=(
            Text(
                ja="法人向けの画面に、法人アカウントの ID でログインしているか確かめる。",
                en="Check that one logs in on the corporate page with the ID of the corporate account.",
            ),
            Text(
                ja="個人のアカウントには履歴や請求書の管理などの法人向け機能がない。",
                en="An individual account has none of the corporate functions, such as history and invoices.",
            ),
        ),
        channel="chat",
    ),
    Cause(
        cause="filters-and-rights",
        title=Text(ja="絞り込み条件または権限", en="Filters, or rights"),
        codes=("access-denied", "not-found"),
        symptoms=(Symptom.HISTORY_NOT_SHOWN, Symptom.ACCESS_REFUSED),
        steps=(
            Text(
                ja="期間・部門などの絞り込みを外す。履歴は 3 年分ある。",
                en="Take the filters of period and department away; history goes back three years.",
            ),
            Text(
                ja="見たい部門の権限が自分にあるか、管理者に確かめる。",
                en="Ask the administrator whether one may see that department.",
            ),
        ),
        channel="chat",
    ),
)
