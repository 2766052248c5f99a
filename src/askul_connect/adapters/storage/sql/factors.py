"""Second factors: their own table, recovery codes, challenges, proofs of sessions, wrong codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.factors import (
    Challenge,
    Factor,
    FactorFailures,
    RecoveryCode,
    SessionProof,
)


def _select(table: sa.Table, *keys: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).where(*(table.c[key] == sa.bindparam(key) for key in keys))


_FACTORS = tables.factors
_FACTOR_INSERT = insert(_FACTORS)
_FACTOR_REPLACE = replace_where(_FACTORS, ("home_account_id", "factor_id"), without=("last_step",))
_FACTOR = Prepared(_select(_FACTORS, "home_account_id", "factor_id"))
_FACTORS_OF_USER = Prepared(
    _select(_FACTORS, "home_account_id", "user_id").order_by(_FACTORS.c.created_at, _FACTORS.c.factor_id)
)
# written out, so that both databases use the partial index
_FACTOR_BY_CREDENTIAL = Prepared(_select(_FACTORS, "credential_id").where(tables.WITH_CREDENTIAL))
_FACTOR_STEP = Prepared(
    sa.update(_FACTORS)
    .values(last_step=sa.bindparam("step", type_=sa.BigInteger()))
    .where(
        _FACTORS.c.home_account_id == sa.bindparam("home"),
        _FACTORS.c.factor_id == sa.bindparam("factor"),
        _FACTORS.c.last_step < sa.bindparam("below", type_=sa.BigInteger()),
    )
)


class SqlFactors:
    """Factors."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, factor: Factor) -> None:
        """Store a new one; StorageConflict when the id or the passkey's credential id exists anywhere."""
        self._transaction.run(_FACTOR_INSERT, tables.FACTOR_ROWS.row(factor))

    def save(self, factor: Factor) -> None:
        """Store its new state, all but the last step, which only :meth:`take_step` changes."""
        self._transaction.run_known(_FACTOR_REPLACE, tables.FACTOR_ROWS.named(factor))

    def get(self, home_account_id: str, factor_id: str) -> Factor | None:
        """By id within the person's home account."""
        row = self._transaction.row(_FACTOR, {"home_account_id": home_account_id, "factor_id": factor_id})
        return tables.FACTOR_ROWS.entity(row) if row else None

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[Factor]:
        """All of a person, removed ones too, oldest first."""
        asked = {"home_account_id": home_account_id, "user_id": user_id}
        return [tables.FACTOR_ROWS.entity(row) for row in self._transaction.rows(_FACTORS_OF_USER, asked)]

    def by_credential(self, credential_id: str) -> Factor | None:
        """The passkey of that id, of whomever."""
        row = self._transaction.row(_FACTOR_BY_CREDENTIAL, {"credential_id": credential_id})
        return tables.FACTOR_ROWS.entity(row) if row else None

    def take_step(self, home_account_id: str, factor_id: str, step: int) -> bool:
        """Raise the last step to this one, in one statement; False when it was as high already."""
        asked = {"step": step, "home": home_account_id, "factor": factor_id, "below": step}
        return _changed(self._transaction, _FACTOR_STEP, asked)


_CODES = tables.recovery_codes
_CODE_INSERT = insert(_CODES)
_CODES_OF_USER = Prepared(_select(_CODES, "home_account_id", "user_id").order_by(_CODES.c.number))
_CODES_FORGET = Prepared(
    sa.delete(_CODES).where(
        _CODES.c.home_account_id == sa.bindparam("home_account_id"),
        _CODES.c.user_id == sa.bindparam("user_id"),
    )
)
_CODE_USE = Prepared(
    sa.update(_CODES)
    .values(used_at=sa.bindparam("at", type_=sa.Text()))
    .where(
        _CODES.c.home_account_id == sa.bindparam("home"),
        _CODES.c.user_id == sa.bindparam("user"),
        _CODES.c.number == sa.bindparam("place", type_=sa.BigInteger()),
        _CODES.c.code_hash == sa.bindparam("hash"),
        _CODES.c.used_at.is_(None),
    )
)


class SqlRecoveryCodes:
    """Recovery codes."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def replace(self, home_account_id: str, user_id: str, codes: Iterable[RecoveryCode]) -> None:
        """Forget the person's set and store another one, or none."""
        self._transaction.run(_CODES_FORGET, (home_account_id, user_id))
        self._transaction.run_many(_CODE_INSERT, map(tables.RECOVERY_CODE_ROWS.row, codes))

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[RecoveryCode]:
        """The person's set, by number."""
        asked = {"home_account_id": home_account_id, "user_id": user_id}
        rows = self._transaction.rows(_CODES_OF_USER, asked)
        return [tables.RECOVERY_CODE_ROWS.entity(row) for row in rows]

    def use(self, code: RecoveryCode, at: datetime) -> bool:
        """Mark exactly this code as used, in one statement; False when it was used or replaced before."""
        asked = {
            "at": write_instant(at),
            "home": code.home_account_id,
            "user": code.user_id,
            "place": code.number,
            "hash": code.code_hash,
        }
        return _changed(self._transaction, _CODE_USE, asked)


_CHALLENGES = tables.challenges
_CHALLENGE_INSERT = insert(_CHALLENGES)
_CHALLENGE_TAKE = Prepared(
    sa.delete(_CHALLENGES)
    .where(_CHALLENGES.c.challenge_hash == sa.bindparam("challenge_hash"))
    .returning(*_CHALLENGES.c)
)
_CHALLENGES_FORGET = Prepared(
    sa.delete(_CHALLENGES).where(_CHALLENGES.c.expires_at < sa.bindparam("now", type_=sa.Text()))
)


class SqlChallenges:
    """Challenges, by the hash of their text."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, challenge: Challenge) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        self._transaction.run(_CHALLENGE_INSERT, tables.CHALLENGE_ROWS.row(challenge))

    def take(self, challenge_hash: str) -> Challenge | None:
        """Give it and forget it, in one statement: nobody takes it a second time."""
        row = self._transaction.row(_CHALLENGE_TAKE, {"challenge_hash": challenge_hash})
        return tables.CHALLENGE_ROWS.entity(row) if row else None

    def forget_expired(self, now: datetime) -> None:
        """Forget those that expired before now."""
        self._transaction.run(_CHALLENGES_FORGET, (write_instant(now),))


_PROOF_PUT = upsert(tables.session_proofs)
_PROOF = Prepared(_select(tables.session_proofs, "token_hash").with_for_update())


class SqlProofs:
    """What was proved in sessions."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, token_hash: str) -> SessionProof | None:
        """Of the session of that token, held against other writers until the unit ends."""
        row = self._transaction.row(_PROOF, {"token_hash": token_hash})
        return tables.SESSION_PROOF_ROWS.entity(row) if row else None

    def put(self, proof: SessionProof) -> None:
        """Store or replace."""
        self._transaction.run(_PROOF_PUT, tables.SESSION_PROOF_ROWS.row(proof))


_FAILURES_PUT = upsert(tables.factor_failures)
_FAILURES = Prepared(_select(tables.factor_failures, "user_id").with_for_update())


class SqlFactorFailures:
    """Wrong codes in a row."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, user_id: str) -> FactorFailures | None:
        """Of a person, held against other writers until the unit ends."""
        row = self._transaction.row(_FAILURES, {"user_id": user_id})
        return tables.FACTOR_FAILURE_ROWS.entity(row) if row else None

    def put(self, failures: FactorFailures) -> None:
        """Store or replace."""
        self._transaction.run(_FAILURES_PUT, tables.FACTOR_FAILURE_ROWS.row(failures))


def _changed(transaction: Transaction, statement: Prepared, asked: dict[str, object]) -> bool:
    return transaction.run_named(statement, asked) == 1
