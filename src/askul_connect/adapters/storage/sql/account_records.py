"""What is kept beside accounts, and work on all records of one account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.account_records import AccountSnapshot, Erasure, RegistrationAttempt
from askul_connect.core.domain.accounts import LoginRecord

_SNAPSHOTS = tables.account_snapshots.c
_OWN = _SNAPSHOTS.account_id == sa.bindparam("account_id")
_SNAPSHOT_INSERT = insert(tables.account_snapshots)
_SNAPSHOT = Prepared(
    sa.select(tables.account_snapshots).where(
        _OWN, _SNAPSHOTS.version == sa.bindparam("version", type_=sa.BigInteger())
    )
)
_SNAPSHOTS_OF = Prepared(sa.select(tables.account_snapshots).where(_OWN).order_by(_SNAPSHOTS.version))
_SNAPSHOT_ERASE = Prepared(
    sa.update(tables.account_snapshots).where(_SNAPSHOTS.account_id == sa.bindparam("own")), columns=["body"]
)


class SqlSnapshots:
    """Registered data as they were before each change."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, snapshot: AccountSnapshot) -> None:
        """Store; StorageConflict when the account has one of that version."""
        self._transaction.run(_SNAPSHOT_INSERT, tables.SNAPSHOT_ROWS.row(snapshot))

    def get(self, account_id: str, version: int) -> AccountSnapshot | None:
        """That of a version within the account."""
        row = self._transaction.row(_SNAPSHOT, {"account_id": account_id, "version": version})
        return tables.SNAPSHOT_ROWS.entity(row) if row else None

    def of_account(self, account_id: str) -> Sequence[AccountSnapshot]:
        """All of an account, by version."""
        rows = self._transaction.rows(_SNAPSHOTS_OF, {"account_id": account_id})
        return [tables.SNAPSHOT_ROWS.entity(row) for row in rows]

    def erase(self, account_id: str) -> None:
        """Empty the bodies of all of an account."""
        self._transaction.run(_SNAPSHOT_ERASE, ("", account_id))


_ERASURES = tables.erasures.c
_ERASURE_INSERT = insert(tables.erasures)
_ERASURES_OF = Prepared(
    sa.select(tables.erasures)
    .where(_ERASURES.account_id == sa.bindparam("account_id"))
    .order_by(_ERASURES.at, _ERASURES.user_id, _ERASURES.extent)
)


class SqlErasures:
    """What was erased."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, erasure: Erasure) -> None:
        """Store; StorageConflict when the same was erased before."""
        self._transaction.run(_ERASURE_INSERT, tables.ERASURE_ROWS.row(erasure))

    def of_account(self, account_id: str) -> Sequence[Erasure]:
        """Those of an account and its people, oldest first."""
        rows = self._transaction.rows(_ERASURES_OF, {"account_id": account_id})
        return [tables.ERASURE_ROWS.entity(row) for row in rows]


_ATTEMPTS = tables.registration_attempts.c
_ATTEMPT_INSERT = insert(tables.registration_attempts)
_ATTEMPTS_SINCE = Prepared(
    sa.select(sa.func.count())
    .select_from(tables.registration_attempts)
    .where(_ATTEMPTS.source == sa.bindparam("source"), _ATTEMPTS.at >= sa.bindparam("since"))
)
_ATTEMPTS_FORGET = Prepared(
    sa.delete(tables.registration_attempts).where(_ATTEMPTS.at < sa.bindparam("before"))
)


class SqlRegistrationAttempts:
    """Attempts to register."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, attempt: RegistrationAttempt) -> None:
        """Store."""
        self._transaction.run(_ATTEMPT_INSERT, tables.REGISTRATION_ATTEMPT_ROWS.row(attempt))

    def since(self, source: str, at: datetime) -> int:
        """How many of a source there were from an instant on."""
        return self._transaction.number(_ATTEMPTS_SINCE, {"source": source, "since": write_instant(at)})

    def forget(self, before: datetime) -> None:
        """Remove the older ones."""
        self._transaction.run(_ATTEMPTS_FORGET, (write_instant(before),))


# --- all records of one account -------------------------------------------------------------------------------

#: Tables whose rows go with the account by its id alone.
_BY_ID = (
    tables.confirmations,
    tables.ship_notices,
    tables.invoices,
    tables.shipments,
    tables.returns,
    tables.invoice_parts,
    tables.credit_notes,
    tables.receivables,
    tables.payments,
    tables.reductions,
    tables.users,
    tables.one_time_tokens,
    tables.sessions,
    tables.tickets,
    tables.user_imports,
    tables.coupons,
    tables.coupon_uses,
)
#: Where the table names the department of a row.
_BY_DEPARTMENT = (tables.shipped_lines,)
#: What stays with the account that was taken over, and why.
STAYING = {
    "accounts": "it says what has become of it",
    "login_records": "sealed in the chain of the account",
    "audit_records": "sealed in the chain of the account",
    "account_snapshots": "the registered data of another account",
    "erasures": "what was erased of another account",
    "invitations": "they are for the account that is gone, and end with it",
    "billing_settings": "the surviving account says how it pays",
    "sign_on_settings": "the surviving account says how its people sign on",
    "carts": "the service joins them with the carts that people have in the surviving account",
    "recommended_registrations": "the surviving account says which recommended items it wants",
    "feeds": "places already given",
    "changes": "told by the service, as tombstones and as new places",
}
#: What goes over as far as the surviving account has nothing of its own there, and what that is about.
_JOINED = {
    table.name: Prepared(
        sa.update(table).where(
            table.c.account_id == sa.bindparam("origin"),
            ~sa.exists(
                sa.select(sa.literal_column("1"))
                .select_from(theirs := table.alias())
                .where(theirs.c.account_id == sa.bindparam("surviving"), theirs.c[about] == table.c[about])
                .correlate(table)
            ),
        ),
        columns=["account_id"],
    )
    # a price of the surviving account's own contract counts for its item, and so does its claim of a coupon
    for table, about in ((tables.item_prices, "sku"), (tables.coupon_claims, "code"))
}
_MOVED = {
    table.name: Prepared(
        sa.update(table).where(table.c.account_id == sa.bindparam("origin")), columns=["account_id"]
    )
    for table in (*_BY_ID, *_BY_DEPARTMENT, tables.departments, tables.department_limits, tables.credentials)
}
_RENAME = {
    table.name: Prepared(
        sa.update(table).where(
            table.c.account_id == sa.bindparam("own"), table.c[column] == sa.bindparam("old")
        ),
        columns=[column],
    )
    for table, column in (
        (tables.departments, "code"),
        (tables.department_limits, "code"),
        (tables.order_lines, "department"),
        (tables.shipped_lines, "department"),
    )
}
_REPARENT = Prepared(
    sa.update(tables.departments).where(
        tables.departments.c.account_id == sa.bindparam("own"),
        tables.departments.c.parent_code == sa.bindparam("old"),
    ),
    columns=["parent_code"],
)
_HOME = {
    table.name: Prepared(
        sa.update(table).where(table.c.home_account_id == sa.bindparam("origin")), columns=["home_account_id"]
    )
    for table in (
        tables.memberships,
        tables.sessions,
        tables.devices,
        tables.factors,
        tables.recovery_codes,
        tables.challenges,
    )
}
_CODES = {
    table.name: (
        Prepared(
            sa.select(table.c[key], table.c[column]).where(table.c.account_id == sa.bindparam("account_id"))
        ),
        Prepared(
            sa.update(table).where(
                table.c.account_id == sa.bindparam("own"), table.c[key] == sa.bindparam("one")
            ),
            columns=[column],
        ),
    )
    for table, key, column in (
        (tables.memberships, "user_id", "department_codes"),
        (tables.credentials, "credential_id", "departments"),
    )
}
_OTHERS_MEMBERS = tables.memberships.alias("others")
_MEMBERSHIPS = Prepared(
    sa.update(tables.memberships).where(
        tables.memberships.c.account_id == sa.bindparam("origin"),
        tables.memberships.c.user_id.not_in(
            sa.select(_OTHERS_MEMBERS.c.user_id).where(_OTHERS_MEMBERS.c.account_id == sa.bindparam("target"))
        ),
    ),
    columns=["account_id"],
)
_OTHERS_KEYS = tables.idempotency.alias("others")
_KEYED = Prepared(
    sa.update(tables.idempotency).where(
        tables.idempotency.c.account_id == sa.bindparam("origin"),
        ~sa.exists().where(
            _OTHERS_KEYS.c.account_id == sa.bindparam("target"),
            _OTHERS_KEYS.c.operation == tables.idempotency.c.operation,
            _OTHERS_KEYS.c.key == tables.idempotency.c.key,
        ),
    ),
    columns=["account_id"],
)
# A header cannot change its key while its lines refer to it, nor be there twice: they are taken out and put back.
_SALES = (tables.orders, tables.order_lines, tables.order_tax)
_SALES_READ = {
    table.name: Prepared(sa.select(table).where(table.c.account_id == sa.bindparam("account_id")))
    for table in _SALES
}
_SALES_WRITE = {table.name: insert(table) for table in _SALES}
_ORDERS_REMOVE = Prepared(
    sa.delete(tables.orders).where(tables.orders.c.account_id == sa.bindparam("origin"))
)
_LOGIN_REPLACE = replace_where(tables.logins, ("account_id", "sequence"))
_SESSION_ERASE = Prepared(
    sa.update(tables.sessions).where(tables.sessions.c.user_id == sa.bindparam("one")),
    columns=["address", "device"],
)
_PERSON: sa.BindParameter[str] = sa.bindparam("user_id")
_DEVICES = tables.devices.c
_TRACES = (
    Prepared(
        sa.delete(tables.device_tokens).where(
            tables.device_tokens.c.family.in_(sa.select(_DEVICES.family).where(_DEVICES.user_id == _PERSON))
        )
    ),
    *(
        Prepared(sa.delete(table).where(table.c.user_id == _PERSON))
        for table in (
            tables.devices,
            tables.environments,
            tables.factors,
            tables.recovery_codes,
            tables.challenges,
            tables.factor_failures,
            tables.one_time_tokens,
            tables.carts,
        )
    ),
)
_ATTEMPT_REMOVE = Prepared(
    sa.delete(tables.login_attempts).where(tables.login_attempts.c.subject == sa.bindparam("subject"))
)
_TICKETS = tables.tickets.c
_TICKET_COLUMNS = (
    "company",
    "contact_name",
    "contact_email",
    "contact_key",
    "contact_phone",
    "secret_hash",
    "source",
)
_OF_ACCOUNT = _TICKETS.account_id == sa.bindparam("own")
_OF_PERSON = sa.and_(_OF_ACCOUNT, _TICKETS.user_id == sa.bindparam("one"))


def _emptied(which: Any) -> tuple[tuple[Prepared, int], ...]:
    """Statements that empty some tickets, each with how many columns it empties."""
    those = sa.select(_TICKETS.ticket_id).where(which)
    named = ((tables.ticket_messages, ("text",)), (tables.ticket_attachments, ("name", "content")))
    further = ((sa.update(table).where(table.c.ticket_id.in_(those)), columns) for table, columns in named)
    whole = (sa.update(tables.tickets).where(which), _TICKET_COLUMNS)
    return tuple(
        (Prepared(statement, columns=columns), len(columns)) for statement, columns in (*further, whole)
    )


_TICKETS_OF_ACCOUNT = _emptied(_OF_ACCOUNT)
_TICKETS_OF_PERSON = _emptied(_OF_PERSON)
_IMPORTS_ERASE = Prepared(
    sa.update(tables.user_imports).where(tables.user_imports.c.account_id == sa.bindparam("own")),
    columns=["text", "failure"],
)
_INVITATIONS_ERASE = Prepared(
    sa.update(tables.invitations).where(tables.invitations.c.account_id == sa.bindparam("own")),
    columns=["email"],
)
_TOKENS_REMOVE = Prepared(
    sa.delete(tables.one_time_tokens).where(tables.one_time_tokens.c.account_id == sa.bindparam("own"))
)

#: Every table with an account, and what a merge does with it; a test compares it with the schema.
HANDLED = frozenset(
    {*STAYING, *_MOVED, *_JOINED, *_HOME, "memberships", "idempotency", *(table.name for table in _SALES)}
)


class SqlAccountMoves:
    """Work on all records of one account."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def move(self, origin: str, target: str, departments: Mapping[str, str]) -> Mapping[str, int]:
        """Give everything an account owns to another one; sealed records and snapshots stay."""
        run = self._transaction
        for old, new in departments.items():
            for statement in (*_RENAME.values(), _REPARENT):
                run.run(statement, (new, origin, old))
        for name in _CODES:
            self._rename_codes(name, origin, departments)
        counts = {name: run.run(statement, (target, origin)) for name, statement in _MOVED.items()}
        for name, statement in _JOINED.items():
            counts[name] = run.run(statement, (target, origin, target))
        for statement in _HOME.values():
            run.run(statement, (target, origin))
        counts["memberships"] = run.run(_MEMBERSHIPS, (target, origin, target))
        counts["idempotency"] = run.run(_KEYED, (target, origin, target))
        counts.update(self._move_sales(origin, target))
        # names of tables are a kind of text of their own
        return {str(name): count for name, count in counts.items()}

    def _rename_codes(self, name: str, owner: str, departments: Mapping[str, str]) -> None:
        read, write = _CODES[name]
        for key, codes in self._transaction.rows(read, {"account_id": owner}):
            old = json.loads(codes)
            new = [departments.get(code, code) for code in old]
            if new != old:
                self._transaction.run(write, (json.dumps(new, ensure_ascii=False), owner, key))

    def _move_sales(self, origin: str, target: str) -> dict[str, int]:
        run = self._transaction
        found = {table.name: run.rows(_SALES_READ[table.name], {"account_id": origin}) for table in _SALES}
        run.run(_ORDERS_REMOVE, (origin,))
        for table in _SALES:
            place = [column.name for column in table.columns].index("account_id")
            run.run_many(_SALES_WRITE[table.name], (_owned(row, place, target) for row in found[table.name]))
        return {name: len(rows) for name, rows in found.items()}

    def erase_logins(self, records: Sequence[LoginRecord]) -> None:
        """Store login records again whose personal data are replaced by what their seal covers."""
        for record in records:
            self._transaction.run_known(_LOGIN_REPLACE, tables.LOGIN_ROWS.named(record))

    def erase_sessions(self, user_id: str) -> None:
        """Empty addresses and devices of a person's sessions."""
        self._transaction.run(_SESSION_ERASE, ("", "", user_id))

    def erase_traces(self, user_id: str) -> None:
        """Remove devices, environments, second factors, tokens and counted failures of a person."""
        for statement in _TRACES:
            self._transaction.run(statement, (user_id,))
        self._transaction.run(_ATTEMPT_REMOVE, (f"user:{user_id}",))

    def erase_correspondence(self, account_id: str, user_id: str) -> None:
        """Empty tickets of an account, or of one person in it; with the account also imports, tokens, invitations."""
        run = self._transaction.run
        owner = (account_id, user_id) if user_id else (account_id,)
        for statement, count in _TICKETS_OF_PERSON if user_id else _TICKETS_OF_ACCOUNT:
            run(statement, (*[""] * count, *owner))
        if not user_id:
            run(_IMPORTS_ERASE, ("", "", account_id))
            run(_INVITATIONS_ERASE, ("", account_id))
            run(_TOKENS_REMOVE, (account_id,))


def _owned(row: Sequence[Any], place: int, owner: str) -> tuple[Any, ...]:
    return (*row[:place], owner, *row[place + 1 :])
