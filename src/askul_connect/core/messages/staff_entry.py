"""Requests and responses of what staff do for a customer who faxes or calls (ORD-9)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from attrs import frozen

from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import DroppedLine, PlaceOrderRequest


class EntryChannel(StrEnum):
    """How the customer's wish came in."""

    FAX = "fax"
    PHONE = "phone"


class CallerCheck(StrEnum):
    """How it was made sure that it is the customer who asks."""

    CALLED_BACK = "called_back"
    REGISTERED_FAX = "registered_fax"
    ANSWERED_QUESTIONS = "answered_questions"


@frozen(kw_only=True)
class WantedOrder(PlaceOrderRequest):
    """An order as the customer would have sent it."""


@frozen(kw_only=True)
class PlaceOrderForCustomerRequest:
    """Place an order for a named user of an account, by the same rules as the user's own.

    The purchase order is the key: the same one again answers with the orders it became.

    Attributes:
        ticket: An open ticket of that customer.
        user_id: Whom the order is placed for; prices, departments and limits are this user's.
        checked: What was asked or compared, in words.
        order: As the user would have sent it; not as a trial.
    """

    ticket: str
    member_number: str
    user_id: str
    channel: EntryChannel
    caller_check: CallerCheck
    checked: str
    order: WantedOrder


@frozen(kw_only=True)
class PlaceOrderForCustomerResponse:
    """The orders made."""

    orders: tuple[OrderDocument, ...]
    dropped: tuple[DroppedLine, ...] = ()


@frozen(kw_only=True)
class QuoteForCustomerRequest:
    """What an order for a named user of an account would be and cost; nothing is ordered.

    Attributes:
        ticket: An open ticket of that customer.
        user_id: Whom it would be placed for.
        checked: What was asked or compared, in words.
    """

    ticket: str
    member_number: str
    user_id: str
    channel: EntryChannel
    caller_check: CallerCheck
    checked: str
    order: WantedOrder


@frozen(kw_only=True)
class QuoteForCustomerResponse:
    """The orders that would be made."""

    orders: tuple[OrderDocument, ...]
    dropped: tuple[DroppedLine, ...] = ()


@frozen(kw_only=True)
class ProvideHistoryRequest:
    """Send the orders of a period to the account's registered contact, and to nobody else.

    Attributes:
        ticket: An open ticket of that customer.
        checked: What was asked or compared, in words.
        date_from, date_to: First and last order date.
    """

    ticket: str
    member_number: str
    caller_check: CallerCheck
    checked: str
    date_from: date
    date_to: date


@frozen(kw_only=True)
class ProvideHistoryResponse:
    """It is on its way; what it holds is not said here.

    Attributes:
        reference: The number under which the sending is recorded.
    """

    reference: str
