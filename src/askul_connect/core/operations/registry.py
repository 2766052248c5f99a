"""The one registry of operations: each use case of the supplier, declared once, as data.

Every face (in process, SOAP with its WSDL, JSON with its OpenAPI), the authorization matrix and the reference pages
are derived from the declarations, so the faces are equal by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role, SessionStage
from askul_connect.core.domain.capabilities import Capability
from askul_connect.core.domain.permissions import Permission, roles_with
from askul_connect.core.domain.service_status import ServiceFunction
from askul_connect.core.errors import UnknownOperation

__all__ = [
    "ACCOUNTANTS",
    "ADMINISTRATORS",
    "ANYONE",
    "BUYERS",
    "CUSTOMERS",
    "SUPPLIER",
    "Effect",
    "Idempotency",
    "Operation",
    "Registry",
    "ServiceFunction",
]

Req = TypeVar("Req")
Res = TypeVar("Res")


class Effect(StrEnum):
    """Whether an operation changes anything."""

    READ = "read"
    WRITE = "write"


class Idempotency(StrEnum):
    """How a repeated call is recognised.

    ``KEYED``: by the caller's key; hash of the request and reference of the result are kept for 90 days.
    ``NATURAL``: by what the request names; repeating it finds the work done.
    ``NONE``: returns or consumes a secret; its answer is never stored.
    """

    KEYED = "keyed"
    NATURAL = "natural"
    NONE = "none"


ANYONE: frozenset[Role] = frozenset()
"""Access of operations that need no login."""

CUSTOMERS = roles_with(Permission.VIEW)
ADMINISTRATORS = roles_with(Permission.ADMINISTER)
BUYERS = roles_with(Permission.ORDER)
ACCOUNTANTS = roles_with(Permission.ACCOUNT_FOR)
SUPPLIER = roles_with(Permission.SUPPLY)


@frozen(kw_only=True)
class Operation(Generic[Req, Res]):
    """One use case.

    Attributes:
        name: Verb and noun; the name on every face.
        request: Frozen attrs class of the request.
        response: Frozen attrs class of the response.
        access: Roles that may call it; empty means no login is needed.
        function: The part of the service it belongs to, which can be stopped by itself (AUTH-15).
        machines: Whether a client credential can be scoped to it (AUTH-20).
        automation: Whether only the supplier's own program may call it: it touches customers' data without a ticket
            (AUTH-19).
        stages: Stages of an unfinished session that may call it too (AUTH-4, AUTH-8).
        summary: One sentence for the WSDL, the OpenAPI and the reference.
        over_accounts: Whether it works in accounts beside the caller's own, to which the person belongs or is asked
            into (ACC-5); the unit of work of every other one is confined to the caller's account.
        capability: What the caller's account must have, by the table of kinds (ACC-1); None for what every kind has.
    """

    name: str
    request: type[Req]
    response: type[Res]
    access: frozenset[Role]
    effect: Effect
    idempotency: Idempotency
    function: ServiceFunction
    summary: str
    machines: bool = False
    automation: bool = False
    over_accounts: bool = False
    stages: frozenset[SessionStage] = frozenset()
    capability: Capability | None = None


@frozen
class Registry:
    """An immutable set of operations, in the order of their declaration."""

    operations: tuple[Operation[Any, Any], ...] = field()

    @operations.validator
    def _names_are_unique(self, _attribute: object, operations: tuple[Operation[Any, Any], ...]) -> None:
        names = [operation.name for operation in operations]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            message = f"operations declared twice: {', '.join(doubled)}"
            raise ValueError(message)

    def __iter__(self) -> Iterator[Operation[Any, Any]]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def get(self, name: str) -> Operation[Any, Any]:
        """The operation of that name.

        Raises:
            UnknownOperation: There is none.
        """
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise UnknownOperation(f"no operation {name!r}")

    def having(self, more: Iterable[Operation[Any, Any]]) -> Registry:
        """A registry that holds these operations too."""
        return Registry((*self.operations, *more))
