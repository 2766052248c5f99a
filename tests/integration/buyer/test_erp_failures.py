"""An ERP that fails: one document waits, and neither the others nor the run are held up (INT-6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from askul_connect.adapters.erp.files import FilesConnector
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    NotAuthenticated,
    OutcomeUnknown,
    PartnerRefused,
    PartnerUnreachable,
    StorageUnavailable,
    ValueInvalid,
)
from askul_connect.core.messages.documents import OrderConfirmation

ROW = "PO-1,1,A100-0001,3,XPK,1040,JPY,D100,,"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes the ERP fail for confirmations, or for everything; gives what was asked of it."""
    real = FilesConnector.post

    def arrange(error: AskulConnectError | None, *, everything: bool = False) -> list[str]:
        asked: list[str] = []

        def post(self: FilesConnector, supplier: str, document: Any) -> str:
            asked.append(type(document).__name__)
            if error is not None and (everything or isinstance(document, OrderConfirmation)):
                raise error
            return real(self, supplier, document)

        monkeypatch.setattr(FilesConnector, "post", post)
        return asked

    return arrange


def messages(place: Any) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in place.view("outbox") if one["target"] == "erp"}


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ValueInvalid("the ERP says no"), "dead"),
        (PartnerRefused("the ERP wants a person"), "pending"),
        (StorageUnavailable("no space"), None),
    ],
)
def test_one_document_that_is_not_taken_leaves_the_others_alone(
    place: Any, failing: Callable[..., list[str]], error: AskulConnectError, state: str | None
) -> None:
    place.order("a.csv", ROW)
    failing(error)

    if state is None:
        # where the ERP's place is ours, that is our own fault
        with pytest.raises(StorageUnavailable):
            place.run()
        return
    report = place.run()

    assert messages(place) == {"erp-confirmation": state, "erp-ship-notice": "sent", "erp-invoice": "sent"}
    assert [failure.supplier for failure in report.failures] == ["erp"]
    failing(None)
    report = place.run()
    assert messages(place)["erp-confirmation"] == ("dead" if state == "dead" else "sent")
    assert report.failures == ()


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (PartnerUnreachable("the ERP is down"), "pending", 3),
        (OutcomeUnknown("the ERP did not answer"), "unknown", 3),
        (ConfigurationError("no such account", where="mapping/accounts.csv"), "pending", 2),
    ],
)
def test_an_erp_that_is_not_there_is_asked_once_and_gets_everything_later(
    place: Any, failing: Callable[..., list[str]], error: AskulConnectError, state: str, code: int
) -> None:
    place.order("a.csv", ROW)
    asked = failing(error, everything=True)

    report = place.run()

    assert report.exit_code == code
    assert set(messages(place).values()) <= {state, "pending"}
    assert set(asked) >= {"OrderConfirmation"}
    # three documents wait, and the first shows that the others need not be tried
    asked = failing(error, everything=True)
    place.run()
    assert asked == ["OrderConfirmation"]
    failing(None)
    later = place.run()
    assert set(messages(place).values()) == {"sent"}
    assert (later.failures, later.posted) == ((), 3)


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    ("method", "error", "code"),
    [
        ("incoming", PartnerUnreachable("the ERP is down"), 3),
        ("accepted", PartnerUnreachable("the ERP is down"), 3),
        ("receipts", PartnerUnreachable("the ERP is down"), 3),
        ("budgets", NotAuthenticated("the password"), 2),
    ],
)
def test_an_erp_that_cannot_be_read_does_not_keep_the_suppliers_waiting(
    place: Any, monkeypatch: pytest.MonkeyPatch, method: str, error: AskulConnectError, code: int
) -> None:
    place.order("a.csv", ROW)
    place.run()
    place.order("b.csv", ROW.replace("PO-1", "PO-2"))

    def away(*_args: Any) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(FilesConnector, method, away)
        report = place.run()

    assert report.exit_code == code
    # what was taken before goes on: the suppliers were asked
    assert place.faults.made("orders")
    assert place.run().failures == ()
    assert place.names("in") == []
