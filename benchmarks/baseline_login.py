"""A login by hand: SQL through the driver around one verification, as few statements as the guarantees allow.

The attempt is counted before its password is looked at, where every thread and process sees it; every attempt is in
the sealed history; a success has a session. Two transactions, of which the last waits for the disk and takes the first
along. By e-mail only, and nobody is told anything.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

PERSON = """SELECT u.user_id, u.account_id, u.password_hash, u.state, u.password_temporary, u.password_expires_at,
    u.password_compromised, u.name, a.state, a.merged_into, a.name, a.login_second_factor, m.state, m.role
    FROM users u JOIN accounts a ON a.account_id = u.account_id
    LEFT JOIN memberships m ON m.account_id = u.account_id AND m.user_id = u.user_id WHERE u.email_key = ?"""
STOPPED = """SELECT parts FROM status_notices
    WHERE starts_at <= ? AND coalesce(ended_at, CASE kind WHEN 'maintenance' THEN expected_end END, '9') > ?"""
ATTEMPTS = "SELECT failures, paused_until, locked_at FROM login_attempts WHERE subject = ?"
RENEWED = "UPDATE users SET password_hash = ? WHERE user_id = ? AND password_hash = ?"
COUNTED = """INSERT INTO login_attempts (subject, failures, last_at, paused_until, locked_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
    paused_until = excluded.paused_until, locked_at = excluded.locked_at"""
SOURCE = "SELECT watched_since, failures, subjects FROM login_sources WHERE source = ?"
FROM_THERE = """INSERT INTO login_sources (source, watched_since, last_at, failures, subjects) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (source) DO UPDATE SET watched_since = excluded.watched_since, last_at = excluded.last_at,
    failures = excluded.failures, subjects = excluded.subjects"""
TAKEN_BACK = "UPDATE login_sources SET failures = ?, subjects = ? WHERE source = ?"
KNOWN = "SELECT network, device, last_at FROM login_environments WHERE user_id = ?"
SEEN = """INSERT INTO login_environments (user_id, network, device, first_at, last_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (user_id, network, device) DO UPDATE SET last_at = excluded.last_at"""
FACTORS = (
    "SELECT 1 FROM factors WHERE home_account_id = ? AND user_id = ? AND state IN ('active', 'suspended')"
)
CHAIN = "SELECT sequence, seal FROM chains WHERE chain = ?"
HEAD = """INSERT INTO chains (chain, sequence, seal) VALUES (?, ?, ?)
    ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, seal = excluded.seal"""
RECORD = """INSERT INTO login_records (reference, at, login_id, account_id, user_id, result, reason, address, device,
    risk, sequence, seal, personal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, '')"""
SESSION = """INSERT INTO sessions (token_hash, session_id, account_id, user_id, home_account_id, stage, created_at,
    last_seen_at, expires_at, address, device, device_family, ended_at, department_code)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', NULL, '')"""
PROOF = "INSERT INTO session_proofs (token_hash, identity_at, factor_at, failures) VALUES (?, ?, NULL, 0)"
FREE, LONGEST, LOCK_AFTER = 5, 900, 100
FROM_ONE_SOURCE, WATCHED = 10, 20


def connect(path: str) -> sqlite3.Connection:
    """A connection as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def text_of(at: datetime) -> str:
    """An instant as the tables keep it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_of(content: Any) -> str:
    """Of plain values, in one spelling."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Logins:
    """Logs people in.

    Args:
        connection: To a database that has its tables and people.
        key: Seals the history.
    """

    def __init__(self, connection: sqlite3.Connection, key: str) -> None:
        self._run = connection.execute
        self._key = key.encode()
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex())

    def log_in(
        self, email: str, password: str, address: str, device: str, now: datetime
    ) -> dict[str, Any] | None:
        """The session of who is right; None for everybody else."""
        asked = (f"{secrets.randbelow(10**10):010}", email, address, device, now)
        with self._unit("NORMAL"):
            person, subject, allowed = self._count(email, address, now)
        stored = person[2] if person and allowed else self._nobody
        try:
            right = self._hasher.verify(stored, password) and stored is not self._nobody
        except VerifyMismatchError:
            right = False
        renewed = right and self._hasher.check_needs_rehash(stored) and self._hasher.hash(password)
        with self._unit("FULL"):
            if right:
                if renewed:
                    self._run(RENEWED, (renewed, person[0], stored))
                return self._let_in(asked, renewed or stored, subject)
            reason = "mismatch" if allowed else "too-many-attempts"
            self._record(asked, person, "w:001" if allowed else reason, reason)
            return None

    @contextmanager
    def _unit(self, synchronous: str) -> Iterator[None]:
        if synchronous != "FULL":
            self._run(f"PRAGMA synchronous={synchronous}")
        try:
            self._run("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")
        finally:
            if synchronous != "FULL":
                self._run("PRAGMA synchronous=FULL")

    def _require_open(self, now: str) -> None:
        for (parts,) in self._run(STOPPED, (now, now)):
            if "login" in json.loads(parts):
                raise RuntimeError("nobody can log in at present")

    def _count(self, email: str, address: str, now: datetime) -> tuple[Any, str, bool]:
        at = text_of(now)
        self._require_open(at)
        person = self._run(PERSON, (email.casefold(),)).fetchone()
        subject = f"user:{person[0]}" if person else f"id:{self._digest(email.casefold())}"
        failures, paused_until, locked_at = self._run(ATTEMPTS, (subject,)).fetchone() or (0, None, None)
        allowed = locked_at is None and (paused_until is None or at >= paused_until)
        source = str(ipaddress.ip_network(address))
        since, failed, subjects = self._run(SOURCE, (source,)).fetchone() or (at, "[]", "[]")
        recent = [
            one for one in json.loads(failed) if now - datetime.fromisoformat(one) < timedelta(minutes=1)
        ]
        allowed = allowed and len(recent) < FROM_ONE_SOURCE
        if allowed:
            seen, digest = json.loads(subjects), self._digest(subject)
            if digest not in seen and len(seen) < WATCHED:
                seen.append(digest)
            recent.append(now.isoformat())
            self._run(FROM_THERE, (source, since, at, json.dumps(recent), json.dumps(seen)))
            failures += 1
            pause = min(1 << min(failures - FREE, 10), LONGEST) if failures >= FREE else 0
            until = text_of(now + timedelta(seconds=pause)) if pause else None
            self._run(COUNTED, (subject, failures, at, until, at if failures >= LOCK_AFTER else None))
        return person, subject, allowed

    def _let_in(self, asked: tuple[Any, ...], proved: str, subject: str) -> dict[str, Any] | None:
        _, email, address, device, now = asked
        at = text_of(now)
        self._require_open(at)
        person = self._run(PERSON, (email.casefold(),)).fetchone()
        if person is None or person[2] != proved:
            self._record(asked, person, "w:001", "mismatch")
            return None
        user_id, account_id, _, state, temporary, expires_at, compromised, user_name = person[:8]
        account_state, merged_into, account_name, rule, member_state, role = person[8:]
        if merged_into or not state == account_state == member_state == "active":
            self._record(asked, person, "login-refused", "stopped")
            return None
        source = str(ipaddress.ip_network(address))
        _, failed, subjects = self._run(SOURCE, (source,)).fetchone()
        failures, digest = json.loads(failed), self._digest(subject)
        if now.isoformat() in failures:
            failures.remove(now.isoformat())
        left = [one for one in json.loads(subjects) if one != digest]
        self._run(COUNTED, (subject, 0, at, None, None))
        self._run(TAKEN_BACK, (json.dumps(failures), json.dumps(left), source))
        self._record(asked, person, "success", "")
        network = str(ipaddress.ip_network(f"{address}/24", strict=False))
        known = {(one[0], one[1]): one[2] for one in self._run(KNOWN, (user_id,))}
        if known.get((network, device), "") <= text_of(now - timedelta(hours=1)):
            self._run(SEEN, (user_id, network, device, at, at))
        stage = "full"
        if temporary or compromised or (expires_at is not None and at >= expires_at):
            stage = "password_change"
        elif self._run(FACTORS, (account_id, user_id)).fetchone():
            stage = "second_factor"
        elif rule == "required":
            stage = "factor_enrolment"
        token = secrets.token_urlsafe(32)
        hashed = hashlib.sha256(token.encode()).hexdigest()
        session_id = str(uuid.UUID(int=(time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)))
        until = now + timedelta(hours=12)
        self._run(
            SESSION,
            (
                hashed,
                session_id,
                account_id,
                user_id,
                account_id,
                stage,
                at,
                at,
                text_of(until),
                address,
                device,
            ),
        )
        self._run(PROOF, (hashed, at))
        return {
            "session_token": token,
            "expires_at": until,
            "role": role,
            "account_name": account_name,
            "user_name": user_name,
            "stage": stage,
        }

    def _record(self, asked: tuple[Any, ...], person: Any, result: str, reason: str) -> None:
        reference, email, address, device, now = asked
        user_id, account_id = person[:2] if person else ("", "")
        chain = f"logins:{account_id}"
        sequence, seal = self._run(CHAIN, (chain,)).fetchone() or (0, "")
        personal = self._sealed(hash_of([email, address, device]))
        content = [reference, now.isoformat(), personal, account_id, user_id, result, reason, ""]
        seal = self._sealed(hash_of([chain, sequence + 1, seal, content]))
        self._run(
            RECORD,
            (
                reference,
                text_of(now),
                email,
                account_id,
                user_id,
                result,
                reason,
                address,
                device,
                sequence + 1,
                seal,
            ),
        )
        self._run(HEAD, (chain, sequence + 1, seal))

    def _sealed(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _digest(self, text: str) -> str:
        return self._sealed(text)[:32]
