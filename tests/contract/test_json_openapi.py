"""The OpenAPI document: valid, the same bytes each time, and complete."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from askul_connect.adapters._lexical import checked_text
from askul_connect.adapters.server.openapi import openapi
from askul_connect.core.operations.registry import ANYONE, Idempotency, Registry
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

ADDRESS = "http://localhost/api/1"
WRITTEN = openapi(SUPPLIER_OPERATIONS, address=ADDRESS)
DOCUMENT: dict[str, Any] = json.loads(WRITTEN)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_the_command_prints_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "askul_connect", "openapi", "--address", ADDRESS],
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.rstrip() == WRITTEN


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


def test_it_is_the_same_bytes_each_time() -> None:
    assert openapi(Registry(SUPPLIER_OPERATIONS.operations), address=ADDRESS) == WRITTEN
    assert DOCUMENT["servers"] == [{"url": ADDRESS}]


@pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
def test_every_operation_is_there(operation: Any) -> None:
    [(method, found)] = DOCUMENT["paths"][f"/{operation.name}"].items()

    assert (method, found["operationId"], found["summary"]) == ("post", operation.name, operation.summary)
    assert found["security"] == ([] if operation.access == ANYONE else [{"token": []}])
    headers = {one["$ref"].rpartition("/")[2] for one in found["parameters"]}
    assert ("IdempotencyKey" in headers) == (operation.idempotency is Idempotency.KEYED)
    assert {"200", "400", "401", "403", "404", "409", "413", "415", "422", "500", "503"} <= found[
        "responses"
    ].keys()
    request = SCHEMAS[
        found["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    ]
    assert request["properties"].keys() == {one.name for one in attrs.fields(operation.request)}
    assert request["additionalProperties"] is False
    answer = found["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert "additionalProperties" not in SCHEMAS[answer], "a later version may add to it"
    assert SCHEMAS[answer].get("required", []) == [one.name for one in attrs.fields(operation.response)]


def test_lists_of_values_are_closed_in_requests_only() -> None:
    closed = {
        (name, field)
        for name, schema in SCHEMAS.items()
        for field, one in schema["properties"].items()
        if "enum" in one
    }

    assert closed == {
        ("AddUserRequest", "role"),
        ("ChangePaymentMethodRequest", "method"),
        ("ChangePaymentMethodRequest", "split"),
        ("ChangeBillingTermsRequest", "split"),
        ("ApproveUserRequest", "role"),
        ("ChangeUserRequest", "role"),
        ("InviteUserRequest", "role"),
        ("TransferAdministrationRequest", "former_role"),
        ("ErasePersonalDataRequest", "extent"),
        ("IssueTemporaryPasswordRequest", "delivery"),
        ("OpenTicketRequest", "channel"),
        ("OpenTicketRequest", "language"),
        ("PlaceOrderRequest", "on_price_change"),
        ("AllowanceChargeInput", "tax_category"),
        ("SetLoginPolicyRequest", "second_factor"),
        ("RegisterAccountRequest", "kind"),
        ("ReturnLineRequest", "reason"),
        ("SetServiceStatusRequest", "kind"),
        ("GrantCouponRequest", "kind"),
        ("CartChange", "action"),
        ("SearchItemsRequest", "fulfilment"),
        ("SearchItemsRequest", "sort"),
        ("CatalogRow", "fulfilment"),
        ("CatalogRow", "tax_category"),
        ("OrderFilters", "fulfilment"),
        ("OrderFilters", "status"),
        ("OrderFilters", "channel"),
        ("SummariseOrdersRequest", "by"),
        ("PlaceOrderForCustomerRequest", "channel"),
        ("PlaceOrderForCustomerRequest", "caller_check"),
        ("QuoteForCustomerRequest", "channel"),
        ("QuoteForCustomerRequest", "caller_check"),
        ("ProvideHistoryRequest", "caller_check"),
        ("WantedOrder", "on_price_change"),
    }


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **DOCUMENT})


@settings(max_examples=settings.default.max_examples * 2)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_pattern_of_text_is_what_is_taken(text: str) -> None:
    def taken() -> bool:
        try:
            return bool(checked_text(text) == text)
        except ValueError:
            return False

    body = {"sku": text}
    assert validator("GetItemRequest").is_valid(body) == taken()


@pytest.mark.parametrize("price", ["1", "-1.5", "+.5", "1.", "1e3", "NaN", "", "1,5", ".", "1" * 41, 1, None])
def test_the_pattern_of_a_decimal_is_what_is_taken(price: object) -> None:
    body = {"purchase_order_id": "P", "buyer_party": "b", "currency": "JPY", "lines": []}

    expected = price in {"1", "-1.5", "+.5", "1."}
    assert validator("PlaceOrderRequest").is_valid({**body, "price_tolerance": price}) == expected
