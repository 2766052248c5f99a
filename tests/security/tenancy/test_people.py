"""What is logged of people who join, are changed and leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tenancy_callers import Caller
from tenancy_entry import Asked
from tenancy_table import entry_of

from askul_connect.core.domain.accounts import Role
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS


@pytest.mark.spec("AUTH-17")
def test_a_log_of_notices_about_people_holds_no_address(
    new_estate: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    estate = new_estate(whole=False)
    token = estate.administrators["a"]
    caller = Caller(name="administrator", token=token, role=Role.ADMINISTRATOR)
    with caplog.at_level("DEBUG"):
        for name in ("AddUser", "ApproveUser", "ChangeUser", "ImportUsers", "RemoveUser"):
            request = entry_of(name).request(Asked(estate=estate, caller=caller))
            assert estate.outcome("in process", SUPPLIER_OPERATIONS.get(name), request, caller).code == ""
        estate.supplier.automation.work()
    for kind in (
        "user-added",
        "user-approved",
        "user-role-changed",
        "user-removed",
        "user-awaiting-approval",
    ):
        assert f"notice {kind} about " in caplog.text, kind
    assert "@kanari" not in caplog.text
