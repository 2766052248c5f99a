"""What was good once is forgotten a month after its end, and not before (AUTH-12, AUTH-16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from askul_connect.adapters.security.password_provider import PasswordProvider
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tokens import TokenPurpose
from askul_connect.core.errors import LoginMismatch, ResetTokenInvalid
from askul_connect.core.messages.recovery import RequestPasswordResetRequest, ResetPasswordRequest
from askul_connect.core.messages.sign_on import LoginWithAssertionRequest, SetSignOnProvidersRequest
from askul_connect.core.operations import recovery, sign_on
from askul_connect.core.ports.authentication import (
    IdentityAssertion,
    NamedProvider,
    Presented,
    PresentedForm,
)

ADMIN = "admin@a.example.co.jp"


class Idp:
    """A provider that vouches for the administrator, whatever it is shown, until an instant or for good."""

    expires_at: datetime | None = None

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        return IdentityAssertion(
            subject="s",
            email=ADMIN,
            email_verified=True,
            methods=("mfa",),
            assertion_id=presented.secret.reveal(),
            expires_at=self.expires_at,
        )


@pytest.fixture
def idp() -> Idp:
    return Idp()


@pytest.fixture
def world(make_world: Callable[..., Any], storage_kind: str, idp: Idp) -> Any:
    password = frozenset({PresentedForm.PASSWORD})
    named = (
        NamedProvider(name="password", forms=password, provider=PasswordProvider()),
        NamedProvider(name="corp", forms=frozenset({PresentedForm.ASSERTION}), provider=idp),
    )
    made = make_world(storage_kind, providers=named)
    customer = made.customer()
    made.call(
        sign_on.SET_SIGN_ON_PROVIDERS,
        SetSignOnProvidersRequest(providers=("corp",)),
        token=customer.administrator,
    )
    return made


def enter(world: Any, assertion: str) -> Any:
    request = LoginWithAssertionRequest(provider="corp", assertion=Secret(assertion))
    return world.call(sign_on.LOGIN_WITH_ASSERTION, request)


def kept(world: Any, purpose: TokenPurpose) -> int:
    with world.storage.begin() as unit:
        user = unit.users.by_email_key(ADMIN)
        return len(unit.one_time_tokens.of_user(purpose, user.user_id))


def days(world: Any, number: int) -> None:
    """Days go by, and the supplier does its own work."""
    world.forward(timedelta(days=number))
    world.supplier.automation.work()


@pytest.mark.spec("AUTH-16")
def test_a_used_assertion_is_known_until_a_month_after_its_end(world: Any, idp: Idp) -> None:
    idp.expires_at = world.clock.now() + timedelta(days=2)
    enter(world, "first")
    for number in (1, 30):
        days(world, number)
        with pytest.raises(LoginMismatch):
            enter(world, "first")
        assert kept(world, TokenPurpose.SIGN_ON) == 1
    days(world, 2)
    assert kept(world, TokenPurpose.SIGN_ON) == 0


@pytest.mark.spec("AUTH-16")
def test_an_assertion_without_an_end_is_never_good_again(world: Any) -> None:
    enter(world, "first")
    days(world, 400)
    assert kept(world, TokenPurpose.SIGN_ON) == 1
    with pytest.raises(LoginMismatch):
        enter(world, "first")


@pytest.mark.spec("AUTH-12")
def test_used_and_expired_tokens_are_forgotten_and_good_ones_are_not(world: Any) -> None:
    asked = RequestPasswordResetRequest(email=ADMIN, company_name="株式会社見本a")
    world.call(recovery.REQUEST_PASSWORD_RESET, asked)
    days(world, 0)
    notices = [json.loads(one.read_text("utf-8")) for one in (world.folder / "notices").glob("*.json")]
    (sent,) = [one for one in notices if one["event"] == "password-reset"]
    again = ResetPasswordRequest(reset_token=Secret(sent["secret"]), new_password=Secret("Sakura-7-yuki"))
    world.call(recovery.RESET_PASSWORD, again)
    days(world, 1)
    # another one, which nobody uses
    world.call(recovery.REQUEST_PASSWORD_RESET, asked)
    days(world, 29)
    assert kept(world, TokenPurpose.PASSWORD_RESET) == 2
    days(world, 1)
    assert kept(world, TokenPurpose.PASSWORD_RESET) == 1
    with pytest.raises(ResetTokenInvalid):
        world.call(recovery.RESET_PASSWORD, again)
    days(world, 30)
    assert kept(world, TokenPurpose.PASSWORD_RESET) == 0
