"""Remembered devices over the JSON API: what came later to a response stands there plainly (AUTH-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, LoginRefused, TooManyAttempts
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.sessions import (
    ListLoginHistoryRequest,
    ListSessionsRequest,
    ResumeSessionRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY, LIST_SESSIONS, RESUME_SESSION
from askul_connect.core.ports.faces import Dispatcher

PASSWORD = Secret("Kaede-7-kaze")
LOGIN_ID = "view@example.co.jp"


@pytest.fixture(params=["http", "in process"])
def caller(request: pytest.FixtureRequest, opened: Any, over_http: Callable[[Dispatcher], JsonCaller]) -> Any:
    dispatcher = opened.supplier.dispatcher
    return over_http(dispatcher) if request.param == "http" else InProcessCaller(dispatcher)


@pytest.mark.spec("AUTH-11", "SRV-2")
def test_a_device_is_remembered_and_theft_is_noticed(caller: Any) -> None:
    request = LoginRequest(login_id=LOGIN_ID, password=PASSWORD, device="経理のPC", remember=True)
    first = caller.call(operations.LOGIN, request)
    assert first.device_token
    assert first.device_expires_at > first.expires_at
    resumed = caller.call(RESUME_SESSION, ResumeSessionRequest(device_token=first.device_token))
    (now,) = [
        one
        for one in caller.call(LIST_SESSIONS, ListSessionsRequest(), token=resumed.session_token).sessions
        if one.current
    ]
    assert (now.device, now.remembered) == ("経理のPC", True)
    with pytest.raises(LoginRefused) as caught:
        caller.call(RESUME_SESSION, ResumeSessionRequest(device_token=first.device_token))
    assert [one.code for one in caught.value.problems] == ["device-not-remembered"]
    plain = caller.call(operations.LOGIN, LoginRequest(login_id=LOGIN_ID, password=PASSWORD))
    assert plain.device_token is None
    history = ListLoginHistoryRequest(reference=caught.value.reference)
    (attempt,) = caller.call(LIST_LOGIN_HISTORY, history, token=plain.session_token).attempts
    assert attempt.reason == "device-reused"


@pytest.mark.spec("AUTH-7", "SRV-2")
def test_a_pause_says_how_long_it_lasts(caller: Any) -> None:
    wrong = LoginRequest(login_id="nobody@example.co.jp", password=Secret("wrong"))
    for _ in range(5):
        with pytest.raises(LoginMismatch):
            caller.call(operations.LOGIN, wrong)
    with pytest.raises(TooManyAttempts) as caught:
        caller.call(operations.LOGIN, wrong)
    assert caught.value.retry_after == 1
    assert caught.value.retryable
