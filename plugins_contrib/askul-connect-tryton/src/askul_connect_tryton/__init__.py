"""Tryton as the ERP of askul-connect, talked to through its JSON-RPC."""

from __future__ import annotations

from askul_connect import ErpConnection, ErpKind, Toolkit, hookimpl
from askul_connect_tryton.connector import TrytonConnector

__all__ = ["askul_connect_erps"]


def _connect(toolkit: Toolkit, connection: ErpConnection) -> TrytonConnector:
    return TrytonConnector(toolkit, connection)


@hookimpl
def askul_connect_erps() -> list[ErpKind]:
    """Tryton 8.2."""
    return [
        ErpKind(
            name="tryton",
            summary="Tryton: approved purchases, receipts and budgets in; dates, shipments and draft invoices back.",
            connect=_connect,
        )
    ]
