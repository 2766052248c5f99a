"""Taking discounts off the lines of a cart, one after another, with what each one lacks (PRC-1).

Lines are worked on in the order of their ids, so that where a rest of a yen goes does not depend on their order in the
cart. What one discount takes off in percent is rounded once and spread over its lines by largest remainder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

from attrs import define, field

from askul_connect.core.domain.allowances import AllowanceCharge, percentage_agrees
from askul_connect.core.domain.carts import Adjustment, CartItem, CartLine, Offer, RuleKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.discounts import CATEGORY_STEP, Benefit, Discount, Step, Target
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.rounding import spread

#: Why something is taken off, UN/ECE 5189: special rebate for a tier, discount for all others.
REBATE = "100"
DISCOUNT = "95"


@define(eq=False)
class OpenLine:
    """A line while it is being priced.

    Attributes:
        rest: What it costs after what was taken off so far.
        made: What was taken off and added so far.
    """

    line: CartLine
    item: CartItem
    before: int
    rest: int
    made: list[Adjustment] = field(factory=list)

    def adjust(self, kind: RuleKind, rule_id: str, entry: AllowanceCharge) -> None:
        """Take an amount off, or add it."""
        self.made.append(Adjustment(kind=kind, rule_id=rule_id, entry=entry))
        self.rest += entry.net


class OpenCart:
    """The lines of a cart while it is priced, in the order of their ids, and found by what discounts name.

    Args:
        lines: In whatever order.
    """

    def __init__(self, lines: Iterable[OpenLine]) -> None:
        self.lines: Sequence[OpenLine] = sorted(lines, key=lambda one: one.line.line_id)
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(self.lines):
            for key in _keys(one.item):
                self._places.setdefault(key, []).append(place)

    def meant(self, target: Target) -> Sequence[OpenLine]:
        """The lines that a discount is for."""
        if target.everything:
            found: Sequence[OpenLine] = self.lines
        else:
            names = (
                ("sku", target.skus),
                ("maker", target.makers),
                ("family", target.families),
                ("category", target.categories),
                ("issue", target.catalog_issues),
            )
            get = self._places.get
            places = {place for kind, values in names for value in values for place in get((kind, value), ())}
            found = [self.lines[place] for place in sorted(places)]
        if target.large and target.direct:
            return found
        return [
            one
            for one in found
            if (target.large or not one.item.large)
            and (target.direct or one.item.fulfilment is not Fulfilment.DIRECT)
        ]

    def tried(self) -> OpenCart:
        """The same to try something on, which takes nothing off these lines."""
        return OpenCart(OpenLine(one.line, one.item, one.before, one.rest) for one in self.lines)


@lru_cache(maxsize=8192)
def _keys(item: CartItem) -> tuple[tuple[str, str], ...]:
    path = item.category
    categories = (CATEGORY_STEP.join(path[: place + 1]) for place in range(len(path)))
    return (
        ("sku", item.sku),
        ("maker", item.maker),
        ("family", item.family),
        ("issue", item.catalog_issue),
        *(("category", one) for one in categories),
    )


def take_off(cart: OpenCart, discount: Discount, of: Currency) -> Offer | None:
    """Take a discount off the lines that it is for; what it still lacks, None when it is fully reached.

    Args:
        cart: The cart.
        discount: Valid on the day.
        of: The currency.
    """
    kind = RuleKind(discount.kind.value)
    meant = cart.meant(discount.target)
    amount, quantity = sum(line.rest for line in meant), sum(line.line.quantity for line in meant)
    reached = reached_step(discount.steps, amount, quantity)
    offer = None
    if reached + 1 < len(discount.steps):
        step = discount.steps[reached + 1]
        offer = _offer(discount, step, of, amount=amount, quantity=quantity, in_cart=bool(meant))
    elif not meant:
        offer = _offer(discount, discount.steps[-1], of, amount=amount, quantity=quantity, in_cart=False)
    if meant and reached >= 0:
        step = discount.steps[reached]
        for line, part in zip(meant, parts_of(step.benefit, meant, amount), strict=True):
            if part:
                line.adjust(kind, discount.discount_id, _entry(kind, discount, step.benefit, line.rest, part))
    return offer


def would_take_off(cart: OpenCart, discount: Discount) -> int:
    """What a discount would take off the lines as they stand."""
    meant = cart.meant(discount.target)
    amount, quantity = sum(line.rest for line in meant), sum(line.line.quantity for line in meant)
    reached = reached_step(discount.steps, amount, quantity)
    if not meant or reached < 0:
        return 0
    return sum(parts_of(discount.steps[reached].benefit, meant, amount))


def reached_step(steps: Sequence[Step], amount: int, quantity: int) -> int:
    """Place of the highest step that is reached, -1 for none."""
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].reached(amount, quantity):
            return place
    return -1


def parts_of(benefit: Benefit, meant: Sequence[OpenLine], amount: int) -> Iterable[int]:
    """What a benefit takes off each of its lines, never more than the line costs."""
    if benefit.each and benefit.amount is not None:
        return [min(benefit.amount * line.line.quantity, line.rest) for line in meant]
    # nothing is left to take anything off, or there is nothing to spread by
    if amount <= 0:
        return [0] * len(meant)
    return spread(benefit.off(amount), [line.rest for line in meant])


def _entry(kind: RuleKind, discount: Discount, benefit: Benefit, base: int, part: int) -> AllowanceCharge:
    percent: Decimal | None = benefit.percent
    if percent is not None and not percentage_agrees(part, base, percent):
        # it is the part of one rounded sum that came to this line, not the line's own percentage
        percent = None
    return AllowanceCharge(
        charge=False,
        amount=part,
        reason_code=REBATE if kind is RuleKind.TIER else DISCOUNT,
        reason=discount.name,
        percent=percent,
        base_amount=base if percent is not None else None,
    )


def _offer(
    discount: Discount, step: Step, of: Currency, *, amount: int, quantity: int, in_cart: bool
) -> Offer:
    return Offer(
        kind=RuleKind(discount.kind.value),
        rule_id=discount.discount_id,
        name=discount.name,
        lacks_amount=max(0, step.from_amount - amount),
        lacks_quantity=max(0, step.from_quantity - quantity),
        target=discount.target,
        in_cart=in_cart,
        benefit=benefit_text(step.benefit, of),
    )


def registration_offer(discount: Discount, of: Currency, *, in_cart: bool) -> Offer:
    """That the account could register recommended items."""
    return Offer(
        kind=RuleKind.RECOMMENDED,
        rule_id=discount.discount_id,
        name=discount.name,
        lacks_amount=0,
        lacks_quantity=0,
        target=discount.target,
        in_cart=in_cart,
        register=True,
        benefit=benefit_text(discount.steps[-1].benefit, of),
    )


def benefit_text(benefit: Benefit, of: Currency) -> str:
    """What a benefit takes off, for instance ``5 %`` or ``300 JPY``."""
    if benefit.amount is None:
        return f"{benefit.percent:f} %"
    return f"{minor_to_text(benefit.amount, of)} {of}{' each' if benefit.each else ''}"
