"""What every ERP connector must do, as a class of tests: inherit it and give it an ERP to work on.

.. code-block:: python

    class TestMyErp(ErpSuite):
        @pytest.fixture
        def bench(self) -> ErpBench:
            return MyBench()

The bench is the other side of the port: it does in the ERP what people do there. No case relies on an empty ERP.
"""

from __future__ import annotations

from askul_connect.testing.erp.bench import ErpBench
from askul_connect.testing.erp.incoming import IncomingCases, ReceiptCases
from askul_connect.testing.erp.posting import PostingCases


class ErpSuite(IncomingCases, ReceiptCases, PostingCases):
    """Every case."""


__all__ = ["ErpBench", "ErpSuite"]
