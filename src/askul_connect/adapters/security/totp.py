"""Time-based one-time codes, from pyotp (AUTH-8)."""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from askul_connect.core.domain.secrets import Secret

if TYPE_CHECKING:
    import pyotp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(seconds=30)
#: Steps before and after the present one whose codes are taken: clocks differ, and typing takes its time.
_TOLERANCE = 1
_CODE = re.compile(r"[0-9]{6}")
_BETWEEN = re.compile(r"[\s-]")


class PyotpCodes:
    """The ``OneTimeCodes`` port: RFC 6238 with SHA-1, six digits and 30 seconds; thread-safe."""

    def uri(self, seed: Secret, *, issuer: str, name: str) -> Secret:
        """The ``otpauth`` URI that an authenticator scans."""
        return Secret(_totp(seed).provisioning_uri(name=name, issuer_name=issuer))

    def step_of(self, seed: Secret, code: Secret, at: datetime) -> int | None:
        """The time step that the code belongs to, at most one before or after the instant; None for a wrong code."""
        typed = _BETWEEN.sub("", unicodedata.normalize("NFKC", code.reveal()))
        if not _CODE.fullmatch(typed):
            return None
        made = _totp(seed)
        now = (at - _EPOCH) // _STEP
        found = None
        # every step is compared, so that the time does not tell which one it was
        for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
            if hmac.compare_digest(made.generate_otp(step), typed):
                found = step
        return found


def _totp(seed: Secret) -> pyotp.TOTP:
    import pyotp  # noqa: PLC0415 -- few processes ever see a code

    return pyotp.TOTP(seed.reveal())
