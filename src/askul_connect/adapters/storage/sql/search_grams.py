"""The table of grams, which each database has in its own form: an FTS5 index, or sets of lexemes under a GIN index.

SQLAlchemy knows no virtual tables, so its declaration is text, run when all other tables are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

#: Begins the name of the table and of those that SQLite keeps for it.
GRAMS = "item_grams"
#: Cut by us, so that its tokenizer has nothing to do but to split at spaces. It keeps nothing but the index: what
#: stood in a row is known from ``item_search``. Single characters are what grams begin with.
FTS5 = "CREATE VIRTUAL TABLE item_grams USING fts5(grams, content='', prefix='1', tokenize='ascii')"
#: Lexemes without positions: as arrays of texts PostgreSQL reads every row rather than the index, which it takes for
#: dearer than looking through a hundred texts of each.
LEXEMES = (
    "CREATE TABLE item_grams (place BIGINT NOT NULL PRIMARY KEY REFERENCES item_search ON DELETE CASCADE,"
    " grams TSVECTOR NOT NULL)"
)
GIN = "CREATE INDEX ix_item_grams_grams ON item_grams USING gin (grams)"
#: A lexeme may have 2 KB; a longer mark is told from others by its hash.
_LONGEST = 200

# The tokenizer takes what is beyond ASCII as it is, and of ASCII letters and digits, whose case it folds. All else
# is moved to where no text has anything; a space, too, in what is one token.
_WORDS = {code: 0xF000 + code for code in range(0x80) if not (chr(code).isdigit() or chr(code).islower())}
_BETWEEN = 0x20
_TEXT = {code: moved for code, moved in _WORDS.items() if code != _BETWEEN}


def add_grams(metadata: sa.MetaData) -> None:
    """Have the table made with the others."""
    for statement, dialect in ((FTS5, "sqlite"), (LEXEMES, "postgresql"), (GIN, "postgresql")):
        sa.event.listen(metadata, "after_create", sa.DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def is_derived(table: str) -> bool:
    """Whether a table holds nothing but what the search made of the items: no copy needs it."""
    return table.startswith((GRAMS, "item_search"))


def token(mark: str) -> str:
    """What an item is indexed by as a whole, as FTS5 keeps it."""
    return mark.translate(_WORDS)


def neighbours(grams: Iterable[str]) -> str:
    """Grams in their order, as FTS5 takes them."""
    return " ".join(grams).translate(_TEXT)


def tokens(grams: Iterable[str], marks: Iterable[str]) -> str:
    """The grams of a text and the marks of its item, as FTS5 takes them."""
    return " ".join((neighbours(grams), *map(token, marks)))


def lexeme(gram: str) -> str:
    """A gram or mark as PostgreSQL keeps it; nothing of it has to be quoted."""
    kept = token(gram)
    if len(kept) <= _LONGEST:
        return kept
    return kept[:_LONGEST] + hashlib.sha256(kept.encode()).hexdigest()
