"""The first of a supplier's own people, made on the machine that runs it (AUTH-20)."""

from __future__ import annotations

from askul_connect.bootstrap.serving import supplier_of
from askul_connect.core.messages.staff import AddStaffRequest, AddStaffResponse
from askul_connect.core.operations.support import ADD_STAFF
from askul_connect.settings import Settings


def staff_add(settings: Settings, supplier: str, login_name: str, name: str) -> AddStaffResponse:
    """Add a staff member of a supplier in this process.

    Args:
        settings: The configuration.
        supplier: The supplier's connection.
        login_name: What is typed to log in.
        name: What the person is called.

    Raises:
        ConfigurationError: The supplier does not run in this process.
        ValueInvalid: Somebody has the login name, or a name is not accepted.
    """
    opened = supplier_of(settings, supplier)
    try:
        request = AddStaffRequest(login_name=login_name, name=name)
        added: AddStaffResponse = opened.dispatcher.dispatch_as_staff(ADD_STAFF, request, key="")
        return added
    finally:
        opened.close()
