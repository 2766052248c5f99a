"""docs/reference/permissions.md: who may do what, from the table that the code works with."""

from _pages.markdown import page, table
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.permissions import MEANING, PERMISSIONS, Permission
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

_INTRODUCTION = """\
What a role may do. An operation declares the roles that may call it; they come from this table. What somebody then sees
and orders for follows from the departments the person belongs to: these and the ones below, or the whole account for
whoever belongs to none. Client credentials have a scope of operations and departments instead of a role. See
[users and departments](../guide/users.md).
"""


def permissions_page() -> str:
    """The page."""
    return page(
        "Roles and permissions",
        _INTRODUCTION,
        table(
            ("", *(role.value for role in Role)),
            [
                (
                    f"{permission.value}: {MEANING[permission]}",
                    *("yes" if permission in PERMISSIONS[role] else "" for role in Role),
                )
                for permission in Permission
            ],
        ),
        "## Operations\n",
        table(
            ("operation", *(role.value for role in Role), "without login"),
            [
                (
                    f"[{operation.name}](operations.md#{operation.name.lower()})",
                    *("yes" if role in operation.access else "" for role in Role),
                    "" if operation.access else "yes",
                )
                for operation in SUPPLIER_OPERATIONS
            ],
        ),
    )
