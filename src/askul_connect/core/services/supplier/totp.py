"""Authenticators that show six digits: enrolment, and a code that is good once (AUTH-8, RFC 6238)."""

from __future__ import annotations

import hashlib
from base64 import b32encode

from attrs import evolve

from askul_connect.core.domain.accounts import User
from askul_connect.core.domain.factors import Factor, FactorKind
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import FactorRejected
from askul_connect.core.messages.factors import (
    ConfirmTotpRequest,
    ConfirmTotpResponse,
    EnrolTotpRequest,
    EnrolTotpResponse,
)
from askul_connect.core.policies.factors import PENDING_LIFE, proves
from askul_connect.core.services.supplier import factors, recovery_codes
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    count_failure,
    prove_again,
    refused,
    session_of,
)

#: 160 bits, as RFC 4226 asks for.
_SEED_BYTES = 20
NO_MATCH = "the code does not match or was used before"


def enrol_totp(desk: Desk, request: EnrolTotpRequest) -> EnrolTotpResponse | Refused:
    """A new secret for an authenticator; it counts once a code of it was typed.

    Raises:
        ProofRequired: The password has to come with the call.
        ValueInvalid: The label, or there are as many authenticators as there can be.
    """
    wrong = prove_again(desk, request.current_password)
    return wrong if wrong is not None else desk.unit(lambda context: _enrol(context, request))


def _enrol(context: Context, request: EnrolTotpRequest) -> EnrolTotpResponse:
    user, factor = factors.begin(context, FactorKind.TOTP, request.label)
    drawn = context.house.ids.token("totp-seed").reveal().encode()
    seed = Secret(b32encode(hashlib.sha256(drawn).digest()[:_SEED_BYTES]).decode())
    context.unit.factors.add(evolve(factor, seed=context.house.cipher.encrypt(seed)))
    uri = context.house.codes.uri(seed, issuer=context.house.profile.name, name=user.email)
    return EnrolTotpResponse(
        factor_id=factor.factor_id, uri=uri, seed=seed, expires_at=context.now + PENDING_LIFE
    )


def confirm_totp(desk: Desk, request: ConfirmTotpRequest) -> ConfirmTotpResponse | Refused:
    """The authenticator counts from now on; the code that shows it is used up.

    Raises:
        NotFound: There is no authenticator to be confirmed under that id.
        FactorRejected: The code is not one of it; the fifth wrong one ends the session.
    """

    def due(context: Context) -> bool:
        user, _ = factors.pending(context, request.factor_id, FactorKind.TOTP)
        return factors.codes_due(context, user)

    codes = recovery_codes.make_codes(desk.house) if desk.unit(due) else recovery_codes.NewCodes()
    return desk.unit(lambda context: _confirm(context, request, codes))


def _confirm(
    context: Context, request: ConfirmTotpRequest, codes: recovery_codes.NewCodes
) -> ConfirmTotpResponse | Refused:
    user, factor = factors.pending(context, request.factor_id, FactorKind.TOTP)
    if not _take(context, factor, request.code):
        count_failure(context, session_of(context))
        return refused(context, user, FactorRejected(NO_MATCH), "totp-enrolment")
    token = factors.confirm(context, user, factor, codes, end_other_sessions=request.end_other_sessions)
    return ConfirmTotpResponse(confirmed_at=context.now, recovery_codes=codes.shown, session_token=token)


def code_matches(context: Context, user: User, code: Secret) -> Factor | None:
    """The authenticator whose code it is; the code is used up. None for a wrong code as for a used one."""
    for factor in proves(factors.factors_of(context, user)):
        if factor.kind is FactorKind.TOTP and _take(context, factor, code):
            return factor
    return None


def _take(context: Context, factor: Factor, code: Secret) -> bool:
    seed = context.house.cipher.decrypt(factor.seed)
    step = context.house.codes.step_of(seed, code, context.now)
    return step is not None and context.unit.factors.take_step(factor.home_account_id, factor.factor_id, step)
