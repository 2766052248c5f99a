"""What the tests of this folder have to know of each operation; everything else follows from its declaration.

A new operation needs one ``Entry`` in ``ENTRIES``; the suite fails and says so until it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from attrs import field, frozen
from tenancy_callers import Caller, canary
from tenancy_estate import PASSWORD, Estate

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.messages import (
    accounts,
    audit,
    catalog,
    fulfilment,
    guidance,
    login,
    ordering,
    recovery,
    status,
)

OWN, DEPARTMENT, COMPANY, ABSENT = "own", "another department's", "another company's", "absent"
ADD_AN_ENTRY = (
    "has no entry in tests/security/tenancy/tenancy_table.py. Add one to ENTRIES under the operation's name:"
    " request (a valid request for what Asked.whose says), reaches (whether an answer holds what was asked for),"
    " names (fields that name something of an account, or {} with free= for all others)"
)


@frozen(kw_only=True)
class Asked:
    """What a request is to be about, and who will send it."""

    estate: Estate
    caller: Caller
    whose: str = OWN

    @property
    def own(self) -> str:
        """The account whose data are the caller's own; the first one's for the supplier itself."""
        return self.caller.account or "a"

    @property
    def account(self) -> str:
        """Of whom the request is to name something."""
        return {"a": "b"}.get(self.own, "a") if self.whose == COMPANY else self.own

    @property
    def department(self) -> str:
        """The code of a department."""
        known = {OWN: "D1", DEPARTMENT: "D2", COMPANY: f"{canary(self.account)}-9", ABSENT: "none-such"}
        return known[self.whose]

    def order(self) -> str:
        """The number of an order that is done with."""
        if self.whose == ABSENT:
            return "AC99999999"
        return self.estate.orders[self.account, "D2" if self.whose == DEPARTMENT else "D1"]

    def user(self, who: str = "someone") -> str:
        """The id of a person."""
        return "01a00000-0000-7000-8000-000000000000" if self.whose == ABSENT else self.person(who)

    def person(self, who: str) -> str:
        """The id of a person, made when it is first asked for."""
        if (self.account, who) not in self.estate.people:
            self.estate.person(self.account, who, Role.VIEWER)
        return self.estate.people[self.account, who]


@frozen(kw_only=True)
class Entry:
    """One operation.

    Attributes:
        request: A valid request.
        reaches: Whether an answer, to what was asked, holds the data or did the work that was asked for.
        names: The fields by which a request names something of an account. What belongs to another account must
            answer like what does not exist.
        free: The other fields that hold text: what a caller says, and what names nothing of an account.
        wrong: Requests that are refused for what they say; their refusals must be the same on every face.
    """

    request: Callable[[Asked], Any]
    reaches: Callable[[Any, Asked], bool]
    names: frozenset[str] = field(converter=frozenset, default=frozenset())
    free: frozenset[str] = field(converter=frozenset, default=frozenset())
    wrong: tuple[Callable[[Asked], Any], ...] = ()


def _always(_answer: Any, _asked: Asked) -> bool:
    return True


def _changed_password(asked: Asked) -> Any:
    """A person who changes the password time and again."""
    known = asked.estate.passwords
    if "changer" not in known:
        asked.estate.session("a", "changer", Role.VIEWER)
        known["changer"] = PASSWORD
    return login.ChangePasswordRequest(
        login_id=f"changer@{canary('a')}.example",
        current_password=Secret(known["changer"]),
        new_password=Secret(f"Kaede-{asked.estate.fresh()}-kaze"),
    )


def _note_password(answer: Any, asked: Asked) -> bool:
    # the request that was answered is the last one that was made
    with asked.estate.storage.begin() as unit:
        user = unit.users.get(asked.estate.account_ids["a"], asked.estate.people["a", "changer"])
    assert user is not None
    number = asked.estate.fresh() - 1
    while not asked.estate.house.hasher.verify(user.password_hash, Secret(f"Kaede-{number}-kaze")):
        number -= 1
        assert number > 0
    asked.estate.passwords["changer"] = f"Kaede-{number}-kaze"
    return answer.password_expires_at > asked.estate.clock.now()


def _reset(asked: Asked) -> Any:
    if ("a", "forgetful") not in asked.estate.people:
        asked.estate.session("a", "forgetful", Role.VIEWER)
    token = asked.estate.reset_token("a", "forgetful")
    return recovery.ResetPasswordRequest(
        reset_token=token, new_password=Secret(f"Momiji-{asked.estate.fresh()}-yama")
    )


def _revoked(asked: Asked) -> Any:
    if asked.whose == ABSENT:
        return login.RevokeClientCredentialRequest(credential_id="absent")
    token = asked.estate.credential(asked.account)
    return login.RevokeClientCredentialRequest(
        credential_id=token.reveal().partition(".")[0].removeprefix("ac_")
    )


def _new_order(asked: Asked) -> Any:
    return asked.estate.order_request(asked.own, f"PO-new-{asked.estate.fresh()}", asked.department)


def _listed(kind: Callable[..., Any], estate_list: str) -> Callable[[Asked], Any]:
    """The first page of one's own list; else a page that the cursor of another account, or nobody's, continues."""

    def make(asked: Asked) -> Any:
        if asked.whose in {OWN, DEPARTMENT}:
            return kind()
        operation = asked.estate.supplier.dispatcher.registry.get(estate_list)
        page = asked.estate.call(operation, kind(), asked.estate.administrators[asked.account]).page
        cursor: str = page.next_cursor
        if asked.whose == ABSENT:
            cursor = ("B" if cursor[-10] != "B" else "C").join((cursor[:-10], cursor[-9:]))
        return kind(cursor=cursor)

    return make


def _list_entry(kind: Callable[..., Any], name: str, number: str) -> Entry:
    """A list that is read by cursor; ``number`` is the field by which each entry is known."""
    attribute = {"ListOrders": "orders", "ListItems": "items", "ListAuditRecords": "records"}.get(name, "")
    attribute = attribute or name.removeprefix("List").replace("ShipNotices", "ship_notices").lower()

    def reaches(answer: Any, asked: Asked) -> bool:
        return any(getattr(one, number) for one in getattr(answer, attribute))

    return Entry(
        request=_listed(kind, name),
        reaches=reaches,
        names={"cursor"},
        wrong=(lambda _: kind(page_size=0), lambda _: kind(cursor="注文"), lambda _: kind(page_size=10**6)),
    )


ENTRIES: Mapping[str, Entry] = {
    "GetServiceStatus": Entry(
        request=lambda _: status.GetServiceStatusRequest(),
        reaches=lambda answer, _: answer.state == "available",
    ),
    "Login": Entry(
        request=lambda asked: login.LoginRequest(
            login_id=f"admin@{canary(asked.own)}.example", password=Secret(PASSWORD)
        ),
        reaches=lambda answer, asked: canary(asked.own) in answer.account_name,
        free={"login_id", "password"},
        wrong=(
            lambda _: login.LoginRequest(login_id="x", password=Secret("x")),
            lambda _: login.LoginRequest(login_id=f"admin@{canary('a')}.example", password=Secret("x")),
            lambda _: login.LoginRequest(login_id="nobody@example.jp", password=Secret(PASSWORD)),
        ),
    ),
    "ChangePassword": Entry(
        request=_changed_password,
        reaches=_note_password,
        free={"login_id", "current_password", "new_password"},
        wrong=(
            lambda _: login.ChangePasswordRequest(
                login_id=f"admin@{canary('a')}.example",
                current_password=Secret(PASSWORD),
                new_password=Secret("x"),
            ),
        ),
    ),
    "IssueTemporaryPassword": Entry(
        request=lambda asked: login.IssueTemporaryPasswordRequest(user_id=asked.user()),
        reaches=lambda answer, _: bool(answer.temporary_password.reveal()),
        names={"user_id"},
    ),
    "IssueClientCredential": Entry(
        request=lambda asked: login.IssueClientCredentialRequest(
            label=f"{canary(asked.own)}-{asked.estate.fresh()}",
            operations=("GetAccount",),
            departments=(asked.department,),
        ),
        reaches=lambda answer, _: answer.credential.reveal().startswith("ac_"),
        names={"departments"},
        free={"label", "operations"},
        wrong=(
            lambda _: login.IssueClientCredentialRequest(label="", operations=()),
            lambda _: login.IssueClientCredentialRequest(label="x", operations=("AddUser", "NoSuch")),
        ),
    ),
    "RevokeClientCredential": Entry(
        request=_revoked,
        reaches=lambda answer, asked: answer.revoked_at == asked.estate.clock.now(),
        names={"credential_id"},
    ),
    "GetAccount": Entry(
        request=lambda _: accounts.GetAccountRequest(),
        reaches=lambda answer, asked: (
            canary(asked.caller.account) in answer.name
            and bool(answer.customer_number) is (asked.caller.role is Role.ADMINISTRATOR)
        ),
    ),
    "AddUser": Entry(
        request=lambda asked: accounts.AddUserRequest(
            email=f"new{asked.estate.fresh()}@{canary(asked.own)}.example",
            name=f"{canary(asked.own)} 山田",
            role=Role.BUYER,
            department_codes=(asked.department,),
        ),
        reaches=lambda answer, _: bool(answer.user_id),
        names={"department_codes"},
        free={"email", "name"},
        wrong=(
            lambda _: accounts.AddUserRequest(email="x", name="", role=Role.SUPPLIER),
            lambda _: accounts.AddUserRequest(
                email=f"admin@{canary('a')}.example", name="x", role=Role.BUYER
            ),
        ),
    ),
    "ListUsers": Entry(
        request=lambda _: accounts.ListUsersRequest(),
        reaches=lambda answer, asked: (
            asked.estate.people[asked.own, "someone"] in {one.user_id for one in answer.users}
        ),
    ),
    "AddDepartment": Entry(
        request=lambda asked: accounts.AddDepartmentRequest(
            code=f"N{asked.estate.fresh()}", name=canary(asked.own), parent_code=asked.department
        ),
        reaches=lambda answer, _: bool(answer.department_id),
        names={"parent_code"},
        free={"code", "name", "postcode", "address"},
        wrong=(
            lambda _: accounts.AddDepartmentRequest(code="", name=""),
            lambda _: accounts.AddDepartmentRequest(code="D1", name="x"),
        ),
    ),
    "ListDepartments": Entry(
        request=lambda _: accounts.ListDepartmentsRequest(),
        reaches=lambda answer, asked: "D1" in {one.code for one in answer.departments},
    ),
    "GetItem": Entry(
        request=lambda _: catalog.GetItemRequest(sku="PEN"),
        reaches=lambda answer, _: answer.item.sku == "PEN",
        free={"sku"},
        wrong=(lambda _: catalog.GetItemRequest(sku="ない"),),
    ),
    "ListItems": _list_entry(catalog.ListItemsRequest, "ListItems", "sku"),
    "PlaceOrder": Entry(
        request=_new_order,
        reaches=lambda answer, _: bool(answer.orders[0].order_number),
        names={"lines"},
        free={"purchase_order_id", "buyer_party", "currency"},
        wrong=(
            lambda asked: ordering.PlaceOrderRequest(
                purchase_order_id="", buyer_party="", currency="XXX", lines=()
            ),
        ),
    ),
    "GetOrder": Entry(
        request=lambda asked: ordering.GetOrderRequest(order_number=asked.order()),
        reaches=lambda answer, asked: answer.order.order_number == asked.order(),
        names={"order_number"},
    ),
    "GetOrderByExternalId": Entry(
        request=lambda asked: ordering.GetOrderByExternalIdRequest(
            purchase_order_id="absent"
            if asked.whose == ABSENT
            else f"{canary(asked.account)}-PO-{'D2' if asked.whose == DEPARTMENT else 'D1'}",
            buyer_party="0188:absent" if asked.whose == ABSENT else f"0188:{canary(asked.account)}",
        ),
        reaches=lambda answer, asked: asked.order() in {one.order_number for one in answer.orders},
        names={"purchase_order_id", "buyer_party"},
    ),
    "ListOrders": _list_entry(ordering.ListOrdersRequest, "ListOrders", "order_number"),
    "ListConfirmations": _list_entry(
        ordering.ListConfirmationsRequest, "ListConfirmations", "confirmation_number"
    ),
    "ListShipNotices": _list_entry(ordering.ListShipNoticesRequest, "ListShipNotices", "ship_notice_number"),
    "ListInvoices": _list_entry(ordering.ListInvoicesRequest, "ListInvoices", "invoice_number"),
    "ConfirmOrder": Entry(
        request=lambda asked: fulfilment.ConfirmOrderRequest(
            order_number=asked.estate.fresh_order(asked.own)
        ),
        reaches=lambda answer, _: bool(answer.confirmation.confirmation_number),
        free={"order_number"},
    ),
    "ShipOrder": Entry(
        request=lambda asked: fulfilment.ShipOrderRequest(
            order_number=asked.estate.fresh_order(asked.own, confirmed=True),
            lines=(fulfilment.ShippedLine(line_id="1", quantity=1),),
        ),
        reaches=lambda answer, _: bool(answer.ship_notice.ship_notice_number),
        free={"order_number", "lines"},
    ),
    "CloseBilling": Entry(
        request=lambda asked: fulfilment.CloseBillingRequest(
            customer_number=asked.estate.customer_numbers[asked.own], closing_date=date(2026, 11, 30)
        ),
        reaches=lambda answer, _: len(answer.invoices) == 1,
        free={"customer_number"},
    ),
    "RequestPasswordReset": Entry(
        request=lambda _: recovery.RequestPasswordResetRequest(
            email=f"someone@{canary('a')}.example", company_name=f"株式会社{canary('a')}"
        ),
        reaches=lambda answer, _: len(answer.reference) == 10,
        free={"email", "company_name"},
        wrong=(lambda _: recovery.RequestPasswordResetRequest(email="nobody@example.jp", company_name="x"),),
    ),
    "ResetPassword": Entry(
        request=_reset,
        reaches=lambda answer, asked: answer.password_expires_at > asked.estate.clock.now(),
        free={"reset_token", "new_password"},
        wrong=(lambda _: recovery.ResetPasswordRequest(reset_token=Secret("x"), new_password=Secret("x")),),
    ),
    "RecoverLoginId": Entry(
        request=lambda _: recovery.RecoverLoginIdRequest(
            company_name=f"株式会社{canary('a')}", phone="03-0000-0000", name=f"{canary('a')}管理者"
        ),
        reaches=lambda answer, _: len(answer.reference) == 10,
        free={"company_name", "phone", "name"},
    ),
    "ListAuditRecords": _list_entry(audit.ListAuditRecordsRequest, "ListAuditRecords", "seal"),
    "ExportAuditHead": Entry(
        request=lambda _: audit.ExportAuditHeadRequest(),
        reaches=lambda answer, _: bool(answer.heads),
    ),
    "ListNotices": Entry(
        request=lambda _: status.ListNoticesRequest(),
        reaches=lambda answer, _: bool(answer.working),
    ),
    "SetServiceStatus": Entry(
        request=lambda asked: status.SetServiceStatusRequest(
            kind=Disturbance.MAINTENANCE,
            parts=(ServiceFunction.CATALOG,),
            starts_at=asked.estate.clock.now() + timedelta(days=30),
            expected_end=asked.estate.clock.now() + timedelta(days=31),
            text_ja="点検",
            text_en="Maintenance",
        ),
        reaches=lambda answer, _: bool(answer.notice_id),
        free={"notice_id", "text_ja", "text_en"},
    ),
    "Diagnose": Entry(
        request=lambda _: guidance.DiagnoseRequest(code="w:001"),
        reaches=lambda answer, _: bool(answer.causes),
        free={"code", "symptom"},
        wrong=(lambda _: guidance.DiagnoseRequest(), lambda _: guidance.DiagnoseRequest(symptom="no-such")),
    ),
    "SearchFaq": Entry(
        request=lambda _: guidance.SearchFaqRequest(),
        reaches=lambda answer, _: bool(answer.answers),
        free={"words"},
    ),
    "ListSupportChannels": Entry(
        request=lambda _: guidance.ListSupportChannelsRequest(),
        reaches=lambda answer, _: bool(answer.channels),
    ),
}


def entry_of(name: str) -> Entry:
    """The entry of an operation; failing the test that asks for one that is not there."""
    if name not in ENTRIES:
        raise AssertionError(f"{name} {ADD_AN_ENTRY}")
    return ENTRIES[name]
