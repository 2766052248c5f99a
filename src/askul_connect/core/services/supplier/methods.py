"""How an account pays at present (BIL-9)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork


def method_of(unit: SupplierUnitOfWork, account: Account) -> PaymentMethod:
    """What the account chose; without a choice its terms, where accounts of its kind have any."""
    if not has(account.kind, Capability.INVOICE_TERMS):
        return PaymentMethod.CARD
    setting = unit.billing.setting(account.account_id)
    return setting.method if setting else PaymentMethod.TERMS


def split_of(unit: SupplierUnitOfWork, account: Account) -> InvoiceSplit:
    """What one invoice of the account is for."""
    setting = unit.billing.setting(account.account_id)
    return setting.split if setting else InvoiceSplit.ACCOUNT


def has_card(unit: SupplierUnitOfWork, account_id: str) -> bool:
    """Whether there is a card to charge."""
    setting = unit.billing.setting(account_id)
    return bool(setting and setting.card)
