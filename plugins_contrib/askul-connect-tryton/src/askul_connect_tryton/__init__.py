"""Tryton as the ERP of askul-connect, talked to through its JSON-RPC."""

from __future__ import annotations

from contextlib import AbstractContextManager

from askul_connect import ErpConnection, ErpKind, Toolkit, hookimpl
from askul_connect.plugins.demonstration import ErpDemo, ErpStage
from askul_connect_tryton.connector import TrytonConnector

__all__ = ["askul_connect_erps"]


def _connect(toolkit: Toolkit, connection: ErpConnection) -> TrytonConnector:
    return TrytonConnector(toolkit, connection)


def _demo(demo: ErpDemo) -> AbstractContextManager[ErpStage]:
    # who only connects to a Tryton needs nothing of the sandbox
    from askul_connect_tryton.sandbox.stage import tryton_stage  # noqa: PLC0415

    return tryton_stage(demo)


@hookimpl
def askul_connect_erps() -> list[ErpKind]:
    """Tryton 8.2."""
    return [
        ErpKind(
            name="tryton",
            summary="Tryton: approved purchases, receipts and budgets in; dates, shipments and draft invoices back.",
            connect=_connect,
            demo=_demo,
        )
    ]
