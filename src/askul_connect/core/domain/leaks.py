"""Incidents in which personal data leaked, and the deadlines of the law (AUTH-18)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from attrs import frozen


class LeakedField(StrEnum):
    """Data that can leak."""

    NAME = "name"
    LOGIN_ID = "login_id"
    PASSWORD_HASH = "password_hash"  # noqa: S105 -- a field, no password
    LOGIN_HISTORY = "login_history"
    ORDERS = "orders"
    CREDENTIALS = "credentials"
    REPRESENTATIVE = "representative"
    CONTACT = "contact"
    PHONE = "phone"
    CONTACT_EMAIL = "contact_email"
    ADDRESS = "address"


class Trigger(StrEnum):
    """Why an incident has to be reported to the authority and told to the people."""

    MANY_PEOPLE = "many_people"
    MALICIOUS = "malicious"
    SENSITIVE = "sensitive"
    FINANCIAL_HARM = "financial_harm"


@frozen(kw_only=True)
class Incident:
    """What is known of an incident.

    Attributes:
        starts_at, ends_at: The period in which data could be read; the end is not part of it.
        accounts: Ids of the accounts concerned; empty means all.
        known_on: The day it became known; the deadlines count from it.
        malicious: Somebody did it on purpose.
        sensitive: Data that need special care are among them.
        financial_harm: Misuse can cost people money.
    """

    starts_at: datetime
    ends_at: datetime
    accounts: frozenset[str]
    fields: frozenset[LeakedField]
    known_on: date
    malicious: bool
    sensitive: bool
    financial_harm: bool


@frozen(kw_only=True)
class Deadlines:
    """When the authority has to be told; calendar days in the supplier's zone."""

    preliminary_from: date
    preliminary_by: date
    final_by: date
