"""Calls over the wire: what travels, and what each failure is called."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    NotAuthenticated,
    NotFound,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    ValueInvalid,
)
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect_tryton import wire
from askul_connect_tryton.client import Access, TrytonClient

LOGIN = [7, "token", None]


class Wire:
    """A transport that answers what it is told to."""

    def __init__(self, *answers: HttpResponse | AskulConnectError) -> None:
        self.answers = list(answers)
        self.sent: list[HttpRequest] = []
        self.closed = False

    def send(self, request: HttpRequest) -> HttpResponse:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, AskulConnectError):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True

    def asked(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.sent[number].body)
        return found


def ok(result: object) -> HttpResponse:
    return HttpResponse(status=200, headers={}, body=wire.encode({"id": 0, "result": result}))


def no(*error: object) -> HttpResponse:
    return HttpResponse(status=200, headers={}, body=wire.encode({"id": 0, "error": list(error)}))


def status(code: int) -> HttpResponse:
    return HttpResponse(status=code, headers={}, body=b"<html>")


def client(transport: Wire) -> TrytonClient:
    access = Access(address="https://erp.example/", database="a b", user="u", password=Secret("very-secret"))
    return TrytonClient(access, transport, {"company": 1})


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert wire.decode(wire.encode(value), where="") == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"__class__":"Decimal","decimal":"5.00"}', Decimal("5.00")),
        ("1.5", Decimal("1.5")),
        ('{"__class__":"timedelta","seconds":1.5}', timedelta(seconds=1, milliseconds=500)),
        ('{"__class__":"bytes","base64":"aGk="}', b"hi"),
        ('{"__class__":"date","year":2026,"month":4,"day":1}', date(2026, 4, 1)),
    ],
)
def test_tagged_values(text: str, expected: object) -> None:
    assert wire.decode(text.encode(), where="") == expected


@pytest.mark.parametrize(
    "text", ["", "{", '{"__class__":"Pickle"}', '{"__class__":"date"}', '{"__class__":[]}', "[" * 100_000]
)
def test_what_is_not_trytons_json_is_a_typed_error(text: str) -> None:
    with pytest.raises(PartnerAnswerInvalid):
        wire.decode(text.encode(), where="here")


def test_what_has_no_form_is_never_sent() -> None:
    with pytest.raises(TypeError):
        wire.encode({"price": object()})


def test_a_call_logs_in_once_and_has_the_context() -> None:
    transport = Wire(ok(LOGIN), ok([{"id": 1}]), ok(3))
    tryton = client(transport)

    tryton.call("model.party.party.read", [1], ["name"])
    tryton.call("model.party.party.search_count", [], context={"active_test": False})

    assert [transport.asked(number)["method"] for number in range(3)] == [
        "common.db.login",
        "model.party.party.read",
        "model.party.party.search_count",
    ]
    assert transport.asked(1)["params"] == [[1], ["name"], {"company": 1}]
    assert transport.asked(2)["params"][-1] == {"company": 1, "active_test": False}
    assert {request.url for request in transport.sent} == {"https://erp.example/a%20b/rpc/"}
    assert transport.sent[1].headers["authorization"].startswith("Session ")


@pytest.mark.spec("INT-12")
def test_the_password_is_sent_to_the_login_only_and_never_shown() -> None:
    transport = Wire(ok(LOGIN), ok(1))
    tryton = client(transport)
    tryton.call("model.party.party.search_count", [])

    assert b"very-secret" in transport.sent[0].body
    assert b"very-secret" not in transport.sent[1].body
    assert "very-secret" not in repr(vars(tryton)) + repr(transport.sent)


def test_a_session_that_has_ended_is_begun_again_once() -> None:
    transport = Wire(ok(LOGIN), status(401), ok(LOGIN), ok(5))

    assert client(transport).call("model.party.party.search_count", []) == 5


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (no("UserError", ["a rule says no", "", None]), ValueInvalid),
        (no("UserError", ["not allowed", "", None]), ValueInvalid),
        (no("UserWarning", ["name", "the period is closed", ""]), PartnerRefused),
        (no("ConcurrencyException", "changed"), PartnerUnreachable),
        (no("LoginException", "x"), NotAuthenticated),
        (no("'no_such_field'", "Traceback ..."), PartnerAnswerInvalid),
        (status(403), AccessDenied),
        (status(404), PartnerUnreachable),
        (status(429), PartnerRefused),
        (status(500), PartnerAnswerInvalid),
        (status(503), PartnerRefused),
        (HttpResponse(status=200, headers={}, body=b"[]"), PartnerAnswerInvalid),
        (PartnerUnreachable("down"), PartnerUnreachable),
        (OutcomeUnknown("gone"), OutcomeUnknown),
    ],
)
def test_each_failure_of_a_change_has_its_error(answer: Any, expected: type[AskulConnectError]) -> None:
    # a session that has ended is begun again before the failure is believed
    transport = Wire(ok(LOGIN), answer, ok(LOGIN), answer)

    with pytest.raises(expected) as caught:
        client(transport).create("party.party", [{"name": "x"}])
    assert "Traceback" not in str(caught.value)


def test_reading_that_was_not_answered_has_done_nothing() -> None:
    transport = Wire(ok(LOGIN), OutcomeUnknown("gone"))

    with pytest.raises(PartnerUnreachable):
        client(transport).read("party.party", [1], ["name"])


def test_a_password_that_is_not_accepted() -> None:
    for answer in (status(401), ok(None)):
        with pytest.raises(NotAuthenticated):
            client(Wire(answer, answer)).preferences()


@pytest.mark.parametrize("found", [[], [{"id": 1}, {"id": 2}]])
def test_one_is_one(found: list[Any]) -> None:
    with pytest.raises(NotFound, match="an account 5"):
        client(Wire(ok(LOGIN), ok(found))).one("account.account", [], ["id"], what="an account 5")


def test_pages_are_read_to_the_end() -> None:
    pages: list[list[dict[str, int]]] = [[{"id": number} for number in range(500)], [{"id": 500}]]
    transport = Wire(ok(LOGIN), *(ok(page) for page in pages))

    assert len(list(client(transport).find("party.party", [], ["id"]))) == 501
    assert [transport.asked(number)["params"][1] for number in (1, 2)] == [0, 500]


def test_closing_ends_the_session_whatever_happens() -> None:
    transport = Wire(ok(LOGIN), ok(1), PartnerUnreachable("down"))
    tryton = client(transport)
    tryton.preferences()

    tryton.close()
    tryton.close()

    assert transport.closed
    assert transport.asked(2)["method"] == "common.db.logout"


def test_a_client_sends_nothing_before_it_is_asked() -> None:
    transport = Wire()

    client(transport).close()

    assert transport.sent == []
