"""The conformance kit: what every implementation of a port must do, as classes of tests to inherit (INT-1).

For the tests of a plugin only: its source never imports this package. It needs pytest, and storages also Hypothesis.
Every case cites the specification with the marker ``spec``; register it in the configuration of your pytest:
``markers = ["spec(number, ...): the numbers of the specification that a test is about"]``.
"""

from __future__ import annotations

import pytest

from askul_connect.testing.workbench import Workbench, plugin_workbench, sample_connection

__all__ = ["Workbench", "plugin_workbench", "sample_connection"]

# the cases are tests, so a failed assertion shows what it compared
pytest.register_assert_rewrite(
    "askul_connect.testing.erp", "askul_connect.testing.storage", "askul_connect.testing.supplier"
)
