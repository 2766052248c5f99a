"""Finding items (CAT-2)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.item_query import (
    PRICE_BANDS,
    HitCounts,
    HitPlace,
    ItemQuery,
)
from askul_connect.core.domain.search_text import words_of
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import AskulConnectError, Problem, ValueInvalid
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.item_search import (
    CategoryCount,
    MakerCount,
    PriceBandCount,
    SearchFacets,
    SearchItemsRequest,
    SearchItemsResponse,
)
from askul_connect.core.messages.paging import DEFAULT_PAGE_SIZE, PageInfo
from askul_connect.core.policies.item_prices import price_units
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog import item_documents, price_view
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import (
    check_page_size,
    in_order,
    opened_cursor,
    sealed_cursor,
)
from askul_connect.core.services.supplier.findings import finding

#: A search of more says nothing that fewer do not.
MAXIMUM_WORDS = 10
#: What a cursor holds.
PLACE_FORM = StoredForm(name="place in a search")
_TEXT_LENGTH = 200
_MAKERS = 50
_MAKERS_SHOWN = 100
_CATEGORY_DEPTH = 10
_HIGHEST_PRICE = Decimal(10**12)


def search_items(context: Context, request: SearchItemsRequest) -> SearchItemsResponse:
    """One page of the items that meet everything the request says.

    Raises:
        CursorExpired: The cursor is not one of this search.
        ValueInvalid: Something of the request is out of range; every finding is named.
    """
    check_page_size(request)
    _require_acceptable(request)
    account = context.account()
    query = _query(context, account, request)
    search = context.unit.item_search
    feed = _feed(request)
    after = _place(opened_cursor(context, feed, request.cursor)) if request.cursor else None
    hits = search.page(query, request.sort, after, request.page_size + 1)
    shown = hits[: request.page_size]
    skus = [hit.sku for hit in shown]
    # the index is asked first; what it says of who may buy is said again by the items themselves
    items = offered(account, context.unit.catalog.items(skus).values())
    last = shown[-1].at if shown else after
    counts = None if request.cursor else search.counts(query, facets=request.facets)
    return SearchItemsResponse(
        items=in_order(skus, item_documents(context, account, items)),
        page=PageInfo(
            next_cursor=sealed_cursor(context, feed, _text(last)) if last else request.cursor,
            more=len(hits) > len(shown),
            total=counts.total if counts else None,
        ),
        total_exact=counts.exact if counts else True,
        facets=_facets(counts) if counts and request.facets else None,
    )


def _feed(request: SearchItemsRequest) -> str:
    """The name of the list that a search is: its cursors fit no other."""
    same = evolve(request, cursor="", page_size=DEFAULT_PAGE_SIZE, facets=False)
    return f"search:{content_hash(same)}"


def _text(place: HitPlace) -> str:
    return PLACE_FORM.write({"by": place.by, "place": place.place})


def _place(text: str) -> HitPlace:
    fields = PLACE_FORM.read(text)
    return HitPlace(by=fields["by"], place=fields["place"])


def _query(context: Context, account: Account, request: SearchItemsRequest) -> ItemQuery:
    return ItemQuery(
        kind=account.kind,
        prices=price_view(context, account),
        words=words_of(request.text),
        category=request.category,
        makers=tuple(dict.fromkeys(request.makers)),
        issue=request.catalog_issue,
        page=request.catalog_page,
        family=request.family,
        fulfilment=request.fulfilment,
        in_stock=request.in_stock,
        recommended=request.recommended,
        price_from=None if request.price_from is None else price_units(request.price_from),
        price_below=None if request.price_below is None else price_units(request.price_below),
        discontinued=request.discontinued,
    )


def _require_acceptable(request: SearchItemsRequest) -> None:
    problems = list(_problems(request))
    if problems:
        first = problems[0]
        raise ValueInvalid(first.detail, where=first.where, problems=tuple(problems))


def _problems(request: SearchItemsRequest) -> list[Problem]:
    found: list[Problem] = []

    def unless(fine: bool, detail: str, where: str, kind: type[AskulConnectError] = ValueInvalid) -> None:  # noqa: FBT001 -- a condition
        if not fine:
            found.append(finding(kind, detail, where=where))

    unless(len(request.text) <= _TEXT_LENGTH, f"a search has up to {_TEXT_LENGTH} characters", "text")
    if not found:
        words = words_of(request.text)
        unless(len(words) <= MAXIMUM_WORDS, f"a search has up to {MAXIMUM_WORDS} words", "text")
        unless(bool(words) or not request.text.strip(), "there is nothing in it to search for", "text")
    unless(len(request.makers) <= _MAKERS, f"up to {_MAKERS} makers are looked for at once", "makers")
    unless(all(request.makers), "a maker has a name", "makers")
    deep = len(request.category) <= _CATEGORY_DEPTH
    unless(deep, f"a category has up to {_CATEGORY_DEPTH} levels", "category")
    unless(request.catalog_page >= 0, "a page is a number from 1 up", "catalog_page")
    unless(
        not request.catalog_page or bool(request.catalog_issue),
        "a page is one of an issue; give catalogIssue too",
        "catalog_page",
    )
    for name in ("price_from", "price_below"):
        price: Decimal | None = getattr(request, name)
        # asked for by comparison only, which a number that is none answers with no
        fine = price is None or (price.is_finite() and 0 <= price <= _HIGHEST_PRICE)
        unless(fine, f"a price is a number from 0 to {_HIGHEST_PRICE}", name)
    return found


def _facets(counts: HitCounts) -> SearchFacets:
    categories: Counter[tuple[str, ...]] = Counter()
    for path, number in counts.categories:
        for depth in range(1, len(path) + 1):
            categories[path[:depth]] += number
    makers = sorted(counts.makers, key=lambda one: (-one[1], one[0]))
    ends = [*map(Decimal, PRICE_BANDS[1:]), None]
    return SearchFacets(
        categories=tuple(
            CategoryCount(category=path, count=number) for path, number in sorted(categories.items())
        ),
        makers=tuple(
            MakerCount(maker=maker, count=number) for maker, number in makers[:_MAKERS_SHOWN] if maker
        ),
        prices=tuple(
            PriceBandCount(price_from=Decimal(PRICE_BANDS[band]), price_below=ends[band], count=number)
            for band, number in counts.bands
        ),
        in_stock=counts.in_stock,
        direct=counts.direct,
    )
