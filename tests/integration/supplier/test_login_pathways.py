"""Every way to log in is assessed and recorded alike: password, passkey, remembered device, sign-on, staff (AUTH-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from attrs import evolve, frozen

from askul_connect.adapters.security.password_provider import PasswordProvider
from askul_connect.core.domain.accounts import SessionStage, UserState
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.staff import StaffState
from askul_connect.core.errors import (
    AskulConnectError,
    LoginMismatch,
    LoginRefused,
    PluginFailed,
    TooManyAttempts,
    ValueInvalid,
)
from askul_connect.core.messages.sessions import ResumeSessionRequest
from askul_connect.core.messages.sign_on import LoginWithAssertionRequest, SetSignOnProvidersRequest
from askul_connect.core.messages.staff import AddStaffRequest, StaffLoginRequest
from askul_connect.core.operations import factors, sessions, sign_on, support
from askul_connect.core.ports.authentication import (
    IdentityAssertion,
    NamedProvider,
    Presented,
    PresentedForm,
)
from askul_connect.core.ports.login_risk import NamedAssessor

PASSWORD, STAFF_PASSWORD = "Kaede-7-kaze", "Tsubaki-3-ame"
HOME, OFFICE = "192.0.2.1", "198.51.100.1"


class Fixed:
    """Says what it is told to say, outside of every unit of work, and keeps what it was asked."""

    def __init__(self, verdict: RiskVerdict, storage: Any = None) -> None:
        self.verdict = verdict
        self.storage = storage
        self.asked: list[LoginFacts] = []

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        self.asked.append(facts)
        if self.storage is not None:
            # another unit of work can be had: none is open while it is asked
            with self.storage.begin() as unit:
                assert unit.facts.get("nothing") is None
        return RiskAssessment(verdict=self.verdict, reasons=("because",))


class Broken:
    def assess(self, facts: LoginFacts) -> RiskAssessment:
        raise PluginFailed("it cannot say")


class Idp:
    """A provider that knows the assertions it was told of."""

    def __init__(self) -> None:
        self.known: dict[str, IdentityAssertion] = {}

    def says(self, assertion: str, email: str = "admin@a.example.co.jp", methods: Any = ("pwd",)) -> None:
        self.known[assertion] = IdentityAssertion(
            subject="s", email=email, email_verified=True, methods=methods
        )

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        return self.known.get(presented.secret.reveal())


def providers(idp: Idp) -> tuple[NamedProvider, ...]:
    return (
        NamedProvider(
            name="password", forms=frozenset({PresentedForm.PASSWORD}), provider=PasswordProvider()
        ),
        NamedProvider(name="corp", forms=frozenset({PresentedForm.ASSERTION}), provider=idp),
    )


@frozen
class Pathway:
    """One way in: how somebody who is right takes it, and who that is."""

    world: Any
    idp: Any
    enter: Callable[..., Any]
    user_id: str
    to: str
    #: A remembered device is known, whatever it says of itself.
    new: str = "new-network, new-device"
    reason: str = "risk-refused"

    def judged(self, assessor: Any, *, fails_closed: bool = False) -> None:
        """The supplier as after a restart, with another assessor and the same providers."""
        # one that starts at the same instant would draw the same tokens again
        self.world.forward(timedelta(seconds=1))
        named = NamedAssessor(name="n0", fails_closed=fails_closed, assessor=assessor)
        supplier = self.world.start(risk=(named,), providers=providers(self.idp))
        self.world.caller = self.world.caller_of(supplier)

    def attempt(self, address: str = HOME, device: str = "Firefox") -> Any:
        try:
            return self.enter(address, device)
        except AskulConnectError as error:
            return error

    def latest(self) -> Any:
        """Its latest record in the login history."""
        with self.world.storage.begin() as unit:
            owners = ["", *(one.account_id for one in unit.accounts.all())]
            own = [
                one
                for owner in owners
                for one in unit.logins.of_account(owner)
                if one.user_id == self.user_id
            ]
        return own[-1]


WAYS = ("password", "passkey", "remembered device", "sign-on", "staff")


def of_staff(world: Any, idp: Idp) -> Pathway:
    added = world.as_staff(support.ADD_STAFF, AddStaffRequest(login_name="hanako", name="支援 花子"))
    totp = pyotp.TOTP(parse_qs(urlsplit(added.enrolment_uri.reveal()).query)["secret"][0])

    def staff(password: Secret, **more: Any) -> StaffLoginRequest:
        # each code is good once
        world.forward(timedelta(seconds=30))
        code = Secret(totp.at(world.clock.now()))
        return StaffLoginRequest(login_name="hanako", password=password, code=code, **more)

    first = staff(added.temporary_password, new_password=Secret(STAFF_PASSWORD))
    world.call(support.STAFF_LOGIN, first)

    def by_staff(address: str, device: str) -> Any:
        asked = staff(Secret(STAFF_PASSWORD), device=device)
        return world.ask_from(address, support.STAFF_LOGIN, asked)

    return Pathway(world, idp, by_staff, added.staff_id, "supplier:security")


@pytest.fixture(params=WAYS)
def pathway(request: Any, make_world: Any, storage_kind: str, software_authenticator: Any) -> Pathway:
    idp = Idp()
    world = make_world(storage_kind, providers=providers(idp))
    customer = world.customer()
    with world.storage.begin() as unit:
        user_id = unit.users.by_email_key(customer.email).user_id
    person = world.login(customer.number, PASSWORD).session_token
    email, numbers = "Admin@a.example.co.jp", iter(range(1_000))
    key, remembered = software_authenticator(), world.attempt(customer.number, PASSWORD, remember=True)
    tokens = [remembered.device_token]

    def by_password(address: str, device: str) -> Any:
        found = world.attempt(customer.number, PASSWORD, address=address, device=device)
        if isinstance(found, AskulConnectError):
            raise found
        return found

    def begin() -> str:
        asked = factors.START_PASSKEY_LOGIN.request(login_id=email)
        made: str = world.call(factors.START_PASSKEY_LOGIN, asked).options
        return made

    def by_passkey(address: str, device: str) -> Any:
        asked = factors.LOGIN_WITH_PASSKEY.request(passkey=key.get(begin()), device=device)
        return world.ask_from(address, factors.LOGIN_WITH_PASSKEY, asked)

    def by_device(address: str, device: str) -> Any:
        asked = ResumeSessionRequest(device_token=tokens[-1], device=device)
        found = world.ask_from(address, sessions.RESUME_SESSION, asked)
        tokens.append(found.device_token)
        return found

    def by_assertion(address: str, device: str) -> Any:
        assertion = f"good-{next(numbers)}"
        idp.says(assertion)
        asked = LoginWithAssertionRequest(provider="corp", assertion=Secret(assertion), device=device)
        return world.ask_from(address, sign_on.LOGIN_WITH_ASSERTION, asked)

    if request.param == "staff":
        return of_staff(world, idp)
    if request.param == "passkey":
        begun = world.call(factors.ENROL_PASSKEY, factors.ENROL_PASSKEY.request(label="key"), token=person)
        done = factors.CONFIRM_PASSKEY.request(
            factor_id=begun.factor_id, credential=key.create(begun.options)
        )
        world.call(factors.CONFIRM_PASSKEY, done, token=person)
    if request.param == "sign-on":
        allowed = SetSignOnProvidersRequest(providers=("corp",))
        world.call(sign_on.SET_SIGN_ON_PROVIDERS, allowed, token=customer.administrator)
    ways = {
        "password": by_password,
        "passkey": by_passkey,
        "remembered device": by_device,
        "sign-on": by_assertion,
    }
    return Pathway(
        world,
        idp,
        ways[request.param],
        user_id,
        email,
        new="new-network" if request.param == "remembered device" else "new-network, new-device",
        reason="sign-on by corp: risk-refused" if request.param == "sign-on" else "risk-refused",
    )


def told(pathway: Pathway) -> list[dict[str, Any]]:
    return [
        one
        for one in pathway.world.notices("login-unusual", "staff-login-unusual")
        if one["to"] == pathway.to
    ]


@pytest.mark.spec("AUTH-9", "AUTH-10")
def test_the_environment_is_compared_recorded_and_told_on_every_way(pathway: Pathway) -> None:
    assert pathway.attempt().session_token
    first = pathway.latest()
    assert (first.result, first.address, first.device, first.risk) == (
        "success",
        HOME,
        "Firefox",
        pathway.new,
    )
    assert pathway.attempt().session_token
    assert pathway.latest().risk == ""
    assert pathway.attempt(OFFICE).session_token
    assert pathway.latest().risk == "new-network"
    assert [one["facts"]["reasons"] for one in told(pathway)] == [pathway.new, "new-network"]
    assert told(pathway)[-1]["facts"]["reference"] == pathway.latest().reference


@pytest.mark.spec("AUTH-9")
def test_an_assessor_is_asked_outside_of_units_on_every_way(pathway: Pathway) -> None:
    fixed = Fixed(RiskVerdict.ALLOW, pathway.world.storage)
    pathway.judged(fixed)
    assert pathway.attempt().session_token
    assert [(one.user_id, one.address, one.device) for one in fixed.asked] == [
        (pathway.user_id, HOME, "Firefox")
    ]


@pytest.mark.spec("AUTH-9")
def test_risk_refuses_on_every_way(pathway: Pathway) -> None:
    pathway.judged(Fixed(RiskVerdict.REFUSE))
    found = pathway.attempt()
    assert isinstance(found, LoginRefused)
    assert [one.code for one in found.problems] == ["risk-refused"]
    record = pathway.latest()
    assert (record.reference, record.reason, record.risk) == (found.reference, pathway.reason, "because")
    assert [one["facts"]["let_in"] for one in told(pathway)] == ["no"]
    pathway.judged(Broken(), fails_closed=True)
    assert isinstance(pathway.attempt(), LoginRefused)
    pathway.judged(Broken())
    assert pathway.attempt().session_token
    assert pathway.latest().risk == "not-assessed-n0"


@pytest.mark.spec("AUTH-9")
def test_risk_locks_on_every_way(pathway: Pathway) -> None:
    pathway.judged(Fixed(RiskVerdict.LOCK))
    assert isinstance(pathway.attempt(), LoginRefused)
    pathway.judged(Fixed(RiskVerdict.ALLOW))
    if pathway.to == "supplier:security":
        # nobody unlocks staff: what they had open has ended, and every attempt is assessed anew
        assert len(pathway.world.audited("staff-login-locked")) == 1
        with pathway.world.storage.begin() as unit:
            assert list(unit.sessions.live_of_user(pathway.user_id)) == []
    else:
        assert isinstance(pathway.world.attempt("admin@a.example.co.jp", PASSWORD), TooManyAttempts)


@pytest.mark.spec("AUTH-9", "AUTH-8")
def test_a_device_has_a_name_of_one_line(pathway: Pathway) -> None:
    assert isinstance(pathway.attempt(device="a\nb"), ValueInvalid)
    assert isinstance(pathway.attempt(device="x" * 101), ValueInvalid)


@pytest.mark.spec("AUTH-9", "AUTH-16")
def test_what_a_provider_saw_does_not_do_where_the_factor_is_asked_for(make_world: Any) -> None:
    idp = Idp()
    world = make_world(providers=providers(idp), risk=())
    customer = world.customer()
    person = world.person(customer)
    person.enrol_totp()
    allowed = SetSignOnProvidersRequest(providers=("corp",))
    world.call(sign_on.SET_SIGN_ON_PROVIDERS, allowed, token=customer.administrator)

    def stage(assertion: str, email: str) -> Any:
        idp.says(assertion, email, methods=("mfa",))
        asked = LoginWithAssertionRequest(provider="corp", assertion=Secret(assertion))
        return world.call(sign_on.LOGIN_WITH_ASSERTION, asked).stage

    assert stage("1", "p@a.example.co.jp") is SessionStage.FULL
    way = Pathway(world, idp, stage, "", "")
    way.judged(Fixed(RiskVerdict.SECOND_FACTOR))
    assert stage("2", "p@a.example.co.jp") is SessionStage.SECOND_FACTOR
    # who has none cannot be asked for it
    assert stage("3", customer.email) is SessionStage.FULL


class Taking:
    """Takes something away while the login is assessed."""

    def __init__(self, world: Any, take: Callable[[Any], None]) -> None:
        self.world = world
        self.take = take

    def assess(self, facts: Any) -> Any:
        with self.world.storage.begin() as unit:
            self.take(unit)
        return Fixed(RiskVerdict.ALLOW).assess(facts)


@pytest.mark.spec("AUTH-9", "AUTH-2")
@pytest.mark.parametrize("pathway", ["passkey", "sign-on", "staff"], indirect=True)
def test_who_is_removed_while_it_is_assessed_is_not_let_in(pathway: Pathway) -> None:
    def take(unit: Any) -> None:
        member = unit.staff.get(pathway.user_id)
        if member is not None:
            unit.staff.save(evolve(member, state=StaffState.REMOVED))
            return
        (account,) = unit.accounts.all()
        user = unit.users.get(account.account_id, pathway.user_id)
        unit.users.save(evolve(user, state=UserState.REMOVED))

    pathway.judged(Taking(pathway.world, take))
    found = pathway.attempt()
    assert isinstance(found, LoginMismatch)
    assert pathway.latest().reference == found.reference
