"""More of an item, its dated prices, and the tables that items are searched in.

The index is made anew by whoever opens the supplier: it depends on the program, not on the schema.
"""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0120"
down_revision = "supplier_0116"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_KEPT = (
    "sku, jan, name, name_en, maker, category, unspsc, tax_category, currency, list_price, unit, content_quantity,"
    " fulfilment, minimum, multiple, maximum, lead_days, discontinued"
)


def upgrade() -> None:
    _items()
    op.create_table(
        "item_prices",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=False),
        sa.Column("valid_to", TEXT, nullable=True),
        sa.Column("price", TEXT, nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sku", "valid_from", name="pk_item_prices"),
    )
    confine("item_prices", shared=True)
    op.create_table(
        "item_search",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("kinds", sa.BigInteger(), nullable=False),
        sa.Column("list_units", sa.BigInteger(), nullable=False),
        sa.Column("discontinued", sa.Boolean(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("maker", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("marks", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_item_search"),
        sa.UniqueConstraint("sku", name="uq_item_search_sku"),
    )
    op.create_table(
        "item_search_version",
        sa.Column("version", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_item_search_version"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE item_grams USING fts5(grams, content='', prefix='1', tokenize='ascii')"
        )
    else:
        op.execute(
            "CREATE TABLE item_grams (place BIGINT NOT NULL PRIMARY KEY REFERENCES item_search ON DELETE CASCADE,"
            " grams TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_item_grams_grams ON item_grams USING gin (grams)")


def _items() -> None:
    op.execute("CREATE TABLE old_items AS SELECT * FROM items")
    op.drop_table("items")
    op.create_table(
        "items",
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("jan", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_en", TEXT, nullable=False),
        sa.Column("maker", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("unspsc", TEXT, nullable=False),
        sa.Column("tax_category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("list_price", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("content_quantity", sa.BigInteger(), nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("multiple", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=False),
        sa.Column("discontinued", sa.Boolean(), nullable=False),
        sa.Column("kinds", TEXT, nullable=False),
        sa.Column("regions", TEXT, nullable=False),
        sa.Column("catalog_issue", TEXT, nullable=False),
        sa.Column("catalog_page", sa.BigInteger(), nullable=False),
        sa.Column("family", TEXT, nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("substitutes", TEXT, nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_items"),
    )
    some = sa.text("kinds <> '[]'")
    op.create_index("ix_items_for_some_kinds", "items", ["kinds"], sqlite_where=some, postgresql_where=some)
    op.execute(
        f"INSERT INTO items SELECT {_KEPT}, '[]', '[]', '', 0, '', FALSE, '[]', FALSE FROM old_items"  # noqa: S608 -- our own names
    )
    op.drop_table("old_items")
