"""Invitations of users of other accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.invitations import Invitation, InvitationState
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases, stored

INVITATION = Invitation(
    account_id="account-1",
    invitation_id="1234567890",
    email="花子@example.co.jp",
    role=Role.BUYER,
    department_codes=("D1", "営業"),
    order_limit=50_000,
    invited_by="user-1",
    invited_at=NOW,
    expires_at=NOW + timedelta(days=7),
    state=InvitationState.OPEN,
)


class SupplierInvitationCases(StorageCases):
    """Invitations of users of other accounts."""

    @pytest.mark.spec("ACC-5")
    def test_invitation_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        ended = evolve(
            INVITATION,
            state=InvitationState.CANCELLED,
            ended_at=NOW + timedelta(days=1),
            order_limit=None,
            department_codes=(),
        )
        with storage.begin() as unit:
            unit.invitations.add(INVITATION)
            assert unit.invitations.get("account-1", "1234567890") == INVITATION
            assert unit.invitations.get("account-2", "1234567890") is None
            unit.invitations.save(ended)
        assert stored(storage, lambda unit: unit.invitations.get("account-1", "1234567890")) == ended
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.invitations.add(INVITATION))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.invitations.save(evolve(INVITATION, invitation_id="x")))

    @pytest.mark.spec("ACC-5")
    def test_invitation_02_of_an_account_newest_first_and_forgotten(self, storage: Any) -> None:
        later = evolve(INVITATION, invitation_id="0", invited_at=NOW + timedelta(seconds=1))
        same = evolve(INVITATION, invitation_id="2", expires_at=NOW + timedelta(days=8))
        foreign = evolve(INVITATION, account_id="account-2")
        with storage.begin() as unit:
            for one in (INVITATION, later, same, foreign):
                unit.invitations.add(one)
        with storage.begin() as unit:
            assert list(unit.invitations.of_account("account-1")) == [later, same, INVITATION]
            assert list(unit.invitations.of_account("account-3")) == []
            assert unit.invitations.forget(NOW + timedelta(days=7)) == 0
            assert unit.invitations.forget(NOW + timedelta(days=7, seconds=1)) == 3
        with storage.begin() as unit:
            assert list(unit.invitations.of_account("account-1")) == [same]
            assert list(unit.invitations.of_account("account-2")) == []

    @pytest.mark.spec("ACC-5", "ACC-8")
    def test_invitation_03_a_merge_leaves_them_and_an_erasure_empties_the_address(self, storage: Any) -> None:
        foreign = evolve(INVITATION, account_id="account-2", invitation_id="2")
        with storage.begin() as unit:
            unit.invitations.add(INVITATION)
            unit.invitations.add(foreign)
            unit.account_moves.move("account-1", "account-3", {"D1": "D9"})
        with storage.begin() as unit:
            assert list(unit.invitations.of_account("account-1")) == [INVITATION]
            unit.account_moves.erase_correspondence("account-1", "user-1")
            assert list(unit.invitations.of_account("account-1")) == [INVITATION]
            unit.account_moves.erase_correspondence("account-1", "")
        with storage.begin() as unit:
            assert list(unit.invitations.of_account("account-1")) == [evolve(INVITATION, email="")]
            assert list(unit.invitations.of_account("account-2")) == [foreign]
