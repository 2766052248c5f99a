"""Taking discounts off the lines of a cart, one after another, with what each one lacks (PRC-1).

Lines are worked on in the order of their ids, so that where a rest of a yen goes does not depend on their order in the
cart. What one discount takes off in percent is rounded once and spread over its lines by largest remainder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from attrs import define

from askul_connect.core.domain.carts import AppliedRule, CartItem, CartLine, Offer, RuleKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.discounts import CATEGORY_STEP, Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.rounding import spread

#: Why something is taken off, UN/ECE 5189: special rebate for a tier, discount for all others.
REBATE = "100"
DISCOUNT = "95"


class OpenLine:
    """A line while it is being priced.

    Attributes:
        rest: What it costs after what was taken off so far.
        made: Rules that took something off or added to it, what it cost before each, and the amount.
    """

    __slots__ = ("before", "item", "line", "made", "rest")

    def __init__(self, line: CartLine, item: CartItem, before: int) -> None:
        self.line = line
        self.item = item
        self.before = before
        self.rest = before
        self.made: list[tuple[AppliedRule, int, int]] = []

    def adjust(self, rule: AppliedRule, net: int) -> None:
        """Take an amount off, or add it."""
        self.made.append((rule, self.rest, abs(net)))
        self.rest += net


class OpenCart:
    """The lines of a cart while it is priced, in the order of their ids, and found by what discounts name.

    Args:
        lines: In whatever order.
    """

    def __init__(self, lines: Iterable[OpenLine]) -> None:
        self.lines: Sequence[OpenLine] = sorted(lines, key=lambda one: one.line.line_id)
        self._places: dict[tuple[str, str], list[int]] = {}
        self._ordinary = True
        by_sku: dict[str, list[int]] = {}
        for place, one in enumerate(self.lines):
            by_sku.setdefault(one.line.sku, []).append(place)
        for places in by_sku.values():
            item = self.lines[places[0]].item
            self._ordinary = self._ordinary and not item.large and item.fulfilment is Fulfilment.STOCK
            for key in (
                ("sku", item.sku),
                ("maker", item.maker),
                ("family", item.family),
                ("issue", item.catalog_issue),
                *_paths(item.category),
            ):
                self._places.setdefault(key, []).extend(places)

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
        if self._ordinary or (target.large and target.direct):
            return found
        return [
            one
            for one in found
            if (target.large or not one.item.large)
            and (target.direct or one.item.fulfilment is not Fulfilment.DIRECT)
        ]


@lru_cache(maxsize=8192)
def _paths(category: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The category and all above it, as discounts name them."""
    return tuple(("category", CATEGORY_STEP.join(category[: place + 1])) for place in range(len(category)))


@define(eq=False)
class _Reach:
    """How far a cart goes toward a discount."""

    meant: Sequence[OpenLine]
    amount: int
    quantity: int
    step: int


def _reach(cart: OpenCart, discount: Discount) -> _Reach:
    meant = cart.meant(discount.target)
    amount = sum([line.rest for line in meant])
    counted = any(step.from_quantity for step in discount.steps)
    quantity = sum([line.line.quantity for line in meant]) if counted else 0
    step = reached_step(discount.steps, amount, quantity) if meant else -1
    return _Reach(meant, amount, quantity, step)


def take_off(cart: OpenCart, discount: Discount, of: Currency) -> Offer | None:
    """Take a discount off the lines that it is for; what it still lacks, None when it is fully reached.

    Args:
        cart: The cart.
        discount: Valid on the day.
        of: The currency.
    """
    reach = _reach(cart, discount)
    if reach.step >= 0:
        benefit = discount.steps[reach.step].benefit
        rule = AppliedRule(
            kind=RuleKind(discount.kind.value),
            rule_id=discount.discount_id,
            reason_code=REBATE if discount.kind is DiscountKind.TIER else DISCOUNT,
            reason=discount.name,
            percent=benefit.percent,
        )
        for line, part in zip(reach.meant, parts_of(benefit, reach.meant, reach.amount), strict=True):
            if part:
                # as OpenLine.adjust does, without a call for each line of each rule
                line.made.append((rule, line.rest, part))
                line.rest -= part
    return _lacking(discount, reach, of)


def offer_of(cart: OpenCart, discount: Discount, of: Currency) -> Offer | None:
    """What a discount still lacks, without taking anything off."""
    return _lacking(discount, _reach(cart, discount), of)


def would_take_off(cart: OpenCart, discount: Discount) -> int:
    """What a discount would take off the lines as they stand."""
    reach = _reach(cart, discount)
    if reach.step < 0:
        return 0
    return sum(parts_of(discount.steps[reach.step].benefit, reach.meant, reach.amount))


def _lacking(discount: Discount, reach: _Reach, of: Currency) -> Offer | None:
    if reach.step + 1 == len(discount.steps):
        return None
    # of items that are not in the cart at all, what the highest step asks for
    step = discount.steps[reach.step + 1 if reach.meant else -1]
    return Offer(
        kind=RuleKind(discount.kind.value),
        rule_id=discount.discount_id,
        name=discount.name,
        lacks_amount=max(0, step.from_amount - reach.amount),
        lacks_quantity=max(0, step.from_quantity - reach.quantity),
        target=discount.target,
        in_cart=bool(reach.meant),
        benefit=benefit_text(step.benefit, of),
    )


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
