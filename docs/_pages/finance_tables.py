"""docs/reference/finance-tables.md: the tables that finance reads, in the database and as CSV files."""

import tempfile
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from _pages.markdown import attributes_of, page, table
from askul_connect.adapters.storage.sql import tables_buyer
from askul_connect.adapters.storage.sql.schema import Side, schema_check
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
from askul_connect.core.services.buyer.finance import export_tables
from askul_connect.core.services.buyer.finance_life import export_order_life

_INTRODUCTION = """\
What finance may read: tables of the buyer's database (`database.url`) and the same content as CSV files in `finance/`.
Read only: the tables are written by `run` alone.

- Amounts are integers in minor units of the row's or its document's currency (yen have none: 1280 is 1,280 yen; dollars
  have two digits: 1280 is 12.80). They are never rounded again and add up exactly.
- Unit prices and tax rates are decimal text, such as `12.5`; dates are `YYYY-MM-DD`, instants UTC.
- `supplier` is the name of the connection in `askul-connect.toml`.
- `allowances` is a JSON array of [allowances and charges](../guide/allowances.md), `[]` for none, and `anticipated` a
  JSON object of the totals the document stated: `json_each` and `jsonb_array_elements` take them apart. Beside the
  database they are rows of two files of their own.
"""
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


class _Columns:
    """Takes the tables as `FinanceWriter` and keeps their columns."""

    def __init__(self) -> None:
        self.of: dict[str, Sequence[str]] = {}

    def write(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
        """Keep the columns; there are no rows."""
        assert not list(rows)  # noqa: S101 -- the page is about columns
        self.of[name] = columns


def finance_tables_page() -> str:
    """The page."""
    csv = _Columns()
    export_tables(csv, [], [], [])
    export_order_life(csv, [], [])
    files = table(
        ("file", "columns"),
        [
            (f"`{name}.csv`", ", ".join(f"`{column}`" for column in columns))
            for name, columns in csv.of.items()
        ],
    )
    return page(
        "Tables for finance",
        _INTRODUCTION,
        f"Schema version: `{_version()}`. A column may be added with a new version; none is renamed or changes its"
        " meaning without one. `askul-connect db check` says which version a database has.\n",
        "## CSV files\n",
        (
            "UTF-8 with a byte order mark, lines end in CR LF, every file is replaced as a whole at the end of a run."
            " Text that a spreadsheet would take for a formula has an apostrophe in front.\n"
        ),
        files,
        "## Tables of the database\n",
        f"The other tables ({', '.join(f'`{name}`' for name in _OURS_ALONE)}) are ours alone.\n",
        *(_section(name, about, kinds) for name, (about, kinds) in _TABLES.items()),
    )


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
