"""The only place that joins concrete things: what the command line and importers of the package start from."""

from __future__ import annotations

from collections.abc import Mapping

from askul_connect.bootstrap.auditing import audit_heads, audit_verify
from askul_connect.bootstrap.guidance import faq_search, login_diagnosis
from askul_connect.bootstrap.inspection import (
    Finding,
    database_check,
    database_upgrade,
    diagnose,
    plugin_report,
)
from askul_connect.bootstrap.playbook import playbook
from askul_connect.bootstrap.serving import SupplierServer
from askul_connect.bootstrap.staff import staff_add
from askul_connect.bootstrap.workspace import Workspace, open_workspace
from askul_connect.core.domain.catalog import Item
from askul_connect.core.services.buyer.desk import Progress
from askul_connect.core.services.buyer.playbook import FormHead, OutagePlaybook
from askul_connect.core.services.buyer.report import ConnectionFailure, OrderRow, Rejection, RunReport
from askul_connect.plugins.manager import PluginInfo
from askul_connect.settings import load_settings

__all__ = [
    "ConnectionFailure",
    "Finding",
    "FormHead",
    "OrderRow",
    "OutagePlaybook",
    "PluginInfo",
    "Progress",
    "Rejection",
    "RunReport",
    "SupplierServer",
    "Workspace",
    "audit_heads",
    "audit_verify",
    "database_check",
    "database_upgrade",
    "diagnose",
    "faq_search",
    "load_settings",
    "login_diagnosis",
    "open_workspace",
    "playbook",
    "plugin_report",
    "showcase",
    "staff_add",
    "supplier_openapi",
    "supplier_wsdl",
]


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
