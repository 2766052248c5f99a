"""Devices that log in by themselves, and the environments a person has logged in from (AUTH-9, AUTH-11)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class RememberedDevice:
    """A device that may log in without a password: a family of tokens of which only the newest is good.

    Attributes:
        family: Its id; never sent to anybody.
        home_account_id: Of the person.
        label: What the caller said of itself.
        expires_at: It is to be remembered anew after this, however often it was used.
        factor_proved_at: When the second factor was last proved on it; None if never (AUTH-8).
        ended_at: Since when it is forgotten.
        ended_why: ``logout``, ``password``, ``shared``, ``reuse`` ...; empty while it is remembered.
    """

    family: str
    user_id: str
    home_account_id: str
    label: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    factor_proved_at: datetime | None = None
    ended_at: datetime | None = None
    ended_why: str = ""


@frozen(kw_only=True)
class DeviceToken:
    """One token of a device; used ones are kept, so that a second use is known as what it is.

    Attributes:
        token_hash: The token itself is never stored.
        family: The device it belongs to.
        used_at: When it was exchanged; None for the newest.
    """

    token_hash: str
    family: str
    issued_at: datetime
    used_at: datetime | None = None


@frozen(kw_only=True)
class LoginEnvironment:
    """A network and device that a person has logged in from.

    Attributes:
        network: Prefix of the address; empty for a call in process.
        device: What the caller said of itself.
    """

    user_id: str
    network: str
    device: str
    first_at: datetime
    last_at: datetime
