"""What each kind of customer gets, as one table (ACC-1). Nothing asks for the kind; everything asks the table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment, Item


class Capability(StrEnum):
    """Something that some kinds of accounts have and others lack."""

    BULK_ORDERS = "bulk_orders"
    HISTORY_MANAGEMENT = "history_management"
    INVOICE_MANAGEMENT = "invoice_management"
    MANY_USERS = "many_users"
    DEPARTMENTS = "departments"
    MACHINES = "machines"
    CORPORATE_PRICES = "corporate_prices"
    WHOLE_CATALOG = "whole_catalog"
    INVOICE_TERMS = "invoice_terms"
    #: A corporate number of its own, which its invoice registration number is made of.
    LEGAL_PERSON = "legal_person"


@frozen(kw_only=True)
class ShippingTerms:
    """What shipping ordinary items costs a kind of account, in yen (PRC-4).

    Attributes:
        free_from: Goods with tax from which on it costs nothing.
        fee: What it costs below, without tax.
    """

    free_from: int
    fee: int


@frozen(kw_only=True)
class KindLimits:
    """What a kind of account is limited to.

    Attributes:
        users: People that are active at once; None without a limit.
        order_lines: Lines of an order above which it is a bulk order.
        credit: What may be ordered and not yet invoiced, minor units with tax; None without a limit.
        shipping: Its terms.
        personal_data: Registered fields that are a person's and not a company's (ACC-8).
    """

    users: int | None
    order_lines: int
    credit: int | None
    shipping: ShippingTerms
    personal_data: tuple[str, ...]


_CORPORATE = frozenset(Capability)
_ALWAYS_PERSONAL = ("representative", "contact", "phone", "email")
_ALSO_PERSONAL = ("name", "name_kana", "postcode", "address", "invoice_registration_number")

CAPABILITIES: Mapping[AccountKind, frozenset[Capability]] = MappingProxyType(
    {
        AccountKind.CORPORATION: _CORPORATE,
        AccountKind.SOLE_PROPRIETOR: _CORPORATE - {Capability.LEGAL_PERSON},
        AccountKind.INDIVIDUAL: frozenset(),
    }
)
LIMITS: Mapping[AccountKind, KindLimits] = MappingProxyType(
    {
        AccountKind.CORPORATION: KindLimits(
            users=None,
            order_lines=20,
            credit=None,
            shipping=ShippingTerms(free_from=2_000, fee=400),
            personal_data=_ALWAYS_PERSONAL,
        ),
        AccountKind.SOLE_PROPRIETOR: KindLimits(
            users=5,
            order_lines=20,
            credit=1_000_000,
            shipping=ShippingTerms(free_from=2_000, fee=400),
            personal_data=(*_ALWAYS_PERSONAL, *_ALSO_PERSONAL),
        ),
        AccountKind.INDIVIDUAL: KindLimits(
            users=1,
            order_lines=20,
            credit=100_000,
            shipping=ShippingTerms(free_from=3_500, fee=500),
            personal_data=(*_ALWAYS_PERSONAL, *_ALSO_PERSONAL),
        ),
    }
)


def has(kind: AccountKind, capability: Capability) -> bool:
    """Whether accounts of that kind have it."""
    return capability in CAPABILITIES[kind]


def sold_to(kind: AccountKind, item: Item) -> bool:
    """Whether the item is in the part of the catalog that accounts of that kind see.

    Without the whole catalog only what leaves the supplier's own warehouse is sold: what a maker ships directly is
    freight to business addresses. An item may be for some kinds of accounts only.
    """
    if item.kinds and kind not in item.kinds:
        return False
    return has(kind, Capability.WHOLE_CATALOG) or item.fulfilment is Fulfilment.STOCK
