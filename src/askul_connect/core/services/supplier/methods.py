"""How an account pays at present (BIL-9)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.errors import CardNotRegistered
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context


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


def require_payable(context: Context, account: Account) -> None:
    """Go on only when what is ordered can be paid for: by terms, or by a card that is registered (BIL-9).

    Raises:
        CardNotRegistered: The account pays by card and has none.
    """
    if method_of(context.unit, account) is PaymentMethod.CARD and not has_card(
        context.unit, account.account_id
    ):
        raise CardNotRegistered("the account pays by card and has registered none", where="account")


def has_card(unit: SupplierUnitOfWork, account_id: str) -> bool:
    """Whether there is a card to charge."""
    setting = unit.billing.setting(account_id)
    return bool(setting and setting.card)
