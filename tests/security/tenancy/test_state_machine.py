"""Three customers and their machines do anything in any order: nobody ever sees a trace of another one (Q-TEN-2).

``TENANCY_STEPS`` says how many steps are taken in memory; HEAVY=1 takes 100,000 and shrinks what it finds, which takes
minutes. On each database there is one step for twelve of these: what is asked is the same, who answers is SQL.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tenancy_callers import ACCOUNTS, Caller, Outcome, canary, leaves
from tenancy_estate import PASSWORD, Estate
from tenancy_table import ABSENT, COMPANY, DEPARTMENT, OWN, Asked, entry_of

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import CUSTOMERS, Effect
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

HEAVY = os.environ.get("HEAVY") == "1"
STEPS = int(os.environ.get("TENANCY_STEPS", "100000" if HEAVY else "1440"))
STEPS_AT_ONCE = 60
#: How many steps in memory stand against one on a database.
STEPS_FOR_ONE = {"memory": 1, "sqlite": 12, "postgresql": 12}
#: Fields that hold what the supplier numbers or gives out; of its own ones, which everybody may know, none.
_ENDINGS = ("_id", "_number", "_token", "credential", "_password", "seal", "cursor")
_EVERYBODYS = {"registration_number", "party_id", "line_id", "line_number", "notice_id"}
#: Who may do most calls most.
_KINDS = ("administrator", "administrator", "administrator", "machine", "machine of D1", "nobody")
#: What shows a customer's data is called most; what only staff may do is refused here, and once is enough.
_OPERATIONS = (
    *SUPPLIER_OPERATIONS,
    *(one for one in SUPPLIER_OPERATIONS if one.access & CUSTOMERS),
    *(one for one in SUPPLIER_OPERATIONS if one.access & CUSTOMERS and one.effect is Effect.READ),
)


class Lines(logging.Handler):
    """Every line that is logged, whole."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    def take(self) -> list[str]:
        taken, self.lines = self.lines, []
        return taken


def given_out(value: Any) -> set[str]:
    """What an answer gives out that belongs to its caller alone."""
    found: set[str] = set()
    if attrs.has(type(value)) and not isinstance(value, Secret):
        for one in attrs.fields(type(value)):
            held = getattr(value, one.name)
            text = held.reveal() if isinstance(held, Secret) else held
            known = one.name.endswith(_ENDINGS) and one.name not in _EVERYBODYS
            if known and isinstance(text, str) and len(text) >= 8:
                found.add(text)
            found |= given_out(held)
    elif isinstance(value, tuple):
        for entry in value:
            found |= given_out(entry)
    return found


class Tenants(RuleBasedStateMachine):
    """The supplier, and random calls by random callers."""

    #: Gives the storage of a new supplier.
    place: Callable[[], str] = staticmethod(lambda: "memory")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.estate = Estate(self.place(), Path(self.folder.name), whole=False)
        self.calls = 0
        self.read: set[Path] = set()
        tokens = (*self.estate.machines.values(), *self.estate.limited.values())
        self.kept = {one.reveal().partition(".")[0].removeprefix("ac_") for one in tokens}
        self.kept |= {self.estate.people[account, "admin"] for account in ACCOUNTS}
        self.log = Lines()
        self.root = logging.getLogger()
        self.before = self.root.level, logging.getLogger("askul_connect").level
        self.root.addHandler(self.log)
        self.root.setLevel(logging.DEBUG)
        logging.getLogger("askul_connect").setLevel(logging.DEBUG)

    def teardown(self) -> None:
        self.root.removeHandler(self.log)
        self.root.setLevel(self.before[0])
        logging.getLogger("askul_connect").setLevel(self.before[1])
        self.estate.close()
        self.folder.cleanup()

    def caller(self, account: str, kind: str) -> Caller:
        estate, scope = self.estate, frozenset(one.name for one in SUPPLIER_OPERATIONS if one.machines)
        if kind == "administrator":
            token = estate.administrators[account]
            return Caller(name=kind, account=account, token=token, role=Role.ADMINISTRATOR)
        if kind == "machine":
            return Caller(name=kind, account=account, token=estate.machines[account], scope=scope)
        if kind == "machine of D1":
            return Caller(name=kind, account=account, token=estate.limited[account, "D1"], scope=scope)
        return Caller(name=kind, account=account, alive=False)

    @rule(
        operation=st.sampled_from(_OPERATIONS),
        account=st.sampled_from(ACCOUNTS),
        kind=st.sampled_from(_KINDS),
        whose=st.sampled_from((OWN, OWN, DEPARTMENT, COMPANY, ABSENT)),
        face=st.sampled_from(("in process", "json")),
        data=st.data(),
    )
    def somebody_calls(  # noqa: PLR0917 -- hypothesis gives them by name
        self, operation: Any, account: str, kind: str, whose: str, face: str, data: st.DataObject
    ) -> None:
        self.calls += 1
        # whoever logged out before is back
        self.estate.people_of.restore()
        entry, caller = entry_of(operation.name), self.caller(account, kind)
        request = entry.request(Asked(estate=self.estate, caller=caller, whose=whose))
        for name in sorted(entry.names):
            if isinstance(getattr(request, name), str) and data.draw(st.integers(0, 3)) == 0:
                # any id that anybody ever got, in the place of the right one
                owner = data.draw(st.sampled_from(ACCOUNTS))
                stolen = data.draw(st.sampled_from(sorted(self.estate.numbers[owner])))
                # whoever takes the own administrator's password or machine away ends the game
                kept = {*self.kept, *self.estate.hosts.values()}
                if owner != account or stolen not in kept:
                    request = evolve(request, **{name: stolen})
        self.log.take()
        # the same keys are used by everybody
        key = f"key-{data.draw(st.integers(0, 5))}" if data.draw(st.booleans()) else ""
        found = self.estate.outcome(face, operation, request, caller, key=key)
        self.check(caller, operation.name, request, found)
        if not found.code and caller.alive:
            self.estate.numbers[account] |= given_out(found.answer)
        elif not found.code and operation.name == "Login":
            self.admit(account, found.answer.session_token)

    def check(self, caller: Caller, name: str, request: Any, found: Outcome) -> None:
        text, said = found.text, "\n".join(leaves(request))
        logged = "\n".join(self.log.take())
        for other in ACCOUNTS:
            if other == caller.account:
                continue
            for mark in (canary(other), *self.estate.numbers[other]):
                assert mark in said or mark not in text, (
                    f"{caller} got {mark} of {other} from {name}: {found}"
                )
                assert mark in said or mark not in logged, (
                    f"{mark} of {other} is in the log of {name}: {logged}"
                )
        if caller.name == "machine of D1":
            for hidden in (self.estate.orders[caller.account, "D2"], "PO-D2"):
                assert hidden in said or hidden not in text, (
                    f"{caller} got {hidden} of D2 from {name}: {found}"
                )
        self.check_lines(logged)

    def check_lines(self, logged: str) -> None:
        """Names, addresses, notes and secrets of nobody; what a customer calls a purchase order may be logged."""
        secrets = [
            one.reveal() for one in (*self.estate.machines.values(), *self.estate.administrators.values())
        ]
        personal = [
            f"@{canary('')}",
            f"会社{canary('')}",
            f"区{canary('')}",
            "管理者",
            "山田",
            "-note",
            PASSWORD,
        ]
        assert not [mark for mark in (*personal, *secrets) if mark in logged], logged

    @precondition(lambda self: self.calls % 12 == 11)
    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        """Now and then: sessions end, the supplier's own work is done, notices leave."""
        self.calls += 1
        self.estate.clock.advance(self.estate.clock.now() + timedelta(hours=hours))
        self.log.take()
        self.estate.supplier.automation.work()
        for line in self.log.take():
            self.check_lines(line)
            mentioned = [account for account in ACCOUNTS if canary(account) in line]
            assert len(mentioned) <= 1, f"a line about several customers: {line}"
        self.estate.people_of.restore()
        for account in ACCOUNTS:
            self.admit(account, self.estate.login(f"admin@{canary(account)}.example"))

    def admit(self, account: str, token: Secret) -> None:
        """An administrator goes on with another session."""
        self.estate.administrators[account] = token
        self.estate.people_of.keep(token)

    @invariant()
    def a_notice_holds_nothing_of_others(self) -> None:
        folder = Path(self.folder.name, "notices")
        for path in set(folder.glob("*.json")) - self.read if folder.exists() else ():
            self.read.add(path)
            text = path.read_text("utf-8")
            # whoever invited the people of one customer is told of these
            (addressed,) = [
                one
                for one in ACCOUNTS
                for known in (one, f"host{one}")
                if f"@{canary(known)}." in json.loads(text)["to"]
            ]
            for other in ACCOUNTS:
                if other != addressed:
                    marks = (canary(other), *self.estate.numbers[other])
                    assert not [mark for mark in marks if mark in text], f"to {addressed}: {text}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("storage", list(STEPS_FOR_ONE))
def test_nobody_sees_a_trace_of_another_customer(storage: str, request: pytest.FixtureRequest) -> None:
    def place() -> str:
        if storage != "postgresql":
            return storage
        url: str = request.getfixturevalue("new_postgresql")()
        return url

    examples = max(STEPS // STEPS_FOR_ONE[storage] // STEPS_AT_ONCE, 1)
    phases = (Phase.explicit, Phase.generate, *((Phase.shrink,) if HEAVY else ()))
    run_state_machine_as_test(
        type("Tenants", (Tenants,), {"place": staticmethod(place)}),
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS_AT_ONCE, deadline=None, phases=phases
        ),
    )
