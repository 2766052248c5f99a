"""The whole life of an order: whatever happens to it, it ends right in ERP, ledger and match (INT-3, INT-4, INT-11).

Each life is a row of the table: what is dropped and done when, and what there is at the end. The balances are recounted
from the lists, by other code than the ledger's.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import pytest
from attrs import field, frozen

from askul_connect import open_workspace
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.returns import ReturnReason
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShippedLine
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.order_life import RejectedLine, RejectLinesRequest
from askul_connect.core.messages.returns import (
    AuthoriseReturnRequest,
    ReceivedLine,
    ReceiveReturnRequest,
    RequestReturnRequest,
    ReturnLineRequest,
)
from askul_connect.core.operations.order_life import (
    AUTHORISE_RETURN,
    RECEIVE_RETURN,
    REJECT_LINES,
    REQUEST_RETURN,
)
from askul_connect.core.operations.supplier import LOGIN, SHIP_ORDER
from askul_connect.core.ports.faces import Call

HEAVY = os.environ.get("HEAVY") == "1"
PENS = "PO-1,1,K200-0001,10,XPK,298,JPY,D100,,"
TEA = "PO-1,2,G100-0001,4,XCT,1980,JPY,D200,,"
#: When something happens: the list of the channel that shows the moment, and the first answer that it is in.
MOMENTS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "placed": ("orders", lambda answer: bool(answer.orders)),
    "confirmed": ("confirmations", lambda answer: bool(answer.confirmations)),
    "shipped": ("ship_notices", lambda answer: bool(answer.ship_notices)),
    "invoiced": ("invoices", lambda answer: bool(answer.invoices)),
}
Act = Callable[["Story"], None]


class Story:
    """One purchase order in one directory, and what happens to it at which moment."""

    def __init__(self, place: Any, moments: Mapping[str, Act]) -> None:
        self.place = place
        self.number = ""
        self.waiting = dict(moments)
        for moment in MOMENTS:
            method, _ = MOMENTS[moment]
            place.faults.plan["askul", method] = partial(self._read, moment)

    def _read(self, moment: str, inner: Any, cursor: str, page_size: int) -> Any:
        method, shows = MOMENTS[moment]
        answer = getattr(inner, method)(cursor, page_size)
        if shows(answer):
            if moment == "placed":
                self.number = answer.orders[0].order_number
            self.waiting.pop(moment, lambda _story: None)(self)
        return answer

    def go_on(self) -> list[Any]:
        """Run until nothing waits in the ERP, thoroughly until nothing is new; the reports."""
        reports = [self.place.run()]
        while self.place.names("in") or (HEAVY and reports[-1].changed):
            reports.append(self.place.run())
            assert len(reports) < 6, "it never ends"
        return reports

    @cached_property
    def lists(self) -> Mapping[str, Any]:
        """What the lists say at the end, as JSON has it."""
        names = ("orders", "invoices", "credit_notes", "budgets")
        with open_workspace(self.place.directory) as opened:
            return {name: json.loads(json.dumps(getattr(opened, name)())) for name in names}

    def staff(self, operation: Any, request: Any) -> Any:
        """The supplier does something by itself."""
        dispatcher = self.place.faults.opened["askul"].supplier.dispatcher
        return dispatcher.dispatch_as_staff(operation, request, key=f"{operation.name} {self.number}")

    def buyer(self, operation: Any, request: Any) -> Any:
        """The buyer's person does something in the supplier's shop."""
        dispatcher = self.place.faults.opened["askul"].supplier.dispatcher
        secret = self.place.directory / "secrets" / "askul" / "buyer-password"
        login = LoginRequest(login_id="jiro@example.co.jp", password=Secret(secret.read_text().strip()))
        token = dispatcher.dispatch(LOGIN, login, Call(channel=Channel.IN_PROCESS)).session_token
        call = Call(
            channel=Channel.IN_PROCESS, token=token, idempotency_key=f"{operation.name} {self.number}"
        )
        return dispatcher.dispatch(operation, request, call)


def change(*rows: str, name: str = "change.csv") -> Act:
    """The ERP drops changes."""
    text = "\n".join(("change_id,purchase_order_id,kind,line_id,quantity", *rows, ""))
    return lambda story: story.place.write(f"erp/in/{name}", text)


def received(*rows: str) -> Act:
    """The ERP drops goods receipts."""
    text = "\n".join(("purchase_order_id,line_id,quantity,received_on", *rows, ""))
    return lambda story: story.place.write("erp/receipts/r.csv", text)


def reject(line_id: str) -> Act:
    def act(story: Story) -> None:
        lines = (RejectedLine(line_id=line_id, reason="廃番"),)
        story.staff(REJECT_LINES, RejectLinesRequest(order_number=story.number, lines=lines))

    return act


def ship(*lines: ShippedLine) -> Act:
    return lambda story: story.staff(SHIP_ORDER, ShipOrderRequest(order_number=story.number, lines=lines))


def give_back(line_id: str, quantity: int) -> Act:
    """Goods go back, and the supplier takes them in."""

    def act(story: Story) -> None:
        lines = (ReturnLineRequest(line_id=line_id, quantity=quantity, reason=ReturnReason.DAMAGED),)
        asked = story.buyer(REQUEST_RETURN, RequestReturnRequest(order_number=story.number, lines=lines))
        number = asked.goods_return.return_number
        story.staff(AUTHORISE_RETURN, AuthoriseReturnRequest(return_number=number))
        taken = (ReceivedLine(line_id=line_id, quantity=quantity, sellable=0),)
        story.staff(RECEIVE_RETURN, ReceiveReturnRequest(return_number=number, lines=taken))

    return act


def both(*acts: Act) -> Act:
    def act(story: Story) -> None:
        for one in acts:
            one(story)

    return act


@frozen(kw_only=True)
class Life:
    """One life and its end.

    Attributes:
        at: What happens when; ``start`` is before the first run, ``end`` after the last.
        supplier: Further lines of the ``supplier`` table of the connection.
        tables: Further tables of the configuration.
        balances: Pre-encumbrance, encumbrance and actual of D100 and of D200.
        out: Kinds of documents in the ERP, and how many.
        live: Units of each line that are ordered and not cancelled; None when nothing was ordered.
        matches, credits: Results of the lines of invoices and credit notes.
        refused: Code of each finding beside a rejected file.
        changes: State of each change.
    """

    at: Mapping[str, Act] = field(factory=dict)
    orders: tuple[str, ...] = (PENS, TEA)
    receipts: tuple[str, ...] = ("PO-1,1,10,2026-04-10", "PO-1,2,4,2026-04-10")
    supplier: str = ""
    tables: str = ""
    balances: tuple[tuple[int, int, int], tuple[int, int, int]]
    out: Mapping[str, int]
    live: Mapping[str, int] | None
    matches: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


ALL_CAME = ((0, 0, 2980), (0, 0, 7920))
DOCUMENTS = {"confirmation": 1, "ship-notice": 1, "invoice": 1}
ANSWERED = {**DOCUMENTS, "confirmation": 2}
MATCHED = ("matched", "matched")
LIVES: Mapping[str, Life] = {
    "nothing happens": Life(balances=ALL_CAME, out=DOCUMENTS, live={"1": 10, "2": 4}, matches=MATCHED),
    "changed before it was sent": Life(
        at={"start": change("C-1,PO-1,change,1,8", "C-1,PO-1,change,2,0", name="a-change.csv")},
        receipts=("PO-1,1,8,2026-04-10",),
        balances=((0, 0, 2384), (0, 0, 0)),
        out=DOCUMENTS,
        live={"1": 8},
        matches=("matched",),
        changes=("done",),
    ),
    "cancelled before it was sent": Life(
        at={"start": change("C-1,PO-1,cancel,,")},
        receipts=(),
        balances=((0, 0, 0), (0, 0, 0)),
        out={},
        live=None,
    ),
    "less before the cut-off": Life(
        at={"placed": change("C-1,PO-1,change,1,7")},
        receipts=("PO-1,1,7,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 0, 2086), (0, 0, 7920)),
        out=ANSWERED,
        live={"1": 7, "2": 4},
        matches=MATCHED,
        changes=("done",),
    ),
    "more before the cut-off": Life(
        at={"placed": change("C-1,PO-1,change,1,12")},
        receipts=("PO-1,1,12,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 0, 3576), (0, 0, 7920)),
        out=ANSWERED,
        live={"1": 12, "2": 4},
        matches=MATCHED,
        changes=("done",),
    ),
    "less and then more again": Life(
        at={"placed": change("C-1,PO-1,change,1,7", "C-2,PO-1,change,1,9", "C-3,PO-1,change,1,9")},
        receipts=("PO-1,1,9,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 0, 2682), (0, 0, 7920)),
        out={**DOCUMENTS, "confirmation": 3},
        live={"1": 9, "2": 4},
        matches=MATCHED,
        changes=("done", "done", "done"),
    ),
    "one line other, one none": Life(
        at={"placed": change("C-1,PO-1,change,1,5", "C-1,PO-1,change,2,0")},
        receipts=("PO-1,1,5,2026-04-10",),
        # 1,490 yen of goods, which no longer go without a shipping fee
        balances=((0, 0, 1890), (0, 0, 0)),
        out=ANSWERED,
        live={"1": 5, "2": 0},
        matches=("matched",),
        changes=("done",),
    ),
    "cancelled before the cut-off": Life(
        at={"placed": change("C-1,PO-1,cancel,,")},
        receipts=(),
        balances=((0, 0, 0), (0, 0, 0)),
        out={"confirmation": 2},
        live={"1": 0, "2": 0},
        changes=("done",),
    ),
    "changed after the cut-off": Life(
        at={"shipped": change("C-1,PO-1,change,1,7")},
        balances=ALL_CAME,
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
        refused=("illegal-step",),
        changes=("refused",),
    ),
    "changed after noon": Life(
        at={"confirmed": change("C-1,PO-1,change,1,7")},
        # looked at on the third of April, three days before the supplier ships
        tables="[suppliers.askul.behaviour]\nship_after_days = 3",
        receipts=("PO-1,1,10,2026-04-03", "PO-1,2,4,2026-04-03"),
        balances=ALL_CAME,
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
        refused=("too-late-to-change",),
        changes=("refused",),
    ),
    "cancelled after the cut-off": Life(
        at={"invoiced": change("C-1,PO-1,cancel,,")},
        balances=ALL_CAME,
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
        refused=("illegal-step", "illegal-step"),
        changes=("refused",),
    ),
    "more than the budget has": Life(
        at={"placed": change("C-1,PO-1,change,1,900")},
        balances=ALL_CAME,
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
        refused=("budget-exceeded",),
    ),
    "a line is confirmed with nothing": Life(
        at={"placed": reject("2")},
        receipts=("PO-1,1,10,2026-04-10",),
        balances=((0, 0, 2980), (0, 0, 0)),
        out=DOCUMENTS,
        live={"1": 10, "2": 0},
        matches=("matched",),
    ),
    "received in part": Life(
        receipts=("PO-1,1,6,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 2980, 0), (0, 0, 7920)),
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=("matched", "not_received"),
    ),
    "delivered short": Life(
        tables='[[suppliers.askul.behaviour.exceptions]]\npurchase_order_id = "PO-1"\nline_id = "1"\nshort = 3',
        receipts=("PO-1,1,7,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 0, 2086), (0, 0, 7920)),
        out=DOCUMENTS,
        live={"1": 7, "2": 4},
        matches=MATCHED,
    ),
    "delivered over": Life(
        at={"confirmed": ship(ShippedLine(line_id="1", quantity=11), ShippedLine(line_id="2", quantity=4))},
        supplier="over_shipment_percent = 10",
        receipts=("PO-1,1,11,2026-04-10", "PO-1,2,4,2026-04-10"),
        # an accountant looks at it: what was ordered stays encumbered until then
        balances=((0, 2980, 0), (0, 0, 7920)),
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=("matched", "over_invoiced"),
    ),
    "delivered over within the tolerance": Life(
        at={"confirmed": ship(ShippedLine(line_id="1", quantity=11), ShippedLine(line_id="2", quantity=4))},
        supplier="over_shipment_percent = 10",
        tables="[matching]\nquantity_tolerance = 1",
        receipts=("PO-1,1,11,2026-04-10", "PO-1,2,4,2026-04-10"),
        balances=((0, 0, 3278), (0, 0, 7920)),
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
    ),
    "something else comes at the same price": Life(
        at={
            "confirmed": ship(
                ShippedLine(line_id="1", quantity=10, substitute_sku="A300-0001"),
                ShippedLine(line_id="2", quantity=4),
            )
        },
        balances=ALL_CAME,
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=MATCHED,
    ),
    "something cheaper comes": Life(
        at={
            "confirmed": ship(
                ShippedLine(line_id="1", quantity=10, substitute_sku="K200-0001"),
                ShippedLine(line_id="2", quantity=4),
            )
        },
        orders=("PO-1,1,B100-0002,10,XPK,460,JPY,D100,,", TEA),
        balances=((0, 4600, 0), (0, 0, 7920)),
        out=DOCUMENTS,
        live={"1": 10, "2": 4},
        matches=("matched", "price_difference"),
    ),
    "some come back before the invoice": Life(
        at={"shipped": give_back("1", 4)},
        orders=(PENS,),
        receipts=("PO-1,1,10,2026-04-10",),
        balances=((0, 0, 1788), (0, 0, 0)),
        out=DOCUMENTS,
        live={"1": 10},
        matches=("matched",),
    ),
    "some come back after the invoice": Life(
        at={"invoiced": give_back("1", 4)},
        balances=((0, 0, 1788), (0, 0, 7920)),
        out={**DOCUMENTS, "credit-note": 1},
        live={"1": 10, "2": 4},
        matches=MATCHED,
        credits=("matched",),
    ),
    "nothing more is awaited": Life(
        at={"shipped": change("C-1,PO-1,close,1,", "C-2,PO-1,close,2,")},
        tables='[[suppliers.askul.behaviour.exceptions]]\npurchase_order_id = "PO-1"\nparts = 2',
        receipts=("PO-1,1,5,2026-04-10", "PO-1,2,2,2026-04-10"),
        balances=((0, 0, 1490), (0, 0, 3960)),
        out={**DOCUMENTS, "ship-notice": 2},
        live={"1": 10, "2": 4},
        matches=("matched", "matched", "not_received", "not_received"),
        changes=("done", "done"),
    ),
    "something is awaited after all": Life(
        at={
            "shipped": change("C-1,PO-1,close,,"),
            "invoiced": change("C-2,PO-1,reopen,1,", name="reopen.csv"),
        },
        tables='[[suppliers.askul.behaviour.exceptions]]\npurchase_order_id = "PO-1"\nparts = 2',
        receipts=("PO-1,1,5,2026-04-10", "PO-1,2,2,2026-04-10"),
        balances=((0, 1490, 1490), (0, 0, 3960)),
        out={**DOCUMENTS, "ship-notice": 2},
        live={"1": 10, "2": 4},
        matches=("matched", "matched", "not_received", "not_received"),
        changes=("done", "done"),
    ),
}


#: Lives that a quick run leaves out, since others go nearly the same way.
LIKE_OTHERS = frozenset(
    {
        "nothing happens",
        "less and then more again",
        "one line other, one none",
        "delivered over within the tolerance",
        "something cheaper comes",
    }
)


def prepared(place: Any, life: Life) -> Story:
    """The directory before the first run."""
    configuration = place.directory / "askul-connect.toml"
    text = configuration.read_text(encoding="utf-8")
    table = "[suppliers.askul.supplier]\n"
    assert table in text
    text = text.replace(table, f"{table}{life.supplier}\n")
    place.write("askul-connect.toml", f"{text}\n{life.tables}\n")
    place.order("b.csv", *life.orders)
    story = Story(place, {when: act for when, act in life.at.items() if when in MOMENTS})
    if life.receipts:
        received(*life.receipts)(story)
    life.at.get("start", lambda _story: None)(story)
    return story


def ends(story: Story) -> dict[str, Any]:
    """Everything that a life is judged by."""
    place = story.place
    orders, invoices, notes = (story.lists[name] for name in ("orders", "invoices", "credit_notes"))
    balances = {(entry["department"], entry["period"]): entry for entry in story.lists["budgets"]}
    return {
        "balances": tuple(
            tuple(
                balances[department, "2026-04"][name] for name in ("pre_encumbrance", "encumbrance", "actual")
            )
            for department in ("D100", "D200")
        ),
        "out": dict(Counter(name.split("-askul-")[0] for name in place.out())),
        "live": {
            line["line_id"]: line["quantity"] - line["quantity_cancelled"]
            for order in orders
            for line in order["lines"]
        }
        or None,
        "matches": tuple(sorted(match["result"] for one in invoices for match in one["match"])),
        "credits": tuple(sorted(match["result"] for one in notes for match in one["match"])),
        "refused": tuple(
            problem["code"]
            for name in place.names("rejected")
            if name.endswith(".error.json")
            for problem in place.error(name.removesuffix(".error.json"))["problems"]
        ),
        "changes": tuple(one["state"] for order in orders for one in order["changes"]),
    }


def matched_lines(documents: Any) -> Iterator[Any]:
    """The lines of invoices or credit notes that match."""
    for document in documents:
        matched = {match["line_id"] for match in document["match"] if match["result"] == "matched"}
        yield from (line for line in document["lines"] if line["line_id"] in matched)


def recount(lists: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    """What each department's balances should be, from the lists alone; amounts without tax."""
    encumbered, actual, billed = (Counter[Any]() for _ in range(3))
    departments = {
        (order["order_number"], line["line_id"]): line["department"]
        for order in lists["orders"]
        for line in order["lines"]
    }
    for sign, documents in ((1, lists["invoices"]), (-1, lists["credit_notes"])):
        for line in matched_lines(documents):
            key = line["order_number"], line["order_line_id"]
            billed[key] += line["quantity"] if sign > 0 else 0
            actual[departments[key]] += sign * line["amount_excl_tax"]
    for invoice in lists["invoices"]:
        for entry in invoice["allowances"]:
            # of orders with one department only
            [department] = {departments[key] for key in departments if key[0] == entry["order_number"]}
            actual[department] += entry["amount"] if entry["kind"] == "charge" else -entry["amount"]
    for order in lists["orders"]:
        for line in order["lines"]:
            left = line["quantity"] - line["quantity_cancelled"]
            left -= billed[order["order_number"], line["line_id"]]
            if left > 0 and not line["closed"]:
                encumbered[line["department"]] += -(-line["amount_excl_tax"] * left // line["quantity"])
    return {name: (0, encumbered[name], actual[name]) for name in ("D100", "D200")}


@pytest.mark.spec("INT-2", "INT-3", "INT-4", "INT-6", "INT-11", "ORD-5", "ORD-6", "BIL-3")
@pytest.mark.parametrize("name", [name for name in LIVES if HEAVY or name not in LIKE_OTHERS])
def test_a_life_ends_right(place: Any, name: str) -> None:
    life = LIVES[name]
    story = prepared(place, life)
    reports = story.go_on()
    found = ends(story)
    wanted = {part: getattr(life, part) for part in found}
    assert found == {**wanted, "out": dict(life.out)}, found
    assert recount(story.lists) == {"D100": found["balances"][0], "D200": found["balances"][1]}
    assert not story.waiting, "every moment came"
    assert place.names("in") == []
    assert not [failure for report in reports for failure in report.failures]
    finance = place.directory / "finance"
    rows = (finance / "credit_note_lines.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + len(life.credits)


@pytest.mark.spec("INT-5", "INT-6", "INT-12", "BIL-3")
def test_a_run_with_a_credit_note_that_is_killed_at_any_commit_is_taken_up(
    place: Any, interrupted: Callable[[Any], dict[str, Any]]
) -> None:
    story = prepared(place, LIVES["some come back after the invoice"])
    with pytest.MonkeyPatch.context() as patched:
        # the run ends with the invoice: the goods are taken in, their credit note is of the next closing
        advance = SimulatedClock.advance
        patched.setattr(
            SimulatedClock, "advance", lambda clock, due: bool(story.waiting) and advance(clock, due)
        )
        place.run()
    wanted = interrupted(place)
    assert [one["match"][0]["result"] for one in wanted["credit_notes"]] == ["matched"]
    assert "credit-note-askul-CN00000001.xml" in wanted["out"]
