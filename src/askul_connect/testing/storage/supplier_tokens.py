"""One-time tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases, stored

TOKEN = OneTimeToken(
    token_hash="hash-1",
    purpose=TokenPurpose.PASSWORD_RESET,
    account_id="account-1",
    user_id="user-1",
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
    subject="新しい宛先",
)


class SupplierTokenCases(StorageCases):
    """Tokens that are good for one thing, once."""

    @pytest.mark.spec("AUTH-12")
    def test_token_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        ended = evolve(TOKEN, ended_at=NOW + timedelta(minutes=1))
        with storage.begin() as unit:
            unit.one_time_tokens.add(TOKEN)
            assert unit.one_time_tokens.get("hash-1") == TOKEN
            unit.one_time_tokens.save(ended)
        with storage.begin() as unit:
            assert unit.one_time_tokens.get("hash-1") == ended
            assert unit.one_time_tokens.get("hash-2") is None

    @pytest.mark.spec("AUTH-12")
    def test_token_02_a_hash_is_there_once(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.one_time_tokens.add(TOKEN))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.one_time_tokens.add(evolve(TOKEN, user_id="user-2")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.one_time_tokens.save(evolve(TOKEN, token_hash="hash-2")))

    @pytest.mark.spec("AUTH-12")
    def test_token_03_of_a_person_newest_first(self, storage: Any) -> None:
        later = evolve(TOKEN, token_hash="hash-0", created_at=NOW + timedelta(seconds=1))
        ended = evolve(TOKEN, token_hash="hash-2", ended_at=NOW)
        with storage.begin() as unit:
            for one in (TOKEN, later, ended, evolve(TOKEN, token_hash="hash-3", user_id="user-2")):
                unit.one_time_tokens.add(one)
        with storage.begin() as unit:
            found = list(unit.one_time_tokens.of_user(TokenPurpose.PASSWORD_RESET, "user-1"))
            assert found == [later, ended, TOKEN]
            assert list(unit.one_time_tokens.of_user(TokenPurpose.PASSWORD_RESET, "user-3")) == []

    @pytest.mark.spec("AUTH-12", "AUTH-16")
    def test_token_04_those_that_expired_are_forgotten(self, storage: Any) -> None:
        """Used or not; one that is good still, and one whose end nobody knows, stay."""
        hour = timedelta(hours=1)
        old = evolve(TOKEN, token_hash="old", expires_at=NOW + hour)
        used = evolve(old, token_hash="used", ended_at=NOW)
        endless = evolve(
            TOKEN, token_hash="endless", purpose=TokenPurpose.SIGN_ON, expires_at=TOKEN.created_at
        )
        good = evolve(TOKEN, token_hash="good", expires_at=NOW + 3 * hour)
        with storage.begin() as unit:
            for one in (old, used, endless, good):
                unit.one_time_tokens.add(one)
            assert unit.one_time_tokens.forget(NOW + hour) == 0
            assert unit.one_time_tokens.forget(NOW + 2 * hour) == 2
        with storage.begin() as unit:
            there = [one for one in ("old", "used", "endless", "good") if unit.one_time_tokens.get(one)]
        assert there == ["endless", "good"]
