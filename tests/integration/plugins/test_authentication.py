"""A provider that a stranger's plugin offers: made from the configuration, and held to its port (AUTH-16)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from askul_connect import AuthenticationKind, ConfigurationError, ProviderSettings
from askul_connect.adapters import builtin
from askul_connect.bootstrap.workbench import make_workbench
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, PluginFailed, StorageUnavailable
from askul_connect.core.ports.authentication import IdentityAssertion, Presented, PresentedForm
from askul_connect.plugins.guarded_authentication import UNDER_WAY, guarded_authentication
from askul_connect.plugins.manager import PluginManager

ASSERTIONS = frozenset({PresentedForm.ASSERTION})
SETTINGS = ProviderSettings(name="corp", connection="askul", key="suppliers.askul.supplier.sign_on.corp")
PRESENTED = Presented(provider="corp", form=PresentedForm.ASSERTION, secret=Secret("x"))


class Provider:
    """A provider that does what it is told."""

    def __init__(self, does: Callable[[], Any]) -> None:
        self.does = does

    def authenticate(self, presented: Presented) -> Any:
        return self.does()


def guarded(does: Callable[[], Any], **changes: Any) -> Any:
    kind = AuthenticationKind(
        name="acme", summary="a test", forms=ASSERTIONS, connect=lambda *_: Provider(does), **changes
    )
    return guarded_authentication(kind, "the plugin 'acme'").connect(None, SETTINGS)  # type: ignore[arg-type]


def raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> Any:
        raise error

    return raise_it


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("answers_within", [0, 5])
@pytest.mark.parametrize("answer", [None, IdentityAssertion(subject="u")])
def test_an_answer_goes_through(answer: Any, answers_within: int) -> None:
    assert guarded(lambda: answer, answers_within=answers_within).authenticate(PRESENTED) is answer


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("answers_within", [0, 5])
@pytest.mark.parametrize(
    "does",
    [raising(RuntimeError("x")), raising(SystemExit()), raising(StorageUnavailable("x")), lambda: "hanako"],
)
def test_whatever_else_it_does_is_its_failure_and_names_it(does: Any, answers_within: int) -> None:
    with pytest.raises(PluginFailed, match="acme"):
        guarded(does, answers_within=answers_within).authenticate(PRESENTED)


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("answers_within", [0, 5])
def test_that_it_proves_nothing_goes_through(answers_within: int) -> None:
    with pytest.raises(LoginMismatch, match="expired"):
        guarded(raising(LoginMismatch("expired")), answers_within=answers_within).authenticate(PRESENTED)


@pytest.mark.spec("AUTH-16")
def test_one_that_hangs_is_left_behind_and_takes_no_more_threads_than_its_places() -> None:
    import threading

    go = threading.Event()
    provider = guarded(go.wait, answers_within=1)
    began = time.monotonic()
    failed: list[PluginFailed] = []

    def attempt() -> None:
        try:
            provider.authenticate(PRESENTED)
        except PluginFailed as error:
            failed.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(UNDER_WAY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == UNDER_WAY
    with pytest.raises(PluginFailed, match="not answered yet"):
        provider.authenticate(PRESENTED)
    assert time.monotonic() - began < 10
    # they answer at last, and it is asked again
    provider.inner.does = lambda: None
    go.set()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert provider.authenticate(PRESENTED) is None
            break
        except PluginFailed:
            time.sleep(0.01)
    else:
        pytest.fail("its places were not given back")


@pytest.mark.spec("AUTH-16")
def test_what_it_is_given_cannot_be_changed_and_leads_nowhere() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        PRESENTED.login_id = "x"  # type: ignore[misc]
    kinds = {type(getattr(PRESENTED, one.name)) for one in attrs.fields(Presented)}
    assert kinds == {str, PresentedForm, Secret, type(None)}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Acme"},
        {"summary": ""},
        {"forms": frozenset()},
        {"forms": {PresentedForm.PASSWORD}},
        {"connect": 1},
        {"answers_within": 61},
        {"answers_within": -1},
        {"answers_within": 1.5},
    ],
)
def test_a_kind_is_checked(changes: dict[str, Any]) -> None:
    given = {"name": "acme", "summary": "a test", "forms": ASSERTIONS, "connect": lambda *_: None, **changes}
    with pytest.raises((TypeError, ValueError)):
        AuthenticationKind(**given)


def test_what_cannot_authenticate_is_no_provider(install: Callable[..., str]) -> None:
    install("""
        from askul_connect import AuthenticationKind
        from askul_connect.core.ports.authentication import PresentedForm

        @hookimpl
        def askul_connect_authenticate():
            forms = frozenset({PresentedForm.ASSERTION})
            return [AuthenticationKind(name="acme", summary="a", forms=forms, connect=lambda *given: object())]
    """)
    kind = PluginManager([builtin]).authentication("acme", key="k")
    with pytest.raises(PluginFailed, match="no method authenticate"):
        kind.connect(None, SETTINGS)  # type: ignore[arg-type]


OPTIONS = {
    "account": {
        "name": "株式会社見本",
        "postcode": "150-0001",
        "address": "東京都渋谷区見本2-2",
        "representative": "代表",
        "phone": "03-0000-0000",
        "email": "info@example.co.jp",
        "administrator": {"name": "管理者", "email": "admin@example.co.jp"},
        "buyer": {"name": "購買", "email": "buyer@example.co.jp"},
    },
}


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize(
    ("sign_on", "where"),
    [
        ({"corp": {"kind": "nosuch"}}, "sign_on.corp.kind"),
        ({"corp": {"kind": "password"}}, "sign_on.corp.kind"),
        ({"password": {"kind": "password"}}, "sign_on.password"),
        ({"Corp": {}}, "sign_on.Corp"),
        ({"corp": 1}, "sign_on.corp"),
    ],
)
def test_a_provider_that_cannot_be_made_stops_the_start(
    tmp_path: Path, sign_on: dict[str, Any], where: str
) -> None:
    from askul_connect.bootstrap.reference_options import reference_options
    from askul_connect.plugins.connections import ConnectionSettings
    from askul_connect.plugins.toolkit import ReferenceRules

    bench = make_workbench(
        tmp_path, party="0188:9999999999999", start=datetime(2026, 4, 1, tzinfo=UTC), seed="s"
    )
    options = {**OPTIONS, "supplier": {"sign_on": sign_on, "items": 0}}
    connection = ConnectionSettings(name="askul", credential="file:c", options=options)

    def start() -> None:
        made = reference_options(connection, ReferenceRules(), tmp_path, "0188:9999999999999")
        bench.toolkit._providers(connection, made.in_process)  # type: ignore[attr-defined]

    with pytest.raises(ConfigurationError) as caught:
        start()
    places = [caught.value.where, *(problem.where for problem in caught.value.problems)]
    assert f"suppliers.askul.supplier.{where}" in places
