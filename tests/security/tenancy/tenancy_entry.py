"""What an entry of the table is made of: what a request is about, and what is said of one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import field, frozen
from tenancy_callers import Caller, canary, expected
from tenancy_estate import Estate

from askul_connect.core.domain.accounts import Role
from askul_connect.core.operations.registry import Operation

OWN, DEPARTMENT, COMPANY, ABSENT = "own", "another department's", "another company's", "absent"
ADD_AN_ENTRY = (
    "has no entry in tests/security/tenancy/tenancy_table.py. Add one to ENTRIES under the operation's name:"
    " request (a valid request for what Asked.whose says), reaches (whether an answer holds what was asked for),"
    " names (fields that name something of an account, or {} with free= for all others)"
)


@frozen(kw_only=True)
class Asked:
    """What a request is to be about, and who will send it."""

    estate: Estate
    caller: Caller
    whose: str = OWN

    @property
    def own(self) -> str:
        """The account whose data are the caller's own; the first one's for the supplier itself."""
        return self.caller.account or "a"

    @property
    def account(self) -> str:
        """Of whom the request is to name something."""
        return {"a": "b"}.get(self.own, "a") if self.whose == COMPANY else self.own

    @property
    def department(self) -> str:
        """The code of a department."""
        known = {OWN: "D1", DEPARTMENT: "D2", COMPANY: f"{canary(self.account)}-9", ABSENT: "none-such"}
        return known[self.whose]

    def order(self) -> str:
        """The number of an order that is done with."""
        if self.whose == ABSENT:
            return "AC99999999"
        return self.estate.orders[self.account, "D2" if self.whose == DEPARTMENT else "D1"]

    def user(self, who: str = "someone") -> str:
        """The id of a person."""
        return "01a00000-0000-7000-8000-000000000000" if self.whose == ABSENT else self.person(who)

    def person(self, who: str) -> str:
        """The id of a person, made when it is first asked for."""
        if (self.account, who) not in self.estate.people:
            self.estate.person(self.account, who, Role.VIEWER)
        return self.estate.people[self.account, who]


@frozen(kw_only=True)
class Entry:
    """One operation.

    Attributes:
        request: A valid request.
        reaches: Whether an answer, to what was asked, holds the data or did the work that was asked for.
        names: The fields by which a request names something of an account. What belongs to another account must
            answer like what does not exist.
        free: The other fields that hold text: what a caller says, and what names nothing of an account.
        wrong: Requests that are refused for what they say; their refusals must be the same on every face.
        refuses: The code that a caller is refused with by what is declared to need no login and looks at the session
            itself; None where the declaration says it all.
    """

    request: Callable[[Asked], Any]
    reaches: Callable[[Any, Asked], bool]
    names: frozenset[str] = field(converter=frozenset, default=frozenset())
    free: frozenset[str] = field(converter=frozenset, default=frozenset())
    wrong: tuple[Callable[[Asked], Any], ...] = ()
    refuses: Callable[[Caller], str] | None = None

    def expected(self, operation: Operation[Any, Any], caller: Caller) -> str:
        """The code of the refusal of a caller; empty when the operation is to be done."""
        return expected(operation, caller) if self.refuses is None else self.refuses(caller)


def ticket_of_own(asked: Asked) -> str:
    """An open ticket of the caller's own customer, whomever the request names."""
    return asked.estate.people_of.ticket(asked.own, asked.estate.administrators[asked.own])[0]


def listed(kind: Callable[..., Any], estate_list: str) -> Callable[[Asked], Any]:
    """The first page of one's own list; else a page that the cursor of another account, or nobody's, continues."""

    def make(asked: Asked) -> Any:
        if asked.whose in {OWN, DEPARTMENT}:
            return kind()
        operation = asked.estate.supplier.dispatcher.registry.get(estate_list)
        page = asked.estate.call(operation, kind(), asked.estate.administrators[asked.account]).page
        cursor: str = page.next_cursor
        if asked.whose == ABSENT:
            cursor = ("B" if cursor[-10] != "B" else "C").join((cursor[:-10], cursor[-9:]))
        return kind(cursor=cursor)

    return make


def list_entry(kind: Callable[..., Any], name: str, number: str) -> Entry:
    """A list that is read by cursor; ``number`` is the field by which each entry is known."""
    attribute = {
        "ListOrders": "orders",
        "ListItems": "items",
        "ListAuditRecords": "records",
        "ListCreditNotes": "credit_notes",
    }.get(name, "")
    attribute = attribute or name.removeprefix("List").replace("ShipNotices", "ship_notices").lower()

    def reaches(answer: Any, asked: Asked) -> bool:
        return any(getattr(one, number) for one in getattr(answer, attribute))

    return Entry(
        request=listed(kind, name),
        reaches=reaches,
        names={"cursor"},
        wrong=(lambda _: kind(page_size=0), lambda _: kind(cursor="注文"), lambda _: kind(page_size=10**6)),
    )
