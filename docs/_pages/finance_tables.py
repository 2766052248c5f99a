"""docs/reference/finance-tables.md: the tables that finance reads, in databases and as files."""

import tempfile

import sqlalchemy as sa

from _pages.markdown import attributes_of, page, table
from askul_connect.adapters.storage.sql import tables_buyer
from askul_connect.adapters.storage.sql.schema import Side, schema_check
from askul_connect.core.domain.finance import CellKind, FinanceTable
from askul_connect.core.domain.finance_tables import SCHEMA_VERSION, TABLES
from askul_connect.core.domain.matches import MatchDecision
from askul_connect.core.domain.purchase_changes import CreditMatch, OrderChange
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    LedgerMove,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
)
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, OrderDocumentLine
from askul_connect.core.messages.goods_receipt import GoodsReceipt

_INTRODUCTION = """\
What finance may read: files and, where one is configured, a database of finance's own, both written from one
description; and the tables of the buyer's own database (`database.url`). How they are written is in
[finance](../guide/finance.md). Read only: the tables are written by `run` and `export` alone.

- Amounts are integers in minor units of the row's or its document's currency (yen have none: 1280 is 1,280 yen; dollars
  have two digits: 1280 is 12.80). They are never rounded again and add up exactly.
- `supplier` is the name of the connection in `askul-connect.toml`.
"""
_OWN_DATABASE = """\
Unit prices and tax rates are decimal text, such as `12.5`; dates are `YYYY-MM-DD`, instants UTC. `allowances` is a JSON
array of [allowances and charges](../guide/allowances.md), `[]` for none, and `anticipated` a JSON object of the totals
the document stated: `json_each` and `jsonb_array_elements` take them apart.
"""
#: How each kind of column stands in each form.
_FORMS: dict[CellKind, tuple[str, str, str]] = {
    CellKind.TEXT: ("text", "`string`", "`TEXT`, in a key `VARCHAR(255)`"),
    CellKind.COUNT: ("whole number", "`int64`", "`BIGINT`"),
    CellKind.AMOUNT: ("minor units", "`int64`", "`BIGINT`"),
    CellKind.PRICE: ("decimal, `98.5`", "`decimal128(38, 10)`", "`NUMERIC`; on SQLite `TEXT`"),
    CellKind.PERCENT: ("decimal, `10`", "`decimal128(38, 10)`", "`NUMERIC`; on SQLite `TEXT`"),
    CellKind.DATE: ("`2026-04-01`", "`date32`", "`DATE`"),
    CellKind.INSTANT: (
        "`2026-04-01T02:03:04.000000Z`",
        "`timestamp[us, UTC]`",
        "`TIMESTAMP WITH TIME ZONE` on PostgreSQL, elsewhere text as in CSV",
    ),
}
# What each table is about, and the classes whose fields are its columns.
_TABLES: dict[str, tuple[str, tuple[type, ...]]] = {
    "purchase_orders": (
        (
            "What the ERP sent and what became of it. `state`: `accepted` (reserved, not sent or not answered yet),"
            " `placed`, `refused`, `cancelled` (before it was sent)."
        ),
        (PurchaseOrderKey, PurchaseOrderRecord),
    ),
    "purchase_order_lines": (
        "Its lines in the supplier's terms, with the budget period and the account.",
        (PurchaseLine,),
    ),
    "orders": ("The orders as the suppliers hold them.", (OrderDocument,)),
    "order_lines": ("Their lines.", (OrderDocumentLine,)),
    "order_tax": ("Their tax, one row for each rate.", (TaxTotal,)),
    "goods_receipts": ("What arrived, one row for each receipt of a line.", (GoodsReceipt,)),
    "invoices": (
        (
            "The invoices; totals and tax are the document's own and never computed anew. `supplier_name` and the"
            " like are what the invoice says of its issuer."
        ),
        (Invoice,),
    ),
    "invoice_lines": ("Their lines, each of one shipment.", (InvoiceLine,)),
    "invoice_tax": ("Their tax, one row for each rate.", (TaxTotal,)),
    "invoice_matches": (
        "What matching found for each invoice line (see [matching](../guide/matching.md)).",
        (InvoiceMatch,),
    ),
    "order_changes": (
        (
            "Changes of purchase orders (see [changing orders](../guide/changing-orders.md)). `kind`: `change`,"
            " `cancel`, `close`, `reopen`; `state`: `waiting`, `done`, `refused`, `given_up`; `lines` is a JSON array"
            " of line ids and the quantities wanted."
        ),
        (PurchaseOrderKey, OrderChange),
    ),
    "credit_notes": ("The credit notes; amounts are above zero and are given back.", (CreditNote,)),
    "credit_note_lines": ("Their lines, each about units of one shipment that came back.", (CreditNoteLine,)),
    "credit_note_tax": ("Their tax, one row for each rate.", (TaxTotal,)),
    "credit_matches": ("What matching found for each line of a credit note.", (CreditMatch,)),
    "match_decisions": (
        (
            "What was decided about invoice lines, in that order: a person released one (`accepted`), or the supplier"
            " changed or deleted an invoice that was booked. Only ever added to."
        ),
        (MatchDecision,),
    ),
    "budgets": (
        (
            "One row for each department, period and currency: what the ERP granted (`amount`), and the sums of the"
            " ledger."
        ),
        (),
    ),
    "ledger_moves": (
        "Every move of a budget, in the order it was made (see [budgets](../guide/budgets.md)).",
        (LedgerMove,),
    ),
}
_OURS_ALONE = sorted(set(tables_buyer.metadata.tables) - set(_TABLES))


def finance_tables_page() -> str:
    """The page."""
    forms = table(("kind", "CSV", "Parquet", "database"), [(kind.value, *_FORMS[kind]) for kind in CellKind])
    return page(
        "Tables for finance",
        _INTRODUCTION,
        "## Files, and the database of finance\n",
        (
            f"Version of these tables: `{SCHEMA_VERSION}`. A column may be added with a new version; none is renamed"
            " or changes its meaning without one. A file has the table's name and `.csv` or `.parquet`; in a database"
            " each name has `finance_` in front, and `finance_schema` holds the version. An empty cell is empty text"
            " in CSV, NULL elsewhere.\n"
        ),
        forms,
        *(_written(one) for one in TABLES),
        "## Tables of our own database\n",
        _OWN_DATABASE,
        (
            f"Schema version: `{_version()}`. `askul-connect db check` says which version a database has. The other"
            f" tables ({', '.join(f'`{name}`' for name in _OURS_ALONE)}) are ours alone.\n"
        ),
        *(_section(name, about, kinds) for name, (about, kinds) in _TABLES.items()),
    )


def _written(one: FinanceTable) -> str:
    rows = [
        (
            f"`{column.name}`",
            column.kind.value,
            "key" if column.name in one.key else ("may be empty" if column.empty else ""),
            column.en,
            column.ja,
        )
        for column in one.columns
    ]
    since = f" Since version {one.since}." if one.since > 1 else ""
    shown = table(("column", "kind", "", "meaning", "意味"), rows)
    return f"### {one.name}: files and database of finance\n\n{one.en}{since} {one.ja}\n\n{shown}"


def _version() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return schema_check(f"sqlite:///{folder}/none.sqlite3", Side.BUYER).wanted


def _section(name: str, about: str, kinds: tuple[type, ...]) -> str:
    described = tables_buyer.metadata.tables[name]
    references = {key.parent.name: f"as in `{key.column.table.name}`" for key in described.foreign_keys}
    meanings = {field: text for kind in kinds for field, text in attributes_of(kind).items()}
    rows = [
        (
            f"`{column.name}`",
            _type(column.type),
            "key" if column.primary_key else ("may be NULL" if column.nullable else ""),
            meanings.get(column.name) or references.get(column.name, ""),
        )
        for column in described.columns
    ]
    return f"### {name}\n\n{about}\n\n{table(('column', 'type', '', 'meaning'), rows)}"


def _type(kind: "sa.types.TypeEngine[object]") -> str:
    if isinstance(kind, sa.Boolean):
        return "boolean"
    return "integer" if isinstance(kind, sa.Integer) else "text"
