"""The card provider of a plugin, held to its port: what it does wrong never hides whether money moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve, field, frozen

from askul_connect.core.errors import OutcomeUnknown, PluginFailed
from askul_connect.core.ports.cards import CardCharge, CardOutcome, CardProvider, CardRefund
from askul_connect.plugins.boundary import code_of
from askul_connect.plugins.connections import CardSettings
from askul_connect.plugins.kinds import CardProviderKind
from askul_connect.plugins.toolkit import Toolkit

_METHODS = ("charge", "refund", "look_up")
_LONGEST_REFERENCE = 200


@frozen(kw_only=True)
class GuardedCards:
    """Implements the ``CardProvider`` port over a plugin's."""

    plugin: str
    key: str
    inner: CardProvider = field(repr=False)

    def charge(self, charge: CardCharge) -> str:
        """Charge a card; after a failure of the plugin's own nobody knows whether it was."""
        with self._moving("charging a card"):
            return self._reference(self.inner.charge(charge), "charging a card")

    def refund(self, refund: CardRefund) -> str:
        """Send money back; after a failure of the plugin's own nobody knows whether it was."""
        with self._moving("sending money back to a card"):
            return self._reference(self.inner.refund(refund), "sending money back to a card")

    def look_up(self, key: str) -> CardOutcome | None:
        """What was done under a key."""
        with code_of(self.plugin, "looking up a key", where=self.key):
            found = self.inner.look_up(key)
        if found is None:
            return None
        if not isinstance(found, CardOutcome) or type(found.amount) is not int or found.amount <= 0:
            raise PluginFailed(f"{self.plugin} looked up a key and returned {found!r}", where=self.key)
        self._reference(found.reference, "looking up a key")
        return found

    @contextmanager
    def _moving(self, doing: str) -> Iterator[None]:
        try:
            with code_of(self.plugin, doing, where=self.key):
                yield
        except PluginFailed as error:
            raise OutcomeUnknown(error.detail, where=self.key) from error

    def _reference(self, found: object, doing: str) -> str:
        if not isinstance(found, str) or not found.strip() or len(found) > _LONGEST_REFERENCE:
            raise PluginFailed(
                f"{self.plugin} failed {doing}: it returned {found!r}, wanted is a reference of 1 to"
                f" {_LONGEST_REFERENCE} characters",
                where=self.key,
            )
        return found


def guarded_card_provider(kind: CardProviderKind, plugin: str) -> CardProviderKind:
    """The kind, whose ``connect`` raises typed errors only and makes providers that are held to their port."""

    def connect(toolkit: Toolkit, settings: CardSettings) -> CardProvider:
        with code_of(plugin, f"to make the card provider {kind.name!r}", where=settings.key):
            made = kind.connect(toolkit, settings)
        missing = [name for name in _METHODS if not callable(getattr(made, name, None))]
        if missing:
            raise PluginFailed(
                f"{plugin} made a {type(made).__name__}, which has no method {missing[0]}", where=settings.key
            )
        return GuardedCards(plugin=plugin, key=settings.key, inner=made)

    return evolve(kind, connect=connect)
