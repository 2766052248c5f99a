"""Which ID tokens are accepted: one that is right, and one that is wrong in each way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from attrs import define, field
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

import askul_connect_oidc
from askul_connect import ConfigurationError, ProviderSettings
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch
from askul_connect.core.ports.authentication import Presented, PresentedForm

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ISSUER = "https://idp.example.co.jp"
CLIENT = "askul-supplier"
KEY = "suppliers.askul.supplier.sign_on.corp"
#: Made once: an RSA key takes longer than all tests of this file.
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def public(private: Any, kid: str | None, **more: object) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else ECAlgorithm
    made: dict[str, Any] = algorithm.to_jwk(private.public_key(), as_dict=True)
    return {**made, **({"kid": kid} if kid else {}), **more}


@define
class Bench:
    """What the plugin is given: a clock that stands still and a key set in a file."""

    directory: Path
    at: datetime = NOW
    logger: logging.Logger = field(factory=lambda: logging.getLogger("test"))

    @property
    def clock(self) -> Bench:
        return self

    def now(self) -> datetime:
        return self.at

    def secret(self, reference: str, *, key: str) -> Secret:
        return Secret((self.directory / reference.removeprefix("file:")).read_text(encoding="utf-8"))

    def publish(self, *keys: dict[str, Any]) -> None:
        (self.directory / "keys.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")

    def provider(self, **changes: object) -> Any:
        options = {"issuer": ISSUER, "audience": CLIENT, "keys": "file:keys.json", **changes}
        [kind] = askul_connect_oidc.askul_connect_authenticate()
        settings = ProviderSettings(name="corp", connection="askul", key=KEY, options=options)
        return kind.connect(self, settings)  # type: ignore[arg-type]  # as much of a toolkit as it needs


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.publish(public(RSA_KEY, "rsa"), public(EC_KEY, "ec"))
    return made


def claims(**changes: object) -> dict[str, Any]:
    made: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "u-1",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
        "email": "hanako@example.co.jp",
        "email_verified": True,
        "amr": ["pwd", "otp"],
    }
    return {name: one for name, one in {**made, **changes}.items() if one is not None}


def token(body: dict[str, Any] | None = None, key: Any = EC_KEY, alg: str = "ES256", **header: object) -> str:
    headers = {"kid": "rsa" if alg == "RS256" else "ec", **header}
    kept = {name: one for name, one in headers.items() if one is not None}
    return jwt.encode(body if body is not None else claims(), key, algorithm=alg, headers=kept)


def ask(provider: Any, text: str, nonce: str = "", form: PresentedForm = PresentedForm.ASSERTION) -> Any:
    return provider.authenticate(Presented(provider="corp", form=form, secret=Secret(text), nonce=nonce))


def refused(provider: Any, text: str, because: str, nonce: str = "") -> None:
    with pytest.raises(LoginMismatch, match=because):
        ask(provider, text, nonce)


def in_vain(provider: Any, text: str) -> bool:
    """Whether a token proves nothing: refused, or not even taken for a token."""
    try:
        return ask(provider, text) is None
    except LoginMismatch:
        return True


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize(("key", "alg"), [(RSA_KEY, "RS256"), (EC_KEY, "ES256")], ids=["RS256", "ES256"])
def test_a_token_that_is_right_says_who_it_is(bench: Bench, key: Any, alg: str) -> None:
    found = ask(bench.provider(), token(key=key, alg=alg))

    assert (found.subject, found.email, found.email_verified) == ("u-1", "hanako@example.co.jp", True)
    assert found.methods == ("pwd", "otp")
    assert found.expires_at == NOW + timedelta(minutes=5)
    assert len(found.assertion_id) == 64


def b64(value: bytes | dict[str, Any]) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
def test_an_unsigned_token_is_refused(bench: Bench, alg: str) -> None:
    for signature in ("", "x"):
        unsigned = f"{b64({'alg': alg, 'kid': 'ec'})}.{b64(claims())}.{signature}"
        assert in_vain(bench.provider(), unsigned)


@pytest.mark.spec("AUTH-16")
def test_a_token_signed_with_the_public_key_as_a_password_is_refused(bench: Bench) -> None:
    published = json.dumps(public(RSA_KEY, "rsa")).encode()
    signed = f"{b64({'alg': 'HS256', 'kid': 'rsa'})}.{b64(claims())}"
    mac = hmac.new(published, signed.encode(), hashlib.sha256).digest()

    refused(bench.provider(), f"{signed}.{b64(mac)}", "HS256")


@pytest.mark.spec("AUTH-16")
def test_only_algorithms_that_are_configured_are_taken(bench: Bench) -> None:
    refused(bench.provider(algorithms=["RS256"]), token(), "ES256")


@pytest.mark.spec("AUTH-16")
def test_a_signature_of_another_key_and_a_changed_token_are_refused(bench: Bench) -> None:
    refused(bench.provider(), token(key=OTHER_KEY), "signature")
    head, _, signature = token().split(".")
    refused(bench.provider(), f"{head}.{b64(claims(email='boss@example.co.jp'))}.{signature}", "signature")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "aud of another client": ({"aud": "other"}, "for another audience"),
    "no aud": ({"aud": None}, "for another audience"),
    "aud of many, azp missing": ({"aud": [CLIENT, "other"]}, "not trusted"),
    "aud is a number": ({"aud": 1}, "for another audience"),
    "no audience at all": ({"aud": []}, "for another audience"),
    "azp of another client": ({"azp": "other"}, "another party"),
    "no exp": ({"exp": None}, "exp"),
    "exp is a text": ({"exp": "2099"}, "exp"),
    "exp is true": ({"exp": True}, "exp"),
    "exp beyond all time": ({"exp": 1e300}, "exp"),
    "no iat": ({"iat": None}, "iat"),
    "no sub": ({"sub": None}, "subject"),
    "a blank sub": ({"sub": ""}, "subject"),
    "nbf is a text": ({"nbf": "x"}, "nbf"),
}


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("name", WRONG)
def test_a_claim_that_is_wrong_is_refused(bench: Bench, name: str) -> None:
    changes, because = WRONG[name]
    refused(bench.provider(), token(claims(**changes)), because)


@pytest.mark.spec("AUTH-16")
def test_another_audience_is_taken_only_when_it_is_trusted_and_we_are_the_party(bench: Bench) -> None:
    provider = bench.provider(trusted_audiences=["other"])
    both = [CLIENT, "other"]

    assert ask(provider, token(claims(aud=both, azp=CLIENT)))
    refused(provider, token(claims(aud=both)), "another party")
    refused(provider, token(claims(aud=[*both, "third"], azp=CLIENT)), "not trusted")


@pytest.mark.spec("AUTH-16")
def test_times_hold_to_the_second_with_the_leeway_on_the_clock_that_is_given(bench: Bench) -> None:
    provider = bench.provider(leeway_seconds=30, most_age_seconds=100)
    second = timedelta(seconds=1)

    def at(when: datetime, body: dict[str, Any], because: str = "") -> None:
        bench.at = when
        if because:
            refused(provider, token(body), because)
        else:
            assert ask(provider, token(body))

    short = claims(exp=int((NOW + 10 * second).timestamp()))
    at(NOW + 39 * second, short)
    at(NOW + 40 * second, short, "expired")
    at(NOW - 30 * second, claims())
    at(NOW - 31 * second, claims(), "future")
    at(NOW + 129 * second, claims())
    at(NOW + 130 * second, claims(), "too long ago")
    later = claims(nbf=int((NOW + 60 * second).timestamp()))
    at(NOW + 30 * second, later)
    at(NOW + 29 * second, later, "not valid yet")


@pytest.mark.spec("AUTH-16")
def test_the_nonce_is_the_one_that_was_sent(bench: Bench) -> None:
    provider = bench.provider()
    with_nonce = token(claims(nonce="n-1"))

    assert ask(provider, with_nonce, "n-1")
    refused(provider, with_nonce, "nonce", "n-2")
    refused(provider, with_nonce, "nonce")
    refused(provider, token(), "nonce", "n-1")
    refused(provider, token(claims(nonce=1)), "nonce", "1")
    refused(bench.provider(nonce_required=True), token(), "nonce")


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_not_called_so(bench: Bench, verified: object) -> None:
    assert ask(bench.provider(), token(claims(email_verified=verified))).email_verified is False


@pytest.mark.spec("AUTH-16")
def test_the_key_is_the_one_the_token_names(bench: Bench) -> None:
    provider = bench.provider()

    refused(provider, token(kid="unknown"), "no key")
    # one of the other type has that id
    refused(provider, token(kid="rsa"), "no key")
    assert ask(provider, token(kid=None))  # the only one of its type
    bench.publish(public(EC_KEY, "ec"), public(OTHER_KEY, "other"))
    refused(provider, token(kid=None), "no key")
    bench.publish(public(EC_KEY, "ec"), public(OTHER_KEY, "ec"))
    refused(provider, token(), "no key")


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("more", [{"use": "enc"}, {"alg": "ES384"}, {"key_ops": ["sign"]}])
def test_a_key_for_something_else_is_none(bench: Bench, more: dict[str, Any]) -> None:
    bench.publish(public(EC_KEY, "ec", **more))
    refused(bench.provider(), token(), "no key")


@pytest.mark.spec("AUTH-16")
def test_keys_change_with_their_file(bench: Bench) -> None:
    provider = bench.provider()
    assert ask(provider, token())

    bench.publish(public(OTHER_KEY, "new"))

    refused(provider, token(), "no key")
    assert ask(provider, token(key=OTHER_KEY, kid="new"))


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("what", ["no json", "no keys", "weak", "curve", "broken"])
def test_a_key_set_that_cannot_be_used_is_the_suppliers_fault(bench: Bench, what: str) -> None:
    provider, alg, key = bench.provider(), "RS256", RSA_KEY
    weak = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)  # noqa: S505 -- to be refused
    published = public(weak if what == "weak" else RSA_KEY, "rsa")
    if what == "broken":
        del published["n"]
    if what == "curve":
        alg, published = "ES256", public(ec.generate_private_key(ec.SECP384R1()), "ec")
    texts = {"no json": "x", "no keys": "{}"}
    bench.publish(published)
    if what in texts:
        (bench.directory / "keys.json").write_text(texts[what], encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        ask(provider, token(key=key if alg == "RS256" else EC_KEY, alg=alg))
    assert caught.value.where == f"{KEY}.keys"


@pytest.mark.spec("AUTH-16")
def test_what_is_of_another_issuer_or_no_token_is_not_its_affair(bench: Bench) -> None:
    provider = bench.provider()

    for strange in ("", "x", "a.b.c", token(claims(iss=f"{ISSUER}/")), token(claims(iss=None)), "." * 16_000):
        assert ask(provider, strange) is None
    assert ask(provider, token(), form=PresentedForm.PASSWORD) is None


@pytest.mark.spec("AUTH-16")
def test_critical_extensions_are_refused(bench: Bench) -> None:
    signed = f"{b64({'alg': 'ES256', 'kid': 'ec', 'crit': ['x'], 'x': 1})}.{b64(claims())}"
    signature = ECAlgorithm(ECAlgorithm.SHA256).sign(signed.encode(), EC_KEY)
    assert in_vain(bench.provider(), f"{signed}.{b64(signature)}")


@pytest.mark.spec("AUTH-16")
def test_a_token_that_is_written_in_another_way_is_the_same_assertion(bench: Bench) -> None:
    """Of a signature (r, s) there is always another one, (r, n - s), that is right too."""
    text = token()
    head, body, signature = text.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    assert decode_dss_signature(encode_dss_signature(r, s)) == (r, s)
    twin = f"{head}.{body}.{b64(r.to_bytes(32, 'big') + (order - s).to_bytes(32, 'big'))}"

    provider = bench.provider()
    assert twin != text
    assert ask(provider, twin).assertion_id == ask(provider, text).assertion_id


BAD_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"issuer": ""}, "issuer"),
    "an issuer without TLS": ({"issuer": "http://idp.example"}, "issuer"),
    "no audience": ({"audience": 1}, "audience"),
    "no keys": ({"keys": ""}, "keys"),
    "none as an algorithm": ({"algorithms": ["none"]}, "algorithms"),
    "HMAC as an algorithm": ({"algorithms": ["ES256", "HS256"]}, "algorithms"),
    "no algorithm": ({"algorithms": []}, "algorithms"),
    "algorithms as a text": ({"algorithms": "ES256"}, "algorithms"),
    "a leeway of an hour": ({"leeway_seconds": 3_600}, "leeway_seconds"),
    "an age as a text": ({"most_age_seconds": "1"}, "most_age_seconds"),
    "nonce_required as a text": ({"nonce_required": "yes"}, "nonce_required"),
    "a key nobody knows": ({"jwks_url": "https://idp.example"}, "jwks_url"),
}


@pytest.mark.spec("AUTH-16")
@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_an_option_that_is_not_accepted_is_named(bench: Bench, name: str) -> None:
    changes, where = BAD_OPTIONS[name]
    with pytest.raises(ConfigurationError) as caught:
        bench.provider(**changes)
    assert caught.value.where == f"{KEY}.{where}"
