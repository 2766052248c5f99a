"""Login by an assertion of an authentication provider, in stages (AUTH-16).

1. A unit of work sees whether logins are taken at all.
2. The providers are asked, with no transaction open: one that hangs or fails holds and changes nothing.
3. A unit of work finds the person, or refuses, and records it; the assertion is spent.
4. The login is assessed like every other (AUTH-9); a unit of work lets in or refuses, and records it.

Every refusal that says nothing about the person is the same, and takes the same queries.
"""

from __future__ import annotations

import hashlib

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import (
    Account,
    LoginRecord,
    Membership,
    SessionStage,
    User,
    UserState,
)
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.errors import (
    AskulConnectError,
    LoginMismatch,
    LoginRefused,
    PluginFailed,
    ValueInvalid,
)
from askul_connect.core.messages.login import LoginResponse
from askul_connect.core.messages.sign_on import LoginWithAssertionRequest
from askul_connect.core.policies.factors import protects, stage_for
from askul_connect.core.policies.login_standing import account_hindrance
from askul_connect.core.ports.authentication import IdentityAssertion, Presented, PresentedForm
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import note_factor, note_identity
from askul_connect.core.services.supplier.factors import factors_of
from askul_connect.core.services.supplier.login import check_device
from askul_connect.core.services.supplier.login_proof import RISKY, as_kept, lock, refusal, turned_down
from askul_connect.core.services.supplier.login_risk import (
    assess,
    facts_of,
    learn,
    past_of,
    refuses,
    tell_of_risk,
)
from askul_connect.core.services.supplier.proving import Proved, first_result
from askul_connect.core.services.supplier.records import add_login_record
from askul_connect.core.services.supplier.sessions import open_session
from askul_connect.core.services.supplier.sign_on_settings import allowed_providers, sign_on_providers

_ASSERTION_LENGTH = 16_384
_NONCE_LENGTH = 255
_REASON_LENGTH = 200
#: Ways of authentication that are more than something one knows (RFC 8176).
STRONG_METHODS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina", "vbm"})


@frozen(kw_only=True)
class _Attempt:
    """What the providers said.

    Attributes:
        device: What the caller said of itself.
        reason: Why nothing is proved, for the history only.
        failure: A provider failed.
    """

    reference: str
    provider: str
    device: str = ""
    proved: Proved | None = None
    reason: str = ""
    failure: AskulConnectError | None = None


@frozen(kw_only=True)
class _Vouched:
    """Whom the assertion lets in.

    Attributes:
        strong: Whether the provider saw more than something the person knows.
        facts: What the assessment is made from.
    """

    user: User
    strong: bool
    facts: LoginFacts


def login_with_assertion(desk: Desk, request: LoginWithAssertionRequest) -> LoginResponse | Refused:
    """A session for whomever a provider vouches for, if the person's account allows that provider.

    Raises:
        ValueInvalid: The device's name is too long.
    """
    check_device(request.device)
    # stopped logins are refused before anybody else is bothered
    desk.unit(lambda _context: None)
    attempt = _ask(desk, request)
    vouched = desk.unit(lambda context: _settle(context, attempt))
    if isinstance(vouched, Refused):
        return vouched
    risk = assess(desk.house, vouched.facts)
    return desk.unit(lambda context: _let_in(context, attempt, vouched, risk))


def _ask(desk: Desk, request: LoginWithAssertionRequest) -> _Attempt:
    return evolve(_asked(desk, request), device=request.device)


def _asked(desk: Desk, request: LoginWithAssertionRequest) -> _Attempt:
    reference = desk.house.ids.digits("login-reference", 10)
    known = sign_on_providers(desk.house)
    asked = [one for one in known if request.provider in ("", one.name)]
    # never more of it than a name, whatever was sent
    provider = request.provider if asked and request.provider else ""
    if len(request.assertion.reveal()) > _ASSERTION_LENGTH or len(request.nonce) > _NONCE_LENGTH:
        return _Attempt(reference=reference, provider=provider, reason="too long")
    presented = Presented(
        provider="", form=PresentedForm.ASSERTION, secret=request.assertion, nonce=request.nonce
    )
    try:
        proved = first_result(asked, presented)
    except LoginMismatch as error:
        return _Attempt(reference=reference, provider=provider, reason=error.detail[:_REASON_LENGTH])
    except PluginFailed as error:
        return _Attempt(reference=reference, provider=provider, reason="provider failed", failure=error)
    if proved is None:
        return _Attempt(reference=reference, provider=provider, reason="nobody's assertion")
    return _Attempt(reference=reference, provider=proved.provider, proved=proved)


def _settle(context: Context, attempt: _Attempt) -> _Vouched | Refused:
    """Whom the assertion lets in, if nothing is in the way; it is spent, whatever the assessment says then."""
    identity = attempt.proved.identity if attempt.proved else None
    account, user, membership = _person(context, identity)
    # asked in any case: unknown and known people take the same queries
    allowed = allowed_providers(context, account.account_id if account else "")
    spent = _spent(context, attempt)
    if attempt.failure is not None:
        _record(context, attempt, None, PluginFailed.code, attempt.reason)
        detail = "the authentication provider cannot tell who it is at present"
        return Refused(PluginFailed(detail, reference=attempt.reference))
    reason = _mismatch(attempt, identity, user, membership)
    if not reason and attempt.provider not in allowed:
        reason = "the account does not allow the provider"
    if not reason and spent:
        reason = "the assertion was used before"
    if reason or identity is None or account is None or user is None or membership is None:
        _record(context, attempt, user, LoginMismatch.code, reason)
        turned_down(context, "mismatch")
        return Refused(LoginMismatch("the login data do not match", reference=attempt.reference))
    _spend(context, attempt, identity, user)
    hindered = account_hindrance(account)
    if hindered is not None:
        _record(context, attempt, user, LoginRefused.code, hindered.detail)
        turned_down(context, hindered.reason)
        return Refused(refusal(hindered, attempt.reference))
    known = past_of(context, user.user_id)
    facts = facts_of(context, (user.account_id, user.user_id), attempt.device, known)
    return _Vouched(user=user, strong=bool(STRONG_METHODS & frozenset(identity.methods)), facts=facts)


def _let_in(
    context: Context, attempt: _Attempt, vouched: _Vouched, risk: RiskAssessment
) -> LoginResponse | Refused:
    """Let in whoever is still let in: what was changed or taken away while it was assessed counts."""
    home, user_id = vouched.user.account_id, vouched.user.user_id
    user, account = context.unit.users.get(home, user_id), context.unit.accounts.get(home)
    membership = context.unit.memberships.get(home, user_id)
    allowed = attempt.provider in allowed_providers(context, home)
    changed = _inactive(user, membership) or not allowed
    if changed or user is None or account is None or membership is None or account_hindrance(account):
        _record(context, attempt, user, LoginMismatch.code, "changed meanwhile")
        turned_down(context, "mismatch")
        return Refused(LoginMismatch("the login data do not match", reference=attempt.reference))
    if refuses(risk):
        return _refuse_risky(context, attempt, vouched, risk)
    _record(context, attempt, user, "success", "", risk=risk)
    tell_of_risk(context, user, vouched.facts, risk, attempt.reference)
    learn(context, vouched.facts, past_of(context, user.user_id))
    # what the provider saw is as good as a remembered device's word, and where that does not do, neither does this
    strong = vouched.strong and not (
        risk.verdict is RiskVerdict.SECOND_FACTOR and protects(factors_of(context, user))
    )
    stage = stage_after_sign_on(context, account, user, strong=strong)
    token, session = open_session(context, account, user, stage, device=attempt.device, family="")
    note_identity(context, session)
    if strong:
        note_factor(context, session)
    return LoginResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=False,
        stage=stage,
    )


def _refuse_risky(context: Context, attempt: _Attempt, vouched: _Vouched, risk: RiskAssessment) -> Refused:
    _record(context, attempt, vouched.user, LoginRefused.code, RISKY.reason, risk=risk)
    turned_down(context, RISKY.reason)
    tell_of_risk(context, vouched.user, vouched.facts, risk, attempt.reference)
    if risk.verdict is RiskVerdict.LOCK:
        lock(context, vouched.user, risk, attempt.reference)
    return Refused(refusal(RISKY, attempt.reference))


def stage_after_sign_on(context: Context, account: Account, user: User, *, strong: bool) -> SessionStage:
    """What a session may be used for: all, unless a second factor is due that the provider has not seen.

    A password that must be changed does not matter to somebody who did not use it.
    """
    if strong:
        return SessionStage.FULL
    return stage_for(account.login.second_factor, factors_of(context, user), proved=False)


def _person(
    context: Context, identity: IdentityAssertion | None
) -> tuple[Account | None, User | None, Membership | None]:
    """Whom an address names, in the home account; three queries, whether or not there is anybody."""
    try:
        key = email_key(identity.email) if identity else ""
    except ValueInvalid:
        key = ""
    user = context.unit.users.by_email_key(key)
    account_id, user_id = (user.account_id, user.user_id) if user else ("", "")
    account = context.unit.accounts.get(account_id)
    membership = context.unit.memberships.get(account_id, user_id)
    return account, user, membership


def _mismatch(
    attempt: _Attempt, identity: IdentityAssertion | None, user: User | None, membership: Membership | None
) -> str:
    """Why nobody is let in, without a word to the caller; empty when nothing is in the way."""
    if identity is None:
        return attempt.reason
    if identity.email_verified is not True:
        return "the address is not verified"
    if user is None:
        return "nobody has the address"
    if _inactive(user, membership):
        return "the person is not active"
    return ""


def _inactive(user: User | None, membership: Membership | None) -> bool:
    states = (user.state if user else None, membership.state if membership else None)
    return any(one is not UserState.ACTIVE for one in states)


def _token_hash(attempt: _Attempt) -> str:
    identity = attempt.proved.identity if attempt.proved else None
    text = f"{attempt.provider}\n{identity.assertion_id if identity else ''}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _spent(context: Context, attempt: _Attempt) -> bool:
    """Whether the assertion was used before, by whichever copy of it."""
    return context.unit.one_time_tokens.get(_token_hash(attempt)) is not None


def _spend(context: Context, attempt: _Attempt, identity: IdentityAssertion, user: User) -> None:
    if not identity.assertion_id:
        return
    context.unit.one_time_tokens.add(
        OneTimeToken(
            token_hash=_token_hash(attempt),
            purpose=TokenPurpose.SIGN_ON,
            account_id=user.account_id,
            user_id=user.user_id,
            created_at=context.now,
            expires_at=identity.expires_at or context.now,
            ended_at=context.now,
        )
    )


def _record(
    context: Context,
    attempt: _Attempt,
    user: User | None,
    result: str,
    reason: str,
    *,
    risk: RiskAssessment | None = None,
) -> None:
    """One attempt in the login history; the reason begins with the provider (AUTH-10)."""
    identity = attempt.proved.identity if attempt.proved else None
    name = attempt.provider or "any provider"
    add_login_record(
        context.unit,
        context.house,
        LoginRecord(
            reference=attempt.reference,
            at=context.now,
            login_id=as_kept(identity.email if identity else ""),
            account_id=user.account_id if user else "",
            user_id=user.user_id if user else "",
            result=result,
            reason=as_kept(f"sign-on by {name}" + (f": {reason}" if reason else "")),
            address=context.call.address,
            device=attempt.device,
            risk=", ".join(risk.reasons) if risk else "",
        ),
    )
