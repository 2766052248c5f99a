"""Counters of attempts, remembered devices and known environments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.devices import DeviceToken, LoginEnvironment, RememberedDevice
from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter

_ATTEMPTS = tables.login_attempts.c
_SOURCES = tables.login_sources.c
_DEVICES = tables.devices.c
_TOKENS = tables.device_tokens.c
_ENVIRONMENTS = tables.environments.c


_ATTEMPT = Prepared(
    sa.select(tables.login_attempts).where(_ATTEMPTS.subject == sa.bindparam("subject")).with_for_update()
)
_ATTEMPT_PUT = upsert(tables.login_attempts)
_ATTEMPTS_FORGET = Prepared(
    sa.delete(tables.login_attempts).where(
        sa.or_(
            sa.and_(_ATTEMPTS.locked_at.is_(None), _ATTEMPTS.last_at < sa.bindparam("before")),
            sa.and_(_ATTEMPTS.subject.like("id:%"), _ATTEMPTS.last_at < sa.bindparam("locked_before")),
        )
    )
)


class SqlAttempts:
    """Counters of failed attempts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, subject: str) -> AttemptCounter | None:
        """The counter, held against other writers until the unit ends."""
        row = self._transaction.row(_ATTEMPT, {"subject": subject})
        return tables.ATTEMPT_ROWS.entity(row) if row else None

    def put(self, counter: AttemptCounter) -> None:
        """Store or replace."""
        self._transaction.run(_ATTEMPT_PUT, tables.ATTEMPT_ROWS.row(counter))

    def forget(self, before: datetime, locked_before: datetime) -> int:
        """Remove counters whose last attempt is older; of locked ones, only of IDs that nobody has."""
        asked = {"before": write_instant(before), "locked_before": write_instant(locked_before)}
        return self._transaction.run_named(_ATTEMPTS_FORGET, asked)


_SOURCE = Prepared(
    sa.select(tables.login_sources).where(_SOURCES.source == sa.bindparam("source")).with_for_update()
)
_SOURCE_PUT = upsert(tables.login_sources)
_SOURCES_FORGET = Prepared(sa.delete(tables.login_sources).where(_SOURCES.last_at < sa.bindparam("before")))


class SqlSources:
    """Counters of failures by network address."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, source: str) -> SourceCounter | None:
        """The counter, held against other writers until the unit ends."""
        row = self._transaction.row(_SOURCE, {"source": source})
        return tables.SOURCE_ROWS.entity(row) if row else None

    def put(self, counter: SourceCounter) -> None:
        """Store or replace."""
        self._transaction.run(_SOURCE_PUT, tables.SOURCE_ROWS.row(counter))

    def forget(self, before: datetime) -> int:
        """Remove counters whose last failure is older; returns how many there were."""
        return self._transaction.run_named(_SOURCES_FORGET, {"before": write_instant(before)})


_DEVICE_INSERT = insert(tables.devices)
_DEVICE_REPLACE = replace_where(tables.devices, ("family",))
_DEVICE = Prepared(sa.select(tables.devices).where(_DEVICES.family == sa.bindparam("family")))
_LIVE_DEVICES = Prepared(
    sa.select(tables.devices)
    .where(_DEVICES.user_id == sa.bindparam("user_id"), _DEVICES.ended_at.is_(None))
    .order_by(_DEVICES.created_at, _DEVICES.family)
)
_TOKEN_INSERT = insert(tables.device_tokens)
_TOKEN_REPLACE = replace_where(tables.device_tokens, ("token_hash",))
_TOKEN = Prepared(
    sa.select(tables.device_tokens).where(_TOKENS.token_hash == sa.bindparam("token_hash")).with_for_update()
)
_OLD = sa.select(_DEVICES.family).where(_DEVICES.expires_at < sa.bindparam("before"))
_TOKENS_FORGET = Prepared(sa.delete(tables.device_tokens).where(_TOKENS.family.in_(_OLD)))
_DEVICES_FORGET = Prepared(sa.delete(tables.devices).where(_DEVICES.expires_at < sa.bindparam("before")))


class SqlDevices:
    """Remembered devices and their tokens."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, device: RememberedDevice) -> None:
        """Store a new one; StorageConflict when the family exists."""
        self._transaction.run(_DEVICE_INSERT, tables.DEVICE_ROWS.row(device))

    def save(self, device: RememberedDevice) -> None:
        """Store its new state."""
        self._transaction.run_known(_DEVICE_REPLACE, tables.DEVICE_ROWS.named(device))

    def get(self, family: str) -> RememberedDevice | None:
        """By its family."""
        row = self._transaction.row(_DEVICE, {"family": family})
        return tables.DEVICE_ROWS.entity(row) if row else None

    def live_of_user(self, user_id: str) -> Sequence[RememberedDevice]:
        """Those of a person that have not been ended, oldest first."""
        rows = self._transaction.rows(_LIVE_DEVICES, {"user_id": user_id})
        return [tables.DEVICE_ROWS.entity(row) for row in rows]

    def add_token(self, token: DeviceToken) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        self._transaction.run(_TOKEN_INSERT, tables.DEVICE_TOKEN_ROWS.row(token))

    def save_token(self, token: DeviceToken) -> None:
        """Store its new state."""
        self._transaction.run_known(_TOKEN_REPLACE, tables.DEVICE_TOKEN_ROWS.named(token))

    def token(self, token_hash: str) -> DeviceToken | None:
        """By its hash, used or not, held against other writers until the unit ends."""
        row = self._transaction.row(_TOKEN, {"token_hash": token_hash})
        return tables.DEVICE_TOKEN_ROWS.entity(row) if row else None

    def forget(self, before: datetime) -> int:
        """Remove devices that expired earlier, with their tokens; returns how many devices there were."""
        asked = {"before": write_instant(before)}
        self._transaction.run_named(_TOKENS_FORGET, asked)
        return self._transaction.run_named(_DEVICES_FORGET, asked)


_ENVIRONMENT_PUT = upsert(tables.environments)
_ENVIRONMENT_REMOVE = Prepared(
    sa.delete(tables.environments).where(
        *(_ENVIRONMENTS[name] == sa.bindparam(name) for name in ("user_id", "network", "device"))
    )
)
_ENVIRONMENTS_OF_USER = Prepared(
    sa.select(tables.environments)
    .where(_ENVIRONMENTS.user_id == sa.bindparam("user_id"))
    .order_by(_ENVIRONMENTS.last_at.desc(), _ENVIRONMENTS.network, _ENVIRONMENTS.device)
)


class SqlEnvironments:
    """Networks and devices that people have logged in from."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, environment: LoginEnvironment) -> None:
        """Store or replace."""
        self._transaction.run(_ENVIRONMENT_PUT, tables.ENVIRONMENT_ROWS.row(environment))

    def remove(self, environment: LoginEnvironment) -> None:
        """Forget one."""
        asked = {
            "user_id": environment.user_id,
            "network": environment.network,
            "device": environment.device,
        }
        self._transaction.run_named(_ENVIRONMENT_REMOVE, asked)

    def of_user(self, user_id: str) -> Sequence[LoginEnvironment]:
        """All of a person, latest use first."""
        rows = self._transaction.rows(_ENVIRONMENTS_OF_USER, {"user_id": user_id})
        return [tables.ENVIRONMENT_ROWS.entity(row) for row in rows]
