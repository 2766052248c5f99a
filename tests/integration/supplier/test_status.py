"""Service status by part, notices, and guidance that is there when the rest is not (AUTH-3, AUTH-15, SUP-1, SUP-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    FunctionStopped,
    NotFound,
    OrdersStopped,
    ServiceStopped,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.guidance import (
    DiagnoseRequest,
    ListSupportChannelsRequest,
    SearchFaqRequest,
)
from askul_connect.core.messages.ordering import ListOrdersRequest
from askul_connect.core.messages.recovery import RequestPasswordResetRequest
from askul_connect.core.messages.status import (
    GetServiceStatusRequest,
    ListNoticesRequest,
    SetServiceStatusRequest,
)
from askul_connect.core.operations import recovery
from askul_connect.core.operations import status as status_operations
from askul_connect.core.operations import supplier as operations

PASSWORD = "Kaede-7-kaze"
EVERYTHING = tuple(part for part in ServiceFunction if part is not ServiceFunction.STATUS)


def announce(world: Any, kind: Disturbance, *parts: ServiceFunction, **more: Any) -> str:
    request = SetServiceStatusRequest(kind=kind, parts=parts, text_ja="お知らせ", text_en="notice", **more)
    notice_id: str = world.as_staff(status_operations.SET_SERVICE_STATUS, request).notice_id
    return notice_id


def over(world: Any, notice_id: str) -> None:
    world.as_staff(
        status_operations.SET_SERVICE_STATUS, SetServiceStatusRequest(notice_id=notice_id, over=True)
    )


def state(world: Any) -> str:
    found: str = world.call(operations.GET_SERVICE_STATUS, GetServiceStatusRequest()).state
    return found


def notices(world: Any) -> Any:
    return world.call(status_operations.LIST_NOTICES, ListNoticesRequest())


@pytest.mark.spec("AUTH-15")
def test_orders_stop_while_everything_else_goes_on(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    assert state(world) == "available"
    until = world.clock.now() + timedelta(hours=3)
    notice = announce(world, Disturbance.ORDERS_STOPPED, ServiceFunction.ORDERING, expected_end=until)
    assert state(world) == "limited"
    with pytest.raises(OrdersStopped) as caught:
        world.place(customer.machine, "PO-1")
    assert caught.value.retry_after == 3 * 3600
    assert caught.value.reference == notice
    # history, login and a forgotten password go on
    world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine)
    world.login(customer.number, PASSWORD)
    world.call(
        recovery.REQUEST_PASSWORD_RESET, RequestPasswordResetRequest(email="a@b.example", company_name="x")
    )
    told = notices(world)
    assert told.stopped == ("ordering",)
    assert [(one.kind, one.in_force, one.expected_end) for one in told.notices] == [
        ("orders_stopped", True, until)
    ]
    # an expected end is no end
    world.forward(timedelta(hours=4))
    with pytest.raises(OrdersStopped) as late:
        world.place(customer.machine, "PO-1")
    assert late.value.retry_after is None
    over(world, notice)
    assert world.place(customer.machine, "PO-1").orders


@pytest.mark.spec("AUTH-2", "AUTH-15")
def test_planned_maintenance_begins_and_ends_by_itself(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    start = world.clock.now() + timedelta(hours=1)
    announce(
        world,
        Disturbance.MAINTENANCE,
        *EVERYTHING,
        starts_at=start,
        expected_end=start + timedelta(hours=2),
    )
    assert state(world) == "available"
    assert notices(world).notices[0].starts_at == start
    world.login(customer.number, PASSWORD)
    world.forward(timedelta(hours=1))
    assert state(world) == "stopped"
    assert notices(world).working == ("status",)
    for login_id in (customer.number, "nobody@example.jp"):
        with pytest.raises(ServiceStopped) as caught:
            world.login(login_id, PASSWORD)
        assert caught.value.code == "w:004"
    with pytest.raises(FunctionStopped, match="account cannot be used at present"):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.machine)
    world.forward(timedelta(hours=2))
    assert state(world) == "available"
    world.login(customer.number, PASSWORD)


@pytest.mark.spec("AUTH-15")
@pytest.mark.parametrize("part", EVERYTHING)
def test_each_part_stops_its_operations_and_no_other(
    stored: Any, examples: dict[str, Any], part: ServiceFunction
) -> None:
    world = stored
    customer = world.customer()
    # one for each call: some of them end the session
    sessions = [world.login(customer.number, PASSWORD).session_token for _ in operations.SUPPLIER_OPERATIONS]
    announce(world, Disturbance.OUTAGE, part)
    stopped = set()
    for operation in operations.SUPPLIER_OPERATIONS:
        if Role.ADMINISTRATOR not in operation.access and operation.access:
            continue
        try:
            request = examples[operation.name]
            world.call(operation, request, token=sessions.pop(), key=world.fresh())
        except (FunctionStopped, ServiceStopped):
            stopped.add(operation.name)
        except AskulConnectError:
            pass
    assert stopped == {
        one.name
        for one in operations.SUPPLIER_OPERATIONS
        if one.function is part and (not one.access or Role.ADMINISTRATOR in one.access)
    }


@pytest.mark.spec("AUTH-15")
def test_the_suppliers_own_work_goes_on(stored: Any) -> None:
    world = stored
    customer = world.customer()
    order = world.place(customer.machine, "PO-1").orders[0].order_number
    announce(world, Disturbance.OUTAGE, *EVERYTHING)
    assert world.confirm(order).order_number == order


@pytest.mark.spec("AUTH-15")
def test_what_cannot_be_announced(faced: Any) -> None:
    world = faced
    customer = world.customer()
    with pytest.raises(AccessDenied):
        world.call(
            status_operations.SET_SERVICE_STATUS,
            SetServiceStatusRequest(parts=(ServiceFunction.LOGIN,)),
            token=customer.administrator,
            key="k",
        )
    now = world.clock.now()
    request = SetServiceStatusRequest(
        kind=Disturbance.ORDERS_STOPPED,
        parts=(ServiceFunction.LOGIN, ServiceFunction.STATUS),
        starts_at=now,
        expected_end=now,
        text_ja=" ",
        text_en="x" * 1001,
    )
    with pytest.raises(ValueInvalid) as caught:
        world.as_staff(status_operations.SET_SERVICE_STATUS, request)
    assert [one.where for one in caught.value.problems] == ["parts", "expected_end", "text_ja", "text_en"]
    with pytest.raises(NotFound):
        over(world, "0000000000")
    assert not notices(world).notices


@pytest.mark.spec("AUTH-15")
def test_a_notice_is_changed_and_stays_listed_for_a_week(everywhere: Any) -> None:
    world = everywhere
    notice = announce(world, Disturbance.OUTAGE, ServiceFunction.HISTORY)
    request = SetServiceStatusRequest(
        notice_id=notice,
        kind=Disturbance.OUTAGE,
        parts=(ServiceFunction.HISTORY, ServiceFunction.DOCUMENTS),
        text_ja="範囲拡大",
        text_en="wider",
    )
    world.as_staff(status_operations.SET_SERVICE_STATUS, request)
    assert notices(world).stopped == ("history", "documents")
    assert world.call(operations.GET_SERVICE_STATUS, GetServiceStatusRequest()).notice == "範囲拡大"
    over(world, notice)
    world.forward(timedelta(days=6))
    [listed] = notices(world).notices
    assert (listed.in_force, listed.ended_at is not None) == (False, True)
    world.forward(timedelta(days=1))
    assert not notices(world).notices


def diagnosed(world: Any, **asked: str) -> Any:
    return world.call(status_operations.DIAGNOSE, DiagnoseRequest(**asked))


@pytest.mark.spec("AUTH-3")
def test_w_001_advises_the_status_first_while_a_disturbance_is_reported_nearby(everywhere: Any) -> None:
    world = everywhere
    plain = diagnosed(world, code="w:001")
    assert [one.cause for one in plain.causes] == [
        "wrong-login-data",
        "letter-case",
        "email-changed",
        "wrong-kind-of-account",
    ]
    assert not plain.disturbance_nearby
    notice = announce(world, Disturbance.OUTAGE, ServiceFunction.HISTORY)
    near = diagnosed(world, code="W:001")
    assert near.disturbance_nearby
    assert [one.cause for one in near.causes] == ["disturbance", *(one.cause for one in plain.causes)]
    assert "サービス状況" in near.causes[0].steps_ja[0]
    over(world, notice)
    world.forward(timedelta(minutes=119))
    assert diagnosed(world, code="w:001").disturbance_nearby
    world.forward(timedelta(minutes=1))
    assert not diagnosed(world, code="w:001").disturbance_nearby


@pytest.mark.spec("AUTH-3")
@pytest.mark.parametrize(
    ("asked", "causes"),
    [
        ({"code": "w:004"}, {"disturbance"}),
        ({"symptom": "blank-page"}, {"disturbance", "browser"}),
        ({"symptom": "access_refused"}, {"account-stopped", "awaiting-approval", "repeated-failures"}),
        ({"symptom": "odd-behaviour"}, {"browser"}),
        ({"symptom": "history-not-shown"}, {"disturbance", "browser", "filters-and-rights"}),
        ({"symptom": "one-of-us-only"}, {"duplicate-registration"}),
        ({"code": "w:001", "symptom": "no-mail"}, {"email-changed"}),
    ],
)
def test_by_code_and_by_symptom(faced: Any, asked: dict[str, str], causes: set[str]) -> None:
    found = diagnosed(faced, **asked)
    assert causes <= {one.cause for one in found.causes}
    for one in found.causes:
        assert one.steps_ja
        assert len(one.steps_ja) == len(one.steps_en)


@pytest.mark.spec("AUTH-3")
@pytest.mark.parametrize(
    ("asked", "where"), [({}, "code"), ({"code": "w:999"}, "code"), ({"symptom": "x"}, "symptom")]
)
def test_what_nobody_knows_is_answered_with_what_is_known(
    faced: Any, asked: dict[str, str], where: str
) -> None:
    with pytest.raises(ValueInvalid) as caught:
        diagnosed(faced, **asked)
    assert caught.value.where == where
    assert "blank-page" in str(caught.value) or "w:001" in str(caught.value)


@pytest.mark.spec("AUTH-3", "SUP-5")
def test_every_cause_of_the_document_has_remedies_questions_and_a_channel(faced: Any) -> None:
    channels = {
        one.channel
        for one in faced.call(status_operations.LIST_SUPPORT_CHANNELS, ListSupportChannelsRequest()).channels
    }
    every = {}
    for symptom in diagnosed(faced, code="w:001").symptoms:
        every |= {one.cause: one for one in diagnosed(faced, symptom=symptom).causes}
    assert {
        "wrong-login-data",
        "password-expired",
        "letter-case",
        "disturbance",
        "email-changed",
        "account-stopped",
        "browser",
        "duplicate-registration",
        "awaiting-approval",
        "wrong-kind-of-account",
        "repeated-failures",
    } <= every.keys()
    assert {one.channel for one in every.values()} <= channels
    asked = {one.faq for one in faced.call(status_operations.SEARCH_FAQ, SearchFaqRequest()).answers}
    assert {faq for one in every.values() for faq in one.faq} <= asked
    assert all(one.faq for one in every.values() if one.cause != "letter-case")


@pytest.mark.spec("SUP-5")
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("パスワードを忘れた", "forgot-password"),
        ("ﾊﾟｽﾜｰﾄﾞ　忘れ", "forgot-password"),
        ("forgotten password", "forgot-password"),
        ("現在ご注文いただけません", "cannot-order"),
        ("履歴", "history-missing"),
        ("退会", "withdrawal"),
        ("PHISHING false site", "phishing"),
    ],
)
def test_the_faq_is_found_by_words(faced: Any, words: str, first: str) -> None:
    found = faced.call(status_operations.SEARCH_FAQ, SearchFaqRequest(words=words)).answers
    assert found[0].faq == first
    assert len(found) <= 20


@pytest.mark.spec("SUP-5")
def test_nothing_is_found_for_words_that_nobody_wrote(faced: Any) -> None:
    assert not faced.call(status_operations.SEARCH_FAQ, SearchFaqRequest(words="xyzzy 魑魅")).answers


@pytest.mark.spec("SUP-1")
@pytest.mark.parametrize(
    ("at", "phone", "opens"),
    [
        ((2026, 11, 2, 9), True, None),
        ((2026, 11, 2, 18), False, (2026, 11, 4, 9)),  # the third is a holiday
        ((2026, 11, 6, 17, 59), True, None),
        ((2026, 11, 7, 12), False, (2026, 11, 9, 9)),
        ((2026, 12, 31, 20), False, (2027, 1, 4, 9)),
    ],
)
def test_who_can_be_reached_now(faced: Any, at: Any, phone: bool, opens: Any) -> None:
    world = faced
    world.go_to(*at)
    found = {
        one.channel: one
        for one in world.call(status_operations.LIST_SUPPORT_CHANNELS, ListSupportChannelsRequest()).channels
    }
    assert found["phone"].open_now is phone
    if opens is None:
        assert found["phone"].opens_at is None
    else:
        local = found["phone"].opens_at + timedelta(hours=9)
        assert (local.year, local.month, local.day, local.hour) == opens
    assert all(found[name].open_now for name in ("form", "email", "chat"))
    first = next(iter(found))
    assert found[first].open_now
    assert (first == "phone") is phone
