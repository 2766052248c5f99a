"""The same prices reckoned again, slowly: in fractions, a yen at a time, sharing nothing with what it checks."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import floor
from typing import Any

ORDER = ("recommended", "campaign", "tier")


def deal_out(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Largest remainder: what is left goes a unit at a time to whoever is owed most, then by name."""
    whole = sum(weights.values())
    if total == 0 or whole == 0:
        names = sorted(weights)
        given = {name: total // len(names) for name in names} if names and total else dict.fromkeys(names, 0)
        for name in names[: total - sum(given.values())]:
            given[name] += 1
        return given
    owed = {name: Fraction(total * weight, whole) for name, weight in weights.items()}
    given = {name: floor(one) for name, one in owed.items()}
    while sum(given.values()) < total:
        name = min(given, key=lambda one: (given[one] - owed[one], one))
        given[name] += 1
    return given


def is_meant(target: Any, item: Any) -> bool:
    if item.large and not target.large:
        return False
    if item.fulfilment == "direct" and not target.direct:
        return False
    named = [target.skus, target.makers, target.families, target.categories, target.catalog_issues]
    if not any(named):
        return True
    paths = [">".join(item.category[: place + 1]) for place in range(len(item.category))]
    return bool(
        item.sku in target.skus
        or item.maker in target.makers
        or item.family in target.families
        or set(paths) & set(target.categories)
        or item.catalog_issue in target.catalog_issues
    )


def off(discount: Any, rest: dict[str, int], lines: dict[str, Any], items: Any) -> dict[str, int]:
    """What one discount takes off each line."""
    meant = {name: rest[name] for name, line in lines.items() if is_meant(discount.target, items[line.sku])}
    units = sum(lines[name].quantity for name in meant)
    reached = [
        step
        for step in discount.steps
        if sum(meant.values()) >= step.from_amount and units >= step.from_quantity
    ]
    if not meant or not reached:
        return {}
    benefit = reached[-1].benefit
    if benefit.each:
        return {name: min(rest[name], benefit.amount * lines[name].quantity) for name in meant}
    if benefit.percent is not None:
        total = floor(Fraction(benefit.percent) * sum(meant.values()) / 100)
    else:
        total = min(benefit.amount, sum(meant.values()))
    return deal_out(total, meant) if sum(meant.values()) else {}


def tax_of(sums: dict[Any, int]) -> int:
    return sum(floor(Fraction(rate) * amount / 100) for rate, amount in sums.items())


def recount(cart: Any, facts: Any, rules: Any) -> dict[str, Any]:
    """Line amounts, goods by department and by shipper, what shipping costs, tax and total."""
    lines = {line.line_id: line for line in cart.lines}
    items = facts.items
    rest = {}
    for name, line in lines.items():
        exact = Fraction(items[line.sku].unit_price) * line.quantity
        agreed = sum(one.amount if one.charge else -one.amount for one in line.allowances)
        rest[name] = floor(exact + Fraction(1, 2)) + agreed
    for kind in ORDER:
        for discount in sorted((*rules.recommended, *rules.discounts), key=lambda one: one.discount_id):
            wanted = discount.kind == kind and (
                kind != "recommended" or discount.discount_id in facts.registered
            )
            begun = discount.valid_from is None or discount.valid_from <= facts.today
            if wanted and begun and (discount.valid_to is None or facts.today <= discount.valid_to):
                for name, part in off(discount, rest, lines, items).items():
                    rest[name] -= part
    tried = [
        (sum(taken.values()), one.code, taken)
        for one in rules.coupons
        if one.code in (cart.coupons[:1] or facts.claimed)
        for taken in [off(one.discount, rest, lines, items)]
    ]
    if tried:
        most = max(each[0] for each in tried)
        _, _, taken = min((each for each in tried if each[0] == most), key=lambda each: each[1])
        for name, part in taken.items():
            rest[name] -= part
    for proposal in facts.proposals:
        name = proposal.adjustment.line_id
        rest[name] = max(0, rest[name] + proposal.adjustment.net)
    return {"lines": rest, **_beside(rest, lines, facts, rules)}


def _beside(rest: dict[str, int], lines: dict[str, Any], facts: Any, rules: Any) -> dict[str, Any]:
    departments: dict[str, int] = defaultdict(int)
    shippers: dict[tuple[str, str], list[str]] = defaultdict(list)
    sums: dict[Any, int] = defaultdict(int)
    for name, line in lines.items():
        item = facts.items[line.sku]
        departments[line.department] += rest[name]
        shippers[item.fulfilment.value, item.maker if item.fulfilment == "direct" else ""].append(name)
        sums[item.tax_rate] += rest[name]
    shipping = 0
    for (fulfilment, maker), names in shippers.items():
        for large in (False, True):
            fit = [
                rule
                for rule in rules.shipping
                if rule.large == large
                and rule.fulfilment == fulfilment
                and (not rule.kinds or facts.kind in rule.kinds)
                and (not rule.makers or maker in rule.makers)
            ]
            heavy = [name for name in names if facts.items[lines[name].sku].large == large]
            if not fit or not heavy:
                continue
            counted: dict[Any, int] = defaultdict(int)
            for name in heavy if large else names:
                counted[facts.items[lines[name].sku].tax_rate] += rest[name]
            goods = sum(counted.values()) + tax_of(counted)
            if fit[0].free_from is None or goods < fit[0].free_from:
                shipping += fit[0].fee * (sum(lines[name].quantity for name in heavy) if large else 1)
    sums[facts.rates["standard"]] += shipping
    return {
        "departments": dict(departments),
        "shippers": {key: sum(rest[name] for name in names) for key, names in shippers.items()},
        "shipping": shipping,
        "total_excl_tax": sum(sums.values()),
        "total_incl_tax": sum(sums.values()) + tax_of(sums),
    }
