"""Asking the supplier of a directory as its staff, or as the administrator of an account there."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.bootstrap.reference import ReferenceSupplier
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import UsageError
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import LOGIN
from askul_connect.core.ports.faces import Call
from askul_connect.settings import Settings

Asking = Callable[[Operation[Any, Any], Any], Any]
"""Calls an operation with its request, and gives the response."""


@contextmanager
def staff_of(settings: Settings, name: str) -> Iterator[Asking]:
    """Ask a supplier of this directory as its own people do.

    Args:
        settings: The configuration.
        name: The supplier's connection.

    Raises:
        ConfigurationError: The supplier does not run in this process.
    """
    supplier = supplier_of(settings, name)
    try:
        dispatcher = supplier.dispatcher
        yield lambda operation, request: dispatcher.dispatch_as_staff(
            operation, request, key=_fresh(), correlation_id=""
        )
    finally:
        supplier.close()


@contextmanager
def administrator_of(
    settings: Settings, name: str, login_id: str = "", password: Secret | None = None
) -> Iterator[Asking]:
    """Log in at a supplier of this directory and ask it as whoever logged in.

    Args:
        settings: The configuration.
        name: The supplier's connection.
        login_id: Who; empty for the administrator whose password was put away when the account was opened.
        password: The password, with a login ID.

    Raises:
        ConfigurationError: The supplier does not run in this process.
        UsageError: No login ID is given, and this directory has no administrator's password.
        LoginError: The login is refused.
    """
    supplier = supplier_of(settings, name)
    try:
        if not login_id or password is None:
            login_id, password = _put_away(settings, name)
        login = LoginRequest(login_id=login_id, password=password)
        token: Secret = _call(supplier, LOGIN, login, None).session_token
        yield lambda operation, request: _call(supplier, operation, request, token)
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
