"""What a face is given and what travels with a call beside the message."""

from __future__ import annotations

from typing import Any, Protocol

from attrs import frozen

from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Operation, Registry


@frozen(kw_only=True)
class Call:
    """Travels with a request on every face.

    Attributes:
        token: Session token or client credential, None for operations that need no login.
        idempotency_key: The caller's key of a keyed operation.
        correlation_id: Follows a purchase order from its file to its invoice through both sides' logs.
        channel: The face the call came in by, recorded with an order (ORD-9).
        address: Network address of the caller, empty in process.
    """

    channel: Channel
    token: Secret | None = None
    idempotency_key: str = ""
    correlation_id: str = ""
    address: str = ""


class Dispatcher(Protocol):
    """Carries a request to the function bound to its operation; all that a face knows of the supplier."""

    @property
    def registry(self) -> Registry:
        """The operations that can be called."""
        ...

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        """Run one operation and return its response.

        Raises:
            AskulConnectError: The typed refusal; nothing was half done.
        """
        ...
