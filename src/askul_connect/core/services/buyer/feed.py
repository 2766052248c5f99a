"""What is to be known of one list of a supplier to keep it (INT-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from attrs import frozen

from askul_connect.core.errors import PartnerAnswerInvalid
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork, OrderHistoryRepository
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.desk import Desk


@frozen(kw_only=True)
class Feed:
    """One list of a supplier.

    Attributes:
        read: One page of it of a size: its records and where it ends.
        number: A record's key.
        dated: A record's date; None for one without.
        put: Stores records.
        follow: On what a page has come to, does what records cause that are new or have changed.
        about: Ids of the purchase orders that a record is about.
        replaced: Does what it causes that records are not what they were: those before and those now, by key; a
            record that is gone is not among the latter.
        message: Kind of the messages to the ERP about its records; empty when there are none.
        counted: Where a new record is counted in the run's report.
        later: Whether a credential of earlier versions was not issued for it; then its denial is told and no more.
    """

    name: str
    capability: Capability
    read: Callable[[Channel, str, int], tuple[Sequence[Any], PageInfo]]
    number: Callable[[Any], str]
    dated: Callable[[Any], date | None]
    put: Callable[[OrderHistoryRepository, str, Sequence[Any]], None]
    follow: Callable[[Any, Sequence[Any]], None]
    about: Callable[[Any], AbstractSet[str]]
    replaced: Callable[[Desk, BuyerUnitOfWork, str, Mapping[str, Any], Mapping[str, Any]], None] | None = None
    message: str = ""
    counted: str = ""
    later: bool = False


def words(feed: Feed) -> str:
    """The list's name for a person."""
    return feed.name.replace("_", " ")


def require_progress(supplier: str, feed: Feed, page: PageInfo, cursor: str) -> None:
    """Make sure that reading on would not ask for the same page for ever.

    Raises:
        PartnerAnswerInvalid: More is said to wait behind the cursor that was just used.
    """
    if page.more and page.next_cursor == cursor:
        raise PartnerAnswerInvalid(
            f"{supplier} says that more {words(feed)} wait behind a cursor that does not move", where="page"
        )
