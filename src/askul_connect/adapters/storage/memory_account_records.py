"""What is kept beside accounts, and work on all records of one account, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from askul_connect.adapters.storage.memory_accounts import (
    MemoryCredentials,
    MemoryDepartments,
    MemoryLoginRecords,
    MemoryMemberships,
    MemorySessions,
    MemoryUsers,
)
from askul_connect.adapters.storage.memory_billing import MemoryBilling
from askul_connect.adapters.storage.memory_carts import MemoryCarts
from askul_connect.adapters.storage.memory_catalog import MemoryCatalog
from askul_connect.adapters.storage.memory_discounts import MemoryCoupons
from askul_connect.adapters.storage.memory_factors import (
    MemoryChallenges,
    MemoryFactorFailures,
    MemoryFactors,
    MemoryRecoveryCodes,
)
from askul_connect.adapters.storage.memory_fulfilment import MemoryReturns, MemoryShipments
from askul_connect.adapters.storage.memory_login import MemoryAttempts, MemoryDevices, MemoryEnvironments
from askul_connect.adapters.storage.memory_people import (
    MemoryDepartmentLimits,
    MemoryInvitations,
    MemoryUserImports,
)
from askul_connect.adapters.storage.memory_reductions import MemoryReductions
from askul_connect.adapters.storage.memory_supplier import (
    MemoryIdempotency,
    MemoryOrders,
    MemoryShippedLines,
    MemorySupplierDocuments,
)
from askul_connect.adapters.storage.memory_support import MemoryTickets
from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.adapters.storage.memory_tokens import MemoryOneTimeTokens
from askul_connect.core.domain.account_records import (
    AccountSnapshot,
    Erasure,
    ErasureExtent,
    RegistrationAttempt,
)
from askul_connect.core.domain.accounts import LoginRecord


class MemorySnapshots:
    """Registered data as they were before each change."""

    def __init__(self, journal: Journal) -> None:
        self._snapshots = MemoryTable[tuple[str, int], AccountSnapshot](
            journal, lambda one: (one.account_id, one.version)
        )

    def add(self, snapshot: AccountSnapshot) -> None:
        """Store; StorageConflict when the account has one of that version."""
        self._snapshots.insert(snapshot)

    def get(self, account_id: str, version: int) -> AccountSnapshot | None:
        """That of a version within the account."""
        return self._snapshots.get((account_id, version))

    def of_account(self, account_id: str) -> Sequence[AccountSnapshot]:
        """All of an account, by version."""
        own = (one for one in self._snapshots if one.account_id == account_id)
        return sorted(own, key=lambda one: one.version)

    def erase(self, account_id: str) -> None:
        """Empty the bodies of all of an account."""
        for one in self.of_account(account_id):
            self._snapshots.replace(evolve(one, body=""))


class MemoryErasures:
    """What was erased."""

    def __init__(self, journal: Journal) -> None:
        self._erasures = MemoryTable[tuple[str, str, ErasureExtent], Erasure](
            journal, lambda one: (one.account_id, one.user_id, one.extent)
        )

    def add(self, erasure: Erasure) -> None:
        """Store; StorageConflict when the same was erased before."""
        self._erasures.insert(erasure)

    def of_account(self, account_id: str) -> Sequence[Erasure]:
        """Those of an account and its people, oldest first."""
        own = (one for one in self._erasures if one.account_id == account_id)
        return sorted(own, key=lambda one: (one.at, one.user_id, one.extent))


class MemoryRegistrationAttempts:
    """Attempts to register."""

    def __init__(self, journal: Journal) -> None:
        self._attempts = MemoryTable[str, RegistrationAttempt](journal, lambda one: one.attempt_id)

    def add(self, attempt: RegistrationAttempt) -> None:
        """Store."""
        self._attempts.insert(attempt)

    def since(self, source: str, at: datetime) -> int:
        """How many of a source there were from an instant on."""
        return sum(one.source == source and one.at >= at for one in self._attempts)

    def forget(self, before: datetime) -> None:
        """Remove the older ones."""
        for one in self._attempts:
            if one.at < before:
                self._attempts.remove(one.attempt_id)


@frozen(kw_only=True, slots=False)
class MemoryAccountMoves:
    """Work on all records of one account."""

    departments: MemoryDepartments
    users: MemoryUsers
    memberships: MemoryMemberships
    sessions: MemorySessions
    tokens: MemoryOneTimeTokens
    credentials: MemoryCredentials
    logins: MemoryLoginRecords
    orders: MemoryOrders
    shipped_lines: MemoryShippedLines
    shipments: MemoryShipments
    returns: MemoryReturns
    reductions: MemoryReductions
    billing: MemoryBilling
    documents: MemorySupplierDocuments
    idempotency: MemoryIdempotency
    limits: MemoryDepartmentLimits
    imports: MemoryUserImports
    invitations: MemoryInvitations
    coupons: MemoryCoupons
    catalog: MemoryCatalog
    carts: MemoryCarts
    tickets: MemoryTickets
    devices: MemoryDevices
    environments: MemoryEnvironments
    attempts: MemoryAttempts
    factors: MemoryFactors
    recovery_codes: MemoryRecoveryCodes
    challenges: MemoryChallenges
    factor_failures: MemoryFactorFailures

    def move(self, origin: str, target: str, departments: Mapping[str, str]) -> Mapping[str, int]:
        """Give everything an account owns to another one; sealed records and snapshots stay."""
        counts: Counter[str] = Counter()

        def renamed(codes: Sequence[str]) -> tuple[str, ...]:
            return tuple(departments.get(code, code) for code in codes)

        def give(
            name: str, table: MemoryTable[Any, Any], change: Callable[[Any], Any] = lambda one: one
        ) -> None:
            own = [one for one in table if one.account_id == origin]
            for one in own:
                table.remove(table._key(one))  # noqa: SLF001 -- the key of a table is its own business elsewhere
            table.insert_all(evolve(change(one), account_id=target) for one in own)
            counts[name] += len(own)

        def line(one: Any) -> Any:
            return evolve(one, department=departments.get(one.department, one.department))

        give(
            "departments",
            self.departments._departments,  # noqa: SLF001 -- the tables of one storage
            lambda one: evolve(
                one,
                code=departments.get(one.code, one.code),
                parent_code=departments.get(one.parent_code, one.parent_code),
            ),
        )
        give("users", self.users._users)  # noqa: SLF001 -- the tables of one storage
        give("sessions", self.sessions._sessions)  # noqa: SLF001 -- the tables of one storage
        give("one_time_tokens", self.tokens._tokens)  # noqa: SLF001 -- the tables of one storage
        give(
            "client_credentials",
            self.credentials._credentials,  # noqa: SLF001 -- the tables of one storage
            lambda one: evolve(one, departments=renamed(one.departments)),
        )
        give(
            "orders",
            self.orders._orders,  # noqa: SLF001 -- the tables of one storage
            lambda one: evolve(one, lines=tuple(line(each) for each in one.lines)),
        )
        give("shipped_lines", self.shipped_lines._lines, line)  # noqa: SLF001 -- the tables of one storage
        give(
            "department_limits",
            self.limits._limits,  # noqa: SLF001 -- the tables of one storage
            lambda one: evolve(one, code=departments.get(one.code, one.code)),
        )
        give("shipments", self.shipments._shipments)  # noqa: SLF001 -- the tables of one storage
        give("returns", self.returns._returns)  # noqa: SLF001 -- the tables of one storage
        give("reductions", self.reductions._reductions)  # noqa: SLF001 -- the tables of one storage
        give("receivables", self.billing._receivables)  # noqa: SLF001 -- the tables of one storage
        give("payments", self.billing._payments)  # noqa: SLF001 -- the tables of one storage
        give("user_imports", self.imports._imports)  # noqa: SLF001 -- the tables of one storage
        give("coupons", self.coupons._coupons)  # noqa: SLF001 -- the tables of one storage
        give("coupon_uses", self.coupons._uses)  # noqa: SLF001 -- the tables of one storage
        self._join("item_prices", self.catalog._prices, "sku", (origin, target), counts)  # noqa: SLF001 -- the tables of one storage
        self._join("coupon_claims", self.coupons._claims, "code", (origin, target), counts)  # noqa: SLF001 -- the tables of one storage
        give("tickets", self.tickets._tickets)  # noqa: SLF001 -- the tables of one storage
        self._move_documents(origin, target, counts)
        self._move_memberships(origin, target, renamed, counts)
        self._move_keyed(origin, target, counts)
        for one in list(self.sessions._sessions):  # noqa: SLF001 -- the tables of one storage
            if one.home_account_id == origin:
                self.sessions.save(evolve(one, home_account_id=target))
        for table in self._of_people():
            for one in list(table):
                if one.home_account_id == origin:
                    table.remove(table._key(one))  # noqa: SLF001 -- the key of a table is its own business elsewhere
                    table.insert(evolve(one, home_account_id=target))
        return dict(counts)

    def _join(
        self,
        name: str,
        table: MemoryTable[Any, Any],
        about: str,
        accounts: tuple[str, str],
        counts: Counter[str],
    ) -> None:
        """Give over what the surviving account has nothing of its own for."""
        origin, target = accounts
        theirs = {getattr(one, about) for one in table if one.account_id == target}
        own = [one for one in table if one.account_id == origin and getattr(one, about) not in theirs]
        for one in own:
            table.remove(table._key(one))  # noqa: SLF001 -- the key of a table is its own business elsewhere
            table.insert(evolve(one, account_id=target))
        counts[name] += len(own)

    def _of_people(self) -> Sequence[MemoryTable[Any, Any]]:
        """Tables that name people by their home account."""
        return (
            self.devices._devices,  # noqa: SLF001 -- the tables of one storage
            self.factors._factors,  # noqa: SLF001 -- the tables of one storage
            self.recovery_codes._codes,  # noqa: SLF001 -- the tables of one storage
            self.challenges._challenges,  # noqa: SLF001 -- the tables of one storage
        )

    def _move_documents(self, origin: str, target: str, counts: Counter[str]) -> None:
        documents = self.documents
        tables: dict[str, MemoryTable[Any, Any]] = {
            "confirmations": documents._confirmations,  # noqa: SLF001 -- the tables of one storage
            "ship_notices": documents._ship_notices,  # noqa: SLF001 -- the tables of one storage
            "invoices": documents._invoices,  # noqa: SLF001 -- the tables of one storage
            "invoice_parts": documents._parts,  # noqa: SLF001 -- the tables of one storage
            "credit_notes": self.billing._credit_notes,  # noqa: SLF001 -- the tables of one storage
        }
        for name, table in tables.items():
            own = [kept for kept in table if kept[0] == origin]
            for kept in own:
                table.remove(table._key(kept))  # noqa: SLF001 -- the key of a table is its own business elsewhere
                table.insert((target, *kept[1:]))
            counts[name] += len(own)

    def _move_memberships(
        self,
        origin: str,
        target: str,
        renamed: Callable[[Sequence[str]], tuple[str, ...]],
        counts: Counter[str],
    ) -> None:
        table = self.memberships._memberships  # noqa: SLF001 -- the tables of one storage
        for one in list(table):
            new = one
            if one.home_account_id == origin:
                new = evolve(new, home_account_id=target)
            if one.account_id == origin:
                new = evolve(new, department_codes=renamed(one.department_codes))
                if table.get((target, one.user_id)) is None:
                    table.remove((origin, one.user_id))
                    table.insert(evolve(new, account_id=target))
                    counts["memberships"] += 1
                    continue
            table.put(new)

    def _move_keyed(self, origin: str, target: str, counts: Counter[str]) -> None:
        table = self.idempotency._records  # noqa: SLF001 -- the tables of one storage
        for one in list(table):
            if one.account_id == origin and table.get((target, one.operation, one.key)) is None:
                table.remove((origin, one.operation, one.key))
                table.insert(evolve(one, account_id=target))
                counts["idempotency"] += 1

    def erase_logins(self, records: Sequence[LoginRecord]) -> None:
        """Store login records again whose personal data are replaced by what their seal covers."""
        for one in records:
            self.logins._records.replace(one)  # noqa: SLF001 -- the tables of one storage

    def erase_sessions(self, user_id: str) -> None:
        """Empty addresses and devices of a person's sessions."""
        for one in list(self.sessions._sessions):  # noqa: SLF001 -- the tables of one storage
            if one.user_id == user_id:
                self.sessions.save(evolve(one, address="", device=""))

    def erase_traces(self, user_id: str) -> None:
        """Remove devices, environments, second factors, tokens and counted failures of a person."""
        families = {one.family for one in self.devices._devices if one.user_id == user_id}  # noqa: SLF001 -- the tables of one storage
        tokens = self.devices._tokens  # noqa: SLF001 -- the tables of one storage
        for token in list(tokens):
            if token.family in families:
                tokens.remove(token.token_hash)
        of_person: tuple[MemoryTable[Any, Any], ...] = (
            *self._of_people(),
            self.environments._environments,  # noqa: SLF001 -- the tables of one storage
            self.factor_failures._failures,  # noqa: SLF001 -- the tables of one storage
            self.tokens._tokens,  # noqa: SLF001 -- the tables of one storage
            self.carts._carts,  # noqa: SLF001 -- the tables of one storage
        )
        for table in of_person:
            for one in list(table):
                if one.user_id == user_id:
                    table.remove(table._key(one))  # noqa: SLF001 -- the key of a table is its own business elsewhere
        self.attempts._counters.remove(f"user:{user_id}")  # noqa: SLF001 -- the tables of one storage

    def erase_correspondence(self, account_id: str, user_id: str) -> None:
        """Empty tickets of an account, or of one person in it; with the account also imports, tokens, invitations."""
        tickets = self.tickets
        own = [
            one
            for one in tickets._tickets  # noqa: SLF001 -- the tables of one storage
            if one.account_id == account_id and user_id in {"", one.user_id}
        ]
        ids = {one.ticket_id for one in own}
        for one in own:
            bare = evolve(one, company="", contact_name="", contact_email="", contact_key="")
            tickets.save(evolve(bare, contact_phone="", secret_hash="", source=""))
        for message in list(tickets._messages):  # noqa: SLF001 -- the tables of one storage
            if message.ticket_id in ids:
                tickets._messages.replace(evolve(message, text=""))  # noqa: SLF001 -- the tables of one storage
        for attachment in list(tickets._attachments):  # noqa: SLF001 -- the tables of one storage
            if attachment.ticket_id in ids:
                tickets._attachments.replace(evolve(attachment, name="", content=""))  # noqa: SLF001 -- the tables of one storage
        if not user_id:
            self._erase_plans(account_id)

    def _erase_plans(self, account_id: str) -> None:
        """Empty imports and invitations of an account, and remove its tokens."""
        for change in self.imports.of_account(account_id):
            self.imports.save(evolve(change, text="", failure=""))
        for invitation in self.invitations.of_account(account_id):
            self.invitations.save(evolve(invitation, email=""))
        for token in list(self.tokens._tokens):  # noqa: SLF001 -- the tables of one storage
            if token.account_id == account_id:
                self.tokens._tokens.remove(token.token_hash)  # noqa: SLF001 -- the tables of one storage
