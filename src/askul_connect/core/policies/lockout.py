"""When a login attempt is not even tried: pauses, locks, and the throttle of a source (AUTH-7).

An attempt is counted as failed before its password is looked at, so that attempts at the same moment cannot pass one
another by; what succeeds takes its count back. A refused attempt counts nothing: blocked tries lengthen no pause.
All decisions are about a subject, of which nothing says whether somebody of that ID exists.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from functools import lru_cache

from attrs import evolve, frozen

from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter

_SECOND = timedelta(seconds=1)
_IPV6_PREFIX = 64


@frozen(kw_only=True)
class LockoutRules:
    """The figures; ``ASKUL_LOCKOUT`` has the usual ones.

    Attributes:
        free: Failures in a row without a pause.
        first_pause, longest_pause: The pause after the last free failure, in seconds; it doubles up to the longest.
        lock_after: Failures in a row after which somebody has to unlock.
        forget_after_days: Days without an attempt after which failures no longer count; a lock stays.
        forget_lock_after_days: Days after which the lock of an ID that nobody has is forgotten.
        source_failures, source_seconds: Failures from one source that are let through in that time.
        watched_subjects, watched_minutes: Different IDs that fail from one source in that time before somebody
            is told.
    """

    free: int = 5
    first_pause: int = 1
    longest_pause: int = 900
    lock_after: int = 100
    forget_after_days: int = 30
    forget_lock_after_days: int = 365
    source_failures: int = 10
    source_seconds: int = 60
    watched_subjects: int = 20
    watched_minutes: int = 60


ASKUL_LOCKOUT = LockoutRules()


@frozen(kw_only=True)
class Attempt:
    """What comes of an attempt before anything is verified.

    Attributes:
        counter: To be stored, also when it is as it was.
        allowed: Whether the password is looked at.
        retry_after: Seconds until it would be; None when it is, or when only unlocking helps.
        begins: ``paused`` or ``locked`` when this attempt, failing, begins that; empty otherwise.
    """

    counter: AttemptCounter
    allowed: bool
    retry_after: int | None = None
    begins: str = ""


@frozen(kw_only=True)
class SourceAttempt:
    """As :class:`Attempt`, for the source.

    Attributes:
        alert: Whether this attempt, failing, is the one at which many IDs have failed from there.
    """

    counter: SourceCounter
    allowed: bool
    retry_after: int | None = None
    alert: bool = False


def reserve(rules: LockoutRules, known: AttemptCounter | None, subject: str, now: datetime) -> Attempt:
    """Count an attempt as failed, unless its subject is paused or locked."""
    counter = _fresh(rules, known, subject, now)
    if counter.locked_at is not None:
        return Attempt(counter=counter, allowed=False)
    if counter.paused_until is not None and now < counter.paused_until:
        return Attempt(counter=counter, allowed=False, retry_after=_seconds(counter.paused_until - now))
    failures = counter.failures + 1
    pause = _pause(rules, failures)
    locked = failures >= rules.lock_after
    begins = "locked" if locked else "paused" if failures == rules.free else ""
    counted = AttemptCounter(
        subject=subject,
        failures=failures,
        last_at=now,
        paused_until=now + timedelta(seconds=pause) if pause else None,
        locked_at=now if locked else None,
    )
    return Attempt(counter=counted, allowed=True, begins=begins)


def cleared(subject: str, at: datetime) -> AttemptCounter:
    """The counter after a success, or after somebody unlocked: nothing counts any more."""
    return AttemptCounter(subject=subject, failures=0, last_at=at)


def locked(counter: AttemptCounter, now: datetime) -> AttemptCounter:
    """The counter of somebody who is locked for another reason than failures (AUTH-9)."""
    return evolve(counter, locked_at=now)


def reserve_source(
    rules: LockoutRules, known: SourceCounter | None, source: str, subject: str, now: datetime
) -> SourceAttempt:
    """Count a failure from a source, unless too many came from there just before.

    Args:
        rules: The figures.
        known: What is stored of the source.
        source: As :func:`source_of` names it.
        subject: Digest of whom the attempt is about.
        now: The present.
    """
    counter = known or SourceCounter(source=source, watched_since=now, last_at=now)
    window = timedelta(seconds=rules.source_seconds)
    recent = tuple(at for at in counter.failures if now - datetime.fromisoformat(at) < window)
    if len(recent) >= rules.source_failures:
        first = datetime.fromisoformat(recent[-rules.source_failures])
        return SourceAttempt(counter=counter, allowed=False, retry_after=_seconds(first + window - now))
    over = now - counter.watched_since >= timedelta(minutes=rules.watched_minutes)
    seen = () if over else counter.subjects
    new = subject not in seen
    # beyond the figure nobody is told again, so nothing more has to be kept
    subjects = (*seen, subject) if new and len(seen) < rules.watched_subjects else seen
    return SourceAttempt(
        counter=evolve(
            counter,
            failures=(*recent, now.isoformat()),
            subjects=subjects,
            watched_since=now if over else counter.watched_since,
            last_at=now,
        ),
        allowed=True,
        alert=len(subjects) > len(seen) and len(subjects) == rules.watched_subjects,
    )


def without_source(counter: SourceCounter, subject: str, at: datetime) -> SourceCounter:
    """The source's counter after a success: the attempt that was counted at ``at`` no longer counts."""
    failures = list(counter.failures)
    if at.isoformat() in failures:
        failures.remove(at.isoformat())
    return evolve(
        counter,
        failures=tuple(failures),
        subjects=tuple(one for one in counter.subjects if one != subject),
    )


def source_of(address: str) -> str:
    """What an address is counted as: itself, or the 64 bits that an IPv6 customer is given; empty in process."""
    return _prefix(address, ipv4=32, ipv6=_IPV6_PREFIX)


def network_of(address: str) -> str:
    """The network an address is in, coarse enough to stay the same for a household or office (AUTH-9)."""
    return _prefix(address, ipv4=24, ipv6=48)


@lru_cache(maxsize=1_024)
def _prefix(address: str, *, ipv4: int, ipv6: int) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        # a name, or nothing: the face knows no address
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(found), ipv6), strict=False))
    return str(ipaddress.IPv4Network((int(found), ipv4), strict=False))


def forgotten_before(rules: LockoutRules, now: datetime) -> tuple[datetime, datetime]:
    """Before which last attempt a counter is forgotten: one that is not locked, and a locked one."""
    return (
        now - timedelta(days=rules.forget_after_days),
        now - timedelta(days=rules.forget_lock_after_days),
    )


def _fresh(rules: LockoutRules, known: AttemptCounter | None, subject: str, now: datetime) -> AttemptCounter:
    """What still counts. Failures of known and unknown IDs are forgotten alike, or forgetting would tell them apart."""
    if known is None or (known.locked_at is None and known.last_at <= forgotten_before(rules, now)[0]):
        return AttemptCounter(subject=subject, failures=0, last_at=now)
    return known


def _pause(rules: LockoutRules, failures: int) -> int:
    if failures < rules.free:
        return 0
    # beyond so many doublings it is the longest one anyway; the power must not grow with an attacker's patience
    doublings = min(failures - rules.free, rules.longest_pause.bit_length())
    return min(rules.first_pause << doublings, rules.longest_pause)


def _seconds(left: timedelta) -> int:
    """Whole seconds, rounded up: whoever waits so long is not refused again."""
    return -(-left // _SECOND)
