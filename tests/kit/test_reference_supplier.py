"""The reference supplier does what every supplier must."""

from askul_connect.adapters import builtin
from askul_connect.testing.supplier import SupplierSuite


class TestReferenceSupplier(SupplierSuite):
    [kind] = builtin.askul_connect_suppliers()
