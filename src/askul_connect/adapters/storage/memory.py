"""Both sides' storages in memory: a fake that passes the suite of the databases."""

from __future__ import annotations

from askul_connect.adapters.storage import (
    memory_account_records,
    memory_accounts,
    memory_billing,
    memory_budgets,
    memory_buyer,
    memory_carts,
    memory_catalog,
    memory_discounts,
    memory_factors,
    memory_fulfilment,
    memory_login,
    memory_matches,
    memory_order_life,
    memory_order_search,
    memory_outbox,
    memory_people,
    memory_purges,
    memory_readings,
    memory_reductions,
    memory_running,
    memory_sign_on,
    memory_status,
    memory_supplier,
    memory_support,
    memory_tokens,
)
from askul_connect.adapters.storage.memory_tables import Journal, MemoryStorage
from askul_connect.core.ports import (
    account_records,
    billing_storage,
    budget_storage,
    buyer_storage,
    cart_storage,
    discount_storage,
    factor_storage,
    fulfilment_storage,
    item_search,
    login_storage,
    order_search,
    people_storage,
    reduction_storage,
    sales_storage,
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
        moves = memory_account_records.MemoryAccountMoves(
            departments=memory_accounts.MemoryDepartments(journal),
            users=memory_accounts.MemoryUsers(journal),
            memberships=memory_accounts.MemoryMemberships(journal),
            sessions=memory_accounts.MemorySessions(journal),
            tokens=memory_tokens.MemoryOneTimeTokens(journal),
            credentials=memory_accounts.MemoryCredentials(journal),
            logins=memory_accounts.MemoryLoginRecords(journal),
            orders=memory_supplier.MemoryOrders(journal),
            shipped_lines=memory_supplier.MemoryShippedLines(journal),
            shipments=memory_fulfilment.MemoryShipments(journal),
            returns=memory_fulfilment.MemoryReturns(journal),
            reductions=memory_reductions.MemoryReductions(journal),
            billing=memory_billing.MemoryBilling(journal),
            documents=memory_supplier.MemorySupplierDocuments(journal),
            idempotency=memory_supplier.MemoryIdempotency(journal),
            factor_failures=memory_factors.MemoryFactorFailures(journal),
            challenges=memory_factors.MemoryChallenges(journal),
            recovery_codes=memory_factors.MemoryRecoveryCodes(journal),
            factors=memory_factors.MemoryFactors(journal),
            attempts=memory_login.MemoryAttempts(journal),
            environments=memory_login.MemoryEnvironments(journal),
            devices=memory_login.MemoryDevices(journal),
            tickets=memory_support.MemoryTickets(journal),
            imports=memory_people.MemoryUserImports(journal),
            invitations=memory_people.MemoryInvitations(journal),
            limits=memory_people.MemoryDepartmentLimits(journal),
            coupons=memory_discounts.MemoryCoupons(journal),
            catalog=memory_catalog.MemoryCatalog(journal),
            carts=memory_carts.MemoryCarts(journal),
        )
        self.accounts: supplier_storage.AccountRepository = memory_accounts.MemoryAccounts(journal)
        self.departments: supplier_storage.DepartmentRepository = moves.departments
        self.users: supplier_storage.UserRepository = moves.users
        self.memberships: supplier_storage.MembershipRepository = moves.memberships
        self.sessions: supplier_storage.SessionRepository = moves.sessions
        self.one_time_tokens: login_storage.OneTimeTokenRepository = moves.tokens
        self.credentials: supplier_storage.CredentialRepository = moves.credentials
        self.logins: supplier_storage.LoginRecordRepository = moves.logins
        self.audit: supplier_storage.AuditRepository = memory_accounts.MemoryAudit(journal)
        self.chains: supplier_storage.ChainRepository = memory_accounts.MemoryChains(journal)
        self.status: status_storage.StatusRepository = memory_status.MemoryStatus(journal)
        self.factors: factor_storage.FactorRepository = moves.factors
        self.recovery_codes: factor_storage.RecoveryCodeRepository = moves.recovery_codes
        self.challenges: factor_storage.ChallengeRepository = moves.challenges
        self.proofs: factor_storage.ProofRepository = memory_factors.MemoryProofs(journal)
        self.factor_failures: factor_storage.FactorFailureRepository = moves.factor_failures
        self.attempts: login_storage.AttemptRepository = moves.attempts
        self.sources: login_storage.SourceRepository = memory_login.MemorySources(journal)
        self.devices: login_storage.DeviceRepository = moves.devices
        self.environments: login_storage.EnvironmentRepository = moves.environments
        self.staff: support_storage.StaffRepository = memory_support.MemoryStaff(journal)
        self.tickets: support_storage.TicketRepository = moves.tickets
        self.department_limits: people_storage.DepartmentLimitRepository = moves.limits
        self.user_imports: people_storage.UserImportRepository = moves.imports
        self.invitations: people_storage.InvitationRepository = moves.invitations
        self.sign_on: sign_on_storage.SignOnRepository = memory_sign_on.MemorySignOn(journal)
        self.snapshots: account_records.SnapshotRepository = memory_account_records.MemorySnapshots(journal)
        self.erasures: account_records.ErasureRepository = memory_account_records.MemoryErasures(journal)
        self.registration_attempts: account_records.RegistrationAttemptRepository = (
            memory_account_records.MemoryRegistrationAttempts(journal)
        )
        self.account_moves: account_records.AccountMoves = moves
        catalog = moves.catalog
        self.catalog: sales_storage.CatalogRepository = catalog
        self.item_search: item_search.ItemSearch = memory_catalog.MemoryItemSearch(journal, catalog)
        self.carts: cart_storage.CartRepository = moves.carts
        self.coupons: discount_storage.CouponRepository = moves.coupons
        self.recommended_items: discount_storage.RecommendedItemsRepository = (
            memory_discounts.MemoryRecommendedItems(journal)
        )
        self.orders: sales_storage.OrderRepository = moves.orders
        self.order_search: order_search.OrderSearchRepository = memory_order_search.MemoryOrderSearch(
            moves.orders, moves.shipped_lines, moves.documents, catalog
        )
        self.shipped_lines: sales_storage.ShippedLineRepository = moves.shipped_lines
        self.shipments: fulfilment_storage.ShipmentRepository = moves.shipments
        self.returns: fulfilment_storage.ReturnRepository = moves.returns
        self.reductions: reduction_storage.ReductionRepository = moves.reductions
        self.billing: billing_storage.BillingRepository = moves.billing
        self.documents: sales_storage.SupplierDocumentRepository = moves.documents
        self.changes: supplier_storage.ChangeRepository = memory_supplier.MemoryChanges(
            journal, memory_supplier.MemoryCounters(journal)
        )
        self.idempotency: supplier_storage.IdempotencyRepository = moves.idempotency
        self.counters: supplier_storage.CounterRepository = memory_supplier.MemoryCounters(journal)
        self.outbox: storage.OutboxRepository = memory_outbox.MemoryOutbox(journal)
        self.facts: storage.FactRepository = memory_outbox.MemoryFacts(journal)

    def confine(self, account_id: str) -> None:
        """Nothing changes: what is in memory has no database that could see to it."""


class MemoryBuyerUnitOfWork:
    """One unit of work of the buyer's side."""

    def __init__(self, journal: Journal) -> None:
        self.purchase_orders: buyer_storage.PurchaseOrderRepository = memory_buyer.MemoryPurchaseOrders(
            journal
        )
        history = memory_buyer.MemoryOrderHistory(journal)
        self.history: buyer_storage.OrderHistoryRepository = history
        self.receipts: buyer_storage.GoodsReceiptRepository = memory_buyer.MemoryGoodsReceipts(journal)
        self.budgets: buyer_storage.BudgetRepository = memory_buyer.MemoryBudgets(journal)
        self.matches: buyer_storage.MatchRepository = memory_matches.MemoryMatches(journal, self.history)
        self.credit_matches: buyer_storage.CreditMatchRepository = memory_order_life.MemoryCreditMatches(
            journal, self.history
        )
        self.order_changes: buyer_storage.OrderChangeRepository = memory_order_life.MemoryOrderChanges(
            journal
        )
        self.requisitions: budget_storage.RequisitionRepository = memory_budgets.MemoryRequisitions(journal)
        self.budget_approvals: budget_storage.BudgetApprovalRepository = memory_budgets.MemoryBudgetApprovals(
            journal
        )
        self.watermarks: buyer_storage.WatermarkRepository = memory_running.MemoryWatermarks(journal)
        self.leases: buyer_storage.LeaseRepository = memory_running.MemoryLeases(journal)
        self.purges: buyer_storage.PurgeRepository = memory_purges.MemoryPurges(journal)
        self.sightings: buyer_storage.SightingRepository = memory_readings.MemorySightings(journal, history)
        self.outbox: storage.OutboxRepository = memory_outbox.MemoryOutbox(journal)
        self.decisions: buyer_storage.OutboxDecisionRepository = memory_readings.MemoryOutboxDecisions(
            journal
        )
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
