"""Both sides' storages in memory: a fake that passes the suite of the databases."""

from __future__ import annotations

from askul_connect.adapters.storage import (
    memory_accounts,
    memory_buyer,
    memory_factors,
    memory_login,
    memory_outbox,
    memory_people,
    memory_sign_on,
    memory_status,
    memory_supplier,
    memory_support,
    memory_tokens,
)
from askul_connect.adapters.storage.memory_tables import Journal, MemoryStorage
from askul_connect.core.ports import (
    buyer_storage,
    factor_storage,
    login_storage,
    people_storage,
    sign_on_storage,
    status_storage,
    storage,
    supplier_storage,
    support_storage,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage


class MemorySupplierUnitOfWork:
    """One unit of work of the supplier."""

    def __init__(self, journal: Journal) -> None:
        self.accounts: supplier_storage.AccountRepository = memory_accounts.MemoryAccounts(journal)
        self.departments: supplier_storage.DepartmentRepository = memory_accounts.MemoryDepartments(journal)
        self.users: supplier_storage.UserRepository = memory_accounts.MemoryUsers(journal)
        self.memberships: supplier_storage.MembershipRepository = memory_accounts.MemoryMemberships(journal)
        self.sessions: supplier_storage.SessionRepository = memory_accounts.MemorySessions(journal)
        self.one_time_tokens: supplier_storage.OneTimeTokenRepository = memory_tokens.MemoryOneTimeTokens(
            journal
        )
        self.credentials: supplier_storage.CredentialRepository = memory_accounts.MemoryCredentials(journal)
        self.logins: supplier_storage.LoginRecordRepository = memory_accounts.MemoryLoginRecords(journal)
        self.audit: supplier_storage.AuditRepository = memory_accounts.MemoryAudit(journal)
        self.chains: supplier_storage.ChainRepository = memory_accounts.MemoryChains(journal)
        self.status: status_storage.StatusRepository = memory_status.MemoryStatus(journal)
        self.factors: factor_storage.FactorRepository = memory_factors.MemoryFactors(journal)
        self.recovery_codes: factor_storage.RecoveryCodeRepository = memory_factors.MemoryRecoveryCodes(
            journal
        )
        self.challenges: factor_storage.ChallengeRepository = memory_factors.MemoryChallenges(journal)
        self.proofs: factor_storage.ProofRepository = memory_factors.MemoryProofs(journal)
        self.factor_failures: factor_storage.FactorFailureRepository = memory_factors.MemoryFactorFailures(
            journal
        )
        self.attempts: login_storage.AttemptRepository = memory_login.MemoryAttempts(journal)
        self.sources: login_storage.SourceRepository = memory_login.MemorySources(journal)
        self.devices: login_storage.DeviceRepository = memory_login.MemoryDevices(journal)
        self.environments: login_storage.EnvironmentRepository = memory_login.MemoryEnvironments(journal)
        self.staff: support_storage.StaffRepository = memory_support.MemoryStaff(journal)
        self.tickets: support_storage.TicketRepository = memory_support.MemoryTickets(journal)
        self.department_limits: people_storage.DepartmentLimitRepository = (
            memory_people.MemoryDepartmentLimits(journal)
        )
        self.user_imports: people_storage.UserImportRepository = memory_people.MemoryUserImports(journal)
        self.sign_on: sign_on_storage.SignOnRepository = memory_sign_on.MemorySignOn(journal)
        self.catalog: supplier_storage.CatalogRepository = memory_supplier.MemoryCatalog(journal)
        self.orders: supplier_storage.OrderRepository = memory_supplier.MemoryOrders(journal)
        self.shipped_lines: supplier_storage.ShippedLineRepository = memory_supplier.MemoryShippedLines(
            journal
        )
        self.documents: supplier_storage.SupplierDocumentRepository = memory_supplier.MemorySupplierDocuments(
            journal
        )
        self.changes: supplier_storage.ChangeRepository = memory_supplier.MemoryChanges(
            journal, memory_supplier.MemoryCounters(journal)
        )
        self.idempotency: supplier_storage.IdempotencyRepository = memory_supplier.MemoryIdempotency(journal)
        self.counters: supplier_storage.CounterRepository = memory_supplier.MemoryCounters(journal)
        self.outbox: storage.OutboxRepository = memory_outbox.MemoryOutbox(journal)
        self.facts: storage.FactRepository = memory_outbox.MemoryFacts(journal)


class MemoryBuyerUnitOfWork:
    """One unit of work of the buyer's side."""

    def __init__(self, journal: Journal) -> None:
        self.purchase_orders: buyer_storage.PurchaseOrderRepository = memory_buyer.MemoryPurchaseOrders(
            journal
        )
        self.history: buyer_storage.OrderHistoryRepository = memory_buyer.MemoryOrderHistory(journal)
        self.receipts: buyer_storage.GoodsReceiptRepository = memory_buyer.MemoryGoodsReceipts(journal)
        self.budgets: buyer_storage.BudgetRepository = memory_buyer.MemoryBudgets(journal)
        self.matches: buyer_storage.MatchRepository = memory_buyer.MemoryMatches(journal, self.history)
        self.watermarks: buyer_storage.WatermarkRepository = memory_buyer.MemoryWatermarks(journal)
        self.leases: buyer_storage.LeaseRepository = memory_buyer.MemoryLeases(journal)
        self.outbox: storage.OutboxRepository = memory_outbox.MemoryOutbox(journal)
        self.facts: storage.FactRepository = memory_outbox.MemoryFacts(journal)


def supplier_memory() -> SupplierStorage:
    """The supplier's storage in memory, empty."""
    journal = Journal()
    unit = MemorySupplierUnitOfWork(journal)
    return MemoryStorage(journal, lambda: unit)


def buyer_memory() -> BuyerStorage:
    """The buyer's storage in memory, empty."""
    journal = Journal()
    unit = MemoryBuyerUnitOfWork(journal)
    return MemoryStorage(journal, lambda: unit)
