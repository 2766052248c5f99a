"""Tokens that people get by mail, each good for one thing, once (AUTH-12, ACC-5, ACC-9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.errors import TokenInvalid
from askul_connect.core.services.supplier.context import Context

#: So that nobody's mailbox is filled by someone else's asking.
MOST_AN_HOUR = 5
#: What a token is about, encrypted.
SUBJECT_FORM = StoredForm(name="token subject")


def issue(  # noqa: PLR0917 -- a token in its own terms
    context: Context,
    purpose: TokenPurpose,
    account_id: str,
    user_id: str,
    life: timedelta,
    subject: Mapping[str, Any],
) -> Secret | None:
    """A new token; None when the person was sent too many within the hour.

    Args:
        context: The call.
        purpose: What it is good for.
        account_id: Whose it is.
        user_id: The person, or what stands for a person who is not known yet.
        life: How long it is good.
        subject: What it is about; stored encrypted.
    """
    tokens = context.unit.one_time_tokens
    sent = tokens.of_user(purpose, user_id)
    if sum(one.created_at > context.now - timedelta(hours=1) for one in sent) >= MOST_AN_HOUR:
        return None
    token = context.house.ids.token(purpose.value)
    sealed = context.house.cipher.encrypt(Secret(SUBJECT_FORM.write(subject)))
    tokens.add(
        OneTimeToken(
            token_hash=token.fingerprint(),
            purpose=purpose,
            account_id=account_id,
            user_id=user_id,
            created_at=context.now,
            expires_at=context.now + life,
            subject=sealed,
        )
    )
    return token


def end_older(context: Context, purpose: TokenPurpose, user_id: str) -> None:
    """Let none that was sent before be good any more."""
    for one in context.unit.one_time_tokens.of_user(purpose, user_id):
        if one.ended_at is None:
            context.unit.one_time_tokens.save(evolve(one, ended_at=context.now))


def redeem(
    context: Context, given: Secret, *purposes: TokenPurpose, where: str
) -> tuple[OneTimeToken, Mapping[str, Any]]:
    """A good token, which is good no more after this unit of work, and what it is about.

    Raises:
        TokenInvalid: It is unknown, used, too old or for something else; all answer alike.
    """
    token = context.unit.one_time_tokens.get(given.fingerprint())
    if token is None or token.purpose not in purposes:
        raise invalid(where)
    if token.ended_at is not None or context.now >= token.expires_at:
        raise invalid(where)
    context.unit.one_time_tokens.save(evolve(token, ended_at=context.now))
    subject: Mapping[str, Any] = SUBJECT_FORM.read(context.house.cipher.decrypt(token.subject).reveal())
    return token, subject


def invalid(where: str) -> TokenInvalid:
    """The one refusal of all tokens."""
    return TokenInvalid("the token is not valid", where=where)
