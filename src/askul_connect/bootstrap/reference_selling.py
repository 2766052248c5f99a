"""What shipping costs and what is taken off at a reference supplier, from its configuration (PRC-1, PRC-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.delivery_terms import ShippingRule
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.selling_terms import ASKUL_TERMS, SellingTerms
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import AskulConnectError
from askul_connect.settings.table import Table

T = TypeVar("T")

_HOME = "JPY"
_MOST = 9_007_199_254_740_991
_CONFIGURED = (DiscountKind.CAMPAIGN, DiscountKind.TIER)


def read_selling_terms(supplier: Table, of: Currency) -> SellingTerms:
    """Read ``[[supplier.shipping]]`` and ``[[supplier.discounts]]``.

    Where nothing is said of shipping, a supplier in yen has ASKUL's terms and any other ships for nothing.

    Args:
        supplier: The supplier's table.
        of: Its currency; amounts are in its minor units.
    """
    default = ASKUL_TERMS.shipping if of.code == _HOME else ()
    named = supplier.has("shipping")
    shipping = tuple(rule for entry in supplier.entries("shipping") if (rule := _shipping(entry)) is not None)
    discounts = tuple(
        found for entry in supplier.entries("discounts") if (found := _discount(entry)) is not None
    )
    names = [one.discount_id for one in discounts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        supplier.wrong("discounts", f"two have the name {name!r}")
    return SellingTerms(shipping=shipping if named else default, discounts=discounts)


def _shipping(entry: Table) -> ShippingRule | None:
    name = entry.text("id", required=True)
    kinds = _texts(entry, "kinds", f"an array of {', '.join(repr(kind.value) for kind in AccountKind)}")
    known = {kind.value: kind for kind in AccountKind}
    if any(kind not in known for kind in kinds):
        entry.wrong("kinds", f"names an unknown kind of account; accepted: {', '.join(known)}")
    fee = entry.integer("fee", 0, least=0, most=_MOST)
    free_from = entry.integer("free_from", 0, least=0, most=_MOST) if entry.has("free_from") else None
    rule = _made(
        entry,
        lambda: ShippingRule(
            rule_id=name,
            name=entry.text("name", name),
            fee=fee,
            free_from=free_from,
            kinds=frozenset(known[kind] for kind in kinds if kind in known),
            fulfilment=entry.choice("fulfilment", Fulfilment.STOCK),
            makers=frozenset(_texts(entry, "makers")),
            large=_flag(entry, "large"),
            tax_category=entry.choice("tax_category", TaxCategory.STANDARD),
        ),
    )
    entry.end()
    return rule


def _discount(entry: Table) -> Discount | None:
    name = entry.text("id", required=True)
    kind = entry.choice("kind", DiscountKind.CAMPAIGN)
    if kind not in _CONFIGURED:
        entry.wrong("kind", f"is {kind.value!r}; accepted: {', '.join(one.value for one in _CONFIGURED)}")
    target = Target(
        skus=_texts(entry, "items"),
        makers=_texts(entry, "makers"),
        families=_texts(entry, "families"),
        categories=_texts(entry, "categories"),
        catalog_issues=_texts(entry, "catalog_issues"),
        large=_flag(entry, "large"),
        direct=_flag(entry, "direct"),
    )
    steps = tuple(step for one in entry.entries("steps") if (step := _step(one)) is not None)
    found = _made(
        entry,
        lambda: Discount(
            discount_id=name,
            kind=kind,
            name=entry.text("name", name),
            steps=steps,
            target=target,
            valid_from=_day(entry, "valid_from"),
            valid_to=_day(entry, "valid_to"),
        ),
    )
    entry.end()
    return found


def _step(entry: Table) -> Step | None:
    percent = entry.decimal("percent", Decimal(0)) if entry.has("percent") else None
    amount = entry.integer("amount", 0, least=0, most=_MOST) if entry.has("amount") else None
    made = _made(
        entry,
        lambda: Step(
            benefit=Benefit(percent=percent, amount=amount, each=_flag(entry, "each")),
            from_amount=entry.integer("from_amount", 0, least=0, most=_MOST),
            from_quantity=entry.integer("from_quantity", 0, least=0, most=_MOST),
        ),
    )
    entry.end()
    return made


def _made(entry: Table, make: Callable[[], T]) -> T | None:
    try:
        return make()
    except AskulConnectError as error:
        entry.wrong("id", error.detail)
        return None


def _texts(entry: Table, name: str, accepted: str = "an array of texts") -> tuple[str, ...]:
    found = entry.value(name, list, accepted, required=False)
    if not isinstance(found, list):
        return ()
    if not all(isinstance(one, str) and one.strip() for one in found):
        entry.wrong(name, f"holds something else than texts; accepted: {accepted}")
        return ()
    return tuple(found)


def _flag(entry: Table, name: str) -> bool:
    return entry.value(name, bool, "true or false", required=False) is True


def _day(entry: Table, name: str) -> date | None:
    found = entry.value(name, date, "a date", required=False)
    return found if isinstance(found, date) else None
