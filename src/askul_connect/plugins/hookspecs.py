"""The hooks: few, typed, called once at start, outside every transaction.

A hook returns factories (:mod:`askul_connect.plugins.kinds`); what they make satisfies a port. A hook that raises, or
that returns something else, stops the start with ``plugin-failed``: a half-loaded set of plugins is never worked with.
Two plugins must not offer the same name.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from askul_connect.plugins.kinds import ErpKind, StorageKind, SupplierKind

PROJECT = "askul_connect"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def askul_connect_suppliers() -> Sequence[SupplierKind]:
    """Kinds of suppliers that a configuration can connect to."""
    raise AssertionError  # pluggy never calls a specification


@hookspec
def askul_connect_erps() -> Sequence[ErpKind]:
    """Kinds of ERPs that purchase orders come from and documents go to."""
    raise AssertionError


@hookspec
def askul_connect_storages() -> Sequence[StorageKind]:
    """Kinds of databases, by the schemes of their URLs."""
    raise AssertionError
