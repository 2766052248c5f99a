"""Signing on by an assertion of a provider that the account allows (AUTH-16, AUTH-2, AUTH-10, AUTH-17)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.password_provider import PasswordProvider
from askul_connect.core.domain.accounts import (
    AccountState,
    LoginSettings,
    Role,
    SecondFactorRule,
    UserState,
)
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.service_status import ServiceFunction
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    InternalError,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    PluginFailed,
    SecondFactorRequired,
    ServiceStopped,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest, ListUsersRequest
from askul_connect.core.messages.audit import ListAuditRecordsRequest
from askul_connect.core.messages.sign_on import (
    ListSignOnProvidersRequest,
    LoginWithAssertionRequest,
    SetSignOnProvidersRequest,
)
from askul_connect.core.messages.status import SetServiceStatusRequest
from askul_connect.core.operations import sign_on, status
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.audit import LIST_AUDIT_RECORDS
from askul_connect.core.ports.authentication import (
    IdentityAssertion,
    NamedProvider,
    Presented,
    PresentedForm,
)
from askul_connect.core.ports.faces import Call

ADMIN = "admin@a.example.co.jp"
ASSERTIONS = frozenset({PresentedForm.ASSERTION})


class Idp:
    """A provider that knows the assertions it was told of."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.asked: list[Presented] = []

    def says(self, assertion: str, email: str = ADMIN, **changes: Any) -> None:
        made = IdentityAssertion(subject="s", email=email, email_verified=True, methods=("pwd",))
        self.known[assertion] = evolve(made, **changes)

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        self.asked.append(presented)
        found = self.known.get(presented.secret.reveal())
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]


def providers(*idps: tuple[str, Idp], password: Any = None) -> tuple[NamedProvider, ...]:
    own = NamedProvider(
        name="password",
        forms=frozenset({PresentedForm.PASSWORD}),
        provider=password or PasswordProvider(),
    )
    return (own, *(NamedProvider(name=name, forms=ASSERTIONS, provider=idp) for name, idp in idps))


@pytest.fixture
def idp() -> Idp:
    made = Idp()
    made.says("good")
    return made


@pytest.fixture
def faced_idp(make_world: Callable[..., Any], face: str, idp: Idp) -> Any:
    """A world with two providers, over each face."""
    return make_world(face=face, providers=providers(("corp", idp), ("other", Idp())))


@pytest.fixture
def world(make_world: Callable[..., Any], idp: Idp) -> Any:
    return make_world(providers=providers(("corp", idp), ("other", Idp())))


def allow(world: Any, customer: Any, *names: str) -> Any:
    request = SetSignOnProvidersRequest(providers=names)
    return world.call(sign_on.SET_SIGN_ON_PROVIDERS, request, token=customer.administrator)


def enter(world: Any, assertion: str = "good", provider: str = "corp", nonce: str = "") -> Any:
    request = LoginWithAssertionRequest(provider=provider, assertion=Secret(assertion), nonce=nonce)
    return world.call(sign_on.LOGIN_WITH_ASSERTION, request)


def refusal(world: Any, assertion: str = "good", provider: str = "corp") -> LoginMismatch:
    with pytest.raises(LoginMismatch) as caught:
        enter(world, assertion, provider)
    return caught.value


def last_login(world: Any, account: int = 0) -> Any:
    with world.storage.begin() as unit:
        accounts = unit.accounts.all()
        everyone = [one for each in accounts for one in unit.logins.of_account(each.account_id)]
        everyone += unit.logins.of_account("")
    return max(everyone, key=lambda one: (one.at, one.reference == getattr(world, "reference", "")))


def logins_of(world: Any, reference: str) -> Any:
    with world.storage.begin() as unit:
        ids = ["", *(each.account_id for each in unit.accounts.all())]
        found = [one for each in ids for one in unit.logins.of_account(each) if one.reference == reference]
    [record] = found
    return record


@pytest.mark.spec("AUTH-16")
def test_whoever_a_provider_vouches_for_gets_the_same_as_by_password(faced_idp: Any, idp: Idp) -> None:
    world = faced_idp
    customer = world.customer()
    allow(world, customer, "corp")
    by_password = world.login(customer.number, "Kaede-7-kaze")

    found = enter(world, nonce="n")

    assert evolve(found, session_token=by_password.session_token) == by_password
    assert world.call(operations.LIST_USERS, ListUsersRequest(), token=found.session_token).users
    [asked] = idp.asked
    assert (asked.provider, asked.form, asked.nonce, asked.stored) == (
        "corp",
        PresentedForm.ASSERTION,
        "n",
        None,
    )


@pytest.mark.spec("AUTH-16", "AUTH-10")
def test_the_history_says_by_whom(world: Any, idp: Idp) -> None:
    customer = world.customer()
    allow(world, customer, "corp")
    world.forward(timedelta(minutes=1))
    enter(world)
    record = last_login(world)

    assert (record.result, record.reason, record.login_id) == ("success", "sign-on by corp", ADMIN)
    assert record.user_id
    refused = refusal(world, "unknown")
    record = logins_of(world, refused.reference)
    assert (record.result, record.user_id) == ("w:001", "")
    assert record.reason == "sign-on by corp: nobody's assertion"


@pytest.mark.spec("AUTH-16", "AUTH-2")
def test_nobody_learns_why_nobody_is_let_in(faced_idp: Any, idp: Idp) -> None:
    """Unknown people, other providers, refused assertions and accounts that do not allow it answer alike."""
    world = faced_idp
    customer = world.customer()
    idp.says("stranger", "nobody@nowhere.example.co.jp")
    idp.says("no address", "")
    idp.says("broken address", "x")
    idp.says("unverified", email_verified=False)
    idp.says("half verified", email_verified=1)
    idp.known["expired"] = LoginMismatch("expired")
    not_allowed = refusal(world)
    allow(world, customer, "other")
    answers = [not_allowed, refusal(world)]
    allow(world, customer, "corp")
    answers += [
        refusal(world, one)
        for one in ("stranger", "no address", "broken address", "unverified", "half verified", "expired")
    ]
    answers += [
        refusal(world, "unknown"),
        refusal(world, "good", "nosuch"),
        refusal(world, "good", "password"),
    ]
    answers += [refusal(world, "x" * 16_385), refusal(world, "")]

    said = {(one.code, one.detail, one.where, tuple(p.detail for p in one.problems)) for one in answers}
    assert len(said) == 1
    assert len({one.reference for one in answers}) == len(answers)
    assert enter(world).role is Role.ADMINISTRATOR


@pytest.mark.spec("AUTH-16", "AUTH-2")
def test_unknown_and_known_people_take_the_same_queries(world: Any, idp: Idp, monkeypatch: Any) -> None:
    customer = world.customer()
    allow(world, customer, "other")
    idp.says("stranger", "nobody@nowhere.example.co.jp")
    asked: list[str] = []
    with world.storage.begin() as unit:
        repositories = {name: one for name, one in vars(unit).items() if hasattr(one, "get")}
    for name, one in repositories.items():
        kind = type(one)
        for method in ("get", "by_email_key"):
            if hasattr(kind, method) and name not in ("chains", "counters"):
                before = getattr(kind, method)

                def told(self: Any, *given: Any, _b: Any = before, _n: str = f"{name}.{method}") -> Any:
                    asked.append(_n)
                    return _b(self, *given)

                monkeypatch.setattr(kind, method, told)

    seen = []
    for assertion in ("good", "stranger", "unknown"):
        asked.clear()
        refusal(world, assertion)
        seen.append(tuple(asked))
    assert len(set(seen)) == 1
    assert "users.by_email_key" in seen[0]


@pytest.mark.spec("AUTH-16")
def test_another_accounts_choice_lets_nobody_in(faced_idp: Any, idp: Idp) -> None:
    world = faced_idp
    world.customer("a")
    b = world.customer("b")
    allow(world, b, "corp")
    refusal(world)
    idp.says("b", "admin@b.example.co.jp")
    assert enter(world, "b").account_name == "株式会社見本b"


@pytest.mark.spec("AUTH-16", "ACC-6")
@pytest.mark.parametrize("what", ["user", "membership"])
def test_a_person_who_left_is_not_let_in(world: Any, idp: Idp, what: str) -> None:
    customer = world.customer()
    allow(world, customer, "corp")
    customer.add_user("p@a.example.co.jp", Role.BUYER)
    idp.says("p", "P@a.example.co.jp")
    # no password was ever issued, and none is needed
    assert enter(world, "p").role is Role.BUYER
    with world.storage.begin() as unit:
        user = unit.users.by_email_key("p@a.example.co.jp")
        if what == "user":
            unit.users.save(evolve(user, state=UserState.REMOVED))
        else:
            membership = unit.memberships.get(user.account_id, user.user_id)
            unit.memberships.save(evolve(membership, state=UserState.REMOVED))
    refusal(world, "p")


@pytest.mark.spec("AUTH-16", "AUTH-2")
@pytest.mark.parametrize("state", [state for state in AccountState if state is not AccountState.ACTIVE])
def test_whoever_is_vouched_for_learns_why_the_account_is_closed(
    faced_idp: Any, idp: Idp, state: AccountState
) -> None:
    world = faced_idp
    customer = world.customer()
    allow(world, customer, "corp")
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        unit.accounts.save(evolve(account, state=state))
    with pytest.raises(LoginRefused, match=state.value.replace("_", " ")) as caught:
        enter(world)
    assert logins_of(world, caught.value.reference).reason.startswith("sign-on by corp: the account is")


@pytest.mark.spec("AUTH-16")
def test_a_password_that_must_be_changed_does_not_matter_to_who_did_not_use_it(world: Any, idp: Idp) -> None:
    customer = world.customer()
    allow(world, customer, "corp")
    world.forward(timedelta(days=400))
    assert world.login(customer.number, "Kaede-7-kaze").password_change_required
    assert not enter(world).password_change_required


@pytest.mark.spec("AUTH-16", "AUTH-8")
def test_a_second_factor_that_the_account_wants_is_wanted_unless_the_provider_saw_one(
    world: Any, idp: Idp
) -> None:
    customer = world.customer()
    allow(world, customer, "corp")
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        rule = LoginSettings(second_factor=SecondFactorRule.REQUIRED)
        unit.accounts.save(evolve(account, login=rule))
    idp.says("strong", methods=("pwd", "otp"))
    with pytest.raises(SecondFactorRequired):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=enter(world).session_token)
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=enter(world, "strong").session_token)


@pytest.mark.spec("AUTH-16")
def test_one_assertion_lets_in_once(world: Any, idp: Idp) -> None:
    customer = world.customer()
    allow(world, customer, "corp")
    until = world.clock.now() + timedelta(minutes=5)
    idp.says("once", assertion_id="id-1", expires_at=until)
    idp.says("copy", assertion_id="id-1", expires_at=until)
    idp.says("next", assertion_id="id-2", expires_at=until)
    enter(world, "once")
    assert "used before" in logins_of(world, refusal(world, "once").reference).reason
    refusal(world, "copy")
    enter(world, "next")


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("storage", ["memory", "sqlite"])
def test_of_many_at_once_one_gets_in(make_world: Callable[..., Any], idp: Idp, storage: str) -> None:
    world = make_world(storage, providers=providers(("corp", idp)))
    allow(world, world.customer(), "corp")
    idp.says("once", assertion_id="id-1", expires_at=world.clock.now() + timedelta(minutes=5))

    def attempt(_: int) -> str:
        try:
            return str(enter(world, "once").role)
        except AskulConnectError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(16)))
    assert sorted(found) == ["administrator", *["w:001"] * 15]


@pytest.mark.spec("AUTH-16")
def test_without_a_name_the_first_result_wins(make_world: Callable[..., Any], idp: Idp) -> None:
    first, second = Idp(), Idp()
    second.says("both")
    first.says("both", "nobody@nowhere.example.co.jp")
    world = make_world(providers=providers(("first", first), ("second", second), ("corp", idp)))
    customer = world.customer()
    allow(world, customer, "second", "corp")

    refusal(world, "both", "")
    assert second.asked == []
    del first.known["both"]
    assert enter(world, "both", "").role is Role.ADMINISTRATOR
    world.forward(timedelta(minutes=1))
    enter(world, "good", "")
    assert last_login(world).reason == "sign-on by corp"


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("provider", ["corp", ""])
def test_a_provider_that_fails_ends_the_login_and_changes_nothing_else(
    make_world: Callable[..., Any], face: str, idp: Idp, provider: str
) -> None:
    second = Idp()
    second.says("boom")
    world = make_world(face=face, providers=providers(("corp", idp), ("second", second)))
    customer = world.customer()
    allow(world, customer, "corp", "second")
    idp.known["boom"] = PluginFailed("the plugin 'acme' failed: database password hunter2")
    before = world.dump()

    with pytest.raises(AskulConnectError) as caught:
        enter(world, "boom", provider)

    # over SOAP a fault of ours comes as one of the partner's
    assert caught.value.code in ("plugin-failed", "partner-answer-invalid", "partner-unreachable")
    assert "hunter2" not in str(caught.value)
    # not even to whoever asks without any face between
    request = LoginWithAssertionRequest(provider=provider, assertion=Secret("boom"))
    with pytest.raises(PluginFailed) as direct:
        world.supplier.dispatcher.dispatch(
            sign_on.LOGIN_WITH_ASSERTION, request, Call(channel=Channel.IN_PROCESS)
        )
    assert "hunter2" not in str(direct.value)
    assert logins_of(world, direct.value.reference).result == "plugin-failed"
    assert second.asked == []
    after = world.dump()
    changed = {name for name in after if after[name] != before[name]}
    assert all("login" in name or "chain" in name for name in changed), changed
    assert enter(world).role is Role.ADMINISTRATOR
    assert world.login(customer.number, "Kaede-7-kaze").role is Role.ADMINISTRATOR


@pytest.mark.spec("AUTH-16")
def test_a_provider_is_asked_with_no_transaction_open(make_world: Callable[..., Any]) -> None:
    class Curious(Idp):
        world: Any = None

        def authenticate(self, presented: Presented) -> IdentityAssertion | None:
            # a transaction that is open in memory keeps every other one waiting
            with self.world.storage.begin() as unit:
                assert unit.accounts.all()
            return super().authenticate(presented)

    idp = Curious()
    idp.says("good")
    world = make_world(providers=providers(("corp", idp)))
    idp.world = world
    allow(world, world.customer(), "corp")
    assert enter(world).role is Role.ADMINISTRATOR


@pytest.mark.spec("AUTH-16", "AUTH-15")
def test_while_logins_are_stopped_no_provider_is_asked(faced_idp: Any, idp: Idp) -> None:
    request = SetServiceStatusRequest(parts=(ServiceFunction.LOGIN,), text_ja="停止", text_en="stopped")
    faced_idp.as_staff(status.SET_SERVICE_STATUS, request)
    with pytest.raises(ServiceStopped):
        enter(faced_idp)
    assert idp.asked == []


# --- what an account allows


@pytest.mark.spec("AUTH-16", "AUTH-17")
def test_an_administrator_allows_providers_and_that_is_audited(
    make_world: Callable[..., Any], storage_kind: str, face: str, idp: Idp
) -> None:
    world = make_world(storage_kind, face, providers=providers(("corp", idp), ("other", Idp())))
    customer = world.customer()

    def listed() -> dict[str, bool]:
        found = world.call(
            sign_on.LIST_SIGN_ON_PROVIDERS, ListSignOnProvidersRequest(), token=customer.administrator
        )
        return {one.name: one.allowed for one in found.providers}

    assert listed() == {"corp": False, "other": False}
    assert allow(world, customer, "other", "corp", "corp").providers == ("corp", "other")
    assert listed() == {"corp": True, "other": True}
    assert allow(world, customer, "other", "corp").providers == ("corp", "other")
    assert allow(world, customer).providers == ()
    assert listed() == {"corp": False, "other": False}

    found = world.call(LIST_AUDIT_RECORDS, ListAuditRecordsRequest(), token=customer.administrator).records
    changes = [one.detail for one in found if one.action == "sign-on-providers-set"]
    assert len(changes) == 2
    assert '"before": ["corp", "other"]' in changes[1] or '"before":["corp","other"]' in changes[1]


@pytest.mark.spec("AUTH-16")
def test_only_providers_of_the_supplier_can_be_allowed_and_only_by_administrators(faced_idp: Any) -> None:
    world = faced_idp
    customer = world.customer()
    with pytest.raises(ValueInvalid) as caught:
        allow(world, customer, "nosuch", "password", "corp")
    assert [one.where for one in caught.value.problems] == ["providers", "providers"]
    buyer = customer.person("p@a.example.co.jp", Role.BUYER)
    for operation, request in (
        (sign_on.SET_SIGN_ON_PROVIDERS, SetSignOnProvidersRequest()),
        (sign_on.LIST_SIGN_ON_PROVIDERS, ListSignOnProvidersRequest()),
    ):
        with pytest.raises(AccessDenied):
            world.call(operation, request, token=buyer)
        with pytest.raises(AccessDenied):
            world.call(operation, request, token=customer.machine)
        with pytest.raises(NotAuthenticated):
            world.call(operation, request)


# --- passwords by the same hook


@pytest.mark.spec("AUTH-16", "AUTH-6")
def test_passwords_are_proved_by_the_provider_of_passwords(make_world: Callable[..., Any]) -> None:
    class Watched(PasswordProvider):
        asked: list[Presented] = []  # noqa: RUF012 -- one test, one list

        def authenticate(self, presented: Presented) -> IdentityAssertion | None:
            self.asked.append(presented)
            return super().authenticate(presented)

    stranger = Idp()
    world = make_world(providers=providers(("corp", stranger), password=Watched()))
    customer = world.customer()
    Watched.asked.clear()
    with pytest.raises(LoginMismatch):
        world.login("nobody@nowhere.example.co.jp", "x")
    world.login(customer.number, "Kaede-7-kaze")

    assert [one.login_id for one in Watched.asked] == ["nobody@nowhere.example.co.jp", customer.number]
    assert all("argon2" not in repr(one) for one in Watched.asked)
    # nobody else is shown a password
    assert stranger.asked == []


@pytest.mark.spec("AUTH-16")
def test_a_supplier_without_a_provider_of_passwords_lets_nobody_in_by_one(world: Any, idp: Idp) -> None:
    customer = world.customer()
    bare = world.start(providers=providers(("corp", idp))[1:])
    world.caller = world.caller_of(bare)
    with pytest.raises((InternalError, AskulConnectError)) as caught:
        world.login(customer.number, "Kaede-7-kaze")
    assert caught.value.code != "w:001"


@pytest.mark.spec("AUTH-16")
def test_the_provider_of_passwords_takes_nothing_else() -> None:
    presented = Presented(provider="password", form=PresentedForm.ASSERTION, secret=Secret("x"))
    assert PasswordProvider().authenticate(presented) is None
    assert (
        PasswordProvider().authenticate(
            Presented(provider="password", form=PresentedForm.PASSWORD, secret=Secret("x"))
        )
        is None
    )
