"""Second factors: factors, recovery codes, challenges, proofs of sessions, wrong codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.factors import (
    Challenge,
    ChallengePurpose,
    Factor,
    FactorFailures,
    FactorKind,
    FactorState,
    RecoveryCode,
    SessionProof,
)
from askul_connect.core.errors import StorageConflict
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import PATIENCE, StorageCases, at_once, stored

SECOND = timedelta(seconds=1)


def factor(number: int = 1, **changes: Any) -> Factor:
    """A factor with a value in every field; its keys follow from its number."""
    values: dict[str, Any] = {
        "factor_id": f"factor-{number}",
        "home_account_id": "account-1",
        "user_id": "user-1",
        "kind": FactorKind.PASSKEY,
        "state": FactorState.SUSPENDED,
        "label": "鍵",
        "created_at": NOW,
        "seed": "v1.sealed",
        "last_step": 58_000_000,
        "credential_id": f"credential-{number}",
        "public_key": "cose",
        "sign_count": 4_294_967_295,
        "confirmed_at": NOW,
        "last_used_at": NOW + SECOND,
        "suspended_reason": "counter",
    }
    return Factor(**{**values, **changes})


def code(number: int = 0, **changes: Any) -> RecoveryCode:
    """A recovery code."""
    values: dict[str, Any] = {
        "home_account_id": "account-1",
        "user_id": "user-1",
        "number": number,
        "code_hash": f"$hash-{number}$",
        "created_at": NOW,
    }
    return RecoveryCode(**{**values, **changes})


def challenge(challenge_hash: str = "hash-1", **changes: Any) -> Challenge:
    """A challenge."""
    values: dict[str, Any] = {
        "challenge_hash": challenge_hash,
        "purpose": ChallengePurpose.LOGIN,
        "user_id": "user-1",
        "home_account_id": "account-1",
        "session_id": "session-1",
        "login_id": "user1@example.jp",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=5),
    }
    return Challenge(**{**values, **changes})


class SupplierFactorCases(StorageCases):
    """Everything that second factors keep."""

    @pytest.mark.spec("AUTH-8")
    def test_factor_01_keeps_every_field_but_for_its_owner_only(self, storage: Any) -> None:
        plain = factor(2, kind=FactorKind.TOTP, credential_id="", confirmed_at=None, last_used_at=None)
        with storage.begin() as unit:
            unit.factors.add(factor())
            unit.factors.add(plain)
        with storage.begin() as unit:
            assert unit.factors.get("account-1", "factor-1") == factor()
            assert unit.factors.get("account-1", "factor-2") == plain
            assert unit.factors.get("account-2", "factor-1") is None
            assert unit.factors.get("account-1", "factor-3") is None
            assert unit.factors.by_credential("credential-1") == factor()
            assert unit.factors.by_credential("credential-2") is None
            assert unit.factors.by_credential("") is None

    @pytest.mark.spec("AUTH-8")
    def test_factor_02_of_a_person_oldest_first(self, storage: Any) -> None:
        older = factor(3, created_at=NOW - SECOND)
        with storage.begin() as unit:
            unit.factors.add(factor(2))
            unit.factors.add(factor(1))
            unit.factors.add(older)
            unit.factors.add(factor(4, user_id="user-2"))
            unit.factors.add(factor(5, home_account_id="account-2"))
            assert list(unit.factors.of_user("account-1", "user-1")) == [older, factor(1), factor(2)]
            assert list(unit.factors.of_user("account-2", "user-2")) == []

    @pytest.mark.spec("AUTH-8")
    def test_factor_03_a_passkey_is_of_one_person(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.factors.add(factor()))
        for other in (
            factor(2, credential_id="credential-1", home_account_id="account-2", user_id="user-2"),
            factor(1, credential_id="another", home_account_id="account-2"),
        ):
            with pytest.raises(StorageConflict), storage.begin() as unit:
                unit.factors.add(other)
        # what has no credential id does not stand in the way of its like
        stored(storage, lambda unit: unit.factors.add(factor(3, credential_id="")))
        stored(storage, lambda unit: unit.factors.add(factor(4, credential_id="")))
        freed = factor(credential_id="", state=FactorState.REMOVED)
        stored(storage, lambda unit: unit.factors.save(freed))
        stored(storage, lambda unit: unit.factors.add(factor(5, credential_id="credential-1")))

    @pytest.mark.spec("AUTH-8")
    def test_factor_04_saving_leaves_the_step_alone(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.factors.add(factor(last_step=7)))
        with storage.begin() as unit:
            assert unit.factors.take_step("account-1", "factor-1", 9)
            unit.factors.save(factor(last_step=7, label="別の鍵"))
        with storage.begin() as unit:
            assert unit.factors.get("account-1", "factor-1") == factor(last_step=9, label="別の鍵")
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.factors.save(factor(2)))

    @pytest.mark.spec("AUTH-8")
    def test_factor_05_a_step_is_taken_once_and_none_below_it(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.factors.add(factor(last_step=0)))
        with storage.begin() as unit:
            assert unit.factors.take_step("account-1", "factor-1", 10)
            assert not unit.factors.take_step("account-1", "factor-1", 10)
            assert not unit.factors.take_step("account-1", "factor-1", 9)
            assert not unit.factors.take_step("account-2", "factor-1", 11)
            assert not unit.factors.take_step("account-1", "factor-2", 11)
        with storage.begin() as unit:
            assert unit.factors.take_step("account-1", "factor-1", 11)
            assert unit.factors.get("account-1", "factor-1") == factor(last_step=11)

    @pytest.mark.spec("AUTH-8", "REL-3")
    def test_factor_06_a_step_is_taken_once_by_all_threads_together(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.factors.add(factor(last_step=0)))
        taken: list[bool] = []

        def take() -> None:
            taken.append(
                run_unit(
                    storage,
                    lambda unit: unit.factors.take_step("account-1", "factor-1", 10),
                    attempts=PATIENCE,
                )
            )

        at_once(*[take] * 8)
        assert sorted(taken) == [False] * 7 + [True]

    @pytest.mark.spec("AUTH-8")
    def test_recovery_01_a_set_is_replaced_as_a_whole(self, storage: Any) -> None:
        used = code(1, used_at=NOW)
        other = code(0, user_id="user-2")
        with storage.begin() as unit:
            unit.recovery_codes.replace("account-1", "user-1", [used, code(0)])
            unit.recovery_codes.replace("account-1", "user-2", [other])
            assert list(unit.recovery_codes.of_user("account-1", "user-1")) == [code(0), used]
        renewed = code(0, code_hash="$new$")
        with storage.begin() as unit:
            unit.recovery_codes.replace("account-1", "user-1", [renewed])
        with storage.begin() as unit:
            assert list(unit.recovery_codes.of_user("account-1", "user-1")) == [renewed]
            assert list(unit.recovery_codes.of_user("account-1", "user-2")) == [other]
            assert list(unit.recovery_codes.of_user("account-2", "user-1")) == []
            unit.recovery_codes.replace("account-1", "user-1", [])
            assert list(unit.recovery_codes.of_user("account-1", "user-1")) == []

    @pytest.mark.spec("AUTH-8")
    def test_recovery_02_a_code_is_used_once(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.recovery_codes.replace("account-1", "user-1", [code(0), code(1)])
        with storage.begin() as unit:
            assert not unit.recovery_codes.use(code(0, code_hash="$of the set before$"), NOW)
            assert not unit.recovery_codes.use(code(0, user_id="user-2"), NOW)
            assert not unit.recovery_codes.use(code(2), NOW)
            assert unit.recovery_codes.use(code(0), NOW)
            assert not unit.recovery_codes.use(code(0), NOW + SECOND)
        with storage.begin() as unit:
            found = list(unit.recovery_codes.of_user("account-1", "user-1"))
            assert found == [code(0, used_at=NOW), code(1)]

    @pytest.mark.spec("AUTH-8")
    def test_challenge_01_is_taken_once(self, storage: Any) -> None:
        nobody = challenge("hash-2", user_id="", home_account_id="", session_id="")
        with storage.begin() as unit:
            unit.challenges.add(challenge())
            unit.challenges.add(nobody)
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.challenges.add(challenge(user_id="user-2")))
        with storage.begin() as unit:
            assert unit.challenges.take("hash-1") == challenge()
            assert unit.challenges.take("hash-1") is None
            assert unit.challenges.take("hash-3") is None
        with storage.begin() as unit:
            assert unit.challenges.take("hash-1") is None
            assert unit.challenges.take("hash-2") == nobody

    @pytest.mark.spec("AUTH-8")
    def test_challenge_02_the_expired_are_forgotten(self, storage: Any) -> None:
        old = challenge("hash-0", expires_at=NOW - SECOND)
        due = challenge("hash-2", expires_at=NOW)
        with storage.begin() as unit:
            for one in (old, due, challenge()):
                unit.challenges.add(one)
            unit.challenges.forget_expired(NOW)
        with storage.begin() as unit:
            assert unit.challenges.take("hash-0") is None
            assert unit.challenges.take("hash-2") == due
            assert unit.challenges.take("hash-1") == challenge()

    @pytest.mark.spec("AUTH-8")
    def test_proof_01_of_a_session(self, storage: Any) -> None:
        proof = SessionProof(token_hash="hash-1", identity_at=NOW, factor_at=NOW + SECOND, failures=3)
        with storage.begin() as unit:
            assert unit.proofs.get("hash-1") is None
            unit.proofs.put(SessionProof(token_hash="hash-1"))
            unit.proofs.put(SessionProof(token_hash="hash-2"))
            unit.proofs.put(proof)
        with storage.begin() as unit:
            assert unit.proofs.get("hash-1") == proof
            assert unit.proofs.get("hash-2") == SessionProof(token_hash="hash-2")

    @pytest.mark.spec("AUTH-8")
    def test_failures_01_of_a_person(self, storage: Any) -> None:
        failures = FactorFailures(user_id="user-1", failures=4, last_at=NOW)
        with storage.begin() as unit:
            assert unit.factor_failures.get("user-1") is None
            unit.factor_failures.put(evolve(failures, failures=1))
            unit.factor_failures.put(failures)
        with storage.begin() as unit:
            assert unit.factor_failures.get("user-1") == failures
            assert unit.factor_failures.get("user-2") is None
