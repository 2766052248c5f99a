"""Logging in by a passkey alone (AUTH-8): it holds something the person has and proves who uses it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from askul_connect.core.domain.accounts import SessionStage, User
from askul_connect.core.domain.factors import ChallengePurpose, FactorKind
from askul_connect.core.domain.identifiers import email_key, normalise_customer_number
from askul_connect.core.errors import LoginMismatch, ValueInvalid
from askul_connect.core.messages.factors import (
    LoginWithPasskeyRequest,
    LoginWithPasskeyResponse,
    StartPasskeyLoginRequest,
    StartPasskeyLoginResponse,
)
from askul_connect.core.policies.factors import CHALLENGE_LIFE, MOST_OF_A_KIND, proves
from askul_connect.core.policies.login_standing import account_hindrance, person_hindrance
from askul_connect.core.services.supplier import passkeys
from askul_connect.core.services.supplier.context import Context, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    note_factor,
    note_identity,
    refused,
    succeeded,
)
from askul_connect.core.services.supplier.login_proof import as_kept, find_person, refusal
from askul_connect.core.services.supplier.sessions import open_session

#: Lengths of the ids that authenticators make; an ID's decoys keep theirs.
_LENGTHS = (16, 20, 32, 32, 48, 64)


def start_passkey_login(context: Context, request: StartPasskeyLoginRequest) -> StartPasskeyLoginResponse:
    """A challenge for whatever ID was typed.

    The list of passkeys has one length for everybody: it is filled up with decoys that stay the same for an ID, so
    that it tells neither whether the ID is known nor how many passkeys there are (AUTH-2).
    """
    user = _whom(context, request.login_id)
    typed = as_kept(request.login_id)
    challenge = passkeys.give_challenge(context, ChallengePurpose.LOGIN, user=user, login_id=typed)
    known = context.unit.factors.of_user(*((user.account_id, user.user_id) if user else ("", "")))
    real = [one.credential_id for one in proves(known) if one.kind is FactorKind.PASSKEY]
    decoys = _decoys(context, request.login_id)
    shown = sorted([*real, *decoys[len(real) :]])
    options = context.house.passkeys.request_options(
        context.house.relying_party, challenge=challenge.reveal(), allowed=shown
    )
    return StartPasskeyLoginResponse(options=options, expires_at=context.now + CHALLENGE_LIFE)


def _whom(context: Context, login_id: str) -> User | None:
    """The person an ID names, who is one of the account at present; nobody takes as many queries."""
    found = find_person(context, login_id)
    if found is None or person_hindrance(found.user, found.membership):
        return None
    return found.user


def _decoys(context: Context, login_id: str) -> list[str]:
    """As many ids of no passkey as there can be passkeys of a person, the same for the same ID."""
    key = context.house.seal_key.reveal().encode()
    made = []
    for number in range(MOST_OF_A_KIND[FactorKind.PASSKEY]):
        name = f"passkey-decoy:{number}:{_canonical(login_id)}".encode("utf-8", "surrogatepass")
        digest = hmac.new(key, name, hashlib.sha512).digest()
        # the last byte chooses the length and is part of the longest only
        made.append(urlsafe_b64encode(digest[: _LENGTHS[digest[-1] % len(_LENGTHS)]]).rstrip(b"=").decode())
    return made


def _canonical(login_id: str) -> str:
    for read in (normalise_customer_number, email_key):
        try:
            return read(login_id)
        except ValueInvalid:
            continue
    return login_id


def login_with_passkey(
    context: Context, request: LoginWithPasskeyRequest
) -> LoginWithPasskeyResponse | Refused:
    """A session for the answer of a passkey.

    Raises:
        LoginMismatch: The answer is not accepted; says nothing of the ID.
        LoginRefused: It is, but the account cannot be used at present.
    """
    answered = passkeys.answer_of(context, request.passkey, ChallengePurpose.LOGIN, "")
    challenge = answered.challenge
    typed = challenge.login_id if challenge else ""
    user = context.unit.users.get(challenge.home_account_id, challenge.user_id) if challenge else None
    account = context.unit.accounts.get(user.account_id) if user else None
    membership = context.unit.memberships.get(user.account_id, user.user_id) if user else None
    if (
        answered.factor is None
        or user is None
        or account is None
        or membership is None
        or person_hindrance(user, membership)
    ):
        return refused(context, user, LoginMismatch("the login data do not match"), "passkey", typed)
    hindered = account_hindrance(account)
    if hindered:
        error = refusal(hindered, "")
        return refused(context, user, error, hindered.reason, typed)
    stage = SessionStage.PASSWORD_CHANGE if user.password_compromised else SessionStage.FULL
    token, session = open_session(context, account, user, stage, device="", family="")
    note_identity(context, session)
    note_factor(context, session)
    succeeded(context, user, "passkey", typed)
    return LoginWithPasskeyResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
    )
