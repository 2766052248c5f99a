"""A plugin's authentication provider, held to its port: whatever it does wrong refuses the login and names it.

A provider that does not answer in time is left behind in its thread. Only so many may be under way at once; while
they are, further logins are refused at once, so that one that hangs takes no more threads than that.
"""

from __future__ import annotations

import threading

from attrs import evolve, field, frozen

from askul_connect.core.errors import AskulConnectError, LoginMismatch, PluginFailed
from askul_connect.core.ports.authentication import AuthenticationProvider, IdentityAssertion, Presented
from askul_connect.plugins.boundary import code_of
from askul_connect.plugins.connections import ProviderSettings
from askul_connect.plugins.kinds import AuthenticationKind
from askul_connect.plugins.toolkit import Toolkit

#: Questions to one provider that may be under way at once.
UNDER_WAY = 16


@frozen(kw_only=True)
class GuardedProvider:
    """Implements the ``AuthenticationProvider`` port over a plugin's.

    Attributes:
        plugin: Which one, as a message names it.
        key: Where it is configured.
        answers_within: Seconds; 0 asks in the thread of the login.
    """

    plugin: str
    key: str
    answers_within: int
    inner: AuthenticationProvider = field(repr=False)
    _places: threading.BoundedSemaphore = field(
        init=False, factory=lambda: threading.BoundedSemaphore(UNDER_WAY), repr=False
    )

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        """Who it is, or None.

        Raises:
            LoginMismatch: As the provider raises it.
            PluginFailed: It raised anything else, gave something else, or did not answer in time.
        """
        if not self.answers_within:
            return self._ask(presented)
        if not self._places.acquire(blocking=False):
            raise self._failed(f"{UNDER_WAY} questions to it are not answered yet")
        answers: list[IdentityAssertion | AskulConnectError | None] = []

        def answer() -> None:
            try:
                answers.append(self._ask(presented))
            except AskulConnectError as error:
                answers.append(error)
            finally:
                self._places.release()

        asked = threading.Thread(target=answer, name="authentication-provider", daemon=True)
        asked.start()
        asked.join(self.answers_within)
        if not answers:
            raise self._failed(f"no answer within {self.answers_within} seconds")
        if isinstance(answers[0], AskulConnectError):
            raise answers[0]
        return answers[0]

    def _ask(self, presented: Presented) -> IdentityAssertion | None:
        try:
            with code_of(self.plugin, "authenticating a login", where=self.key):
                found = self.inner.authenticate(presented)
        except (LoginMismatch, PluginFailed):
            raise
        except AskulConnectError as error:
            # only "it proves nothing" is an answer; whatever else it raises is its own trouble
            raise self._failed(str(error)) from error
        if found is not None and not isinstance(found, IdentityAssertion):
            raise self._failed(f"it returned {type(found).__name__}, wanted is an IdentityAssertion or None")
        return found

    def _failed(self, what: str) -> PluginFailed:
        return PluginFailed(f"{self.plugin} failed authenticating a login: {what}", where=self.key)


def guarded_authentication(kind: AuthenticationKind, plugin: str) -> AuthenticationKind:
    """The kind, whose ``connect`` raises typed errors only and makes providers that are held to their port."""

    def connect(toolkit: Toolkit, settings: ProviderSettings) -> AuthenticationProvider:
        with code_of(plugin, f"to make the provider {settings.name!r}", where=settings.key):
            made = kind.connect(toolkit, settings)
        if not callable(getattr(made, "authenticate", None)):
            raise PluginFailed(
                f"{plugin} made a {type(made).__name__}, which has no method authenticate", where=settings.key
            )
        return GuardedProvider(
            plugin=plugin, key=settings.key, answers_within=kind.answers_within, inner=made
        )

    return evolve(kind, connect=connect)
