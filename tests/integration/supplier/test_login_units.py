"""How often a login waits for the disk, and that nobody is answered before it has (PERF-10, AUTH-7, AUTH-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from askul_connect.core.domain.accounts import AccountState
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, LoginRefused, OurError, TooManyAttempts
from askul_connect.core.messages.login import ChangePasswordRequest, LoginRequest, LoginResponse
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.registry import ANYONE, Effect, Idempotency, Operation, ServiceFunction
from askul_connect.core.ports.login_risk import NamedAssessor
from askul_connect.core.services.supplier.context import Desk
from askul_connect.core.services.supplier.dispatch import Binding

SOURCES = Path(__file__).parents[3] / "src" / "askul_connect"
PASSWORD = "Kaede-7-kaze"
ONCE, WITH_A_LOOK = [False, True], [False, True, True]


class Units:
    """The units of work that a world's storage begins: whether each is durable, and the attempts on record after it."""

    def __init__(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[bool] = []
        self.records: list[int] = []
        self._watching = True
        kind = type(world.storage)
        begin = kind.begin

        @contextmanager
        def watched(storage: Any, *, durable: bool = True) -> Iterator[Any]:
            with begin(storage, durable=durable) as unit:
                yield unit
                if self._watching:
                    self.seen.append(durable)
                    owners = ["", *(one.account_id for one in unit.accounts.all())]
                    self.records.append(sum(len(unit.logins.of_account(owner)) for owner in owners))

        monkeypatch.setattr(kind, "begin", watched)
        self._world = world

    def of(self, ask: Callable[[], Any]) -> tuple[Any, list[bool]]:
        """What an attempt answers, and its units; the attempt is on record in its last unit and not before."""
        with self._world.storage.begin():
            pass
        before = self.records[-1]
        self.seen.clear()
        self.records.clear()
        found = ask()
        assert [one - before for one in self.records] == [0] * (len(self.records) - 1) + [1]
        return type(found), list(self.seen)


@frozen
class Says:
    """Always the same verdict."""

    verdict: RiskVerdict

    def assess(self, _facts: LoginFacts) -> RiskAssessment:
        return RiskAssessment(verdict=self.verdict, reasons=("because",))


def judged(world: Any, verdict: RiskVerdict, *, immediate: bool) -> None:
    named = NamedAssessor(name="fixed", fails_closed=False, assessor=Says(verdict), immediate=immediate)
    # a supplier that starts at the same instant would draw the same tokens again
    world.forward(timedelta(seconds=1))
    world.caller = world.caller_of(world.start(risk=(named,)))


@pytest.mark.spec("PERF-10", "AUTH-7", "AUTH-10")
def test_whatever_a_login_comes_to_it_waits_once_for_the_disk(
    stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, stopped = stored.customer(), stored.customer("b")
    with stored.storage.begin() as unit:
        account = unit.accounts.by_customer_number(stopped.number)
        unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    units = Units(stored, monkeypatch)

    def login(login_id: str, password: str) -> tuple[Any, list[bool]]:
        return units.of(lambda: stored.attempt(login_id, password))

    assert login(customer.number, PASSWORD) == (LoginResponse, ONCE)
    assert login(stopped.number, PASSWORD) == (LoginRefused, ONCE)
    for login_id in (customer.number, "0000000000"):
        for _ in range(5):
            assert login(login_id, "wrong") == (LoginMismatch, ONCE)
        assert login(login_id, PASSWORD) == (TooManyAttempts, ONCE)
    stored.forward(timedelta(minutes=1))
    change = ChangePasswordRequest(
        login_id=customer.number, current_password=Secret(PASSWORD), new_password=Secret("Momiji-9-yama")
    )
    _, seen = units.of(lambda: stored.ask_from("", operations.CHANGE_PASSWORD, change))
    assert seen == ONCE


@pytest.mark.spec("PERF-10", "AUTH-9")
@pytest.mark.parametrize("verdict", list(RiskVerdict))
def test_an_immediate_assessor_needs_no_unit_of_its_own_and_decides_alike(
    make_world: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, verdict: RiskVerdict
) -> None:
    found = []
    for immediate in (True, False):
        world = make_world("sqlite")
        customer = world.customer()
        judged(world, verdict, immediate=immediate)
        with monkeypatch.context() as patched:
            units = Units(world, patched)
            kind, seen = units.of(lambda: world.attempt(customer.number, PASSWORD))  # noqa: B023 -- called at once
        assert seen == (ONCE if immediate else WITH_A_LOOK)
        again = type(world.attempt(customer.number, PASSWORD))
        with world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(customer.number)
            last = unit.logins.of_account(account.account_id)[-1]
        told = [one["facts"]["let_in"] for one in world.notices("login-unusual")]
        found.append((kind, again, last.result, last.reason, last.risk, told))
    assert found[0] == found[1]
    assert found[0][0] is (
        LoginRefused if verdict in (RiskVerdict.REFUSE, RiskVerdict.LOCK) else LoginResponse
    )


@pytest.mark.spec("AUTH-7")
def test_nobody_is_answered_by_what_a_loss_of_power_may_take_back(make_world: Callable[..., Any]) -> None:
    quick = Operation(
        name="AnswerQuickly",
        request=LoginRequest,
        response=LoginResponse,
        access=ANYONE,
        effect=Effect.WRITE,
        idempotency=Idempotency.NATURAL,
        function=ServiceFunction.LOGIN,
        summary="Answers without waiting for the disk.",
    )

    def answer(desk: Desk, _request: Any) -> Any:
        return desk.reserve(lambda context: context.unit.facts.put("quick", "1"))

    world = make_world()
    bound = ((quick, Binding(operation=quick, staged=answer)),)
    world.caller = world.caller_of(world.start(more_operations=bound))
    request = LoginRequest(login_id="", password=Secret(""))
    with pytest.raises(OurError, match="a loss of power may take back"):
        world.ask_from("", quick, request)


@pytest.mark.spec("REL-3")
def test_nothing_but_what_is_decided_goes_without_waiting_for_the_disk() -> None:
    """The count before a hash (ADR 0020) and what a run tells nobody yet (ADR 0037); a further place says why there."""
    found = {
        (path.relative_to(SOURCES).as_posix(), asked)
        for path in SOURCES.rglob("*.py")
        if "testing" not in path.parts
        for asked in ("durable=False", ".reserve(lambda")
        if asked in path.read_text("utf-8")
    }
    assert found == {
        ("core/services/buyer/hurrying.py", "durable=False"),
        ("core/services/supplier/dispatch.py", "durable=False"),
        ("core/services/supplier/login_proof.py", ".reserve(lambda"),
    }
