"""What the messages of a registry look like on the wire, made from the shapes of their classes.

A field's ``snake_case`` name becomes a ``lowerCamelCase`` element; a field with a default may be absent; a tuple
is a repeated element.
"""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from askul_connect.adapters._shape import reachable, shape
from askul_connect.core.operations.registry import Registry

NAMESPACE: Final = "urn:askul-connect:supplier:1"
"""The major version of the wire; nothing else in the package spells it."""


def response_element(operation_name: str) -> str:
    """Local name of the element that wraps an operation's response; the request's is the operation's own."""
    return f"{operation_name}Response"


@frozen(kw_only=True)
class Usage:
    """Which message classes travel in which direction, in the order they are first met."""

    requests: tuple[type[Any], ...]
    responses: tuple[type[Any], ...]


def usage(registry: Registry, *, answers: tuple[type[Any], ...] = ()) -> Usage:
    """Compile the shapes of all messages of a registry; ``answers`` are the face's own response classes.

    Raises:
        TypeError: A message cannot be sent, or two share a name; the text names class and field.
    """
    requests = _distinct(one for operation in registry for one in reachable(operation.request))
    responses = _distinct(one for operation in registry for one in reachable(operation.response))
    responses = _distinct((*responses, *(one for cls in answers for one in reachable(cls))))
    for cls in requests:
        if shape(cls).extensions:
            raise TypeError(
                f"{cls.__qualname__} is a request, which has no extensions; its new fields are optional"
            )
    names: dict[str, type[Any]] = {}
    closed = (one.kind for cls in (*requests, *responses) for one in shape(cls).fields if one.closed)
    for cls in (*requests, *responses, *closed):
        if names.setdefault(cls.__name__, cls) is not cls:
            raise TypeError(f"two classes of messages are called {cls.__name__}")
    operations = {operation.name for operation in registry}
    clash = operations & {response_element(name) for name in operations}
    if clash:
        raise TypeError(f"the names of operations and responses clash: {', '.join(sorted(clash))}")
    return Usage(requests=requests, responses=responses)


def _distinct(classes: Any) -> tuple[type[Any], ...]:
    return tuple(dict.fromkeys(classes))
