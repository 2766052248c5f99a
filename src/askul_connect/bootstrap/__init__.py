"""The only place that joins concrete things: what the command line and importers of the package start from."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from askul_connect.adapters.erp.files import DroppedFile
    from askul_connect.bootstrap.administration import Asking, StaffProof, administrator_of, staff_of
    from askul_connect.bootstrap.auditing import audit_heads, audit_verify
    from askul_connect.bootstrap.backing_up import back_up
    from askul_connect.bootstrap.catalog_import import CatalogImport, import_catalog
    from askul_connect.bootstrap.demonstrating import erp_kind, outbound_http
    from askul_connect.bootstrap.guidance import faq_search, login_diagnosis
    from askul_connect.bootstrap.inspection import (
        Finding,
        database_check,
        database_upgrade,
        diagnose,
        plugin_report,
    )
    from askul_connect.bootstrap.playbook import playbook
    from askul_connect.bootstrap.restoring import Held, held, restore, resume
    from askul_connect.bootstrap.serving import SupplierServer
    from askul_connect.bootstrap.staff import staff_add
    from askul_connect.bootstrap.verifying import Verification, verify, verify_backup
    from askul_connect.bootstrap.workspace import Workspace, open_workspace
    from askul_connect.core.domain.catalog import Item
    from askul_connect.core.domain.purges import PurgeEntry
    from askul_connect.core.services.buyer.backfilling import BackfillReport
    from askul_connect.core.services.buyer.budgeting import Recount
    from askul_connect.core.services.buyer.decisions import Decided, Decision
    from askul_connect.core.services.buyer.desk import Progress
    from askul_connect.core.services.buyer.playbook import FormHead, OutagePlaybook
    from askul_connect.core.services.buyer.report import ConnectionFailure, OrderRow, Rejection, RunReport
    from askul_connect.core.services.buyer.views import View
    from askul_connect.plugins.manager import PluginInfo
    from askul_connect.settings import load_settings

__all__ = [
    "Asking",
    "BackfillReport",
    "CatalogImport",
    "ConnectionFailure",
    "Decided",
    "Decision",
    "DroppedFile",
    "Finding",
    "FormHead",
    "Held",
    "OrderRow",
    "OutagePlaybook",
    "PluginInfo",
    "Progress",
    "PurgeEntry",
    "Recount",
    "Rejection",
    "RunReport",
    "StaffProof",
    "SupplierServer",
    "Verification",
    "View",
    "Workspace",
    "administrator_of",
    "audit_heads",
    "audit_verify",
    "back_up",
    "database_check",
    "database_upgrade",
    "diagnose",
    "erp_kind",
    "faq_search",
    "held",
    "import_catalog",
    "load_settings",
    "login_diagnosis",
    "open_workspace",
    "outbound_http",
    "playbook",
    "plugin_report",
    "restore",
    "resume",
    "showcase",
    "staff_add",
    "staff_of",
    "supplier_openapi",
    "supplier_wsdl",
    "verify",
    "verify_backup",
]


# The module each name comes from: who needs one does not wait for all.
_HOMES = {
    "Asking": "askul_connect.bootstrap.administration",
    "BackfillReport": "askul_connect.core.services.buyer.backfilling",
    "CatalogImport": "askul_connect.bootstrap.catalog_import",
    "ConnectionFailure": "askul_connect.core.services.buyer.report",
    "Decided": "askul_connect.core.services.buyer.decisions",
    "Decision": "askul_connect.core.services.buyer.decisions",
    "Finding": "askul_connect.bootstrap.inspection",
    "FormHead": "askul_connect.core.services.buyer.playbook",
    "Held": "askul_connect.bootstrap.restoring",
    "DroppedFile": "askul_connect.adapters.erp.files",
    "OutagePlaybook": "askul_connect.core.services.buyer.playbook",
    "OrderRow": "askul_connect.core.services.buyer.report",
    "PluginInfo": "askul_connect.plugins.manager",
    "Progress": "askul_connect.core.services.buyer.desk",
    "PurgeEntry": "askul_connect.core.domain.purges",
    "Recount": "askul_connect.core.services.buyer.budgeting",
    "Rejection": "askul_connect.core.services.buyer.report",
    "RunReport": "askul_connect.core.services.buyer.report",
    "StaffProof": "askul_connect.bootstrap.administration",
    "SupplierServer": "askul_connect.bootstrap.serving",
    "Verification": "askul_connect.bootstrap.verifying",
    "View": "askul_connect.core.services.buyer.views",
    "Workspace": "askul_connect.bootstrap.workspace",
    "administrator_of": "askul_connect.bootstrap.administration",
    "audit_heads": "askul_connect.bootstrap.auditing",
    "audit_verify": "askul_connect.bootstrap.auditing",
    "back_up": "askul_connect.bootstrap.backing_up",
    "database_check": "askul_connect.bootstrap.inspection",
    "database_upgrade": "askul_connect.bootstrap.inspection",
    "diagnose": "askul_connect.bootstrap.inspection",
    "erp_kind": "askul_connect.bootstrap.demonstrating",
    "faq_search": "askul_connect.bootstrap.guidance",
    "held": "askul_connect.bootstrap.restoring",
    "import_catalog": "askul_connect.bootstrap.catalog_import",
    "load_settings": "askul_connect.settings",
    "login_diagnosis": "askul_connect.bootstrap.guidance",
    "open_workspace": "askul_connect.bootstrap.workspace",
    "outbound_http": "askul_connect.bootstrap.demonstrating",
    "playbook": "askul_connect.bootstrap.playbook",
    "plugin_report": "askul_connect.bootstrap.inspection",
    "restore": "askul_connect.bootstrap.restoring",
    "resume": "askul_connect.bootstrap.restoring",
    "staff_add": "askul_connect.bootstrap.staff",
    "staff_of": "askul_connect.bootstrap.administration",
    "verify": "askul_connect.bootstrap.verifying",
    "verify_backup": "askul_connect.bootstrap.verifying",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def supplier_wsdl(address: str) -> bytes:
    """The WSDL of the reference supplier.

    Args:
        address: What it names as the service's address.
    """
    from askul_connect.adapters.soap.wsdl import wsdl
    from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

    return wsdl(SUPPLIER_OPERATIONS, address=address)


def supplier_openapi(address: str) -> bytes:
    """The OpenAPI document of the reference supplier's JSON API.

    Args:
        address: What it names as the server's address.
    """
    from askul_connect.adapters.server.openapi import openapi
    from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

    return openapi(SUPPLIER_OPERATIONS, address=address)


def showcase() -> Mapping[str, Item]:
    """The sample catalog's well-known items by SKU, the same for every seed."""
    from askul_connect.core.services.supplier.sample_catalog import SHOWCASE

    return SHOWCASE
