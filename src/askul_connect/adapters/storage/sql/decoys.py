"""Whom an ID names, found in the same time whether or not it names anybody (AUTH-2).

The statements are as many either way. To make the row that was found into an account, a person and a membership takes
a tenth of a millisecond, though, and a thousand attempts show that. So a decoy is made where there is no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.tables_supplier import ACCOUNT_ROWS, MEMBERSHIP_ROWS, USER_ROWS
from askul_connect.core.domain.accounts import (
    Account,
    AccountKind,
    AccountState,
    BillingTerms,
    Membership,
    Role,
    User,
    UserState,
)

E = TypeVar("E")

_AT = datetime(2000, 1, 1, tzinfo=UTC)


class Found(Generic[E]):
    """Makes entities of rows; no row takes as long as one.

    Args:
        rows: How the entities stand in their rows.
        decoy: An entity as most of them are.
    """

    def __init__(self, rows: Rows[E], decoy: E) -> None:
        self._rows = rows
        self._decoy = rows.row(decoy)

    def entity(self, row: Sequence[Any] | None) -> E | None:
        """The entity of a row, None without one."""
        made = self._rows.entity(row or self._decoy)
        return made if row else None


ACCOUNT = Found(
    ACCOUNT_ROWS,
    Account(
        account_id="decoy",
        customer_number="0000000000",
        member_number="0000000000",
        kind=AccountKind.CORPORATION,
        state=AccountState.ACTIVE,
        name="decoy",
        name_kana="",
        postcode="000-0000",
        address="decoy",
        representative="decoy",
        phone="0",
        email="decoy",
        corporate_number="",
        invoice_registration_number="",
        buyer_party="",
        terms=BillingTerms(),
        created_at=_AT,
        state_since=_AT,
    ),
)

USER = Found(
    USER_ROWS,
    User(
        user_id="decoy",
        account_id="decoy",
        email="decoy",
        email_key="decoy",
        name="decoy",
        state=UserState.ACTIVE,
        password_hash="",
        password_temporary=False,
        password_expires_at=_AT,
        old_password_hashes=("decoy",),
        created_at=_AT,
    ),
)

MEMBERSHIP = Found(
    MEMBERSHIP_ROWS,
    Membership(
        account_id="decoy",
        user_id="decoy",
        home_account_id="decoy",
        role=Role.ADMINISTRATOR,
        department_codes=("decoy",),
        state=UserState.ACTIVE,
        primary_administrator=True,
        joined_at=_AT,
    ),
)
