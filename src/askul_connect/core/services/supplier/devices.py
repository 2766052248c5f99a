"""Devices that log in by themselves: a rotating token that detects theft (AUTH-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Session, SessionStage, User
from askul_connect.core.domain.devices import DeviceToken, RememberedDevice
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit

REUSED = "reuse"


@frozen(kw_only=True)
class Shown:
    """What a device token that came with a call stands for.

    Attributes:
        token: None for a text that was never one.
        device: Its device, in whatever state.
    """

    token: DeviceToken | None
    device: RememberedDevice | None

    @property
    def reused(self) -> bool:
        """Whether it was exchanged before: then two hold it, and one of them is not the owner."""
        return self.token is not None and self.token.used_at is not None


def shown_by(unit: SupplierUnitOfWork, token: Secret) -> Shown:
    """Look a device token up; a text that is none takes the same queries."""
    found = unit.devices.token(token.fingerprint())
    return Shown(token=found, device=unit.devices.get(found.family if found else ""))


def remember(
    context: Context, user: User, label: str, *, factor_proved_at: datetime | None = None
) -> tuple[RememberedDevice, Secret]:
    """Remember a device.

    Args:
        context: The call.
        user: Whose it is.
        label: What it said of itself.
        factor_proved_at: When the second factor was proved on it, if it was (AUTH-8).

    Returns:
        The device, and its first token, which is stored only as a hash.
    """
    token = context.house.ids.token("device")
    device = RememberedDevice(
        family=context.house.ids.new("device", token.fingerprint()),
        user_id=user.user_id,
        home_account_id=user.account_id,
        label=label,
        created_at=context.now,
        last_used_at=context.now,
        expires_at=context.now + timedelta(days=context.house.sessions.device_days),
        factor_proved_at=factor_proved_at,
    )
    context.unit.devices.add(device)
    context.unit.devices.add_token(_token_of(device, token, context.now))
    return device, token


def exchange(context: Context, shown: Shown) -> tuple[RememberedDevice, Secret] | None:
    """Exchange a token for the next one of its device; None when it is not good, or was exchanged meanwhile."""
    token, device = shown.token, shown.device
    if token is None or device is None or token.used_at is not None or device.ended_at is not None:
        return None
    fresh = context.house.ids.token("device")
    used = evolve(device, last_used_at=context.now)
    context.unit.devices.save_token(evolve(token, used_at=context.now))
    context.unit.devices.add_token(_token_of(device, fresh, context.now))
    context.unit.devices.save(used)
    return used, fresh


def _token_of(device: RememberedDevice, token: Secret, now: datetime) -> DeviceToken:
    return DeviceToken(token_hash=token.fingerprint(), family=device.family, issued_at=now)


def forget(context: Context, device: RememberedDevice, why: str) -> None:
    """Forget a device and end the sessions that it opened or was remembered by."""
    if device.ended_at is None:
        context.unit.devices.save(evolve(device, ended_at=context.now, ended_why=why))
    for session in context.unit.sessions.live_of_user(device.user_id):
        if session.device_family == device.family:
            end(context.unit, session, context.now)


def end(unit: SupplierUnitOfWork, session: Session, now: datetime) -> None:
    """End a session."""
    unit.sessions.save(evolve(session, stage=SessionStage.ENDED, ended_at=now))


def end_access(
    unit: SupplierUnitOfWork, user_id: str, now: datetime, why: str, *, keep: Session | None = None
) -> int:
    """End every session of a person and forget every device: after a new password, a removal, a leak.

    Args:
        unit: The unit of work.
        user_id: Whose.
        now: The present.
        why: What the devices are forgotten for.
        keep: A session that goes on, with its device.

    Returns:
        How many sessions there were.
    """
    ended = 0
    for session in unit.sessions.live_of_user(user_id):
        if keep is None or session.token_hash != keep.token_hash:
            end(unit, session, now)
            ended += 1
    for device in unit.devices.live_of_user(user_id):
        if keep is None or device.family != keep.device_family:
            unit.devices.save(evolve(device, ended_at=now, ended_why=why))
    return ended


def report_reuse(context: Context, device: RememberedDevice, reference: str) -> None:
    """A token was used twice: forget the device, end its sessions, tell its owner; once for each device."""
    if device.ended_why == REUSED:
        return
    forget(context, device, REUSED)
    # a device that was forgotten before has its end already, and this is still worth telling once
    if device.ended_at is not None:
        context.unit.devices.save(evolve(device, ended_why=REUSED))
    audit(
        context,
        "device-reuse-detected",
        device.user_id,
        account_id=device.home_account_id,
        actor="",
        reference=reference,
        detail={"address": context.call.address, "device": device.label},
    )
    owner = context.unit.users.get(device.home_account_id, device.user_id)
    if owner is not None:
        facts = {
            "device": device.label,
            "address": context.call.address,
            "reference": reference,
            "advice": "Someone else may have copied the device's token. Change the password and log in again.",
        }
        notify_person(context, "device-token-reused", device.family, owner.email, facts)
