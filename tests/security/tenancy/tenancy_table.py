"""What the tests of this folder have to know of each operation; everything else follows from its declaration.

A new operation needs one ``Entry`` in ``ENTRIES``; the suite fails and says so until it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tenancy_accounts import ACCOUNT_ENTRIES
from tenancy_billing import BILLING_ENTRIES
from tenancy_callers import canary
from tenancy_cart import CART_ENTRIES
from tenancy_catalog import CATALOG_ENTRIES
from tenancy_coupons import COUPON_ENTRIES
from tenancy_entry import (
    ABSENT,
    ADD_AN_ENTRY,
    COMPANY,
    DEPARTMENT,
    OWN,
    Asked,
    Entry,
    list_entry,
    ticket_of_own,
)
from tenancy_estate import PASSWORD
from tenancy_login_table import LOGIN_ENTRIES
from tenancy_order_life import ORDER_LIFE_ENTRIES
from tenancy_orders import ORDER_HISTORY_ENTRIES
from tenancy_people import PEOPLE_ENTRIES
from tenancy_support_table import SUPPORT_ENTRIES

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

__all__ = ["ABSENT", "ADD_AN_ENTRY", "COMPANY", "DEPARTMENT", "ENTRIES", "OWN", "Asked", "Entry", "entry_of"]


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
    token = asked.estate.people_of.reset_token("a", "forgetful")
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


def _temporary_password(asked: Asked) -> Any:
    staff = asked.caller.role is Role.SUPPLIER
    delivery = login.TemporaryPasswordDelivery.EMAIL if staff else login.TemporaryPasswordDelivery.HANDED_OVER
    return login.IssueTemporaryPasswordRequest(
        user_id=asked.user(), delivery=delivery, ticket=ticket_of_own(asked) if staff else ""
    )


def _new_order(asked: Asked) -> Any:
    return asked.estate.order_request(asked.own, f"PO-new-{asked.estate.fresh()}", asked.department)


ENTRIES: Mapping[str, Entry] = {
    **PEOPLE_ENTRIES,
    **ACCOUNT_ENTRIES,
    **ORDER_LIFE_ENTRIES,
    **BILLING_ENTRIES,
    "GetServiceStatus": Entry(
        request=lambda _: status.GetServiceStatusRequest(),
        reaches=lambda answer, _: answer.state == "available",
    ),
    "Login": Entry(
        request=lambda asked: login.LoginRequest(
            login_id=f"admin@{canary(asked.own)}.example", password=Secret(PASSWORD)
        ),
        reaches=lambda answer, asked: canary(asked.own) in answer.account_name,
        free={"login_id", "password", "device", "device_token"},
        wrong=(
            lambda _: login.LoginRequest(login_id="x", password=Secret("x")),
            lambda _: login.LoginRequest(login_id=f"admin@{canary('a')}.example", password=Secret("x")),
            lambda _: login.LoginRequest(login_id="nobody@example.jp", password=Secret(PASSWORD)),
        ),
    ),
    "ChangePassword": Entry(
        request=_changed_password,
        reaches=_note_password,
        free={"login_id", "current_password", "new_password", "device", "device_token"},
        wrong=(
            lambda _: login.ChangePasswordRequest(
                login_id=f"admin@{canary('a')}.example",
                current_password=Secret(PASSWORD),
                new_password=Secret("x"),
            ),
        ),
    ),
    "IssueTemporaryPassword": Entry(
        request=_temporary_password,
        # support is shown none
        reaches=lambda answer, asked: (
            bool(answer.temporary_password.reveal()) is (asked.caller.role is Role.ADMINISTRATOR)
            and answer.expires_at > asked.estate.clock.now()
        ),
        names={"user_id"},
        free={"ticket"},
    ),
    "IssueClientCredential": Entry(
        request=lambda asked: login.IssueClientCredentialRequest(
            label=f"{canary(asked.own)}-{asked.estate.fresh()}",
            operations=("GetAccount",),
            departments=(asked.department,),
        ),
        reaches=lambda answer, _: answer.credential.reveal().startswith("ac_"),
        names={"departments"},
        free={"label", "operations", "networks"},
        wrong=(
            lambda _: login.IssueClientCredentialRequest(label="", operations=(), networks=("0.0.0.0/0",)),
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
    "ListItems": list_entry(catalog.ListItemsRequest, "ListItems", "sku"),
    **CATALOG_ENTRIES,
    **ORDER_HISTORY_ENTRIES,
    "PlaceOrder": Entry(
        request=_new_order,
        reaches=lambda answer, _: bool(answer.orders[0].order_number),
        names={"lines"},
        free={"purchase_order_id", "buyer_party", "currency", "coupons"},
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
    "ListOrders": list_entry(ordering.ListOrdersRequest, "ListOrders", "order_number"),
    "ListConfirmations": list_entry(
        ordering.ListConfirmationsRequest, "ListConfirmations", "confirmation_number"
    ),
    "ListShipNotices": list_entry(ordering.ListShipNoticesRequest, "ListShipNotices", "ship_notice_number"),
    "ListInvoices": list_entry(ordering.ListInvoicesRequest, "ListInvoices", "invoice_number"),
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
    "ListAuditRecords": list_entry(audit.ListAuditRecordsRequest, "ListAuditRecords", "seal"),
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
    **COUPON_ENTRIES,
    **CART_ENTRIES,
    **LOGIN_ENTRIES,
    **SUPPORT_ENTRIES,
}


def entry_of(name: str) -> Entry:
    """The entry of an operation; failing the test that asks for one that is not there."""
    if name not in ENTRIES:
        raise AssertionError(f"{name} {ADD_AN_ENTRY}")
    return ENTRIES[name]
