"""The lists a buyer synchronises from: nothing lost, nothing doubled, resumable (INT-5, REL-6)."""

from __future__ import annotations

import pytest

from askul_connect.core.errors import CursorExpired
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier.cases import SupplierCases, driven, needs
from askul_connect.testing.supplier.customer import FEEDS, Customer

_PAGE_SIZES = (1, 2, 3, 7)


class FeedCases(SupplierCases):
    """Lists page by page."""

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_list_01_a_new_order_is_listed_as_it_was_answered(self, customer: Customer) -> None:
        end = customer.end(Capability.HISTORY)
        placed = customer.place(customer.request())
        assert customer.read(Capability.HISTORY, end) == list(placed)

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_list_02_pages_of_every_size_hold_the_same_orders(self, customer: Customer) -> None:
        end = customer.end(Capability.HISTORY)
        placed = [order for _ in range(7) for order in customer.place(customer.request(customer.goods[0]))]
        numbers = [order.order_number for order in placed]
        for page_size in _PAGE_SIZES:
            found = customer.keys(Capability.HISTORY, customer.read(Capability.HISTORY, end, page_size))
            assert found == numbers, f"pages of {page_size}"

    @pytest.mark.spec("INT-5", "REL-6")
    @needs(Capability.HISTORY)
    def test_list_03_the_end_is_a_cursor_too(self, customer: Customer) -> None:
        end = customer.end(Capability.HISTORY)
        nothing, page = customer.page(Capability.HISTORY, end, 10)
        assert (list(nothing), page.more) == ([], False)
        assert page.next_cursor, "the next reading starts from somewhere"
        [placed] = customer.place(customer.request(customer.goods[0]))
        [found] = customer.read(Capability.HISTORY, page.next_cursor)
        assert found.order_number == placed.order_number

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_list_04_the_first_page_says_how_many_there_are(self, customer: Customer) -> None:
        customer.place(customer.request(customer.goods[0]))
        _, page = customer.page(Capability.HISTORY, "", 1)
        everything = set(customer.keys(Capability.HISTORY, customer.read(Capability.HISTORY)))
        assert page.total in (None, len(everything))

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_list_05_a_cursor_outlives_the_connection(self, customer: Customer) -> None:
        end = customer.end(Capability.HISTORY)
        [placed] = customer.place(customer.request(customer.goods[0]))
        other = customer.reopen()
        try:
            found = other.channel.orders(end, 10).orders
        finally:
            other.close()
        assert [order.order_number for order in found] == [placed.order_number]

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_list_06_a_strange_cursor_is_refused(self, customer: Customer) -> None:
        with pytest.raises(CursorExpired):
            customer.channel.orders("no cursor of this supplier", 10)

    @pytest.mark.spec("INT-5", "REL-6")
    @driven
    @needs(Capability.HISTORY)
    def test_list_07_pages_of_every_size_hold_the_same_documents(self, customer: Customer) -> None:
        # no customer makes a credit note by buying
        feeds = [
            feed
            for feed in FEEDS
            if feed in customer.channel.capabilities and feed is not Capability.CREDIT_NOTES
        ]
        ends = {feed: customer.end(feed) for feed in feeds}
        # two rounds, so that there are two invoices and a border between them
        for _ in range(2):
            for _ in range(3):
                customer.place(customer.request())
            customer.let_time_pass()
        for feed in feeds:
            whole = customer.read(feed, ends[feed])
            assert len(whole) > 1, f"{feed}: something has come"
            keys = customer.keys(feed, whole)
            assert len(keys) == len(set(keys)), f"{feed}: each record once"
            for page_size in _PAGE_SIZES:
                assert customer.read(feed, ends[feed], page_size) == whole, f"{feed}, pages of {page_size}"
