"""The functions of finding, comparing and filling in the catalog."""

from __future__ import annotations

from askul_connect.core.operations import catalog as operations
from askul_connect.core.services.supplier import catalog_import, catalog_search, comparing
from askul_connect.core.services.supplier.dispatch import Binding

CATALOG_BINDINGS = (
    Binding(operation=operations.SEARCH_ITEMS, run=catalog_search.search_items),
    Binding(operation=operations.GET_AVAILABILITY, run=comparing.get_availability),
    Binding(operation=operations.COMPARE_ITEMS, run=comparing.compare_items),
    Binding(operation=operations.IMPORT_CATALOG, run=catalog_import.import_catalog),
)
