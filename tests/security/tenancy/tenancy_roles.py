"""Who works with a PostgreSQL database: the role it belongs to, and one that only reads and writes its rows."""

from __future__ import annotations

import sqlalchemy as sa

OWNER, CLERK = "proprietor", "clerk"


def as_role(url: str, role: str) -> str:
    """The same database for another role."""
    return sa.make_url(url).set(username=role, password=role).render_as_string(hide_password=False)
