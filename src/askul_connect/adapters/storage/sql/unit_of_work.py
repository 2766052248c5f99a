"""The units of work: one transaction and every repository on it."""

from __future__ import annotations

from askul_connect.adapters.storage.sql import (
    account_records,
    accounts,
    billing,
    budgets,
    carts,
    catalog,
    changes,
    discounts,
    documents,
    factors,
    fulfilment,
    history,
    item_search,
    login,
    matches,
    order_life,
    order_search,
    orders,
    outbox,
    people,
    purchasing,
    records,
    reductions,
    requisitions,
    sightings,
    sign_on,
    status,
    support,
    tokens,
)
from askul_connect.adapters.storage.sql import tables_buyer as buyer_tables
from askul_connect.adapters.storage.sql import tables_supplier as supplier_tables
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.ports import account_records as account_ports
from askul_connect.core.ports import (
    billing_storage,
    budget_storage,
    buyer_storage,
    cart_storage,
    discount_storage,
    factor_storage,
    fulfilment_storage,
    login_storage,
    people_storage,
    reduction_storage,
    sales_storage,
    sign_on_storage,
    status_storage,
    storage,
    supplier_storage,
    support_storage,
)
from askul_connect.core.ports import item_search as search_ports
from askul_connect.core.ports import order_search as order_search_port

_SUPPLIER_OUTBOX = outbox.OutboxStatements(supplier_tables.outbox)
_SUPPLIER_FACTS = outbox.FactStatements(supplier_tables.facts)
_BUYER_OUTBOX = outbox.OutboxStatements(buyer_tables.outbox)
_BUYER_FACTS = outbox.FactStatements(buyer_tables.facts)


class SqlSupplierUnitOfWork:
    """One unit of work of the supplier."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.accounts: supplier_storage.AccountRepository = accounts.SqlAccounts(transaction)
        self.departments: supplier_storage.DepartmentRepository = accounts.SqlDepartments(transaction)
        self.users: supplier_storage.UserRepository = accounts.SqlUsers(transaction)
        self.memberships: supplier_storage.MembershipRepository = accounts.SqlMemberships(transaction)
        self.sessions: supplier_storage.SessionRepository = accounts.SqlSessions(transaction)
        self.one_time_tokens: login_storage.OneTimeTokenRepository = tokens.SqlOneTimeTokens(transaction)
        self.credentials: supplier_storage.CredentialRepository = accounts.SqlCredentials(transaction)
        self.logins: supplier_storage.LoginRecordRepository = records.SqlLoginRecords(transaction)
        self.audit: supplier_storage.AuditRepository = records.SqlAudit(transaction)
        self.chains: supplier_storage.ChainRepository = records.SqlChains(transaction)
        self.status: status_storage.StatusRepository = status.SqlStatus(transaction)
        self.factors: factor_storage.FactorRepository = factors.SqlFactors(transaction)
        self.recovery_codes: factor_storage.RecoveryCodeRepository = factors.SqlRecoveryCodes(transaction)
        self.challenges: factor_storage.ChallengeRepository = factors.SqlChallenges(transaction)
        self.proofs: factor_storage.ProofRepository = factors.SqlProofs(transaction)
        self.factor_failures: factor_storage.FactorFailureRepository = factors.SqlFactorFailures(transaction)
        self.attempts: login_storage.AttemptRepository = login.SqlAttempts(transaction)
        self.sources: login_storage.SourceRepository = login.SqlSources(transaction)
        self.devices: login_storage.DeviceRepository = login.SqlDevices(transaction)
        self.environments: login_storage.EnvironmentRepository = login.SqlEnvironments(transaction)
        self.staff: support_storage.StaffRepository = support.SqlStaff(transaction)
        self.tickets: support_storage.TicketRepository = support.SqlTickets(transaction)
        self.department_limits: people_storage.DepartmentLimitRepository = people.SqlDepartmentLimits(
            transaction
        )
        self.user_imports: people_storage.UserImportRepository = people.SqlUserImports(transaction)
        self.invitations: people_storage.InvitationRepository = people.SqlInvitations(transaction)
        self.sign_on: sign_on_storage.SignOnRepository = sign_on.SqlSignOn(transaction)
        self.snapshots: account_ports.SnapshotRepository = account_records.SqlSnapshots(transaction)
        self.erasures: account_ports.ErasureRepository = account_records.SqlErasures(transaction)
        self.registration_attempts: account_ports.RegistrationAttemptRepository = (
            account_records.SqlRegistrationAttempts(transaction)
        )
        self.account_moves: account_ports.AccountMoves = account_records.SqlAccountMoves(transaction)
        self.catalog: sales_storage.CatalogRepository = catalog.SqlCatalog(transaction)
        self.item_search: search_ports.ItemSearch = item_search.SqlItemSearch(transaction)
        self.coupons: discount_storage.CouponRepository = discounts.SqlCoupons(transaction)
        self.recommended_items: discount_storage.RecommendedItemsRepository = discounts.SqlRecommendedItems(
            transaction
        )
        self.carts: cart_storage.CartRepository = carts.SqlCarts(transaction)
        self.orders: sales_storage.OrderRepository = orders.SqlOrders(transaction)
        self.shipped_lines: sales_storage.ShippedLineRepository = orders.SqlShippedLines(transaction)
        self.shipments: fulfilment_storage.ShipmentRepository = fulfilment.SqlShipments(transaction)
        self.returns: fulfilment_storage.ReturnRepository = fulfilment.SqlReturns(transaction)
        self.reductions: reduction_storage.ReductionRepository = reductions.SqlReductions(transaction)
        self.billing: billing_storage.BillingRepository = billing.SqlBilling(transaction)
        self.order_search: order_search_port.OrderSearchRepository = order_search.SqlOrderSearch(transaction)
        self.documents: sales_storage.SupplierDocumentRepository = documents.SqlSupplierDocuments(transaction)
        self.changes: supplier_storage.ChangeRepository = changes.SqlChanges(transaction)
        self.idempotency: supplier_storage.IdempotencyRepository = changes.SqlIdempotency(transaction)
        self.counters: supplier_storage.CounterRepository = changes.SqlCounters(transaction)
        self.outbox: storage.OutboxRepository = outbox.SqlOutbox(transaction, _SUPPLIER_OUTBOX)
        self.facts: storage.FactRepository = outbox.SqlFacts(transaction, _SUPPLIER_FACTS)

    def confine(self, account_id: str) -> None:
        """Reach only the business of this account from here on; on SQLite nothing changes."""
        self._transaction.confine(account_id)


class SqlBuyerUnitOfWork:
    """One unit of work of the buyer's side."""

    def __init__(self, transaction: Transaction) -> None:
        self.purchase_orders: buyer_storage.PurchaseOrderRepository = purchasing.SqlPurchaseOrders(
            transaction
        )
        self.history: buyer_storage.OrderHistoryRepository = history.SqlOrderHistory(transaction)
        self.receipts: buyer_storage.GoodsReceiptRepository = purchasing.SqlGoodsReceipts(transaction)
        self.budgets: buyer_storage.BudgetRepository = budgets.SqlBudgets(transaction)
        self.matches: buyer_storage.MatchRepository = matches.SqlMatches(transaction)
        self.requisitions: budget_storage.RequisitionRepository = requisitions.SqlRequisitions(transaction)
        self.budget_approvals: budget_storage.BudgetApprovalRepository = requisitions.SqlBudgetApprovals(
            transaction
        )
        self.credit_matches: buyer_storage.CreditMatchRepository = order_life.SqlCreditMatches(transaction)
        self.order_changes: buyer_storage.OrderChangeRepository = order_life.SqlOrderChanges(transaction)
        self.watermarks: buyer_storage.WatermarkRepository = purchasing.SqlWatermarks(transaction)
        self.sightings: buyer_storage.SightingRepository = sightings.SqlSightings(transaction)
        self.leases: buyer_storage.LeaseRepository = purchasing.SqlLeases(transaction)
        self.purges: buyer_storage.PurgeRepository = purchasing.SqlPurges(transaction)
        self.outbox: storage.OutboxRepository = outbox.SqlOutbox(transaction, _BUYER_OUTBOX)
        self.decisions: buyer_storage.OutboxDecisionRepository = sightings.SqlOutboxDecisions(transaction)
        self.facts: storage.FactRepository = outbox.SqlFacts(transaction, _BUYER_FACTS)
