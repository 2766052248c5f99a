"""The supplier's side of every face: authenticate, authorise, recognise repeats, run one function in one unit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.correlation import correlated, correlated_logger
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.sales import IdempotencyRecord
from askul_connect.core.errors import (
    AskulConnectError,
    IdempotencyConflict,
    IdempotencyKeyMissing,
    NotAuthenticated,
    OurError,
    ValueInvalid,
)
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.operations.registry import (
    ANYONE,
    Effect,
    Idempotency,
    Operation,
    Registry,
    ServiceFunction,
)
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.supplier.authentication import authorise, is_credential, principal_of
from askul_connect.core.services.supplier.capabilities import require_capability
from askul_connect.core.services.supplier.context import Context, Desk, House, Principal, Refused, Tried
from askul_connect.core.services.supplier.machine_refusals import record_refused_machine
from askul_connect.core.services.supplier.status import require_open
from askul_connect.core.services.units import run_unit

STAFF = Principal(account_id="", actor="supplier", role=Role.SUPPLIER)
"""The supplier's own automation: it never comes in by a face."""

KEY_LENGTH = 200
LOGGER = correlated_logger("askul_connect.supplier")


def _whole(request: object) -> object:
    return request


@frozen(kw_only=True)
class Binding:
    """The function of one operation.

    Attributes:
        run: Does it in one unit of work; returns the response, ``Refused`` or ``Tried``.
        staged: Does it in several units, instead of ``run``; for operations whose answer is never stored.
        reference: For a keyed operation: what of the response names its result.
        replay: For a keyed operation: the response again, from the request and that reference.
        asked: For a keyed operation: what of the request its key stands for.
    """

    operation: Operation[Any, Any]
    run: Callable[[Context, Any], Any] | None = None
    staged: Callable[[Desk, Any], Any] | None = None
    reference: Callable[[Any], str] | None = None
    replay: Callable[[Context, Any, str], Any] | None = None
    asked: Callable[[Any], object] = _whole

    def __attrs_post_init__(self) -> None:
        if (self.run is None) == (self.staged is None):
            message = f"{self.operation.name}: a function runs in one unit or in stages, exactly one of both"
            raise ValueError(message)
        keyed = self.operation.idempotency is Idempotency.KEYED
        if keyed and self.staged is not None:
            message = f"{self.operation.name}: a keyed operation runs in one unit"
            raise ValueError(message)
        if keyed != (self.reference is not None and self.replay is not None):
            message = f"{self.operation.name}: exactly the keyed operations have a reference and a replay"
            raise ValueError(message)


class _RollBack(Exception):
    def __init__(self, response: object) -> None:
        super().__init__()
        self.response = response


def _bound(registry: Registry, bindings: tuple[Binding, ...]) -> Mapping[str, Binding]:
    table = {binding.operation.name: binding for binding in bindings}
    if len(table) != len(bindings):
        names = [binding.operation.name for binding in bindings]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise OurError(f"several functions are bound to: {', '.join(doubled)}")
    # by identity: a declaration of the same name could grant access that the registry's does not
    missing = [
        operation.name
        for operation in registry
        if operation.name not in table or table[operation.name].operation is not operation
    ]
    if missing:
        raise OurError(f"no function is bound to: {', '.join(missing)}")
    return table


@frozen(kw_only=True)
class SupplierDispatcher:
    """Implements the ``Dispatcher`` port over a storage.

    Raises:
        OurError: At construction, when an operation of the registry has no function, or two.
    """

    registry: Registry
    bindings: tuple[Binding, ...] = field(repr=False)
    storage: SupplierStorage = field(repr=False)
    house: House = field(repr=False)
    _table: Mapping[str, Binding] = field(init=False, repr=False)

    @_table.default
    def _make_table(self) -> Mapping[str, Binding]:
        return _bound(self.registry, self.bindings)

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        """Run an operation for whoever the call's token belongs to.

        Raises:
            AskulConnectError: The typed refusal; nothing was half done.
        """
        return self._dispatch(operation, request, call, None)

    def dispatch_as_staff(
        self, operation: Operation[Any, Any], request: object, *, key: str, correlation_id: str = ""
    ) -> Any:
        """Run an operation as the supplier itself: for its own automation in process, out of reach of any face."""
        call = Call(channel=Channel.IN_PROCESS, idempotency_key=key, correlation_id=correlation_id)
        return self._dispatch(operation, request, call, STAFF)

    def _dispatch(
        self, operation: Operation[Any, Any], request: object, call: Call, principal: Principal | None
    ) -> Any:
        if len(call.correlation_id) > KEY_LENGTH:
            raise ValueInvalid(f"a correlation id has up to {KEY_LENGTH} characters", where="correlation_id")
        with correlated(call.correlation_id):
            try:
                response = self._run(operation, request, call, principal)
            except AskulConnectError as error:
                if isinstance(error, NotAuthenticated):
                    self._record_refusal(call)
                LOGGER.info("%s over %s refused: %s", operation.name, call.channel, error.code)
                raise
            level = logging.DEBUG if operation.effect is Effect.READ else logging.INFO
            LOGGER.log(level, "%s over %s done", operation.name, call.channel)
            return response

    def _run(
        self, operation: Operation[Any, Any], request: object, call: Call, principal: Principal | None
    ) -> Any:
        binding = self._table[self.registry.get(operation.name).name]
        unsettled = False

        def in_unit(work: Callable[[Context], Any], *, durable: bool = True) -> Any:
            nonlocal unsettled

            def once(unit: SupplierUnitOfWork) -> tuple[Any, Context]:
                context = self._context(unit, binding.operation, call, principal)
                return work(context), context

            result, context = run_unit(self.storage, once, durable=durable)
            unsettled = not durable
            self._tell(context)
            return result

        try:
            if binding.staged is not None:
                reserve = partial(in_unit, durable=False)
                desk = Desk(house=self.house, call=call, unit=in_unit, reserve=reserve)
                outcome = binding.staged(desk, request)
            else:
                outcome = in_unit(lambda context: self._in_unit(context, binding, request))
        except _RollBack as trial:
            return trial.response
        if unsettled:
            raise OurError(f"{binding.operation.name} answered by what a loss of power may take back")
        if isinstance(outcome, Refused):
            raise outcome.error
        return outcome

    def _record_refusal(self, call: Call) -> None:
        """Keep that a machine was not let in; in process there is nobody to be kept out."""
        token = call.token
        if token is None or not call.address or not is_credential(token):
            return
        run_unit(self.storage, lambda unit: record_refused_machine(unit, self.house, call, token))

    def _tell(self, context: Context) -> None:
        """Say what a unit of work did, now that it is stored."""
        for note in context.notes:
            LOGGER.info("%s", note.text, extra={"correlation_id": note.correlation_id})
        for event in context.happened:
            self.house.events.record(event)

    def _context(
        self,
        unit: SupplierUnitOfWork,
        operation: Operation[Any, Any],
        call: Call,
        principal: Principal | None,
    ) -> Context:
        """Who calls, and whether the caller may."""
        now = self.house.clock.now()
        # whoever needs no login is not refused for an old token: that is how one logs in again
        if principal is None and call.token is not None and operation.access != ANYONE:
            principal = principal_of(unit, call.token, now, call.address)
        authorise(operation, principal)
        # whoever calls is known by now; the supplier's own have no account, and see to all of them
        if principal is not None and principal.account_id and not operation.over_accounts:
            unit.confine(principal.account_id)
        context = Context(
            unit=unit, house=self.house, call=call, now=now, registry=self.registry, principal=principal
        )
        if operation.capability is not None and not context.is_staff:
            require_capability(context.account(), operation.capability)
        # the supplier's own people go on while customers wait
        if operation.function is not ServiceFunction.STATUS and not context.is_staff:
            require_open(context, operation.function)
        return context

    def _in_unit(self, context: Context, binding: Binding, request: object) -> Any:
        if binding.run is None:
            raise OurError(f"{binding.operation.name} runs in stages")
        if binding.reference is None or binding.replay is None:
            return self._settled(binding.run(context, request))
        return self._keyed(context, binding, request, binding.run, (binding.reference, binding.replay))

    def _keyed(
        self,
        context: Context,
        binding: Binding,
        request: object,
        run: Callable[[Context, Any], Any],
        kept: tuple[Callable[[Any], str], Callable[[Context, Any, str], Any]],
    ) -> Any:
        reference, replay = kept
        key = context.call.idempotency_key
        if not key.strip() or len(key) > KEY_LENGTH:
            raise IdempotencyKeyMissing(
                f"{binding.operation.name} needs a key of 1 to {KEY_LENGTH} characters"
            )
        account_id, name = context.caller.account_id, binding.operation.name
        asked = content_hash(binding.asked(request))
        known = context.unit.idempotency.get(account_id, name, key)
        if known is not None:
            if known.request_hash != asked:
                raise IdempotencyConflict(f"the key {key!r} was used for another {name}")
            return replay(context, request, known.reference)
        response = self._settled(run(evolve(context, asked=asked), request))
        if not isinstance(response, Refused):
            context.unit.idempotency.add(
                IdempotencyRecord(
                    account_id=account_id,
                    operation=name,
                    key=key,
                    request_hash=asked,
                    reference=reference(response),
                    at=context.now,
                )
            )
        return response

    @staticmethod
    def _settled(outcome: object) -> object:
        if isinstance(outcome, Tried):
            raise _RollBack(outcome.response)
        return outcome
