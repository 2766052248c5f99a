"""The hooks: few, typed, called once at start, outside every transaction.

A hook takes nothing and returns factories (:mod:`askul_connect.plugins.kinds`); what those make satisfies a port of
``core.ports``. A hook must not open, read or send anything: ``askul-connect plugins`` calls it only to list what
there is. A hook that raises, or that returns something else, stops the start with ``plugin-failed``, exit code 4:
a half-loaded set of plugins is never worked with. Two plugins must not offer the same name.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from askul_connect.plugins.kinds import (
    AuthenticationKind,
    CardProviderKind,
    ErpKind,
    LoginRiskKind,
    NotifierKind,
    PriceAdjustmentKind,
    StorageKind,
    SupplierKind,
)

PROJECT = "askul_connect"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def askul_connect_suppliers() -> Sequence[SupplierKind]:
    """Kinds of suppliers that a configuration can connect to.

    Called once, when the plugins are loaded. The ``connect`` of a kind is called at the start of a run, outside every
    transaction, once for each table ``[suppliers.NAME]`` of that kind.

    Returns:
        A list or tuple of :class:`SupplierKind`, each with a name that no other supplier kind has.
    """
    raise AssertionError  # pluggy never calls a specification


@hookspec
def askul_connect_erps() -> Sequence[ErpKind]:
    """Kinds of ERPs that purchase orders come from and documents go to.

    Called once, when the plugins are loaded. The ``connect`` of the kind that ``erp.kind`` names is called at the
    start of a run, outside every transaction.

    Returns:
        A list or tuple of :class:`ErpKind`, each with a name that no other ERP kind has.
    """
    raise AssertionError


@hookspec
def askul_connect_storages() -> Sequence[StorageKind]:
    """Kinds of databases, by the schemes of their URLs.

    Called once, when the plugins are loaded. A kind's functions are called when a directory is opened or its
    databases are looked at; each gets the database's URL.

    Returns:
        A list or tuple of :class:`StorageKind`, each with a name and schemes that no other storage kind has.
    """
    raise AssertionError


@hookspec
def askul_connect_assess_login_risk() -> Sequence[LoginRiskKind]:
    """Assessments of logins at a supplier that runs in this installation.

    Called once, when the plugins are loaded. The ``connect`` of every kind is called when the supplier is opened,
    outside every transaction. What it makes is asked about each login whose password is right, and each return of a
    remembered device; the strictest verdict counts.

    Returns:
        A list or tuple of :class:`LoginRiskKind`, each with a name that no other login risk kind has.
    """
    raise AssertionError


@hookspec
def askul_connect_notifiers() -> Sequence[NotifierKind]:
    """Ways by which a supplier in this process tells its customers something.

    Called once, when the plugins are loaded. The ``connect`` of a kind is called when a supplier is opened whose
    ``supplier.notify`` names it, outside every transaction; it opens nothing by itself.

    Returns:
        A list or tuple of :class:`NotifierKind`, each with a name that no other notifier has.
    """
    raise AssertionError


@hookspec
def askul_connect_authenticate() -> Sequence[AuthenticationKind]:
    """Kinds of authentication providers, by which people prove who they are at a supplier of this installation.

    Called once, when the plugins are loaded. The ``connect`` of a kind is called when a supplier is opened, outside
    every transaction, once for each table ``[suppliers.NAME.supplier.sign_on.PROVIDER]`` of that kind. Of the
    providers that a login is for, the first result wins; one that raises ends the login.

    Returns:
        A list or tuple of :class:`AuthenticationKind`, each with a name that no other authentication kind has.
    """
    raise AssertionError


@hookspec
def askul_connect_price_adjustments() -> Sequence[PriceAdjustmentKind]:
    """Kinds of rules that take something off carts at a supplier of this installation, or add to them.

    Called once, when the plugins are loaded. The ``connect`` of a kind is called when a supplier is opened, outside
    every transaction, once for each table ``[suppliers.NAME.supplier.price_adjustments.RULE]`` of that kind. What it
    makes is asked about every cart after the supplier's own discounts and before shipping and tax. It is given frozen
    facts; what it returns takes off a line at most what the line costs and adds at most a fifth of that, with an
    explanation. Anything else refuses the order with ``plugin-failed``.

    Returns:
        A list or tuple of :class:`PriceAdjustmentKind`, each with a name that no other kind of price rule has.
    """
    raise AssertionError


@hookspec
def askul_connect_card_providers() -> Sequence[CardProviderKind]:
    """Payment providers that charge the cards of customers at a supplier of this installation.

    Called once, when the plugins are loaded. The ``connect`` of the kind that ``supplier.cards.kind`` of a connection
    names is called when the supplier is opened, outside every transaction. What it makes is called by the supplier's
    outbox, never inside a transaction: what is to be done is stored before, what was done after. It returns a
    reference of 1 to 200 characters. ``PartnerRefused`` and ``PartnerUnreachable`` say that nothing was done; the
    first is for good, the second is tried again. After whatever else it raises or returns, and after a crash, the
    outcome counts as unknown: nothing is charged or sent back under that key before ``look_up`` was asked about it.

    Returns:
        A list or tuple of :class:`CardProviderKind`, each with a name that no other card provider has.
    """
    raise AssertionError
