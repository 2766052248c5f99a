"""Asking the supplier of a directory as its staff, or as the administrator of an account there."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from attrs import frozen

from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.bootstrap.reference import ReferenceSupplier
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.core.domain.accounts import SessionStage
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import CallerError, UsageError
from askul_connect.core.messages.factors import VerifySecondFactorRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.sessions import LogoutRequest
from askul_connect.core.messages.staff import StaffLoginRequest
from askul_connect.core.operations.factors import VERIFY_SECOND_FACTOR
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.sessions import LOGOUT
from askul_connect.core.operations.supplier import LOGIN
from askul_connect.core.operations.support import STAFF_LOGIN
from askul_connect.core.ports.faces import Call
from askul_connect.settings import Settings

Asking = Callable[[Operation[Any, Any], Any], Any]
"""Calls an operation with its request, and gives the response."""


#: What the login history and the list of sessions show.
_DEVICE = "askul-connect command line"


@frozen(kw_only=True)
class StaffProof:
    """What one of the supplier's own people logs in with.

    Attributes:
        code: Of the authenticator; good once.
        new_password: Set in the same step, instead of a temporary one.
    """

    login_name: str
    password: Secret
    code: Secret
    new_password: Secret | None = None


@contextmanager
def staff_of(settings: Settings, name: str, proof: StaffProof | None = None) -> Iterator[Asking]:
    """Ask a supplier of this directory as its own people do.

    Args:
        settings: The configuration.
        name: The supplier's connection.
        proof: Who asks; None for the supplier's own program, which whoever holds the directory can start.

    Raises:
        ConfigurationError: The supplier does not run in this process.
        LoginError: The login is refused.
    """
    supplier = supplier_of(settings, name)
    try:
        dispatcher = supplier.dispatcher
        if proof is None:
            yield lambda operation, request: dispatcher.dispatch_as_staff(
                operation, request, key=_fresh(), correlation_id=""
            )
            return
        login = StaffLoginRequest(
            login_name=proof.login_name,
            password=proof.password,
            code=proof.code,
            new_password=proof.new_password,
        )
        token: Secret = _call(supplier, STAFF_LOGIN, login, None).session_token
        yield lambda operation, request: _call(supplier, operation, request, token)
    finally:
        supplier.close()


@contextmanager
def administrator_of(
    settings: Settings,
    name: str,
    login_id: str = "",
    password: Secret | None = None,
    code: Callable[[], Secret] | None = None,
) -> Iterator[Asking]:
    """Log in at a supplier of this directory, ask it as whoever logged in, and log out.

    Args:
        settings: The configuration.
        name: The supplier's connection.
        login_id: Who; empty for the administrator whose password was put away when the account was opened.
        password: The password, with a login ID.
        code: Asked for a code of the authenticator, where the login needs a second factor.

    Raises:
        ConfigurationError: The supplier does not run in this process.
        UsageError: No login ID is given, and this directory has no administrator's password.
        LoginError: The login is refused.
    """
    supplier = supplier_of(settings, name)
    try:
        if not login_id or password is None:
            login_id, password = _put_away(settings, name)
        login = LoginRequest(login_id=login_id, password=password, device=_DEVICE)
        opened = _call(supplier, LOGIN, login, None)
        token: Secret = opened.session_token
        if opened.stage is SessionStage.SECOND_FACTOR and code is not None:
            proved = VerifySecondFactorRequest(code=code())
            token = _call(supplier, VERIFY_SECOND_FACTOR, proved, token).session_token
        try:
            yield lambda operation, request: _call(supplier, operation, request, token)
        finally:
            # what was asked for may have ended the session already
            with suppress(CallerError):
                _call(supplier, LOGOUT, LogoutRequest(), token)
    finally:
        supplier.close()


def _put_away(settings: Settings, name: str) -> tuple[str, Secret]:
    folder = SecretFolder(settings.directory / "secrets" / name)
    number, password = folder.get("customer-number"), folder.get("administrator-password")
    if number is None or password is None:
        raise UsageError(
            f"this directory has no administrator's password for {name}; give --login-id, and the password"
            " when it is asked for",
            where="login_id",
        )
    return number.reveal(), password


def _call(
    supplier: ReferenceSupplier, operation: Operation[Any, Any], request: Any, token: Secret | None
) -> Any:
    call = Call(channel=Channel.IN_PROCESS, token=token, idempotency_key=_fresh())
    return supplier.dispatcher.dispatch(operation, request, call)


def _fresh() -> str:
    """A key of one call: each command is a new wish, also one that is the same as before."""
    return f"cli:{randomness.token_hex(16)}"
