"""Who calls, what follows from the declaration of an operation, and what a caller learns."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import attrs
from attrs import field, frozen

from askul_connect.core.domain.accounts import Role, SessionStage
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    NotAuthenticated,
    PasswordChangeRequired,
    SecondFactorRequired,
)
from askul_connect.core.operations.registry import ANYONE, Operation

FACES = ("in process", "soap", "json")
ACCOUNTS = ("a", "b", "c")


def canary(account: str) -> str:
    """What is in everything of an account, and in nothing of another one."""
    return f"kanari{account}"


@frozen(kw_only=True)
class Caller:
    """Somebody who calls.

    Attributes:
        token: What the caller sends.
        account: Whose data are the caller's own.
        role: Of a person; None for a machine and for nobody.
        stage: Of a person's session.
        scope: Operations of a machine; None for people.
        alive: Whether what is sent is (still) good for anything.
        staff: The supplier itself, which comes in by no face.
    """

    name: str
    token: Secret | None = field(default=None, repr=False)
    account: str = "a"
    role: Role | None = None
    stage: SessionStage = SessionStage.FULL
    scope: frozenset[str] | None = None
    alive: bool = True
    staff: bool = False


def expected(operation: Operation[Any, Any], caller: Caller) -> str:
    """The code of the refusal that follows from the declaration; empty when the operation is to be done."""
    if operation.access == ANYONE:
        return ""
    if not caller.alive:
        return NotAuthenticated.code
    if caller.stage not in (SessionStage.FULL, *operation.stages):
        change = caller.stage is SessionStage.PASSWORD_CHANGE
        return PasswordChangeRequired.code if change else SecondFactorRequired.code
    if caller.scope is not None:
        return "" if operation.machines and operation.name in caller.scope else AccessDenied.code
    return "" if caller.role in operation.access else AccessDenied.code


@frozen
class Outcome:
    """All that a caller learns: an answer, or a refusal with everything it says."""

    answer: Any = None
    code: str = ""
    said: tuple[Any, ...] = ()

    @property
    def text(self) -> str:
        """Everything in it, to be searched; what a `repr` hides is in it too."""
        return "\n".join(leaves((self.answer, self.code, self.said)))


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value, in order."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, Enum):
        yield str(value.value)
    elif attrs.has(type(value)):
        for one in attrs.fields(type(value)):
            yield from leaves(getattr(value, one.name))
    elif isinstance(value, (tuple, list, frozenset)):
        for entry in value:
            yield from leaves(entry)
    elif isinstance(value, dict):
        yield from leaves(tuple(value.items()))
    elif value is not None:
        yield str(value)


def without_channel(value: Any) -> Any:
    """The same, whichever face an order came in by (ORD-9)."""
    if isinstance(value, Channel):
        return Channel.IN_PROCESS
    if attrs.has(type(value)) and not isinstance(value, Secret):
        changes = {
            one.alias: without_channel(getattr(value, one.name))
            for one in attrs.fields(type(value))
            if one.init and not one.name.startswith("_")
        }
        return type(value)(**changes)
    if isinstance(value, tuple):
        return tuple(map(without_channel, value))
    if isinstance(value, dict):
        return {name: without_channel(entry) for name, entry in value.items()}
    return value
