"""What was ended, revoked or removed over a face is good for nothing from the next call on (Q-TEN-7, AUTH-11, AUTH-20).

Schemathesis looks for this where something answers to DELETE; here every call is a POST, so the pairs are written out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tenancy_callers import Caller, canary

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages import accounts, login, people, sessions
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

pytestmark = pytest.mark.parametrize("face", ["soap", "json"])


class Talk:
    """An administrator who calls over one face."""

    def __init__(self, estate: Any, face: str) -> None:
        self.estate = estate
        self.face = face
        self.administrator: Secret = estate.login(f"admin@{canary('a')}.example")

    def code(self, name: str, request: Any, token: Secret | None = None) -> str:
        """The code of the refusal; empty for an answer."""
        caller = Caller(name="somebody", token=token or self.administrator)
        found: str = self.estate.outcome(self.face, SUPPLIER_OPERATIONS.get(name), request, caller).code
        return found

    def works(self, token: Secret) -> str:
        return self.code("GetAccount", accounts.GetAccountRequest(), token)

    def person(self) -> tuple[str, Secret]:
        """A new colleague's id and session."""
        who = f"passing{self.estate.fresh()}"
        token = self.estate.session("a", who, Role.BUYER)
        return self.estate.people["a", who], token


@pytest.fixture
def talk(face: str, estates: Callable[[str], Any]) -> Talk:
    return Talk(estates("memory"), face)


@pytest.mark.spec("AUTH-20")
def test_a_revoked_credential(talk: Talk) -> None:
    token = talk.estate.credential("a", "GetAccount")
    credential_id = token.reveal().partition(".")[0].removeprefix("ac_")
    assert talk.works(token) == ""
    request = login.RevokeClientCredentialRequest(credential_id=credential_id)
    assert talk.code("RevokeClientCredential", request) == ""
    assert talk.works(token) == "not-authenticated"


@pytest.mark.spec("AUTH-11")
def test_a_session_that_logged_out(talk: Talk) -> None:
    _, token = talk.person()
    assert talk.works(token) == ""
    assert talk.code("Logout", sessions.LogoutRequest(), token) == ""
    assert talk.works(token) == "not-authenticated"


@pytest.mark.spec("AUTH-11")
def test_a_session_that_was_ended_by_another(talk: Talk) -> None:
    token = talk.estate.login(f"admin@{canary('a')}.example")
    request = sessions.EndSessionRequest(session_id=talk.estate.people_of.session_of(token).session_id)
    assert talk.works(token) == ""
    assert talk.code("EndSession", request) == ""
    assert talk.works(token) == "not-authenticated"
    assert talk.works(talk.administrator) == ""


@pytest.mark.spec("ACC-6")
def test_a_person_who_was_removed(talk: Talk) -> None:
    user_id, token = talk.person()
    assert talk.works(token) == ""
    request = people.RemoveUserRequest(user_id=user_id)
    assert talk.code("RemoveUser", request) == ""
    assert talk.works(token) == "not-authenticated"
    assert (
        talk.code("IssueTemporaryPassword", login.IssueTemporaryPasswordRequest(user_id=user_id))
        == "not-found"
    )


@pytest.mark.spec("ACC-5")
def test_a_department_that_was_removed(talk: Talk) -> None:
    code = f"gone{talk.estate.fresh()}"
    assert talk.code("AddDepartment", accounts.AddDepartmentRequest(code=code, name="x")) == ""
    assert talk.code("RemoveDepartment", people.RemoveDepartmentRequest(code=code)) == ""
    assert talk.code("RemoveDepartment", people.RemoveDepartmentRequest(code=code)) == "not-found"
    order = talk.estate.order_request("a", f"gone-{talk.estate.fresh()}", code)
    assert talk.code("PlaceOrder", order) == "order-refused"
