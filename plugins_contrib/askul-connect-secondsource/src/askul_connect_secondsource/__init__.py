"""A second supplier in this process: the reference supplier under another name, five percent below its prices."""

from __future__ import annotations

from askul_connect import ConnectionSettings, ReferenceRules, SupplierKind, Toolkit, hookimpl
from askul_connect.core.ports.channel import Capability, SupplierConnection

__all__ = ["RULES", "askul_connect_suppliers"]

#: What makes it another supplier: it takes no changes from machines. Name and numbers are invented.
RULES = ReferenceRules(
    price_permille=950,
    lacks=frozenset({Capability.CHANGE, Capability.CANCEL}),
    defaults={
        "name": "第二見本オフィス株式会社",
        "party": "0188:2999999999997",
        "registration_number": "T2999999999997",
        "postcode": "530-0001",
        "address": "大阪府大阪市北区見本3-3",
    },
)


def _connect(toolkit: Toolkit, connection: ConnectionSettings) -> SupplierConnection:
    return toolkit.reference_supplier(connection, RULES)


@hookimpl
def askul_connect_suppliers() -> list[SupplierKind]:
    """The one kind of supplier of this plugin."""
    return [
        SupplierKind(
            name="secondsource",
            summary="A second supplier in this process, five percent below the reference supplier.",
            capabilities=frozenset(Capability) - RULES.lacks,
            connect=_connect,
            rules=RULES,
        )
    ]
