"""Recovery codes: ten of 80 random bits, kept as hashes, each good once (AUTH-8, ASVS 6.5.2)."""

from __future__ import annotations

import hashlib
import unicodedata
from base64 import b32encode
from collections.abc import Sequence

from attrs import frozen

from askul_connect.core.domain.accounts import User
from askul_connect.core.domain.factors import RecoveryCode
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import IllegalStep
from askul_connect.core.messages.factors import RenewRecoveryCodesRequest, RenewRecoveryCodesResponse
from askul_connect.core.policies.factors import RECOVERY_CODES, proves, unused
from askul_connect.core.services.supplier.context import Context, Desk, House, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    person_of,
    prove_again,
    record_change,
    require_fresh,
    session_of,
)

#: Base32 characters of one code behind its number: 80 bits.
_LENGTH = 16
_GROUP = 4
#: What is read for a sign that base32 does not have.
_MISREAD = str.maketrans("018", "OIB")


@frozen(kw_only=True)
class NewCodes:
    """A set that is not stored yet: what the person is shown, and the hashes."""

    shown: tuple[Secret, ...] = ()
    hashes: tuple[str, ...] = ()


def make_codes(house: House) -> NewCodes:
    """A new set; it hashes ten times, so it is called between units of work."""
    bodies = [_body(house.ids.token("recovery-code")) for _ in range(RECOVERY_CODES)]
    return NewCodes(
        shown=tuple(Secret(_shown(number, body)) for number, body in enumerate(bodies)),
        hashes=tuple(house.hasher.hash(Secret(f"{number}{body}")) for number, body in enumerate(bodies)),
    )


def store_codes(context: Context, user: User, codes: NewCodes) -> None:
    """Put a set in the place of the person's present one."""
    context.unit.recovery_codes.replace(
        user.account_id,
        user.user_id,
        [
            RecoveryCode(
                home_account_id=user.account_id,
                user_id=user.user_id,
                number=number,
                code_hash=code_hash,
                created_at=context.now,
            )
            for number, code_hash in enumerate(codes.hashes)
        ],
    )


def codes_of(context: Context, user: User) -> Sequence[RecoveryCode]:
    """The person's present set."""
    return context.unit.recovery_codes.of_user(user.account_id, user.user_id)


def as_typed(code: Secret) -> Secret:
    """A code as it was hashed: without separators, in capitals, with look-alikes put right."""
    text = unicodedata.normalize("NFKC", code.reveal()).upper()
    letters = "".join(one for one in text if one.isalnum())
    return Secret(letters[:1] + letters[1:].translate(_MISREAD))


def meant(codes: Sequence[RecoveryCode], code: Secret) -> RecoveryCode | None:
    """The unused code of the set that the first character names; None when there is none."""
    number = as_typed(code).reveal()[:1]
    return next((one for one in codes if str(one.number) == number and one.used_at is None), None)


def renew_recovery_codes(
    desk: Desk, request: RenewRecoveryCodesRequest
) -> RenewRecoveryCodesResponse | Refused:
    """A new set for a person with an active factor.

    Raises:
        ProofRequired: The password has to come with the call.
        IllegalStep: There is no active factor that the codes could stand in for.
    """
    wrong = prove_again(desk, request.current_password)
    if wrong is not None:
        return wrong
    desk.unit(_may_renew)
    codes = make_codes(desk.house)

    def store(context: Context) -> RenewRecoveryCodesResponse:
        user = _may_renew(context)
        store_codes(context, user, codes)
        record_change(context, user, "recovery-codes-renewed", user.user_id, {})
        return RenewRecoveryCodesResponse(recovery_codes=codes.shown)

    return desk.unit(store)


def _may_renew(context: Context) -> User:
    require_fresh(context)
    user = person_of(context, session_of(context))
    if not proves(context.unit.factors.of_user(user.account_id, user.user_id)):
        raise IllegalStep("there is no active factor that recovery codes could stand in for")
    return user


def left(context: Context, user: User) -> int:
    """How many codes the person has left."""
    return unused(codes_of(context, user))


def _body(token: Secret) -> str:
    return b32encode(hashlib.sha256(token.reveal().encode()).digest()).decode()[:_LENGTH]


def _shown(number: int, body: str) -> str:
    groups = [body[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)]
    return "-".join((str(number), *groups))
