"""What a caller may send as correlation id: it is stored and logged as it is (SRV-5)."""

from __future__ import annotations

from typing import Any

import pytest

from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.status import GetServiceStatusRequest
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS

pytestmark = pytest.mark.spec("SRV-5")


@pytest.mark.parametrize("length", [0, 1, 200])
def test_up_to_200_characters(faced: Any, length: int) -> None:
    answer = faced.caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), correlation_id="c" * length)

    assert answer.state


def test_not_more(faced: Any) -> None:
    with pytest.raises(ValueInvalid, match="up to 200 characters") as caught:
        faced.caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), correlation_id="c" * 201)

    assert caught.value.where == "correlation_id"
