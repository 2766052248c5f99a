"""What every storage must do, as classes of tests: inherit one and override its ``storage`` fixture.

.. code-block:: python

    class TestMyStorage(SupplierStorageSuite):
        @pytest.fixture
        def storage(self):
            opened = my_storage()
            yield opened
            opened.close()

Each test needs an empty storage of its own. The marker ``spec`` names the item of the specification that a case
is about; register it when pytest runs with ``--strict-markers``.
"""

from __future__ import annotations

from askul_connect.testing.storage.buyer_documents import BuyerDocumentCases
from askul_connect.testing.storage.buyer_order_life import BuyerOrderLifeCases
from askul_connect.testing.storage.buyer_purchasing import BuyerPurchasingCases
from askul_connect.testing.storage.buyer_purging import BuyerPurgingCases
from askul_connect.testing.storage.buyer_reading import BuyerReadingCases
from askul_connect.testing.storage.supplier_account_records import SupplierAccountRecordCases
from askul_connect.testing.storage.supplier_accounts import SupplierAccountCases
from askul_connect.testing.storage.supplier_billing import SupplierBillingCases
from askul_connect.testing.storage.supplier_carts import SupplierCartCases
from askul_connect.testing.storage.supplier_confinement import SupplierConfinementCases
from askul_connect.testing.storage.supplier_discounts import SupplierDiscountCases
from askul_connect.testing.storage.supplier_erasure import SupplierErasureCases
from askul_connect.testing.storage.supplier_factors import SupplierFactorCases
from askul_connect.testing.storage.supplier_feeds import SupplierFeedCases
from askul_connect.testing.storage.supplier_fulfilment import SupplierFulfilmentCases
from askul_connect.testing.storage.supplier_invitations import SupplierInvitationCases
from askul_connect.testing.storage.supplier_item_search import SupplierItemSearchCases
from askul_connect.testing.storage.supplier_logins import SupplierLoginCases
from askul_connect.testing.storage.supplier_order_search import SupplierOrderSearchCases
from askul_connect.testing.storage.supplier_people import SupplierPeopleCases
from askul_connect.testing.storage.supplier_reductions import SupplierReductionCases
from askul_connect.testing.storage.supplier_sales import SupplierSalesCases
from askul_connect.testing.storage.supplier_sign_on import SupplierSignOnCases
from askul_connect.testing.storage.supplier_status import SupplierStatusCases
from askul_connect.testing.storage.supplier_support import SupplierSupportCases
from askul_connect.testing.storage.supplier_tokens import SupplierTokenCases
from askul_connect.testing.storage.units import UnitOfWorkCases


class SupplierStorageSuite(
    UnitOfWorkCases,
    SupplierAccountCases,
    SupplierFactorCases,
    SupplierLoginCases,
    SupplierAccountRecordCases,
    SupplierErasureCases,
    SupplierTokenCases,
    SupplierPeopleCases,
    SupplierInvitationCases,
    SupplierStatusCases,
    SupplierSupportCases,
    SupplierSignOnCases,
    SupplierSalesCases,
    SupplierDiscountCases,
    SupplierOrderSearchCases,
    SupplierItemSearchCases,
    SupplierCartCases,
    SupplierReductionCases,
    SupplierFulfilmentCases,
    SupplierBillingCases,
    SupplierFeedCases,
    SupplierConfinementCases,
):
    """The supplier's storage."""


class BuyerStorageSuite(
    UnitOfWorkCases,
    BuyerPurchasingCases,
    BuyerDocumentCases,
    BuyerOrderLifeCases,
    BuyerReadingCases,
    BuyerPurgingCases,
):
    """The buyer's storage."""


__all__ = ["BuyerStorageSuite", "SupplierStorageSuite"]
