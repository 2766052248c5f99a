"""Frequent questions, and finding them by words (SUP-5): our own texts, in Japanese and English."""

from __future__ import annotations

import unicodedata
from functools import cache

from attrs import frozen

from askul_connect.core.errors import Text

MOST = 20


@frozen(kw_only=True)
class Question:
    """One frequent question; ``causes`` are those of the diagnosis it is about."""

    faq: str
    question: Text
    answer: Text
    causes: tuple[str, ...] = ()


FAQ: tuple[Question, ...] = (
    Question(
        faq="login-id",
        question=Text(ja="何を ID に入力しますか。", en="What do I type as the ID?"),
        answer=Text(
            ja="10 桁のお問い合わせ番号 (管理者)、または自分の登録メールアドレスです。会員番号は使えません。",
            en="The 10-digit customer number (administrators), or one's own registered e-mail "
            "address. Not the member number.",
        ),
        causes=("wrong-login-data",),
    ),
    Question(
        faq="forgot-password",
        question=Text(ja="パスワードを忘れました。", en="I have forgotten my password."),
        answer=Text(
            ja="ログイン画面の「パスワードをお忘れの方」に登録メールアドレスと会社名を入力します。"
            "24 時間受け付けています。"
            "登録アドレスに届くリンクは 30 分以内に一度だけ使えます。",
            en="Type the registered e-mail address and the company under 'forgot password'; "
            "day and night. The link that"
            " arrives there is good once and for 30 minutes.",
        ),
        causes=("wrong-login-data", "password-expired", "repeated-failures"),
    ),
    Question(
        faq="forgot-id",
        question=Text(ja="ログイン ID が分かりません。", en="I do not know my login ID."),
        answer=Text(
            ja="「ID を忘れた方」に会社名・電話番号・氏名を入力します。答えは登録アドレスにだけ届きます。",
            en="Type company, phone and name under 'forgot ID'. The answer goes to the "
            "registered address only.",
        ),
        causes=("wrong-login-data", "email-changed"),
    ),
    Question(
        faq="mailbox-gone",
        question=Text(
            ja="登録メールアドレスが使えません。", en="I can no longer read the registered mailbox."
        ),
        answer=Text(
            ja="自社の管理者が仮パスワードを発行できます。管理者がいなければサポートにお問い合わせください。",
            en="An administrator of the own company issues a temporary password; without one, ask support.",
        ),
        causes=("email-changed",),
    ),
    Question(
        faq="temporary-password",
        question=Text(ja="仮パスワードとは何ですか。", en="What is a temporary password?"),
        answer=Text(
            ja="初回や再発行のときに使うパスワードで、新しいパスワードの設定だけができます。"
            "書面は 14 日、それ以外は 24 時間で失効します。"
            "人に伝えるときは、メールやチャットではなく手渡しか電話にしてください。",
            en="The one for the first login or after a re-issue; it only lets one set a new "
            "password. By letter it expires"
            " after 14 days, else after 24 hours. Hand it over in person or by phone, not by mail or chat.",
        ),
        causes=("password-expired",),
    ),
    Question(
        faq="password-rules",
        question=Text(ja="パスワードの決まりを教えてください。", en="What are the rules for passwords?"),
        answer=Text(
            ja="英大文字・英小文字・数字・記号を組み合わせて 8 文字以上、3 "
            "か月から半年ごとに変更し、使い回しはしません。"
            "パスワード管理ツールで作って保存するのが安全です。紙や暗号化しない表での保管は勧めません。",
            en="At least 8 characters of upper case, lower case, digits and signs, changed "
            "every three to six months, used"
            " nowhere else. A password manager makes and keeps them safely; paper and "
            "plain spreadsheets do not.",
        ),
        causes=("password-expired",),
    ),
    Question(
        faq="automatic-logout",
        question=Text(ja="自動でログアウトされました。", en="I was logged out by itself."),
        answer=Text(
            ja="一定時間操作がないと自動でログアウトします (標準は 30 分)。"
            "「次回から自動でログイン」は共用の端末では使わないでください。",
            en="Without activity for a while (usually 30 minutes) one is logged out. Do not "
            "use 'log in automatically next"
            " time' on a shared device.",
        ),
        causes=("browser", "device-not-remembered"),
    ),
    Question(
        faq="cannot-order",
        question=Text(
            ja="「現在ご注文いただけません」と表示されます。",
            en="It says that orders cannot be accepted now.",
        ),
        answer=Text(
            ja="サービス状況で復旧予定を確認してください。急ぎの注文は FAX 注文用紙か電話で、"
            "品番を添えて承ります。",
            en="See the service status for the expected recovery. What is urgent is taken by "
            "fax form or by phone, by item number.",
        ),
        causes=("disturbance",),
    ),
    Question(
        faq="page-unavailable",
        question=Text(
            ja="画面が真っ白、またはページが利用できないと表示されます。",
            en="The page is blank, or says that it cannot be used at present.",
        ),
        answer=Text(
            ja="サービス状況を確認し、キャッシュを消して、別のブラウザーや端末でも試してください。",
            en="See the service status, clear the cache, and try another browser or device.",
        ),
        causes=("disturbance", "browser"),
    ),
    Question(
        faq="history-missing",
        question=Text(ja="注文履歴が表示されません。", en="The order history is not shown."),
        answer=Text(
            ja="期間や部門の絞り込みと自分の権限を確かめてください。履歴は 3 年分あります。"
            "障害のときはお知らせに出ます。",
            en="Check the filters of period and department, and one's rights; history goes "
            "back three years. An outage is"
            " announced.",
        ),
        causes=("filters-and-rights", "disturbance", "wrong-kind-of-account"),
    ),
    Question(
        faq="paused",
        question=Text(
            ja="何度も失敗してログインできなくなりました。",
            en="After several failures I cannot log in any more.",
        ),
        answer=Text(
            ja="表示された時間だけ待つか、いつもの端末から試すか、"
            "パスワードを再設定してください。身に覚えがなければすぐお知らせください。",
            en="Wait as long as is shown, try from the usual device, or reset the password. "
            "Tell us at once if it was not you.",
        ),
        causes=("repeated-failures",),
    ),
    Question(
        faq="unusual-login",
        question=Text(
            ja="「通常と異なるログイン」と表示・通知されました。",
            en="I was told of an unusual login, or refused for one.",
        ),
        answer=Text(
            ja="これまでと違う端末やネットワークからのログインです。ご本人なら、いつもの端末でログインしてください。"
            "身に覚えがなければパスワードを変え、管理者とサポートにすぐお知らせください。",
            en="The login came from a device or network that was not used before. If it was you, log in from the usual"
            " device; if not, change the password and tell the administrator and support at once.",
        ),
        causes=("unusual-login",),
    ),
    Question(
        faq="second-factor",
        question=Text(ja="2段階認証とは何ですか。", en="What is two-step verification?"),
        answer=Text(
            ja="パスワードに加えて、認証アプリのコードやパスキー (指紋や顔など) "
            "で確かめる仕組みです。管理者が必須にできます。",
            en="Besides the password, a code of an authenticator or a passkey (fingerprint, "
            "face) is proved. An administrator"
            " can require it.",
        ),
        causes=("second-factor", "passkey-not-accepted"),
    ),
    Question(
        faq="awaiting-approval",
        question=Text(ja="登録したのにログインできません。", en="I have registered but cannot log in."),
        answer=Text(
            ja="社内の登録は自社の管理者の承認が要ります。新しい申し込みは審査のあとで案内が届きます。",
            en="Joining a company's account needs its administrator's approval. A new "
            "application is answered by letter after"
            " its examination.",
        ),
        causes=("awaiting-approval",),
    ),
    Question(
        faq="registered-twice",
        question=Text(ja="二重に登録してしまいました。", en="We are registered twice."),
        answer=Text(
            ja="サポートが二つのアカウントを一つにまとめます。注文・請求書・ポイント・担当者は残ります。",
            en="Support merges the two accounts; orders, invoices, points and people stay.",
        ),
        causes=("duplicate-registration", "account-merged"),
    ),
    Question(
        faq="withdrawal",
        question=Text(ja="退会するにはどうしますか。", en="How do we withdraw?"),
        answer=Text(
            ja="管理者が管理画面で、またはサポート窓口で手続きします。"
            "未完了の注文や請求があるあいだはできません。",
            en="An administrator asks for it on screen or at the support desk; not while "
            "orders or invoices are open.",
        ),
        causes=("account-stopped",),
    ),
    Question(
        faq="change-registered-data",
        question=Text(ja="会社名や住所を変更したい。", en="How are company name and address changed?"),
        answer=Text(
            ja="管理者が利用者情報管理で変更します。変更前の内容は控えとして保存され、"
            "変更はすぐに反映されます。",
            en="An administrator changes them under the registered data. What was there "
            "before is kept, and the change is in"
            " force at once.",
        ),
    ),
    Question(
        faq="add-people",
        question=Text(
            ja="担当者を追加・削除したい。管理者を替えたい。",
            en="How are people added and removed, and the administrator changed?",
        ),
        answer=Text(
            ja="管理者が一人ずつ、または CSV でまとめて行います。管理権限は一度の操作で移せます。",
            en="An administrator does it one by one or by CSV. The administration is handed over in one step.",
        ),
    ),
    Question(
        faq="phishing",
        question=Text(ja="偽のサイトを見分けるには。", en="How do I recognise a false site?"),
        answer=Text(
            ja="アドレスバーの URL と鍵マーク (証明書) を確かめ、"
            "メールのリンクからではなくブックマークから開いてください。"
            "パスワードを電話やメールで尋ねることはありません。",
            en="Check the address and the lock (certificate), and open the site by a "
            "bookmark, not by a link in a mail. Nobody"
            " of ours ever asks for a password.",
        ),
    ),
    Question(
        faq="support-needs",
        question=Text(
            ja="問い合わせのときに用意するものは。", en="What do I have ready when I call support?"
        ),
        answer=Text(
            ja="会社名、会員番号、担当者名と登録メールアドレス、日中つながる電話番号、直近の注文番号、"
            "エラーコードと照会番号、発生日時、できれば画面の写しです。",
            en="Company, member number, name and registered e-mail, a phone for the day, the "
            "latest order number, error code"
            " and reference number, the time, and a screenshot if possible.",
        ),
    ),
)


def search(words: str) -> tuple[Question, ...]:
    """The questions that hold most of the words, the best first; all in their order without any.

    Japanese is looked up by pairs of characters, so that 忘れ finds 忘れました; widths and case do not matter.
    """
    wanted = [grams for word in _folded(words).split() if (grams := _grams(word))]
    if not wanted:
        return FAQ[:MOST]
    scored = []
    for place, question in enumerate(FAQ):
        head, body = _indexed(question)
        score = sum(
            3 * len(grams & head) * 100 // len(grams) + len(grams & body) * 100 // len(grams)
            for grams in wanted
        )
        if score:
            scored.append((-score, place, question))
    return tuple(question for _, _, question in sorted(scored, key=lambda one: one[:2])[:MOST])


@cache
def _indexed(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    head = f"{question.question.ja} {question.question.en}"
    body = f"{question.answer.ja} {question.answer.en} {question.faq}"
    return _grams(_folded(head)), _grams(_folded(body))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _grams(text: str) -> frozenset[str]:
    """Pairs of Japanese characters; whole Latin words of two letters and more; a single character by itself."""
    found: set[str] = set()
    for word in "".join(one if one.isalnum() else " " for one in text).split():
        if word.isascii() or len(word) == 1:
            found.add(word)
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)
