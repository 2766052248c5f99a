"""A plugin that fails while a connection works: typed, named, and never a second order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve, field, frozen

from askul_connect.adapters import builtin
from askul_connect.core.errors import (
    CapabilityMissing,
    ConfigurationError,
    OutcomeUnknown,
    PartnerUnreachable,
    PluginFailed,
)
from askul_connect.core.messages.order_life import (
    CancelOrderRequest,
    CancelOrderResponse,
    ChangedLine,
    ChangeOrderRequest,
    ChangeOrderResponse,
)
from askul_connect.core.messages.ordering import PlaceOrderRequest, PlaceOrderResponse
from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.plugins.connections import Connection, ConnectionSettings, ErpConnection
from askul_connect.plugins.factories import guarded_erp, guarded_storage, guarded_supplier
from askul_connect.plugins.kinds import ErpKind, Side, SupplierKind
from askul_connect.testing import Workbench, plugin_workbench, sample_connection
from askul_connect.testing.storage.samples_documents import order_document
from askul_connect.testing.supplier import Customer, SupplierSuite

PLUGIN = "the plugin 'acme' of acme-office"
SETTINGS = ConnectionSettings(name="shop", credential="env:NOTHING", options={})
[REFERENCE] = builtin.askul_connect_suppliers()


CHANNEL_ALONE = SimpleNamespace(capabilities=["place"], close=lambda: None)


class Oops(Exception):
    """What nobody planned for."""


@frozen
class Channel:
    """A plugin's channel, all of whose methods are one function."""

    act: Callable[..., Any]
    capabilities: frozenset[Capability] = frozenset(Capability)
    asked: list[str] = field(factory=list)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        def method(*given: Any, **named: Any) -> Any:
            self.asked.append(name)
            return self.act(*given, **named)

        return method


def raising(error: BaseException) -> Callable[..., Any]:
    def act(*_given: Any, **_named: Any) -> Any:
        raise error

    return act


def kind(connect: Callable[..., Any], **more: Any) -> SupplierKind:
    made = SupplierKind(
        name="acme",
        summary="a test",
        capabilities=more.pop("capabilities", frozenset(Capability)),
        connect=connect,
        **more,
    )
    return guarded_supplier(made, PLUGIN)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return plugin_workbench(tmp_path)


def connected(bench: Workbench, channel: Any, **more: Any) -> SupplierConnection:
    return kind(lambda *_: Connection(channel=channel, **more)).connect(bench.toolkit, SETTINGS)


CALLS = {
    "find": lambda channel, customer: evolve(customer, connection=Connection(channel=channel)).find(
        customer.request()
    ),
    "orders": lambda channel, _: channel.orders("", 10),
    "confirmations": lambda channel, _: channel.confirmations("", 10),
    "ship_notices": lambda channel, _: channel.ship_notices("", 10),
    "invoices": lambda channel, _: channel.invoices("", 10),
    "availability": lambda channel, _: channel.availability(["A-1"]),
    "credit_notes": lambda channel, _: channel.credit_notes("", 10),
}
CHANGE = ChangeOrderRequest(order_number="AC1", lines=(ChangedLine(line_id="1", quantity=2),))
CANCEL = CancelOrderRequest(order_number="AC1")
ALTERATIONS = {"change": CHANGE, "cancel": CANCEL}


@pytest.fixture
def customer(bench: Workbench) -> Customer:
    """Only makes requests here."""
    return Customer(
        kind=REFERENCE,
        connection=Connection(channel=Channel(raising(Oops()))),
        reopen=None,
        timeline=bench.timeline,  # type: ignore[arg-type]
    )


def place(channel: Any, request: PlaceOrderRequest) -> Any:
    return channel.place(request, key="k", correlation_id="c")


@pytest.mark.spec("INT-9")
@pytest.mark.parametrize("error", [Oops("paper jam"), SystemExit(1)], ids=["raises", "exits"])
@pytest.mark.parametrize("call", CALLS)
def test_reading_fails_as_the_plugins_failure(
    bench: Workbench, customer: Customer, call: str, error: BaseException
) -> None:
    channel = connected(bench, Channel(raising(error))).channel

    with pytest.raises(PluginFailed) as caught:
        CALLS[call](channel, customer)

    assert PLUGIN in caught.value.detail
    assert repr(error) in caught.value.detail
    assert caught.value.where == "shop"


@pytest.mark.parametrize("call", CALLS)
def test_reading_something_else_is_the_plugins_failure(
    bench: Workbench, customer: Customer, call: str
) -> None:
    channel = connected(bench, Channel(lambda *_, **__: {"orders": []})).channel

    with pytest.raises(PluginFailed, match="it returned dict"):
        CALLS[call](channel, customer)


def test_finding_other_things_than_orders_is_the_plugins_failure(
    bench: Workbench, customer: Customer
) -> None:
    channel = connected(bench, Channel(lambda *_, **__: ("AC00000001",))).channel

    with pytest.raises(PluginFailed, match="a tuple of OrderDocument"):
        CALLS["find"](channel, customer)


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    "act",
    [
        raising(Oops("paper jam")),
        raising(SystemExit(1)),
        lambda *_, **__: None,
        lambda *_, **__: PlaceOrderResponse(orders=(), trial=False),
    ],
    ids=["raises", "exits", "returns nothing", "returns no orders"],
)
def test_a_failure_while_placing_leaves_the_outcome_open(
    bench: Workbench, customer: Customer, act: Callable[..., Any]
) -> None:
    channel = connected(bench, Channel(act)).channel

    with pytest.raises(OutcomeUnknown, match="acme-office failed placing KIT-"):
        place(channel, customer.request())
    with pytest.raises(PluginFailed):
        place(channel, evolve(customer.request(), trial=True))


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    "change",
    [
        lambda answer: evolve(answer, trial=True),
        lambda answer: evolve(
            answer, orders=tuple(evolve(order, purchase_order_id="PO-9") for order in answer.orders)
        ),
    ],
    ids=["only tried", "another purchase order"],
)
def test_an_answer_about_something_else_leaves_the_outcome_open(
    bench: Workbench, change: Callable[[PlaceOrderResponse], PlaceOrderResponse]
) -> None:
    opened = REFERENCE.connect(bench.toolkit, sample_connection())
    real = Customer(kind=REFERENCE, connection=opened, reopen=lambda: opened, timeline=bench.timeline)
    channel = connected(bench, Channel(lambda *given, **named: change(opened.channel.place(*given, **named))))

    with pytest.raises(OutcomeUnknown):
        place(channel.channel, real.request())
    opened.close()


def test_errors_of_ours_and_control_c_go_through(bench: Workbench, customer: Customer) -> None:
    for error in (PartnerUnreachable("no answer"), KeyboardInterrupt()):
        channel = connected(bench, Channel(raising(error))).channel
        with pytest.raises(type(error)):
            place(channel, customer.request())
        with pytest.raises(type(error)):
            channel.orders("", 10)


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize("method", ALTERATIONS)
def test_a_mistake_while_an_order_is_altered_leaves_it_open_whether_it_was(
    bench: Workbench, method: str
) -> None:
    request = ALTERATIONS[method]
    alter = getattr(connected(bench, Channel(raising(Oops()))).channel, method)
    with pytest.raises(OutcomeUnknown, match="Oops"):
        alter(request, key="k", correlation_id="c")
    with pytest.raises(PluginFailed, match="Oops"):
        alter(evolve(request, trial=True), key="k", correlation_id="c")


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize("method", ALTERATIONS)
def test_an_answer_about_another_order_is_no_answer(bench: Workbench, method: str) -> None:
    answer = {"change": ChangeOrderResponse, "cancel": CancelOrderResponse}[method](
        order=order_document("other"), change_number="CH1", trial=False
    )
    alter = getattr(connected(bench, Channel(lambda *_given, **_named: answer)).channel, method)
    with pytest.raises(OutcomeUnknown, match="the answer about AC1"):
        alter(ALTERATIONS[method], key="k", correlation_id="c")


@pytest.mark.spec("INT-1")
@pytest.mark.parametrize("method", ALTERATIONS)
def test_trying_what_a_supplier_cannot_try_is_not_sent(bench: Workbench, method: str) -> None:
    inner = Channel(raising(Oops()), capabilities=frozenset(Capability) - {Capability.TRIAL})
    alter = getattr(connected(bench, inner).channel, method)
    with pytest.raises(CapabilityMissing, match="does not offer trial"):
        alter(evolve(ALTERATIONS[method], trial=True), key="k", correlation_id="c")
    assert inner.asked == []


@pytest.mark.spec("INT-1")
@pytest.mark.parametrize("missing", Capability)
def test_what_a_channel_lacks_is_refused_before_anything_is_sent(
    bench: Workbench, customer: Customer, missing: Capability
) -> None:
    inner = Channel(raising(Oops()), capabilities=frozenset(Capability) - {missing})
    channel = connected(bench, inner).channel
    calls = {
        Capability.PLACE: lambda: place(channel, customer.request()),
        Capability.TRIAL: lambda: place(channel, evolve(customer.request(), trial=True)),
        Capability.FIND: lambda: CALLS["find"](channel, customer),
        Capability.HISTORY: lambda: channel.orders("", 10),
        Capability.CONFIRMATIONS: lambda: channel.confirmations("", 10),
        Capability.SHIP_NOTICES: lambda: channel.ship_notices("", 10),
        Capability.INVOICES: lambda: channel.invoices("", 10),
        Capability.STOCK_AND_PRICE: lambda: channel.availability(["A-1"]),
        Capability.CHANGE: lambda: channel.change(CHANGE, key="k", correlation_id="c"),
        Capability.CANCEL: lambda: channel.cancel(CANCEL, key="k", correlation_id="c"),
        Capability.CREDIT_NOTES: lambda: channel.credit_notes("", 10),
    }

    with pytest.raises(CapabilityMissing, match=f"'shop' does not offer {missing}"):
        calls[missing]()

    assert inner.asked == []


@pytest.mark.parametrize(
    ("connect", "expected"),
    [
        (raising(Oops("no key")), "failed to connect 'shop': Oops('no key')"),
        (raising(SystemExit(3)), "failed to connect 'shop': SystemExit(3)"),
        (lambda *_: None, "a NoneType, which has no channel, work, close"),
        (lambda *_: CHANNEL_ALONE, "a SimpleNamespace, which has no channel, work"),
        (lambda *_: Connection(channel=CHANNEL_ALONE), "whose capabilities are ['place']"),
    ],
    ids=["raises", "exits", "returns nothing", "returns a channel", "capabilities are a list"],
)
def test_a_connect_that_fails_names_the_plugin(
    bench: Workbench, connect: Callable[..., Any], expected: str
) -> None:
    with pytest.raises(PluginFailed) as caught:
        kind(connect).connect(bench.toolkit, SETTINGS)

    assert PLUGIN in caught.value.detail
    assert expected in caught.value.detail


def test_a_channel_that_claims_more_than_its_kind_is_closed_again(bench: Workbench) -> None:
    inner = Channel(lambda: None)
    modest = kind(lambda *_: Connection(channel=inner), capabilities=frozenset({Capability.PLACE}))

    with pytest.raises(PluginFailed, match="those of its kind are place"):
        modest.connect(bench.toolkit, SETTINGS)

    assert inner.asked == ["close"]


def test_a_wrong_option_is_a_matter_of_the_configuration(bench: Workbench) -> None:
    refusing = kind(raising(ConfigurationError("is 12", where="suppliers.shop.branch")))

    with pytest.raises(ConfigurationError) as caught:
        refusing.connect(bench.toolkit, SETTINGS)

    assert caught.value.where == "suppliers.shop.branch"


class Tired:
    def work(self) -> bool:
        raise Oops("tired")

    def next_due(self) -> Any:
        raise Oops("tired")


def test_its_own_work_and_closing_fail_as_the_plugins_failure(bench: Workbench) -> None:
    opened = connected(bench, Channel(raising(Oops("stuck"))), work=Tired())
    assert opened.work is not None

    for act, expected in (
        (opened.work.work, "doing its own work"),
        (opened.work.next_due, "saying what is due next"),
        (opened.channel.close, "closing its channel"),
        (opened.close, "closing its connection"),
    ):
        with pytest.raises(PluginFailed, match=expected):
            act()


def test_an_erp_and_a_storage_that_fail_name_the_plugin(bench: Workbench) -> None:
    [storage] = builtin.askul_connect_storages()
    broken = guarded_storage(evolve(storage, check=raising(Oops("rust"))), PLUGIN)
    erp = guarded_erp(ErpKind(name="acme", summary="a test", connect=raising(Oops("strike"))), PLUGIN)

    with pytest.raises(PluginFailed, match="acme-office failed to look at a database: Oops"):
        broken.check(None, Side.BUYER)  # type: ignore[arg-type]
    with pytest.raises(PluginFailed, match="acme-office failed to connect the ERP: Oops"):
        erp.connect(bench.toolkit, ErpConnection(key="erp.acme"))


def test_the_traceback_is_in_the_log(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PluginFailed):
        kind(raising(Oops("no key"))).connect(bench.toolkit, SETTINGS)

    [record] = [each for each in caplog.records if each.name == "askul_connect.plugins"]
    assert record.exc_info is not None
    assert "Oops" in caplog.text


class TestGuardedReference(SupplierSuite):
    """Being held to its port changes nothing for a supplier that keeps to it."""

    kind = guarded_supplier(REFERENCE, PLUGIN)

    @pytest.fixture
    def customer(self, workbench: Workbench, connection: Any, connect: Any) -> Customer:
        return Customer(kind=REFERENCE, connection=connection, reopen=connect, timeline=workbench.timeline)
