"""A person signs on by an ID token at a served supplier, over SOAP and over JSON (AUTH-16)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
import zeep
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from askul_connect import load_settings
from askul_connect.bootstrap import SupplierServer

CONFIGURATION = """
version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
[suppliers.askul.supplier]
items = 0
[suppliers.askul.supplier.sign_on.corp]
kind = "oidc"
issuer = "https://idp.example.co.jp"
audience = "askul-supplier"
keys = "file:keys.json"
[suppliers.askul.account]
name = "見本商事株式会社"
representative = "見本 太郎"
postcode = "150-0001"
address = "東京都渋谷区見本2-2"
phone = "03-0000-0000"
email = "soumu@example.co.jp"
departments = [{ code = "D100", name = "総務部" }]
administrator = { name = "見本 花子", email = "hanako@example.co.jp" }
buyer = { name = "見本 次郎", email = "jiro@example.co.jp", departments = ["D100"] }
"""
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SupplierServer, Path]]:
    directory = tmp_path_factory.mktemp("oidc")
    (directory / "data").mkdir()
    (directory / "askul-connect.toml").write_text(CONFIGURATION, encoding="utf-8")
    publish(directory, KEY, "k1")
    made = SupplierServer(load_settings(directory), "askul")
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made, directory
    finally:
        made.stop()
        thread.join(30)


def publish(directory: Path, key: Any, kid: str) -> None:
    public = {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid}
    (directory / "keys.json").write_text(json.dumps({"keys": [public]}), encoding="utf-8")


def token(key: Any = KEY, kid: str = "k1", **changes: object) -> str:
    now = int(time.time())
    body = {
        "iss": "https://idp.example.co.jp",
        "aud": "askul-supplier",
        "sub": "hanako",
        "iat": now,
        "exp": now + 300,
        "email": "Hanako@example.co.jp",
        "email_verified": True,
        "nonce": "n-1",
        "jti": str(time.monotonic_ns()),
        **changes,
    }
    return jwt.encode(body, key, algorithm="ES256", headers={"kid": kid})


def post(server: SupplierServer, name: str, body: dict[str, Any], bearer: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return requests.post(f"{server.json_address}/{name}", json=body, headers=headers, timeout=30)


def sign_on(server: SupplierServer, text: str, nonce: str = "n-1") -> requests.Response:
    return post(server, "LoginWithAssertion", {"provider": "corp", "assertion": text, "nonce": nonce})


@pytest.mark.spec("AUTH-16")
def test_from_a_refused_token_to_a_session_over_both_faces(server: tuple[SupplierServer, Path]) -> None:
    served, directory = server
    # nobody has allowed it yet
    refused = sign_on(served, token())
    assert (refused.status_code, refused.json()["code"]) == (401, "w:001")

    secrets = directory / "secrets" / "askul"
    number, password = (
        (secrets / name).read_text().strip() for name in ("customer-number", "administrator-password")
    )
    login = post(served, "Login", {"login_id": number, "password": password}).json()
    changed = post(served, "SetSignOnProviders", {"providers": ["corp"]}, login["session_token"])
    assert changed.json() == {"providers": ["corp"]}

    entered = sign_on(served, text := token())
    assert entered.status_code == 200, entered.text
    assert entered.json()["role"] == "administrator"
    users = post(served, "ListUsers", {}, entered.json()["session_token"])
    assert users.status_code == 200
    # a token lets in once, over whichever face
    client = zeep.Client(f"{served.address}?wsdl")
    with pytest.raises(zeep.exceptions.Fault):
        client.service.LoginWithAssertion(assertion=text, provider="corp", nonce="n-1")
    by_soap = client.service.LoginWithAssertion(assertion=token(), provider="corp", nonce="n-1")
    assert by_soap.accountName == "見本商事株式会社"

    for wrong in (token(aud="other"), token(email_verified=False), token(exp=1), token(email="x@y.example")):
        assert sign_on(served, wrong).json()["code"] == "w:001"
    assert sign_on(served, token(), "n-2").json()["code"] == "w:001"


@pytest.mark.spec("AUTH-16")
def test_a_key_set_that_is_gone_is_the_suppliers_fault_and_the_server_goes_on(
    server: tuple[SupplierServer, Path],
) -> None:
    served, directory = server
    (directory / "keys.json").unlink()
    failed = sign_on(served, token())
    assert (failed.status_code, failed.json()["code"]) == (500, "plugin-failed")
    assert str(directory) not in failed.text

    other = ec.generate_private_key(ec.SECP256R1())
    publish(directory, other, "k2")
    assert sign_on(served, token(other, "k2")).status_code == 200
    assert sign_on(served, token()).json()["code"] == "w:001"
