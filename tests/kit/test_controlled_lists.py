"""The supplier with controlled lists is a supplier: it does what the kit asks of every one."""

from attrs import evolve

from askul_connect.adapters import builtin
from askul_connect.core.ports.channel import SupplierConnection
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import Toolkit
from askul_connect.testing.controlled_lists import ListControl, controlled
from askul_connect.testing.supplier import SupplierSuite

[REFERENCE] = builtin.askul_connect_suppliers()
CONTROLS: dict[object, ListControl] = {}


def connect(toolkit: Toolkit, connection: ConnectionSettings) -> SupplierConnection:
    control = CONTROLS.setdefault(toolkit.directory, ListControl())
    return controlled(control, REFERENCE.connect(toolkit, connection))


class TestControlledLists(SupplierSuite):
    kind = evolve(REFERENCE, name="controlled", connect=connect, rules=None)
