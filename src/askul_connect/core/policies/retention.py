"""How long what is kept, as data (ACC-8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import Account, AccountState

#: After the end of an account, until its people are erased: names, contacts, addresses of logins.
CONTACTS_KEPT = timedelta(days=90)
#: After the end of an account, until login IDs and password hashes are erased: so long a login is answered.
LOGINS_KEPT = timedelta(days=365)
#: Orders, invoices and the records that are sealed: tax law asks for seven years, for ten where a loss was made.
LEGAL_RECORDS_YEARS = 10

#: Where an account ends.
ENDED = (AccountState.WITHDRAWN, AccountState.REJECTED)


def ended(account: Account) -> bool:
    """Whether an account has ended, so that its people can be erased."""
    return account.state in ENDED


def due_erasure(account: Account, now: datetime) -> ErasureExtent | None:
    """What of an account should be erased by now; None when nothing."""
    if not ended(account) or account.state_since is None:
        return None
    if now >= account.state_since + LOGINS_KEPT:
        return ErasureExtent.EVERYTHING
    return ErasureExtent.CONTACTS if now >= account.state_since + CONTACTS_KEPT else None
