"""The sealed records of an in-process supplier: their heads for keeping elsewhere, and whether they hold (AUTH-10)."""

from __future__ import annotations

from collections.abc import Callable

from askul_connect.adapters._json import dumps, loads
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.core.messages.audit import ExportAuditHeadRequest, ExportAuditHeadResponse
from askul_connect.core.operations.audit import EXPORT_AUDIT_HEAD
from askul_connect.core.services.supplier.audit_trail import ChainReport, verify_chains
from askul_connect.settings import Settings


def audit_heads(settings: Settings, name: str) -> bytes:
    """The signed heads of all chains of a supplier, as one JSON document.

    Args:
        settings: The configuration.
        name: The supplier's connection.

    Raises:
        ConfigurationError: The supplier does not run in this process.
    """
    supplier = supplier_of(settings, name)
    try:
        heads = supplier.dispatcher.dispatch_as_staff(EXPORT_AUDIT_HEAD, ExportAuditHeadRequest(), key="")
        return dumps(heads)
    finally:
        supplier.close()


def audit_verify(
    settings: Settings, name: str, heads: bytes | None, progress: Callable[[int], None]
) -> ChainReport:
    """Check all chains of a supplier; nothing is changed.

    Args:
        settings: The configuration.
        name: The supplier's connection.
        heads: What :func:`audit_heads` gave before, None to check without.
        progress: Told the number of entries checked so far.

    Raises:
        ConfigurationError: The supplier does not run in this process.
        ValueInvalid: The heads are no such document, or not signed by this supplier's key.
    """
    exported = loads(ExportAuditHeadResponse, heads) if heads is not None else None
    supplier = supplier_of(settings, name)
    try:
        return verify_chains(supplier.storage, supplier.dispatcher.house, exported, progress=progress)
    finally:
        supplier.close()
