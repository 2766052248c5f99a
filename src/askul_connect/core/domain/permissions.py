"""Who may do what: the table of roles and permissions (ACC-5). The documentation's page is generated from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from askul_connect.core.domain.accounts import Role


class Permission(StrEnum):
    """What an operation may need. What a caller then sees and orders for is a matter of departments."""

    VIEW = "view"
    ORDER = "order"
    APPROVE = "approve"
    ACCOUNT_FOR = "account_for"
    ADMINISTER = "administer"
    SUPPLY = "supply"
    WHOLE_ACCOUNT = "whole_account"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.VIEW,
                Permission.ORDER,
                Permission.APPROVE,
                Permission.ACCOUNT_FOR,
                Permission.ADMINISTER,
                Permission.WHOLE_ACCOUNT,
            }
        ),
        Role.APPROVER: frozenset({Permission.VIEW, Permission.APPROVE}),
        Role.BUYER: frozenset({Permission.VIEW, Permission.ORDER}),
        Role.ACCOUNTANT: frozenset({Permission.VIEW, Permission.ACCOUNT_FOR, Permission.WHOLE_ACCOUNT}),
        Role.VIEWER: frozenset({Permission.VIEW}),
        Role.SUPPLIER: frozenset({Permission.SUPPLY}),
    }
)

MEANING: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.VIEW: "see the catalog, orders, confirmations and ship notices",
        Permission.ORDER: "place orders",
        Permission.APPROVE: "decide on what awaits approval",
        Permission.ACCOUNT_FOR: "see invoices",
        Permission.ADMINISTER: "manage users, departments, limits, credentials and the login settings",
        Permission.SUPPLY: "do the supplier's part; never a customer's",
        Permission.WHOLE_ACCOUNT: "see every department, whichever the person belongs to",
    }
)


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that have a permission."""
    return frozenset(role for role, granted in PERMISSIONS.items() if permission in granted)
