"""Schemathesis against the JSON API of the real supplier: what its OpenAPI document promises, for every operation."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events

from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.core.operations.sessions import LOGOUT
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

# What the document cannot say (an unknown item, a page size) is refused with 422; never with 400. Logins that fail
# often end in 429.
CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]},
        "negative_data_rejection": {"expected-statuses": ["400", "401", "405", "415"]},
    }
}


def schema_of(opened: Any, config: dict[str, Any]) -> Any:
    face = JsonFace(opened.supplier.dispatcher, address=f"http://localhost{PATH}")
    return schemathesis.openapi.from_asgi(
        f"{PATH}/openapi.json", create_app({ROUTE: face}), config=SchemathesisConfig.from_dict(config)
    )


@pytest.fixture
def api(opened: Any) -> Any:
    return schema_of(opened, CONFIG)


def floats_in(value: Any) -> bool:
    if isinstance(value, dict):
        return any(floats_in(one) for one in value.values())
    return any(floats_in(one) for one in value) if isinstance(value, list) else isinstance(value, float)


def fair(case: Any, mode: GenerationMode) -> bool:
    """Whether the document decides the case.

    The pattern of a header cannot say that what is percent-encoded is UTF-8, an integer of JSON Schema may be
    ``1.0``, and of what is wrong only the body is left, since the token is replaced by a good one.
    """
    if mode is GenerationMode.NEGATIVE:
        return bool(case.meta.components[ParameterLocation.BODY].mode is GenerationMode.NEGATIVE)
    encoded = any(str(value).startswith('%"') for value in case.headers.values())
    return not encoded and not floats_in(case.body)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda one: one.value)
@pytest.mark.parametrize("name", [one.name for one in SUPPLIER_OPERATIONS])
def test_the_api_keeps_its_promises(opened: Any, api: Any, name: str, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {opened.administrator.reveal()}"}

    @settings(
        max_examples=max(settings.default.max_examples // 10, 5),
        # drawing a whole request is slow, and that is not what is tested
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=api[f"/{name}"]["POST"].as_strategy(generation_mode=mode))
    def keeps(case: Any) -> None:
        assume(fair(case, mode))
        case.call_and_validate(headers=headers)

    keeps()


COVERAGE = {
    "phases": {
        "examples": {"enabled": False},
        "fuzzing": {"enabled": False},
        "stateful": {"enabled": False},
        "coverage": {
            "unexpected-methods": ["GET", "PUT", "DELETE", "TRACE", "OPTIONS", "QUERY", "PATCH"],
        },
    },
    "checks": {
        "positive_data_acceptance": CONFIG["checks"]["positive_data_acceptance"],
        # the role is asked before the header that a keyed operation needs
        "negative_data_rejection": {"expected-statuses": ["400", "401", "403", "405", "415"]},
    },
}
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
}


@pytest.mark.spec("SRV-2")
def test_its_engine_finds_nothing(opened: Any) -> None:
    """Every boundary of every schema, other methods, left out headers and tokens: its coverage phase."""
    api = schema_of(
        opened, COVERAGE | {"headers": {"Authorization": f"Bearer {opened.administrator.reveal()}"}}
    )
    # by itself above: it would leave the operations after it without a login
    api = api.exclude(path=f"/{LOGOUT.name}")
    done: dict[str, int] = {}
    failures = []

    for event in schemathesis.engine.from_schema(api).execute():
        if isinstance(event, events.ScenarioFinished):
            for check in (one for checks in event.recorder.checks.values() for one in checks):
                done[check.name] = done.get(check.name, 0) + 1
                if check.failure_info is not None:
                    failures.append((event.recorder.label, check.name, str(check.failure_info.failure)))
        assert not isinstance(event, events.NonFatalError | events.FatalError), event

    assert not failures
    assert done.keys() >= CHECKS, "a check that a later version renames must not be missed in silence"
