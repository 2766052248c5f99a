"""Sign-on by OpenID Connect ID tokens that are verified with a local key set."""

from __future__ import annotations

from askul_connect import AuthenticationKind, ProviderSettings, Toolkit, hookimpl
from askul_connect.core.ports.authentication import AuthenticationProvider, PresentedForm

__all__ = ["askul_connect_authenticate"]


def _connect(toolkit: Toolkit, settings: ProviderSettings) -> AuthenticationProvider:
    # the library of signatures is loaded where somebody signs on, not where plugins are listed
    from askul_connect_oidc.provider import connect  # noqa: PLC0415

    return connect(toolkit, settings)


@hookimpl
def askul_connect_authenticate() -> list[AuthenticationKind]:
    """The one kind of provider of this plugin."""
    return [
        AuthenticationKind(
            name="oidc",
            summary="OpenID Connect ID tokens, verified with a local key set.",
            forms=frozenset({PresentedForm.ASSERTION}),
            connect=_connect,
        )
    ]
