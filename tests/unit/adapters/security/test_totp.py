"""One-time codes as RFC 6238 has them."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from askul_connect.adapters.security.totp import PyotpCodes
from askul_connect.core.domain.secrets import Secret

#: The seed of RFC 6238, appendix B, for SHA-1; its codes have eight digits, of which ours are the last six.
SEED = Secret(b32encode(b"12345678901234567890").decode())
VECTORS = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("seconds", VECTORS)
def test_the_codes_of_the_rfc(seconds: int) -> None:
    at = EPOCH + timedelta(seconds=seconds)
    assert PyotpCodes().step_of(SEED, Secret(VECTORS[seconds][2:]), at) == seconds // 30


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize(
    ("late", "found"),
    [(-31, False), (-30, True), (-1, True), (0, True), (29, True), (59, True), (60, False)],
)
def test_the_window_is_a_step_to_each_side(late: int, found: bool) -> None:
    step = 1_111_111_109 // 30
    start = EPOCH + timedelta(seconds=step * 30)
    came = PyotpCodes().step_of(SEED, Secret("081804"), start + timedelta(seconds=late))
    assert came == (step if found else None)


@pytest.mark.spec("AUTH-8")
def test_what_an_authenticator_scans() -> None:
    uri = PyotpCodes().uri(SEED, issuer="見本 & co", name="a@example.jp").reveal()
    assert uri.startswith("otpauth://totp/")
    assert f"secret={SEED.reveal()}" in uri
    assert "&issuer=%E8%A6%8B%E6%9C%AC%20%26%20co" in uri


@pytest.mark.parametrize("typed", ["", "\ud800", "1" * 5000, "12 34", "²³⁴⁵⁶⁷x"])
def test_what_is_no_code_belongs_to_no_step(typed: str) -> None:
    assert PyotpCodes().step_of(SEED, Secret(typed), EPOCH + timedelta(days=1)) is None
