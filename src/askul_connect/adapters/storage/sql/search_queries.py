"""The text of a search, made from which things are asked for; their values are parameters."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from askul_connect.adapters.storage.sql.search_grams import lexeme, token
from askul_connect.core.domain.item_query import PRICE_BANDS, ItemQuery, ItemSort
from askul_connect.core.domain.search_text import (
    category_mark,
    family_mark,
    jan_mark,
    maker_mark,
    page_mark,
    phrase_of,
    sku_mark,
)
from askul_connect.core.policies.item_prices import PRICE_UNITS
from askul_connect.core.policies.item_search import KIND_BIT

_VALID = "p.valid_from <= :on AND (p.valid_to IS NULL OR p.valid_to >= :on)"
_AVAILABLE = "COALESCE(t.on_hand - t.reserved, 0)"
_BY = {
    ItemSort.PRICE: "{paid}",
    ItemSort.PRICE_DOWN: "{paid}",
    ItemSort.NAME: "s.name",
    ItemSort.SKU: "s.sku",
}


@frozen(kw_only=True)
class Shape:
    """Which things a query asks for.

    Attributes:
        words: How many.
        marks: Whether a category, page or family is given.
        dated: Whether there are dated prices that could count.
    """

    words: int
    marks: bool
    makers: bool
    fulfilment: bool
    in_stock: bool | None
    recommended: bool
    price_from: bool
    price_below: bool
    discontinued: bool
    dated: bool

    @property
    def grams(self) -> bool:
        """Whether the grams have to be asked at all."""
        return bool(self.words or self.marks or self.makers)


def shape_of(query: ItemQuery, *, dated: bool) -> Shape:
    """The shape of a query."""
    return Shape(
        words=len(query.words),
        marks=bool(query.category or query.issue or query.family),
        makers=bool(query.makers),
        fulfilment=query.fulfilment is not None,
        in_stock=query.in_stock,
        recommended=query.recommended,
        price_from=query.price_from is not None,
        price_below=query.price_below is not None,
        discontinued=query.discontinued,
        dated=dated,
    )


def parameters_of(query: ItemQuery, dialect: str) -> dict[str, Any]:
    """The values of a query; those that its text does not name are left alone."""
    found: dict[str, Any] = {
        "kind": KIND_BIT[query.kind],
        "fulfilment": query.fulfilment and query.fulfilment.value,
        "price_from": query.price_from,
        "price_below": query.price_below,
        "permille": query.prices.permille,
        "account_id": query.prices.account_id,
        "on": query.prices.on.isoformat(),
    }
    if dialect == "sqlite":
        return found | {"match": _match(query)}
    return found | _lexeme_parameters(query)


def _lexeme_parameters(query: ItemQuery) -> dict[str, Any]:
    """What PostgreSQL is asked: every word by its grams or as a code, every mark, one of the makers."""
    found: dict[str, Any] = {}
    parts = []
    for place, word in enumerate(query.words):
        phrase = phrase_of(word)
        codes = " | ".join(_quoted(mark) for mark in (sku_mark(word), jan_mark(word)))
        grams = " & ".join(map(_quoted, phrase.grams or (phrase.start,)))
        parts.append(f"({grams} | {codes})")
        found |= {f"word{place}": word, f"codes{place}": codes}
    parts += map(_quoted, _marks(query))
    if query.makers:
        parts.append(f"({' | '.join(_quoted(maker_mark(maker)) for maker in query.makers)})")
    return found | {"lexemes": " & ".join(parts)}


def _quoted(mark: str) -> str:
    return f"'{lexeme(mark)}'"


def page_query(dialect: str, shape: Shape, sort: ItemSort, *, behind: bool) -> str:
    """Hits in an order, from behind a place of it on: SKU, what it is sorted by, place."""
    place = _place(dialect, shape)
    by = _BY.get(sort, "0").format(paid=_paid(shape))
    if sort in {ItemSort.CATALOG, ItemSort.NEWEST}:
        order = f"{place} DESC" if sort is ItemSort.NEWEST else place
        after = f"{place} {'<' if sort is ItemSort.NEWEST else '>'} :after_place"
    else:
        order = f"by_value {'DESC' if sort is ItemSort.PRICE_DOWN else ''}, {place}"
        beyond = "<" if sort is ItemSort.PRICE_DOWN else ">"
        after = f"({by} {beyond} :after_by OR ({by} = :after_by AND {place} > :after_place))"
    conditions = [*_conditions(dialect, shape), *([after] if behind else [])]
    return (
        f"SELECT s.sku, {by} AS by_value, s.place FROM {_source(dialect, shape)}"  # noqa: S608 -- our own parts, values are parameters
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT :limit"
    )


def count_query(dialect: str, shape: Shape) -> str:
    """The number of hits up to a limit."""
    return f"SELECT COUNT(*) FROM ({_hits(dialect, shape, '1 AS one')}) AS hits"  # noqa: S608 -- our own parts, values are parameters


def facet_query(dialect: str, shape: Shape) -> str:
    """Numbers of the first hits: of what, its value, how many."""
    columns = (
        f"s.category AS category, s.maker AS maker, {_band(_paid(shape))} AS band,"
        f" {_AVAILABLE} > 0 AS stocked, s.fulfilment = 'direct' AS direct"
    )
    grouped = " UNION ALL ".join(
        f"SELECT '{what}', {value}, COUNT(*) FROM hits GROUP BY {what}"  # noqa: S608 -- our own parts, values are parameters
        for what, value in (("category", "category"), ("maker", "maker"), ("band", "CAST(band AS TEXT)"))
    )
    singles = " UNION ALL ".join(
        f"SELECT '{what}', '', COUNT(*) FROM hits{where}"  # noqa: S608 -- our own parts, values are parameters
        for what, where in (("total", ""), ("stock", " WHERE stocked"), ("direct", " WHERE direct"))
    )
    hits = _hits(dialect, shape, columns, stock=True)
    return f"WITH hits AS MATERIALIZED ({hits}) {grouped} UNION ALL {singles}"


def _hits(dialect: str, shape: Shape, columns: str, *, stock: bool = False) -> str:
    return (
        f"SELECT {columns} FROM {_source(dialect, shape, stock=stock)}"  # noqa: S608 -- our own parts, values are parameters
        f" WHERE {' AND '.join(_conditions(dialect, shape))} LIMIT :limit"
    )


def _source(dialect: str, shape: Shape, *, stock: bool = False) -> str:
    source = "item_search AS s"
    if shape.grams:
        # the order of the join is said, as FTS5 tells SQLite nothing of how many it will find
        source = (
            "item_grams CROSS JOIN item_search AS s"
            if dialect == "sqlite"
            else "item_grams AS g JOIN item_search AS s ON s.place = g.place"
        )
    if stock or shape.in_stock is not None:
        source += " LEFT JOIN stock AS t ON t.sku = s.sku"
    return source


def _place(dialect: str, shape: Shape) -> str:
    return "item_grams.rowid" if shape.grams and dialect == "sqlite" else "s.place"


def _conditions(dialect: str, shape: Shape) -> list[str]:
    found = ["(s.kinds & :kind) <> 0"]
    if shape.grams and dialect == "sqlite":
        found += ["item_grams MATCH :match", "s.place = item_grams.rowid"]
    elif shape.grams:
        found += _on_lexemes(shape)
    if not shape.discontinued:
        found.append("NOT s.discontinued")
    if shape.fulfilment:
        found.append("s.fulfilment = :fulfilment")
    if shape.recommended:
        found.append("s.recommended")
    if shape.in_stock is not None:
        found.append(f"{_AVAILABLE} {'>' if shape.in_stock else '<='} 0")
    if shape.price_from:
        found.append(f"{_paid(shape)} >= :price_from")
    if shape.price_below:
        found.append(f"{_paid(shape)} < :price_below")
    return found


def _on_lexemes(shape: Shape) -> list[str]:
    # the index knows that the grams are there, the text whether they are next to one another
    return [
        "g.grams @@ CAST(:lexemes AS TSQUERY)",
        *(
            f"(STRPOS(s.text, :word{place}) > 0 OR g.grams @@ CAST(:codes{place} AS TSQUERY))"
            for place in range(shape.words)
        ),
    ]


def _paid(shape: Shape) -> str:
    listed = "s.list_units"
    if shape.dated:
        listed = f"COALESCE({_dated(repr(''))}, {listed})"
    # half a thousandth is rounded up, as the policy does it
    paid = f"(({listed} * :permille * 2 + 1000) / 2000)"
    return f"COALESCE({_dated(':account_id')}, {paid})" if shape.dated else paid


def _dated(account: str) -> str:
    return (
        f"(SELECT p.units FROM item_prices AS p WHERE p.account_id = {account} AND p.sku = s.sku"  # noqa: S608 -- our own parts, values are parameters
        f" AND {_VALID} ORDER BY p.valid_from DESC LIMIT 1)"
    )


def _band(paid: str) -> str:
    cases = " ".join(
        f"WHEN {paid} < {end * PRICE_UNITS} THEN {place}" for place, end in enumerate(PRICE_BANDS[1:])
    )
    return f"CASE {cases} ELSE {len(PRICE_BANDS) - 1} END"


def _marks(query: ItemQuery) -> list[str]:
    found = []
    if query.category:
        found.append(category_mark(query.category))
    if query.issue:
        found.append(page_mark(query.issue, query.page))
    if query.family:
        found.append(family_mark(query.family))
    return found


def _match(query: ItemQuery) -> str:
    """What FTS5 is asked: every word, every mark, one of the makers."""
    parts = list(map(_spelt, query.words))
    parts += map(_whole, _marks(query))
    if query.makers:
        parts.append(f"({' OR '.join(_whole(maker_mark(maker)) for maker in query.makers)})")
    return " AND ".join(parts)


def _spelt(word: str) -> str:
    """A word as a part of the text, or as the whole of a code."""
    # once for all: grams and codes are made of the same characters
    kept = token(word)
    phrase = phrase_of(kept)
    part = f'"{phrase.start}" *' if phrase.start else f'"{" ".join(phrase.grams)}"'
    return f'({part} OR "{sku_mark(kept)}" OR "{jan_mark(kept)}")'


def _whole(mark: str) -> str:
    return f'"{token(mark)}"'
