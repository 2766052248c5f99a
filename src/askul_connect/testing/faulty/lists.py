"""Lists that lag behind each other: what comes last in the business comes first by them."""

from __future__ import annotations

from typing import Any

from attrs import evolve, fields_dict

from askul_connect.core.operations.registry import Operation, Registry
from askul_connect.core.operations.supplier import (
    LIST_CONFIRMATIONS,
    LIST_INVOICES,
    LIST_ORDERS,
    LIST_SHIP_NOTICES,
)
from askul_connect.core.ports.faces import Call, Dispatcher
from askul_connect.testing.faulty.plan import Fault, FaultPlan

_LAGGING = {operation.name for operation in (LIST_ORDERS, LIST_CONFIRMATIONS, LIST_SHIP_NOTICES)}
_LISTS = {*_LAGGING, LIST_INVOICES.name}


class LaggingLists:
    """A ``Dispatcher`` before another one, whose lists come out of order while that is planned.

    Args:
        inner: Answers.
        plan: Says whether.
    """

    def __init__(self, inner: Dispatcher, plan: FaultPlan) -> None:
        self._inner = inner
        self._plan = plan

    @property
    def registry(self) -> Registry:
        return self._inner.registry

    def dispatch(self, operation: Operation[Any, Any], request: Any, call: Call) -> Any:
        """Run one operation; a list is answered as if nothing new were there, or backwards."""
        answer = self._inner.dispatch(operation, request, call)
        if operation.name not in _LISTS or not self._plan.planned(Fault.OUT_OF_ORDER):
            return answer
        [name] = fields_dict(type(answer)).keys() - {"page"}
        records = getattr(answer, name)
        if records:
            self._plan.note(Fault.OUT_OF_ORDER, operation.name)
        if operation.name not in _LAGGING:
            return evolve(answer, **{name: tuple(reversed(records))})
        # a copy that lags knows neither the new records nor how many there are
        page = evolve(answer.page, next_cursor=request.cursor, more=False, total=None, deleted=())
        return evolve(answer, page=page, **{name: ()})
