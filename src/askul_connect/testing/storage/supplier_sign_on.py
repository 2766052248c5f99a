"""Which providers accounts allow."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.sign_on import SignOnSetting
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases

SETTING = SignOnSetting(account_id="account-1", providers=("corp", "other"), changed_at=NOW)


class SupplierSignOnCases(StorageCases):
    """Which providers accounts allow."""

    @pytest.mark.spec("AUTH-16")
    def test_sign_on_01_a_choice_is_kept_and_replaced_for_its_account_only(self, storage: Any) -> None:
        nobody = evolve(SETTING, account_id="account-2", providers=())
        with storage.begin() as unit:
            assert unit.sign_on.get("account-1") is None
            unit.sign_on.put(SETTING)
            unit.sign_on.put(nobody)
        with storage.begin() as unit:
            assert unit.sign_on.get("account-1") == SETTING
            unit.sign_on.put(evolve(SETTING, providers=("corp",)))
        with storage.begin() as unit:
            assert unit.sign_on.get("account-1") == evolve(SETTING, providers=("corp",))
            assert unit.sign_on.get("account-2") == nobody
