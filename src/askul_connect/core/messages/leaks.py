"""Requests and responses of the answer to a leak (AUTH-18)."""

from __future__ import annotations

from datetime import date, datetime

from attrs import field, frozen

from askul_connect.core.domain.leaks import LeakedField


@frozen(kw_only=True)
class LeakScope:
    """What is known of an incident.

    Attributes:
        starts_at, ends_at: The period in which data could be read; the end is not part of it.
        fields: What could be read.
        known_on: The day it became known, in the supplier's zone.
        member_numbers: The accounts concerned; empty means all.
        malicious: Somebody did it on purpose.
        sensitive: Data that need special care are among them.
        financial_harm: Misuse can cost people money.
    """

    starts_at: datetime
    ends_at: datetime
    fields: tuple[LeakedField, ...]
    known_on: date
    ticket: str
    member_numbers: tuple[str, ...] = field(default=())
    malicious: bool = False
    sensitive: bool = False
    financial_harm: bool = False


@frozen(kw_only=True)
class ReportLeakRequest(LeakScope):
    """Who is affected, and by which data; nothing is done."""


@frozen(kw_only=True)
class AffectedPerson:
    """One person and the data that could be read.

    Attributes:
        user_id: Empty for a person who is registered as representative or contact only.
        name, email: Empty where they were erased since.
    """

    member_number: str
    user_id: str
    name: str
    email: str
    fields: tuple[str, ...]


@frozen(kw_only=True)
class AffectedCredential:
    """A client credential whose hash could be read."""

    member_number: str
    credential_id: str
    label: str


@frozen(kw_only=True)
class ReportLeakResponse:
    """The list, and what the law asks for.

    Attributes:
        triggers: Why it has to be reported; empty when it does not.
    """

    people: tuple[AffectedPerson, ...]
    credentials: tuple[AffectedCredential, ...]
    triggers: tuple[str, ...]
    preliminary_from: date
    preliminary_by: date
    final_by: date


@frozen(kw_only=True)
class RespondToLeakRequest(LeakScope):
    """Tell the people, force new passwords, end sessions, revoke credentials."""


@frozen(kw_only=True)
class RespondToLeakResponse:
    """What was done; the supplier's audit records have it under the incident's number."""

    incident: str
    people: int
    notified: int
    passwords: int
    sessions: int
    credentials: int
    triggers: tuple[str, ...]
    preliminary_from: date
    preliminary_by: date
    final_by: date
