"""Entities to store: one of each class, changed by keyword, and Hypothesis strategies for the large ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from askul_connect.core.domain.accounts import (
    Account,
    AccountKind,
    AccountState,
    BillingTerms,
    ClientCredential,
    Department,
    LoginRecord,
    LoginSettings,
    Membership,
    Role,
    SecondFactorRule,
    Session,
    SessionStage,
    User,
    UserState,
)
from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.audit import AuditRecord
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.orders import Channel, LineState
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.sales import IdempotencyRecord, Order, OrderLine, ShippedLine
from askul_connect.core.domain.tax import TaxCategory, TaxTotal

#: An instant with every digit in use, so that one that is dropped is seen.
NOW = datetime(2026, 4, 1, 2, 3, 4, 567_891, tzinfo=UTC)
TODAY = date(2026, 4, 1)


def account(number: int = 1, **changes: Any) -> Account:
    """An account; its keys follow from its number."""
    values: dict[str, Any] = {
        "account_id": f"account-{number}",
        "customer_number": f"{number:010}",
        "member_number": f"M{number:06}",
        "kind": AccountKind.CORPORATION,
        "state": AccountState.ACTIVE,
        "name": "株式会社見本",
        "name_kana": "カブシキガイシャミホン",
        "postcode": "100-0001",
        "address": "東京都千代田区千代田1-1",
        "representative": "見本 花子",
        "phone": "03-0000-0000",
        "email": "office@example.jp",
        "corporate_number": "1234567890123",
        "invoice_registration_number": "T1234567890123",
        "buyer_party": "0188:1234567890123",
        "terms": BillingTerms(closing_day=20, payment_months=2, payment_day=10),
        "created_at": NOW,
        "application_number": "A-1",
        "login": LoginSettings(
            password_days=90, idle_minutes=15, remember_me=False, second_factor=SecondFactorRule.REQUIRED
        ),
        "state_reason": "確認済み",
        "merged_into": "account-9",
        "version": 3,
    }
    return Account(**{**values, **changes})


def department(code: str = "A-10", account_id: str = "account-1", **changes: Any) -> Department:
    """A department."""
    values: dict[str, Any] = {
        "department_id": f"department-{code}",
        "account_id": account_id,
        "code": code,
        "name": "総務部",
        "parent_code": "A",
        "postcode": "530-0001",
        "address": "大阪市北区梅田1-1",
    }
    return Department(**{**values, **changes})


def user(number: int = 1, account_id: str = "account-1", **changes: Any) -> User:
    """A user; its keys follow from its number."""
    values: dict[str, Any] = {
        "user_id": f"user-{number}",
        "account_id": account_id,
        "email": f"User{number}@Example.jp",
        "email_key": f"user{number}@example.jp",
        "name": "担当 太郎",
        "state": UserState.ACTIVE,
        "password_hash": "$hash$",
        "password_temporary": True,
        "password_expires_at": NOW,
        "old_password_hashes": ("$newest$", "$oldest$"),
        "created_at": NOW,
        "password_compromised": True,
        "version": 2,
    }
    return User(**{**values, **changes})


def membership(number: int = 1, account_id: str = "account-1", **changes: Any) -> Membership:
    """What ties the user of a number to an account."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "user_id": f"user-{number}",
        "home_account_id": "account-1",
        "role": Role.BUYER,
        "department_codes": ("A-10", "B,20"),
        "state": UserState.ACTIVE,
        "primary_administrator": False,
        "joined_at": NOW,
        "order_limit": 50_000,
        "version": 2,
    }
    return Membership(**{**values, **changes})


def session(token_hash: str = "hash-1", **changes: Any) -> Session:  # noqa: S107 -- no secret
    """A session."""
    values: dict[str, Any] = {
        "token_hash": token_hash,
        "session_id": f"session-{token_hash}",
        "account_id": "account-1",
        "user_id": "user-1",
        "home_account_id": "account-1",
        "stage": SessionStage.PASSWORD_CHANGE,
        "created_at": NOW,
        "last_seen_at": NOW,
        "expires_at": NOW,
        "address": "192.0.2.1",
        "device": "Firefox",
        "device_family": "family-1",
        "department_code": "A-10",
    }
    return Session(**{**values, **changes})


def credential(credential_id: str = "credential-1", **changes: Any) -> ClientCredential:
    """A client credential."""
    values: dict[str, Any] = {
        "credential_id": credential_id,
        "account_id": "account-1",
        "label": "ERP",
        "secret_hash": "sha",
        "operations": ("PlaceOrder", "ListOrders"),
        "departments": (),
        "created_by": "user-1",
        "created_at": NOW,
    }
    return ClientCredential(**{**values, **changes})


def login_record(reference: str = "R-1", **changes: Any) -> LoginRecord:
    """A login record."""
    values: dict[str, Any] = {
        "reference": reference,
        "at": NOW,
        "login_id": "0000000001",
        "account_id": "account-1",
        "user_id": "user-1",
        "result": "refused",
        "reason": "w:001",
        "address": "192.0.2.1",
        "device": "Firefox",
        "risk": "new-device",
        "sequence": 1,
        "seal": "seal-1",
    }
    return LoginRecord(**{**values, **changes})


def audit_record(sequence: int = 1, **changes: Any) -> AuditRecord:
    """An audit record."""
    values: dict[str, Any] = {
        "account_id": "account-1",
        "sequence": sequence,
        "at": NOW,
        "actor": "user-1",
        "action": "user-added",
        "subject": "user-2",
        "detail": '{"role": "buyer"}',
        "reference": "R-1",
        "seal": f"seal-{sequence}",
    }
    return AuditRecord(**{**values, **changes})


def item(sku: str = "100001", **changes: Any) -> Item:
    """An item."""
    values: dict[str, Any] = {
        "sku": sku,
        "jan": "4900000000017",
        "name": "油性ボールペン 黒",
        "name_en": "Ballpoint pen, black",
        "maker": "見本文具",
        "category": ("文具", "ペン", "ボールペン"),
        "unspsc": "44121704",
        "tax_category": TaxCategory.STANDARD,
        "currency": "JPY",
        "list_price": Decimal("98.5"),
        "unit": "EA",
        "content_quantity": 10,
        "fulfilment": Fulfilment.DIRECT,
        "minimum": 2,
        "multiple": 2,
        "maximum": 500,
        "lead_days": 3,
        "discontinued": True,
        "kinds": (AccountKind.CORPORATION, AccountKind.INDIVIDUAL),
        "regions": ("13", "14"),
        "catalog_issue": "2026秋冬",
        "catalog_page": 112,
        "family": "F-1",
        "recommended": True,
        "substitutes": ("100003", "100002"),
        "large": True,
    }
    return Item(**{**values, **changes})


def stock_level(sku: str = "100001", on_hand: int = 20, reserved: int = 5) -> StockLevel:
    """A stock level."""
    return StockLevel(sku=sku, on_hand=on_hand, reserved=reserved)


def order_line(line_id: str = "1", **changes: Any) -> OrderLine:
    """A line of the supplier's order."""
    values: dict[str, Any] = {
        "line_id": line_id,
        "sku": "100001",
        "name": "油性ボールペン 黒",
        "quantity": 10,
        "unit": "EA",
        "unit_price": Decimal("98.5"),
        "amount_excl_tax": 985,
        "tax_category": TaxCategory.STANDARD,
        "tax_rate": Decimal(10),
        "fulfilment": Fulfilment.STOCK,
        "lead_days": 0,
        "department": "A-10",
        "cost_centre": "4711",
        "requested_on": TODAY,
        "state": LineState.PLACED,
    }
    return OrderLine(**{**values, **changes})


def order(order_number: str = "O-1", account_id: str = "account-1", **changes: Any) -> Order:
    """An order of the supplier."""
    values: dict[str, Any] = {
        "order_number": order_number,
        "account_id": account_id,
        "purchase_order_id": "PO-1",
        "buyer_party": "0188:1234567890123",
        "issue_year": 2026,
        "checkout_id": "checkout-1",
        "placed_by": "credential-1",
        "request_hash": "sha",
        "channel": Channel.SOAP,
        "currency": "JPY",
        "placed_at": NOW,
        "order_date": TODAY,
        "lines": (order_line("1"), order_line("2")),
        "tax": (TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=1970, tax=197),),
        "total_excl_tax": 1970,
        "total_incl_tax": 2167,
    }
    return Order(**{**values, **changes})


#: Taken off by percentage, and added with a tax of its own.
ALLOWANCE = AllowanceCharge(
    charge=False, amount=20, reason_code="95", percent=Decimal("2.50"), base_amount=800
)
CHARGE = AllowanceCharge(
    charge=True,
    amount=1,
    reason='運賃 "速達"',
    tax_category=TaxCategory.REDUCED,
    tax_rate=Decimal("8.0"),
)


def shipped_line(notice: str = "S-1", line_id: str = "1", **changes: Any) -> ShippedLine:
    """A shipped line that is not billed."""
    values: dict[str, Any] = {
        "ship_notice_number": notice,
        "account_id": "account-1",
        "order_number": "O-1",
        "purchase_order_id": "PO-1",
        "line_id": line_id,
        "shipped_on": TODAY,
        "sku": "100001",
        "name": "油性ボールペン 黒",
        "quantity": 4,
        "unit": "EA",
        "unit_price": Decimal("98.5"),
        "amount_excl_tax": 394,
        "tax_category": TaxCategory.REDUCED,
        "tax_rate": Decimal(8),
        "department": "A-10",
        "cost_centre": "4711",
        "currency": "JPY",
        "allowances": (ALLOWANCE,),
        "order_allowances": (CHARGE,),
    }
    return ShippedLine(**{**values, **changes})


def answered(key: str = "key-1", account_id: str = "account-1", **changes: Any) -> IdempotencyRecord:
    """A keyed call that was answered."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "operation": "PlaceOrder",
        "key": key,
        "request_hash": "sha",
        "reference": "O-1",
        "at": NOW,
    }
    return IdempotencyRecord(**{**values, **changes})


def outbox_message(message_id: str = "message-1", **changes: Any) -> OutboxMessage:
    """A pending message about its own id."""
    values: dict[str, Any] = {
        "message_id": message_id,
        "kind": "place-order",
        "business_key": f"about {message_id}",
        "target": "askul",
        "body": '{"schema":1}',
        "state": OutboxState.PENDING,
        "attempts": 1,
        "next_attempt_at": NOW,
        "last_error": "",
        "correlation_id": "correlation-1",
        "created_at": NOW,
    }
    return OutboxMessage(**{**values, **changes})


# What every face and both databases carry: no control characters, no surrogates.
texts = st.text(st.sampled_from("aZ0 '\"\\%_:;,{}<&éßｱ日本語髙𠮷🖊\u3000"), max_size=12)
minors = st.integers(-(2**53) + 1, 2**53 - 1)
counts = st.integers(0, 9_999_999)
prices = st.decimals(0, 999_999_999, places=4).map(lambda price: price.quantize(Decimal("0.01")))
rates = st.sampled_from([Decimal(0), Decimal(8), Decimal(10), Decimal("10.00"), Decimal("7.8")])
days = st.dates(date(1990, 1, 1), date(2199, 12, 31))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
totals = st.builds(TaxTotal, category=st.sampled_from(TaxCategory), rate=rates, taxable=minors, tax=minors)
none_or_minor = st.none() | minors
allowances = st.builds(
    AllowanceCharge,
    charge=st.booleans(),
    amount=minors,
    reason_code=texts,
    reason=texts,
    percent=st.none() | rates,
    base_amount=none_or_minor,
    tax_category=st.none() | st.sampled_from(TaxCategory),
    tax_rate=st.none() | rates,
)
some_allowances = st.lists(allowances, max_size=2).map(tuple)
anticipated_totals = st.none() | st.builds(
    AnticipatedTotals,
    lines=none_or_minor,
    excl_tax=none_or_minor,
    tax=none_or_minor,
    rounding=none_or_minor,
    payable=none_or_minor,
)

order_lines = st.builds(
    OrderLine,
    line_id=texts,
    sku=texts,
    name=texts,
    quantity=counts,
    unit=texts,
    unit_price=prices,
    amount_excl_tax=minors,
    tax_category=st.sampled_from(TaxCategory),
    tax_rate=rates,
    fulfilment=st.sampled_from(Fulfilment),
    lead_days=counts,
    department=texts,
    cost_centre=texts,
    requested_on=st.none() | days,
    state=st.sampled_from(LineState),
    quantity_shipped=counts,
    quantity_cancelled=counts,
    allowances=some_allowances,
)
orders = st.builds(
    Order,
    order_number=texts,
    account_id=texts,
    purchase_order_id=texts,
    buyer_party=texts,
    issue_year=st.integers(0, 9999),
    checkout_id=texts,
    placed_by=texts,
    request_hash=texts,
    channel=st.sampled_from(Channel),
    currency=st.sampled_from(["JPY", "USD"]),
    placed_at=instants,
    order_date=days,
    lines=st.lists(order_lines, max_size=4).map(tuple),
    tax=st.lists(totals, max_size=3).map(tuple),
    total_excl_tax=minors,
    total_incl_tax=minors,
    allowances=some_allowances,
    anticipated=anticipated_totals,
)
