"""Whether time tells a customer which orders others have: a foreign number against one that nobody has (Q-TEN-4)."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import evolve

from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.login import ChangePasswordRequest, LoginRequest
from askul_connect.core.messages.ordering import GetOrderRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.faces import Call
from askul_connect.core.services.supplier.opening import open_account, stock_catalog
from benchmarks.bench_login import REACH, area
from benchmarks.bench_order import OPTIONS, PASSWORD, open_supplier, place_ours
from benchmarks.postgresql import postgresql_server
from benchmarks.samples import ITEMS, purchase

#: Calls of each kind; the specification's figure is 1,000 at least.
CALLS = int(os.environ.get("TENANCY_TIMING_CALLS", "1000"))
#: Calls that do not count.
WARM_UP = 10
#: Orders that each customer has.
ORDERS = 50


def timing_rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """Cells of the rows; 0.5 is not at all."""
    place = folder / "tenancy"
    place.mkdir()
    yield _row(f"sqlite:///{place / 'supplier.sqlite3'}", place, "SQLite")
    with postgresql_server(place / "data") as server:
        yield _row(server.create("tenancy"), place, "PostgreSQL")


def _row(url: str, folder: Path, database: str) -> tuple[str, ...]:
    foreign, absent = measured(url, folder)
    found = area(foreign, absent)
    low, high = REACH
    return (
        f"tell another customer's order from none by time, {database}",
        "call",
        f"AUC {found:.3f}",
        f"chance, {len(foreign)} calls each, interleaved",
        "0.500",
        f"{found:.3f}",
        f"{low} to {high}",
        "yes" if low <= found <= high else "no",
    )


def measured(url: str, folder: Path, calls: int = CALLS) -> tuple[list[float], list[float]]:
    """Seconds of refused calls: for orders of another customer, and for orders that nobody has."""
    chance = random.Random(4)  # noqa: S311 -- an order of calls, no secret
    with closing(open_supplier(url, folder)) as supplier:
        stock_catalog(supplier.storage, ITEMS)
        (caller, _), (_, theirs) = (_customer(supplier, name) for name in ("own", "other"))
        last = max(int(number[2:]) for number in theirs)
        kinds: dict[str, Callable[[], str]] = {
            "foreign": lambda: chance.choice(theirs),
            "absent": lambda: f"AC{last + 1 + chance.randrange(ORDERS):08d}",
        }
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(calls + WARM_UP):
            order = list(kinds)
            chance.shuffle(order)
            for name in order:
                elapsed = _refused(supplier, caller, kinds[name]())
                if turn >= WARM_UP:
                    seconds[name].append(elapsed)
    return seconds["foreign"], seconds["absent"]


def _refused(supplier: Any, token: Secret, number: str) -> float:
    request, call = GetOrderRequest(order_number=number), Call(channel=Channel.JSON, token=token)
    started = time.perf_counter()
    try:
        supplier.dispatcher.dispatch(operations.GET_ORDER, request, call)
    except NotFound:
        return time.perf_counter() - started
    raise AssertionError(f"{number} was shown to another customer")


def _customer(supplier: Any, name: str) -> tuple[Secret, list[str]]:
    """A session of a new customer, and the numbers of its orders."""
    email, party = f"admin@{name}.example", f"0188:{name}"
    opening = evolve(OPTIONS.opening, name=name, administrator_email=email, buyer_party=party)
    letter = open_account(supplier.storage, supplier.dispatcher.house, opening)
    call = Call(channel=Channel.JSON)
    change = ChangePasswordRequest(
        login_id=email, current_password=letter.temporary_password, new_password=PASSWORD
    )
    supplier.dispatcher.dispatch(operations.CHANGE_PASSWORD, change, call)
    login = LoginRequest(login_id=email, password=PASSWORD)
    token: Secret = supplier.dispatcher.dispatch(operations.LOGIN, login, call).session_token
    placed = [
        place_ours(supplier, token, evolve(purchase(number), buyer_party=party)) for number in range(ORDERS)
    ]
    return token, [one.orders[0].order_number for one in placed]
