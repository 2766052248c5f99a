"""Before the proof nothing tells who exists: the same answers, units, queries and hashes (AUTH-2, AUTH-6, AUTH-7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.server.api import JsonFace
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, LoginRefused, TooManyAttempts, ValueInvalid
from askul_connect.core.messages.login import ChangePasswordRequest, LoginRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.transport import HttpRequest

PASSWORD = "Kaede-7-kaze"
ADDRESS = "192.0.2.1"


class Watch(Argon2Hasher):
    """Counts the hashes, and those of a password that somebody has."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.hashes = 0
        self.stored = 0

    def hash(self, password: Secret) -> str:
        self.hashes += 1
        return super().hash(password)

    def verify(self, encoded: str, password: Secret) -> bool:
        self.hashes += 1
        self.stored += bool(encoded)
        return super().verify(encoded, password)


class Scene:
    """One person for each thing that can be the matter with a login, and the statements that an attempt takes."""

    def __init__(self, world: Any, hasher: Watch) -> None:
        self.world = world
        self.hasher = hasher
        self.statements: list[str] = []
        number = world.customer("a").number
        self.ids = {
            "wrong": number,
            "wrong by e-mail": "Admin@A.example.co.jp",
            "unknown number": "0000000000",
            "unknown e-mail": "nobody@a.example.co.jp",
            "neither": "田中 太郎",
            "empty": "",
            "no password yet": "new@n.example.co.jp",
        }
        fresh = world.customer("n")
        fresh.add_user("new@n.example.co.jp", Role.BUYER)
        for state in AccountState:
            if state is not AccountState.ACTIVE:
                customer = world.customer(state.value.replace("_", "-"))
                self.ids[f"account {state}"] = customer.number
                self.change_account(customer.number, state)
        for state in (UserState.AWAITING_APPROVAL, UserState.REJECTED, UserState.REMOVED):
            mail = f"{state.value.replace('_', '-')}@a.example.co.jp"
            customer = world.customer(f"u{state.value.replace('_', '-')}")
            customer.person(mail, Role.BUYER)
            self.ids[f"user {state}"] = mail
            with world.storage.begin() as unit:
                user = unit.users.by_email_key(mail)
                unit.users.save(evolve(user, state=state))
        self.stopped = {name: one for name, one in self.ids.items() if name.startswith(("account", "user"))}
        for name in ("paused", "locked"):
            self.ids[name] = world.customer(name).number
        self.ids |= {"unknown paused": "1111111111", "unknown locked": "2222222222"}
        world.forward(timedelta(hours=1))

    def change_account(self, number: str, state: AccountState) -> None:
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(number)
            unit.accounts.save(evolve(account, state=state))

    def count_statements(self) -> None:
        def watch(connection: Any, *_: object) -> None:
            connection.set_trace_callback(self.statements.append)

        sa.event.listen(self.world.storage._engine, "checkout", watch)

    def fail(self, name: str, times: int = 1, address: str = ADDRESS) -> Any:
        for _ in range(times):
            found = self.world.attempt(self.ids[name], "wrong", address=address)
        return found

    def lock(self, name: str) -> None:
        """As after a hundred failures: the counter is the one that the first failure made."""
        before = self.counters()
        self.fail(name, address="")
        ((subject, _),) = self.counters().items() - before.items()
        with self.world.storage.begin() as unit:
            now = self.world.clock.now()
            unit.attempts.put(AttemptCounter(subject=subject, failures=100, last_at=now, locked_at=now))

    def counters(self) -> dict[str, Any]:
        with self.world.storage.begin() as unit:
            table = unit.attempts._transaction._cursor.execute("SELECT subject, failures FROM login_attempts")
            return dict(table.fetchall())

    def cost(self, name: str) -> tuple[Any, list[str], int]:
        """Answer, kinds of statements, and hashes of one attempt with a wrong password."""
        self.statements.clear()
        hashes = self.hasher.hashes
        found = self.fail(name)
        kinds = [one.split()[0] for one in self.statements]
        return found, kinds, self.hasher.hashes - hashes


@pytest.fixture
def scene(make_world: Callable[..., Any]) -> Scene:
    hasher = Watch()
    return Scene(make_world("sqlite", hasher=hasher), hasher)


def content(error: Any) -> tuple[Any, ...]:
    """Everything an answer says, apart from its number."""
    assert error.reference
    return type(error), error.detail, error.where, error.problems, error.retry_after, str(error.remedy)


@pytest.mark.spec("AUTH-2", "AUTH-6")
def test_nobody_is_made_of_rows_as_often_as_somebody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    entity = Rows.entity

    def counted(rows: Rows[Any], row: Any, **elsewhere: Any) -> Any:
        found = entity(rows, row, **elsewhere)
        made.append(type(found).__name__)
        return found

    monkeypatch.setattr(Rows, "entity", counted)
    people: dict[str, list[str]] = {}
    for name in ("wrong", "unknown number", "wrong by e-mail", "unknown e-mail"):
        made.clear()
        assert isinstance(scene.fail(name), LoginMismatch)
        people[name] = [one for one in made if one in {"Account", "User", "Membership"}]
    assert people["wrong"] == people["unknown number"] == ["Account", "Membership", "User"]
    assert people["wrong by e-mail"] == people["unknown e-mail"] == ["User", "Account", "Membership"]


@pytest.mark.spec("AUTH-2", "AUTH-6", "AUTH-7")
def test_every_refusal_before_the_proof_costs_the_same_and_says_the_same(scene: Scene) -> None:
    for name in ("paused", "unknown paused"):
        scene.fail(name, 5, address="")
    for name in ("locked", "unknown locked"):
        scene.lock(name)
    # once each, so that no statement is compiled and no page is made for the first time
    scene.count_statements()
    costs = {}
    for name in scene.ids:
        scene.world.forward(timedelta(minutes=1) if "paused" not in name else timedelta())
        if "paused" in name:
            scene.fail(name, 5, address="")
        costs[name] = scene.cost(name)
    answers = {name: content(found) for name, (found, _, _) in costs.items()}
    mismatch = {answers[name] for name in answers if "paused" not in name and "locked" not in name}
    assert len(mismatch) == 1
    assert mismatch.pop()[0] is LoginMismatch
    assert answers["paused"] == answers["unknown paused"]
    assert answers["paused"][0] is TooManyAttempts
    assert answers["paused"][4] is not None
    assert answers["locked"] == answers["unknown locked"]
    assert answers["locked"][0] is TooManyAttempts
    assert {hashes for _, _, hashes in costs.values()} == {1}
    numbers = {name: len(kinds) for name, (_, kinds, _) in costs.items()}
    assert set(numbers.values()) == {numbers["wrong"]}, numbers
    # not only as many, but in the same order, for everybody who is in the same place
    for group in (
        set(costs) - {"paused", "unknown paused", "locked", "unknown locked"},
        {"paused", "unknown paused"},
    ):
        assert len({tuple(costs[name][1]) for name in group}) == 1


@pytest.mark.spec("AUTH-7")
def test_the_beginning_of_a_pause_costs_the_same_known_or_not(scene: Scene) -> None:
    scene.count_statements()
    found = {}
    for name in ("wrong", "unknown number", "unknown e-mail"):
        costs = [scene.cost(name) for _ in range(7)]
        found[name] = [(content(answer), len(kinds), hashes) for answer, kinds, hashes in costs]
        scene.world.forward(timedelta(minutes=2))
    assert found["wrong"] == found["unknown number"] == found["unknown e-mail"]


@pytest.mark.spec("AUTH-2", "AUTH-7")
def test_a_busy_source_costs_the_same_as_a_wrong_password(scene: Scene) -> None:
    scene.count_statements()
    first = scene.cost("wrong")
    for number in range(9):
        scene.world.attempt(f"{number:010}", "wrong", address=ADDRESS)
    found = {name: scene.cost(name) for name in scene.ids if "paused" not in name and "locked" not in name}
    assert {len(kinds) for _, kinds, _ in found.values()} == {len(first[1])}
    assert {hashes for _, _, hashes in found.values()} == {1}
    assert {content(answer)[:5] for answer, _, _ in found.values()} == {content(found["wrong"][0])[:5]}
    assert isinstance(found["wrong"][0], TooManyAttempts)


@pytest.mark.spec("AUTH-2")
def test_the_answers_over_json_are_the_same_to_the_header(scene: Scene) -> None:
    face = JsonFace(scene.world.supplier.dispatcher, address="http://localhost/api/1")

    def ask(name: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        body = json.dumps({"login_id": scene.ids[name], "password": "wrong"}).encode()
        request = HttpRequest(
            method="POST",
            url="http://localhost/api/1/Login",
            headers={"content-type": "application/json"},
            body=body,
        )
        answer = face.handle(request, peer="")
        said = json.loads(answer.body)
        assert said.pop("reference") in said.pop("instance")
        return answer.status, dict(answer.headers), said

    first = {name: ask(name) for name in scene.ids}
    assert all(one == first["wrong"] for one in first.values())
    assert first["wrong"][0] == 401
    for name in ("wrong", "unknown number", "neither"):
        for _ in range(4):
            ask(name)
    paused = [ask(name) for name in ("wrong", "unknown number", "neither")]
    assert paused[0] == paused[1] == paused[2]
    assert (paused[0][0], paused[0][1]["retry-after"], paused[0][2]["retry_after"]) == (429, "1", 1)


@pytest.mark.spec("AUTH-2", "ACC-3", "ACC-9")
def test_the_reason_is_for_who_proves_the_password(scene: Scene) -> None:
    reasons = {}
    for name, login_id in scene.stopped.items():
        found = scene.world.attempt(login_id, PASSWORD)
        assert isinstance(found, LoginRefused)
        (problem,) = found.problems
        assert problem.remedy
        assert found.reference
        reasons[name] = problem.code
    assert reasons == {
        "account pending_approval": "account-pending-approval",
        "account suspended": "account-suspended",
        "account rejected": "account-rejected",
        "account withdrawn": "account-withdrawn",
        "user awaiting_approval": "user-awaiting-approval",
        "user rejected": "user-rejected",
        "user removed": "user-removed",
    }


@pytest.mark.spec("AUTH-5", "AUTH-7")
def test_a_change_of_password_from_the_login_screen_counts_like_a_login(scene: Scene) -> None:
    world = scene.world

    def change(login_id: str, current: str) -> Any:
        request = ChangePasswordRequest(
            login_id=login_id, current_password=Secret(current), new_password=Secret("Momiji-9-yama")
        )
        try:
            return world.ask_from(ADDRESS, operations.CHANGE_PASSWORD, request)
        except (LoginMismatch, TooManyAttempts) as error:
            return error

    for name in ("wrong", "unknown number"):
        for _ in range(2):
            scene.fail(name, address="")
        found = [content(change(scene.ids[name], "wrong")) for _ in range(4)]
        assert [one[0] for one in found] == [LoginMismatch] * 3 + [TooManyAttempts]
        assert isinstance(world.attempt(scene.ids[name], PASSWORD), TooManyAttempts)
        assert isinstance(change(scene.ids[name], PASSWORD), TooManyAttempts)
    world.forward(timedelta(seconds=1))
    assert change(scene.ids["wrong"], PASSWORD).password_expires_at


@pytest.mark.spec("AUTH-6")
def test_no_password_is_hashed_while_a_transaction_is_open(make_world: Callable[..., Any]) -> None:
    world: Any = None

    class Outside(Watch):
        """Fails when the storage cannot be used by somebody else meanwhile."""

        def verify(self, encoded: str, password: Secret) -> bool:
            if world is not None:
                with world.storage.begin() as unit:
                    assert unit.facts.get("nothing") is None
            return super().verify(encoded, password)

    hasher = Outside()
    made = make_world(hasher=hasher)
    customer = made.customer()
    world = made
    assert world.login(customer.number, PASSWORD).session_token
    world.set_password(customer.number, PASSWORD, "Momiji-9-yama")
    with pytest.raises(LoginMismatch):
        world.login(customer.number, PASSWORD)


@pytest.mark.spec("AUTH-6")
def test_an_old_hash_is_renewed_by_a_login(make_world: Callable[..., Any]) -> None:
    world = make_world()
    customer = world.customer()

    def stored() -> str:
        with world.storage.begin() as unit:
            return str(unit.users.by_email_key(customer.email).password_hash)

    before = stored()
    world.caller = world.caller_of(world.start(hasher=Argon2Hasher(memory_kib=16, passes=1)))
    with pytest.raises(LoginMismatch):
        world.login(customer.number, "wrong")
    assert stored() == before
    world.login(customer.number, PASSWORD)
    assert "m=16," in stored()
    assert world.login(customer.number, PASSWORD).session_token


@pytest.mark.spec("AUTH-2")
def test_what_is_revoked_while_the_password_is_hashed_is_revoked(make_world: Callable[..., Any]) -> None:
    """Between the units somebody else suspends the account, removes the user or sets another password."""
    changes: list[Callable[[Any], None]] = []

    class Between(Watch):
        def verify(self, encoded: str, password: Secret) -> bool:
            right = super().verify(encoded, password)
            if changes:
                with world.storage.begin() as unit:
                    changes.pop()(unit)
            return right

    world = make_world(hasher=Between())
    customer = world.customer()

    def account_suspended(unit: Any) -> None:
        unit.accounts.save(
            evolve(unit.accounts.by_customer_number(customer.number), state=AccountState.SUSPENDED)
        )

    def back(unit: Any) -> None:
        unit.accounts.save(
            evolve(unit.accounts.by_customer_number(customer.number), state=AccountState.ACTIVE)
        )

    def other_password(unit: Any) -> None:
        unit.users.save(evolve(unit.users.by_email_key(customer.email), password_hash="$other$"))

    changes.append(account_suspended)
    assert isinstance(world.attempt(customer.number, PASSWORD), LoginRefused)
    with world.storage.begin() as unit:
        back(unit)
    changes.append(other_password)
    assert isinstance(world.attempt(customer.number, PASSWORD), LoginMismatch)


@pytest.mark.spec("AUTH-1")
def test_a_login_request_says_no_more_than_it_may(faced: Any) -> None:
    for device in ("x" * 101, "a\nb", "a\x1b[2J"):
        if faced.face == "soap" and "\x1b" in device:
            continue
        with pytest.raises(ValueInvalid) as caught:
            faced.call(operations.LOGIN, LoginRequest(login_id="x", password=Secret("x"), device=device))
        assert caught.value.where.endswith("device")
