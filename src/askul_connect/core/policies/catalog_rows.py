"""The rules of an item as it is taken into the catalog (CAT-1, CAT-3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from attrs import frozen

from askul_connect.core.domain.catalog import DatedPrice, Fulfilment, Item
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.identifiers import normalise_jan
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.units import unit
from askul_connect.core.errors import AskulConnectError, ValueInvalid
from askul_connect.core.messages.catalog_import import CatalogRow

#: A finding about one row: class of error, what is wrong, the field.
RowFinding = tuple[type[AskulConnectError], str, str]

_LENGTHS = {"sku": 40, "name": 300, "name_en": 300, "maker": 100, "catalog_issue": 40, "family": 40}
_CATEGORY_DEPTH, _CATEGORY_LENGTH = 10, 60
_SUBSTITUTES = 20
_UNSPSC = re.compile(r"(?:[0-9]{8})?")
_PREFECTURES = frozenset(f"{number:02}" for number in range(1, 48))
_MOST = 1_000_000_000
_WHOLE_NUMBERS = {
    "content_quantity": (1, 1_000_000),
    "minimum": (1, _MOST),
    "multiple": (1, _MOST),
    "maximum": (1, _MOST),
    "lead_days": (0, 365),
    "catalog_page": (0, 99_999),
}
#: Of a text: control characters, and those that mean nothing to others (which the index uses).
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})


@frozen(kw_only=True)
class RowVerdict:
    """What a row says, or what is wrong with it.

    Attributes:
        item: None for a contract price, and where there is a finding.
    """

    item: Item | None
    findings: tuple[RowFinding, ...]


def judge_row(row: CatalogRow, of: Currency) -> RowVerdict:
    """Judge one row by itself; nothing is looked up.

    Args:
        row: The row.
        of: The supplier's currency.
    """
    findings = list(_of_any(row, of))
    if row.customer:
        if row.price_from is None:
            findings.append((ValueInvalid, "a contract price has a first day", "price_from"))
        return RowVerdict(item=None, findings=tuple(findings))
    findings += _of_item(row)
    jan = row.jan
    try:
        jan = normalise_jan(row.jan) if row.jan else ""
    except AskulConnectError as error:
        findings.append((type(error), error.detail, "jan"))
    return RowVerdict(item=None if findings else _item(row, jan, of), findings=tuple(findings))


def dated_price(row: CatalogRow, account_id: str) -> DatedPrice | None:
    """The dated price that a row is or has; None for a list price without a first day."""
    if row.price_from is None:
        return None
    return DatedPrice(
        account_id=account_id,
        sku=row.sku,
        valid_from=row.price_from,
        valid_to=row.price_to,
        price=row.unit_price,
    )


def _item(row: CatalogRow, jan: str, of: Currency) -> Item:
    return Item(
        sku=row.sku,
        jan=jan,
        name=row.name,
        name_en=row.name_en,
        maker=row.maker,
        category=row.category,
        unspsc=row.unspsc,
        tax_category=row.tax_category,
        currency=of.code,
        list_price=row.unit_price,
        unit=row.unit,
        content_quantity=row.content_quantity,
        fulfilment=row.fulfilment,
        minimum=row.minimum,
        multiple=row.multiple,
        maximum=row.maximum,
        lead_days=row.lead_days,
        discontinued=row.discontinued,
        kinds=tuple(sorted(set(row.kinds))),
        regions=tuple(sorted(set(row.regions))),
        catalog_issue=row.catalog_issue,
        catalog_page=row.catalog_page,
        family=row.family,
        recommended=row.recommended,
        substitutes=tuple(dict.fromkeys(row.substitutes)),
        large=row.large,
    )


def _of_any(row: CatalogRow, of: Currency) -> Iterator[RowFinding]:
    """What items and contract prices have alike."""
    yield from _text(row.sku, "sku", _LENGTHS["sku"], required=True)
    yield from _broken(lambda: UnitPrice(row.unit_price, of), "unit_price")
    if row.price_to is not None:
        if row.price_from is None:
            yield ValueInvalid, "a price with a last day has a first one", "price_from"
        elif row.price_to < row.price_from:
            yield ValueInvalid, f"the last day is before the first, {row.price_from.isoformat()}", "price_to"


def _of_item(row: CatalogRow) -> Iterator[RowFinding]:
    yield from _text(row.name, "name", _LENGTHS["name"], required=True)
    for field in ("name_en", "maker", "catalog_issue", "family"):
        yield from _text(getattr(row, field), field, _LENGTHS[field])
    yield from _broken(lambda: unit(row.unit), "unit")
    for field, (least, most) in _WHOLE_NUMBERS.items():
        number = getattr(row, field)
        if not least <= number <= most:
            yield ValueInvalid, f"{field} is a whole number from {least} to {most}, not {number}", field
    if row.multiple > 0 and row.maximum - row.maximum % row.multiple < row.minimum:
        between = f"from {row.minimum} to {row.maximum} there is no multiple of {row.multiple}"
        yield ValueInvalid, f"{between}, so none can be ordered", "maximum"
    if row.on_hand is not None and not 0 <= row.on_hand <= _MOST:
        yield (
            ValueInvalid,
            f"what is on hand is a whole number from 0 to {_MOST}, not {row.on_hand}",
            "on_hand",
        )
    if row.lead_days and row.fulfilment is Fulfilment.STOCK:
        yield ValueInvalid, "lead days are those of a maker; an item from stock has none", "lead_days"
    if not _UNSPSC.fullmatch(row.unspsc):
        yield ValueInvalid, f"a UNSPSC code has 8 digits, not {row.unspsc!r}", "unspsc"
    yield from _lists(row)
    if row.catalog_page and not row.catalog_issue:
        yield ValueInvalid, "a page is one of an issue, which is missing", "catalog_issue"


def _lists(row: CatalogRow) -> Iterator[RowFinding]:
    if len(row.category) > _CATEGORY_DEPTH:
        yield ValueInvalid, f"a category has up to {_CATEGORY_DEPTH} levels", "category"
    for name in row.category:
        yield from _text(name, "category", _CATEGORY_LENGTH, required=True)
    for region in row.regions:
        if region not in _PREFECTURES:
            yield ValueInvalid, f"a prefecture is 01 to 47 (JIS X 0401), not {region!r}", "regions"
    if len(row.substitutes) > _SUBSTITUTES:
        yield ValueInvalid, f"up to {_SUBSTITUTES} substitutes are named", "substitutes"
    for sku in row.substitutes:
        yield from _text(sku, "substitutes", _LENGTHS["sku"], required=True)
        if sku == row.sku:
            yield ValueInvalid, "an item is no substitute of itself", "substitutes"


def _text(text: str, field: str, most: int, *, required: bool = False) -> Iterator[RowFinding]:
    if required and not text:
        yield ValueInvalid, f"{field} is empty", field
    if len(text) > most:
        yield ValueInvalid, f"{field} has up to {most} characters, not {len(text)}", field
    elif text != text.strip() or not _clean(text):
        yield ValueInvalid, f"{text!r} has space around it, or characters that are no text", field


def _clean(text: str) -> bool:
    return text.isprintable() or not any(unicodedata.category(one) in _NO_TEXT for one in text)


def _broken(make: Callable[[], object], field: str) -> Iterator[RowFinding]:
    try:
        make()
    except AskulConnectError as error:
        yield type(error), error.detail, field
