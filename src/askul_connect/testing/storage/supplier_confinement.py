"""A unit of work that serves one account."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.audit import AuditRecord
from askul_connect.core.domain.sign_on import SignOnSetting
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases

OWN = SignOnSetting(account_id="account-1", providers=("corp",), changed_at=NOW)
OTHER = evolve(OWN, account_id="account-2", providers=("other",))
RECORD = AuditRecord(
    account_id="account-2",
    sequence=1,
    at=NOW,
    actor="user-1",
    action="user-joined",
    subject="user-1",
    detail="{}",
    reference="",
    seal="seal",
)


class SupplierConfinementCases(StorageCases):
    """What a confined unit can do on every storage; what it cannot do is the database's affair."""

    @pytest.mark.spec("ACC-5")
    def test_confinement_01_a_confined_unit_works_with_its_own_account(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.sign_on.put(OTHER)
        with storage.begin() as unit:
            unit.confine("account-1")
            unit.sign_on.put(OWN)
            assert unit.sign_on.get("account-1") == OWN
        with storage.begin() as unit:
            unit.confine("account-1")
            unit.sign_on.put(evolve(OWN, providers=()))
        with storage.begin() as unit:
            assert unit.sign_on.get("account-1") == evolve(OWN, providers=())

    @pytest.mark.spec("ACC-5")
    def test_confinement_02_the_next_unit_is_not_confined(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.sign_on.put(OTHER)
        with storage.begin() as unit:
            unit.confine("account-1")
        with storage.begin() as unit:
            assert unit.sign_on.get("account-2") == OTHER

    @pytest.mark.spec("AUTH-17")
    def test_confinement_03_a_confined_unit_leaves_records_in_other_accounts(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.confine("account-1")
            unit.audit.add(RECORD)
        with storage.begin() as unit:
            assert list(unit.audit.of_account("account-2", 0, 10)) == [RECORD]
