"""Filling and changing the catalog: a batch of rows, all of them or none (CAT-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from askul_connect.core.domain.catalog import DatedPrice, Item, StockLevel
from askul_connect.core.errors import AskulConnectError, NotFound, Problem, UnknownItem, ValueInvalid
from askul_connect.core.messages.catalog_import import CatalogRow, ImportCatalogRequest, ImportCatalogResponse
from askul_connect.core.policies.catalog_rows import dated_price, judge_row
from askul_connect.core.services.supplier.catalog_index import ITEM_FEED, publish
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit

MAXIMUM_ROWS = 5_000
#: A batch with more findings than this is wrong as a whole.
_FINDINGS = 100


@frozen(kw_only=True)
class _Known:
    """What the catalog holds of the items of a batch."""

    items: Mapping[str, Item]
    stock: Mapping[str, StockLevel]
    prices: Mapping[tuple[str, str], Sequence[DatedPrice]]
    accounts: Mapping[str, str]


@frozen(kw_only=True)
class _Batch:
    """What a batch comes to."""

    items: dict[str, Item] = field(factory=dict)
    stock: dict[str, int] = field(factory=dict)
    prices: dict[tuple[str, str, object], DatedPrice] = field(factory=dict)
    problems: list[Problem] = field(factory=list)

    def note(self, number: int, kind: type[AskulConnectError], detail: str, name: str) -> None:
        """Note a finding about a field of a row."""
        self.problems.append(finding(kind, detail, where=f"rows[{number}]/{name}"))


def import_catalog(
    context: Context, request: ImportCatalogRequest
) -> ImportCatalogResponse | Tried[ImportCatalogResponse]:
    """Take every row, or none and say what is wrong with which.

    What is as it was stays untouched, so that the same rows again change nothing and are reported to nobody.

    Raises:
        ValueInvalid: There are no rows, too many, or some that cannot be taken.
    """
    if not 1 <= len(request.rows) <= MAXIMUM_ROWS:
        detail = f"a batch has 1 to {MAXIMUM_ROWS} rows, not {len(request.rows)}"
        raise ValueInvalid(detail, where="rows")
    known = _known(context, request.rows)
    batch = _judged(context, request.rows, known)
    if batch.problems:
        raise ValueInvalid(
            "the rows cannot be taken; nothing was changed", where="rows", problems=tuple(batch.problems)
        )
    response = _carry_out(context, batch, known)
    return Tried(response) if request.trial else response


def _known(context: Context, rows: Sequence[CatalogRow]) -> _Known:
    catalog = context.unit.catalog
    skus = list(dict.fromkeys(row.sku for row in rows))
    accounts = {}
    for number in dict.fromkeys(row.customer for row in rows if row.customer):
        account = context.unit.accounts.by_customer_number(number)
        if account is not None:
            accounts[number] = account.account_id
    dated = [row.sku for row in rows if row.price_from is not None]
    prices = {
        (owner, sku): own
        for owner in ("", *accounts.values())
        for sku, own in (catalog.prices(owner, dated).items() if dated else ())
    }
    # held until the end of the unit, so that no order reserves what is being counted
    stock = catalog.stock([row.sku for row in rows if row.on_hand is not None])
    return _Known(items=catalog.items(skus), stock=stock, prices=prices, accounts=accounts)


def _judged(context: Context, rows: Sequence[CatalogRow], known: _Known) -> _Batch:
    batch = _Batch()
    for number, row in enumerate(rows, start=1):
        if len(batch.problems) >= _FINDINGS:
            break
        verdict = judge_row(row, context.house.currency)
        for kind, detail, name in verdict.findings:
            batch.note(number, kind, detail, name)
        if not verdict.findings:
            _take(batch, number, row, verdict.item, known)
    return batch


def _take(batch: _Batch, number: int, row: CatalogRow, item: Item | None, known: _Known) -> None:
    owner = known.accounts.get(row.customer) if row.customer else ""
    if owner is None:
        batch.note(number, NotFound, f"there is no customer {row.customer!r}", "customer")
        return
    price = dated_price(row, owner)
    if price is not None:
        key = (owner, row.sku, price.valid_from)
        if key in batch.prices:
            batch.note(number, ValueInvalid, "an earlier row has the price of that day already", "price_from")
        batch.prices[key] = price
    if item is None:
        if row.sku not in known.items and row.sku not in batch.items:
            batch.note(number, UnknownItem, f"there is no item {row.sku!r}", "sku")
        return
    before = known.items.get(row.sku)
    if price is not None:
        # the list price itself stays what it is until that day
        earlier = batch.items.get(row.sku) or before
        item = evolve(item, list_price=earlier.list_price) if earlier else item
    elif row.sku in batch.items:
        batch.note(number, ValueInvalid, f"an earlier row has the item {row.sku!r} already", "sku")
    batch.items[row.sku] = item
    if row.on_hand is not None:
        reserved = known.stock[row.sku].reserved if row.sku in known.stock else 0
        if row.on_hand < reserved:
            batch.note(
                number,
                ValueInvalid,
                f"{reserved} are promised to orders, which {row.on_hand} are not",
                "on_hand",
            )
        batch.stock[row.sku] = row.on_hand


def _carry_out(context: Context, batch: _Batch, known: _Known) -> ImportCatalogResponse:
    catalog = context.unit.catalog
    added = [item for sku, item in batch.items.items() if sku not in known.items]
    changed = [item for sku, item in batch.items.items() if known.items.get(sku, item) != item]
    catalog.add_many((item, StockLevel(sku=item.sku, on_hand=batch.stock.get(item.sku, 0))) for item in added)
    catalog.save_many(changed)
    levels = [
        evolve(known.stock[sku], on_hand=on_hand)
        for sku, on_hand in batch.stock.items()
        if sku in known.stock and known.stock[sku].on_hand != on_hand
    ]
    catalog.save_stock(levels)
    prices = [
        price
        for price in batch.prices.values()
        if price not in known.prices.get((price.account_id, price.sku), ())
    ]
    catalog.put_prices(prices)
    publish(context.unit, (*added, *changed))
    told = {item.sku for item in (*added, *changed)}
    repriced = dict.fromkeys(price.sku for price in prices if price.sku not in told)
    context.unit.changes.record("", ITEM_FEED, repriced)
    response = ImportCatalogResponse(
        added=len(added),
        changed=len(changed),
        unchanged=len(batch.items) - len(added) - len(changed),
        prices=len(prices),
        stock=len(levels),
    )
    if added or changed or prices or levels:
        detail = {
            "added": response.added,
            "changed": response.changed,
            "prices": response.prices,
            "stock": response.stock,
        }
        audit(context, "catalog-imported", "catalog", account_id="", detail=detail)
    return response
