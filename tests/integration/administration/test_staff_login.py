"""Commands as a staff member who logged in, and as an administrator with a second factor (AUTH-8, AUTH-19, AUTH-20)."""

from __future__ import annotations

import time
from typing import Any

import pyotp
import pytest

from askul_connect.bootstrap import staff_add
from askul_connect.core.domain.accounts import SessionStage
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.factors import ConfirmTotpRequest, EnrolTotpRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations.factors import CONFIRM_TOTP, ENROL_TOTP
from askul_connect.core.operations.supplier import LOGIN
from askul_connect.core.operations.support import OPEN_TICKET
from askul_connect.settings import load_settings

PASSWORD = "Tsubaki-3-ame"
STEP = 30


class Authenticator:
    """Gives the code of the present time step and then that of the next one, which are both good for a while."""

    def __init__(self, uri: str) -> None:
        self._totp = pyotp.parse_uri(uri)
        self._next = int(time.time())

    def code(self) -> str:
        code: str = self._totp.at(self._next)  # type: ignore[union-attr]  # the URI is of a TOTP
        self._next += STEP
        return code


def ready(cli: Any, name: str) -> tuple[str, Authenticator]:
    """A staff member who has set a password, and the authenticator with one code left."""
    added = staff_add(load_settings(cli.home), "askul", name, name)
    phone = Authenticator(added.enrolment_uri.reveal())
    temporary = added.temporary_password.reveal()
    wrong = cli.refused("staff", "set-password", name, typed=f"{temporary}\n000000\n{PASSWORD}\n")
    assert wrong["code"] == "w:001"
    done = cli("staff", "set-password", name, typed=f"{temporary}\n{phone.code()}\n{PASSWORD}\n")
    assert PASSWORD not in done.output
    return added.staff_id, phone


def logged_in(cli: Any) -> Secret:
    number, password = cli.secret("customer-number"), cli.secret("administrator-password")
    token: Secret = cli.ask(LOGIN, LoginRequest(login_id=number, password=Secret(password))).session_token
    return token


@pytest.mark.spec("AUTH-19", "AUTH-20")
def test_a_staff_member_needs_a_ticket_and_a_new_code_each_time(cli: Any) -> None:
    _, phone = ready(cli, "hanako")
    typed = f"{PASSWORD}\n{phone.code()}\n"
    found = cli.refused("accounts", "view", cli.secret("customer-number"), "--staff", "hanako", typed=typed)
    assert (found["code"], found["where"]) == ("access-denied", "ticket")
    assert cli.refused("accounts", "list", "--staff", "hanako", typed=typed)["code"] == "w:001"


@pytest.mark.spec("AUTH-19", "AUTH-20")
def test_what_a_staff_member_does_with_a_ticket_is_recorded_under_the_own_name(cli: Any) -> None:
    staff_id, phone = ready(cli, "hanako")
    number = cli.secret("customer-number")
    opened = cli.ask(
        OPEN_TICKET,
        OpenTicketRequest(message="請求書が見えません。", contact_name="花子", contact_phone="03-0000-0000"),
        logged_in(cli),
    )
    view = ("accounts", "view", number, "--ticket", opened.ticket, "--staff", "hanako")
    assert cli.json(*view, typed=f"{PASSWORD}\n{phone.code()}\n")["customer_number"] == number
    with cli.supplier() as supplier, supplier.storage.begin() as unit:
        [account] = unit.accounts.all()
        records = unit.audit.of_account(account.account_id)
    [read] = [one for one in records if one.action == "data-read-by-staff"]
    assert (read.actor, read.reference) == (staff_id, opened.ticket)


@pytest.mark.spec("AUTH-4", "AUTH-7", "AUTH-19")
def test_support_lets_a_person_in_with_a_ticket(cli: Any) -> None:
    staff_id, phone = ready(cli, "hanako")
    number = cli.secret("customer-number")
    token = logged_in(cli)
    opened = cli.ask(
        OPEN_TICKET,
        OpenTicketRequest(message="入れません。", contact_name="花子", contact_phone="03-0000-0000"),
        token,
    )
    ticket = ("--ticket", opened.ticket)
    [user] = [one for one in cli.json("users", "list") if one["email"] == "hanako@example.co.jp"]
    issue = ("users", "issue-temporary-password", user["user_id"], *ticket)
    answer = cli.json(*issue, "--staff", "hanako", typed=f"{PASSWORD}\n{phone.code()}\n")
    assert answer["temporary_password"] == ""
    with cli.supplier() as supplier, supplier.storage.begin() as unit:
        [account] = unit.accounts.all()
        record = list(unit.audit.of_account(account.account_id))[-1]
    assert (record.action, record.actor) == ("temporary-password-issued", staff_id)
    # the supplier's own program names a ticket too; an address is looked up in what the customer's number shows
    by_address = ("users", "issue-temporary-password", "hanako@example.co.jp", *ticket)
    assert cli.json(*by_address, "--by-letter", "--customer", number)["temporary_password"] == ""
    assert cli.refused("users", "unlock", user["user_id"], "--ticket", "0000000000")["where"] == "ticket"
    assert cli.json("users", "unlock", user["user_id"], *ticket)["failures"] == 0
    assert cli.refused(*by_address)["code"] == "not-found"
    listed = cli.json("login-history", *ticket)
    assert number in {one["login_id"] for one in listed}
    assert cli.json("login-history", "--account", "--refused", *ticket) == []
    assert len(cli.json("login-history", "--limit", "1", *ticket)) == 1
    assert cli.refused("login-history", "--ticket", "0000000000")["where"] == "ticket"
    assert cli.refused(*issue, "--by-letter", "--by-email")["code"] == "usage"
    assert cli.refused(*issue, "--login-id", number)["code"] == "usage"


@pytest.mark.spec("AUTH-20")
def test_staff_are_listed_and_removed_after_a_confirmation(cli: Any) -> None:
    settings = load_settings(cli.home)
    for name in ("hanako", "jiro"):
        staff_add(settings, "askul", name, name)
    assert [one["login_name"] for one in cli.json("staff", "list")] == ["hanako", "jiro"]
    assert cli.refused("staff", "remove", "jiro")["code"] == "usage"
    assert cli.json("staff", "remove", "jiro", "--yes")["removed_at"]
    assert {one["login_name"]: one["state"] for one in cli.json("staff", "list")} == {
        "hanako": "active",
        "jiro": "removed",
    }
    assert "jiro" in cli("staff", "list").stdout
    assert cli.refused("staff", "remove", "nobody", "--yes")["code"] == "not-found"


@pytest.mark.spec("AUTH-8")
def test_an_administrator_with_a_second_factor_is_asked_for_a_code(cli: Any) -> None:
    token, password = logged_in(cli), cli.secret("administrator-password")
    enrolled = cli.ask(ENROL_TOTP, EnrolTotpRequest(label="phone", current_password=Secret(password)), token)
    phone = Authenticator(enrolled.uri.reveal())
    cli.ask(CONFIRM_TOTP, ConfirmTotpRequest(factor_id=enrolled.factor_id, code=Secret(phone.code())), token)
    code = phone.code()
    done = cli("users", "list", typed=f"{code}\n")
    assert "hanako@example.co.jp" in done.stdout
    assert code not in done.output
    assert cli.refused("users", "list", typed=f"{code}\n")["code"] == "factor-rejected"


@pytest.mark.spec("AUTH-8")
def test_second_factors_of_a_person_are_removed_after_a_confirmation_and_the_own_password(cli: Any) -> None:
    password = cli.secret("buyer-password")
    login = LoginRequest(login_id="jiro@example.co.jp", password=Secret(password))
    token = cli.ask(LOGIN, login).session_token
    enrolled = cli.ask(ENROL_TOTP, EnrolTotpRequest(label="phone"), token)
    code = Secret(Authenticator(enrolled.uri.reveal()).code())
    cli.ask(CONFIRM_TOTP, ConfirmTotpRequest(factor_id=enrolled.factor_id, code=code), token)
    assert cli.ask(LOGIN, login).stage is SessionStage.SECOND_FACTOR

    reset = ("users", "reset-factors", "jiro@example.co.jp")
    assert cli.refused(*reset, "--yes")["where"] == "show"
    assert cli.refused(*reset, "--show")["where"] == "yes"
    assert cli.refused(*reset, "--show", "--yes", typed="wrong\n")["code"] == "w:001"
    assert cli.ask(LOGIN, login).stage is SessionStage.SECOND_FACTOR
    own = cli.secret("administrator-password")
    shown = cli.json(*reset, "--show", "--yes", typed=f"{own}\n")["temporary_password"]
    again = cli.ask(LOGIN, LoginRequest(login_id="jiro@example.co.jp", password=Secret(shown)))
    assert again.stage is SessionStage.PASSWORD_CHANGE
