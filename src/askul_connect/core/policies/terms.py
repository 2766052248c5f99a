"""Which allowances and charges of an order a supplier takes: facts in, findings out.

A customer must not be able to grant itself a discount, so what is not among the agreed terms is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from askul_connect.core.domain.allowances import AgreedTerm, AllowanceCharge, broken_rules
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.errors import AllowanceRefused, AskulConnectError, ValueInvalid

#: More allowances and charges than this beside each other are no order's.
MAXIMUM_ALLOWANCES = 100

Finding = tuple[type[AskulConnectError], str, str]


def allowance_findings(
    entries: Sequence[AllowanceCharge],
    *,
    beside: int,
    of_order: bool,
    terms: Sequence[AgreedTerm],
    currency: Currency,
) -> Iterator[Finding]:
    """What is wrong with the allowances and charges of a line, or of an order as a whole.

    Args:
        entries: As the customer asks for them.
        beside: What they stand beside, minor units: quantity times price of the line, or the sum of the lines.
        of_order: Whether they are the order's, not a line's.
        terms: What the supplier has agreed to.
        currency: Of all amounts.

    Returns:
        Class, detail and place below the line or order.
    """
    if len(entries) > MAXIMUM_ALLOWANCES:
        detail = f"{len(entries)} allowances and charges; at most {MAXIMUM_ALLOWANCES} are taken"
        yield ValueInvalid, detail, "allowances"
        return
    for number, entry in enumerate(entries, start=1):
        for error, detail in _entry_findings(entry, beside, terms, currency, of_order=of_order):
            yield error, detail, f"allowances[{number}]"
    # several of one term are that term once: else the limit would be no limit
    for term in terms:
        if not term.charge:
            under = [
                entry
                for entry in entries
                if not entry.charge and _term_of(entry, terms, of_order=of_order) is term
            ]
            total = sum(entry.amount for entry in under)
            if len(under) > 1 and not term.covers_amount(total, beside):
                detail = (
                    f"{_named(under[0])} come to {minor_to_text(total, currency)} together; {_limit(term)}"
                )
                yield AllowanceRefused, detail, "allowances"
    taken_off = -sum(entry.net for entry in entries)
    if taken_off > beside:
        detail = f"{minor_to_text(taken_off, currency)} are taken off {minor_to_text(beside, currency)}"
        yield AllowanceRefused, detail, "allowances"


def _entry_findings(
    entry: AllowanceCharge, beside: int, terms: Sequence[AgreedTerm], currency: Currency, *, of_order: bool
) -> Iterator[tuple[type[AskulConnectError], str]]:
    for detail in broken_rules(entry):
        yield ValueInvalid, detail
    if not of_order and entry.tax_category is not None:
        yield (
            ValueInvalid,
            "what is taken off a line or added to it is taxed as the line is; it has no tax category",
        )
    term = _term_of(entry, terms, of_order=of_order)
    where = "an order as a whole" if of_order else "a line"
    if term is None:
        yield AllowanceRefused, f"{_named(entry)} is not agreed for {where}"
    elif not term.covers(entry, beside):
        amount = minor_to_text(entry.amount, currency)
        yield (
            AllowanceRefused,
            f"{_named(entry)} of {amount} beside {minor_to_text(beside, currency)}; {_limit(term)}",
        )


def _term_of(entry: AllowanceCharge, terms: Sequence[AgreedTerm], *, of_order: bool) -> AgreedTerm | None:
    return next(
        (term for term in terms if term.names(entry) and (term.on_order if of_order else term.on_lines)), None
    )


def _limit(term: AgreedTerm) -> str:
    return f"at most {term.most_percent} % are agreed"


def _named(entry: AllowanceCharge) -> str:
    reason = " ".join(filter(None, (entry.reason_code, repr(entry.reason) if entry.reason else "")))
    return f"the {'charge' if entry.charge else 'allowance'} {reason or 'without a reason'}"
