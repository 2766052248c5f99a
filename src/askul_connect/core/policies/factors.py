"""Rules of second factors: how many, how fresh a proof, how many tries, which counters of a passkey (AUTH-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from askul_connect.core.domain.accounts import SecondFactorRule, SessionStage
from askul_connect.core.domain.factors import (
    Factor,
    FactorFailures,
    FactorKind,
    FactorState,
    RecoveryCode,
    SessionProof,
)

#: Factors of a kind that a person can have: two phones, a few keys.
MOST_OF_A_KIND = {FactorKind.TOTP: 2, FactorKind.PASSKEY: 5}
#: A factor that was begun and not confirmed is forgotten after this.
PENDING_LIFE = timedelta(minutes=10)
CHALLENGE_LIFE = timedelta(minutes=5)
#: How long a proof of identity allows changes of factors (ASVS 7.5.1).
FRESH = timedelta(minutes=5)
#: Wrong codes and passwords after which a session ends.
MOST_IN_A_SESSION = 5
#: Wrong codes in a row, over all sessions, after which codes are of no use any more (NIST SP 800-63B-4, 3.2.2).
MOST_IN_A_ROW = 100
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=15)
#: Enough to reach the longest pause.
_DOUBLINGS = 10
RECOVERY_CODES = 10


def proves(factors: Iterable[Factor]) -> Sequence[Factor]:
    """Those that prove something."""
    return [one for one in factors if one.state is FactorState.ACTIVE]


def protects(factors: Iterable[Factor]) -> bool:
    """Whether a password alone is not enough.

    A suspended factor protects still: otherwise whoever copies a key would open the way by password alone.
    """
    return any(one.state in (FactorState.ACTIVE, FactorState.SUSPENDED) for one in factors)


def stage_for(rule: SecondFactorRule, factors: Iterable[Factor], *, proved: bool) -> SessionStage:
    """What a session may be used for whose password was proved.

    Args:
        rule: Of the account it works in.
        factors: Of the person.
        proved: Whether a factor was proved too, in this session or once on this device.
    """
    if protects(factors):
        return SessionStage.FULL if proved else SessionStage.SECOND_FACTOR
    return SessionStage.FACTOR_ENROLMENT if rule is SecondFactorRule.REQUIRED else SessionStage.FULL


def is_stale(factor: Factor, now: datetime) -> bool:
    """Whether a factor was begun too long ago to be confirmed."""
    return factor.state is FactorState.PENDING and now - factor.created_at >= PENDING_LIFE


def is_fresh(proof: SessionProof | None, now: datetime) -> bool:
    """Whether the identity was proved in the session shortly before."""
    return proof is not None and proof.identity_at is not None and now - proof.identity_at < FRESH


def pause_after(failures: int) -> timedelta:
    """How long nothing is tried after so many wrong codes in a row: none, then 1 second doubling to 15 minutes."""
    if failures < MOST_IN_A_SESSION:
        return timedelta()
    factor = 1 << min(failures - MOST_IN_A_SESSION, _DOUBLINGS)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)


def wait_left(failures: FactorFailures | None, now: datetime) -> timedelta:
    """How long nothing is tried from now on; zero or less when a code may be tried."""
    if failures is None:
        return timedelta()
    return failures.last_at + pause_after(failures.failures) - now


def counter_went_back(stored: int, reported: int) -> bool:
    """Whether a passkey's counter shows that there are two of it; those that never count report 0."""
    return (stored > 0 or reported > 0) and reported <= stored


def unused(codes: Iterable[RecoveryCode]) -> int:
    """How many codes of a set are left."""
    return sum(one.used_at is None for one in codes)
