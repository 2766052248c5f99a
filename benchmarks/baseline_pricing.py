"""The arithmetic of one cart by hand: it is known which lines a rule is for, and nothing is explained."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 1_000_000


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder; equal remainders in the order of the weights."""
    whole = sum(weights)
    parts, rests = [], []
    for weight in weights:
        quotient, rest = divmod(total * weight, whole)
        parts.append(quotient)
        rests.append(rest)
    missing = total - sum(parts)
    for place in sorted(range(len(rests)), key=lambda at: -rests[at])[:missing]:
        parts[place] += 1
    return parts


def price(
    lines: Sequence[tuple[int, int, int]],
    rules: Sequence[tuple[Sequence[int], int, int]],
    coupons: Sequence[tuple[Sequence[int], int, int]],
    shipping: tuple[int, int],
) -> tuple[list[int], int, int, int]:
    """What every line costs, shipping, the total without and with tax; yen.

    Args:
        lines: Price in ten-thousandths, quantity and rate in percent, in the order of the line ids.
        rules: Places of the lines that a rule is for, the amount it begins at and millionths that it takes off.
        coupons: The same, of which the one that takes off most counts.
        shipping: Free from, and the fee below.
    """
    rest = [(2 * units * quantity + 10_000) // 20_000 for units, quantity, _ in lines]
    for places, bound, share in rules:
        weights = [rest[place] for place in places]
        amount = sum(weights)
        if amount >= bound and amount:
            for place, part in zip(places, spread(amount * share // WHOLE, weights), strict=True):
                rest[place] -= part
    best, chosen = 0, None
    for coupon in coupons:
        places, bound, off = coupon
        amount = sum(rest[place] for place in places)
        if amount >= bound and min(off, amount) > best:
            best, chosen = min(off, amount), places
    if chosen is not None:
        weights = [rest[place] for place in chosen]
        for place, part in zip(chosen, spread(best, weights), strict=True):
            rest[place] -= part
    sums: dict[int, int] = {}
    for (_, _, rate), amount in zip(lines, rest, strict=True):
        sums[rate] = sums.get(rate, 0) + amount
    gross = sum(amount + amount * rate // 100 for rate, amount in sums.items())
    fee = 0 if gross >= shipping[0] else shipping[1]
    sums[10] = sums.get(10, 0) + fee
    net = sum(sums.values())
    return rest, fee, net, net + sum(amount * rate // 100 for rate, amount in sums.items())
