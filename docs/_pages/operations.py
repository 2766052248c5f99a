"""docs/reference/operations.md: every operation of the supplier and the messages it takes and gives."""

import typing
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any

import attrs

from _pages.markdown import attributes_of, page, summary_of, table
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.capabilities import has
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Idempotency, Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

_PLAIN = {
    str: "text",
    int: "integer",
    bool: "true or false",
    Decimal: "decimal",
    date: "date",
    datetime: "instant",
    Secret: "secret",
}
_IDEMPOTENCY = {
    Idempotency.KEYED: "by the caller's key: the same key again answers the same",
    Idempotency.NATURAL: "by what the request names: repeating it finds the work done",
    Idempotency.NONE: "none: it gives out or uses up a secret",
}
_INTRODUCTION = """\
What the reference supplier can be asked. Each operation is declared once, in `askul_connect.core.operations`; the WSDL
(`askul-connect wsdl`), the OpenAPI document (`askul-connect openapi`) and the calls in process are derived from the
declarations, and so is this page.

Amounts are integers in minor units of the document's currency. A *decimal* is an exact number, an *instant* has its
offset, a *list* keeps its order. Fields with a default may be left out. Over SOAP the names are written in camel case:
`purchase_order_id` is `purchaseOrderId`; [over JSON](../guide/json-api.md) they are as they stand here.

*Machines* says whether a client credential can be scoped to the operation. Besides what each operation does, every call
can end in `not-authenticated`, `access-denied`, `value-invalid` or `w:004` (see [errors](errors.md)).
"""


def operations_page() -> str:
    """The page."""
    overview = table(
        ("operation", "who", "machines", "effect", "part of the service", "summary"),
        [
            (
                f"[{operation.name}](#{operation.name.lower()})",
                _who(operation),
                "yes" if operation.machines else "no",
                operation.effect.value,
                operation.function.value,
                operation.summary,
            )
            for operation in SUPPLIER_OPERATIONS
        ],
    )
    messages = {kind for each in SUPPLIER_OPERATIONS for kind in (each.request, each.response)}
    named = sorted(_reached(messages) - messages, key=lambda kind: kind.__name__)
    return page(
        "Operations of the supplier",
        _INTRODUCTION,
        overview,
        "## Each operation\n",
        *(_section(operation) for operation in SUPPLIER_OPERATIONS),
        "## Types\n",
        *(_type_section(kind) for kind in named),
    )


def _who(operation: Operation[Any, Any]) -> str:
    return ", ".join(sorted(role.value for role in operation.access)) or "anyone"


def _section(operation: Operation[Any, Any]) -> str:
    return (
        f"### {operation.name}\n\n{operation.summary}\n\n"
        f"- Who: {_who(operation)}{'; client credentials' if operation.machines else ''}\n"
        f"- Repeated calls: {_IDEMPOTENCY[operation.idempotency]}\n"
        f"{_needs(operation)}\n"
        f"Request:\n\n{_fields(operation.request)}\nResponse:\n\n{_fields(operation.response)}"
    )


def _needs(operation: Operation[Any, Any]) -> str:
    if operation.capability is None:
        return ""
    having = ", ".join(kind.value for kind in AccountKind if has(kind, operation.capability))
    return f"- Kinds of accounts: {having} (`{operation.capability.value}`)\n"


def _type_section(kind: type) -> str:
    if issubclass(kind, Enum):
        values = ", ".join(f"`{member.value}`" for member in kind)
        return f"### {kind.__name__}\n\n{summary_of(kind)} One of {values}.\n"
    return f"### {kind.__name__}\n\n{summary_of(kind)}\n\n{_fields(kind)}"


def _fields(kind: type) -> str:
    hints, about = typing.get_type_hints(kind), attributes_of(kind)
    fields = attrs.fields(kind)
    if not fields:
        return "Nothing.\n"
    return table(
        ("field", "type", "default", "meaning"),
        [
            (f"`{each.name}`", _type(hints[each.name]), _default(each), about.get(each.name, ""))
            for each in fields
        ],
    )


def _default(field: "attrs.Attribute[Any]") -> str:
    default = field.default
    if default is attrs.NOTHING:
        return "required"
    if default is None or default in ("", ()) or default == Secret(""):
        return "empty"
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # attrs types Factory as a function
        return "empty"
    text = str(default.value if isinstance(default, Enum) else default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"


def _type(hint: Any) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {tuple, frozenset, list}:
        return f"list of {_type(arguments[0])}"
    if origin in {typing.Union, UnionType}:
        return " or ".join(_type(each) for each in arguments if each is not NoneType) + ", may be empty"
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


def _reached(kinds: Iterable[type]) -> set[type]:
    """The classes and enumerations that messages are made of, themselves included."""
    seen: set[type] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind in seen or kind in _PLAIN:
            continue
        seen.add(kind)
        if attrs.has(kind):
            for hint in typing.get_type_hints(kind).values():
                waiting += [part for part in (typing.get_args(hint) or (hint,)) if isinstance(part, type)]
    return seen - {NoneType}
