"""The outage playbook of a directory: from its own database, whether or not any supplier answers (SUP-3)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from askul_connect.bootstrap.workspace import open_workspace
from askul_connect.core.services.buyer.playbook import FormHead, OutagePlaybook
from askul_connect.settings import Settings


def playbook(settings: Settings, supplier: str, given: FormHead, items: Mapping[str, int]) -> OutagePlaybook:
    """What to do while a supplier does not work, with an order form where items are named.

    Args:
        settings: The configuration; what is not given is taken from it.
        supplier: Name of the connection.
        given: What the caller says of who orders and where to.
        items: Item number -> quantity.

    Raises:
        ValueInvalid: An item was never ordered there, or a quantity is not accepted.
        SchemaOutOfDate, StorageUnavailable: The database cannot be read.
    """
    known = _from(settings, supplier)
    head = evolve(
        given,
        **{
            name: getattr(given, name) or getattr(known, name)
            for name in ("company", "member_number", "contact", "email", "phone", "deliver_to")
        },
    )
    with open_workspace(settings) as workspace:
        return workspace.playbook(supplier, head, items)


def _from(settings: Settings, supplier: str) -> FormHead:
    """What the configuration says, as far as it does: the account's table is the plugin's own affair."""
    account = settings.suppliers[supplier].options.get("account")
    table = account if isinstance(account, Mapping) else {}
    buyer = table.get("buyer")
    person = buyer if isinstance(buyer, Mapping) else {}
    address = " ".join(part for part in (_text(table, "postcode"), _text(table, "address")) if part)
    return FormHead(
        company=_text(table, "name") or settings.buyer.name,
        contact=_text(person, "name"),
        email=_text(person, "email"),
        phone=_text(table, "phone"),
        deliver_to=address,
    )


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
