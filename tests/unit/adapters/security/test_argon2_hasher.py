import logging
import unicodedata
from typing import Any

import argon2
import pytest

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.system import PasswordHasher


@pytest.fixture
def hasher() -> PasswordHasher:
    return Argon2Hasher(memory_kib=8, passes=1, lanes=1)


@pytest.mark.spec("AUTH-6")
def test_only_the_password_itself_verifies(hasher: PasswordHasher) -> None:
    encoded = hasher.hash(Secret("kQ7-vZ2m"))

    assert encoded.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert hasher.verify(encoded, Secret("kQ7-vZ2m"))
    assert not hasher.verify(encoded, Secret("kQ7-vZ2M"))
    assert not hasher.verify(encoded, Secret(""))
    assert hasher.hash(Secret("kQ7-vZ2m")) != encoded


@pytest.mark.spec("AUTH-6")
def test_the_default_is_the_owasp_floor() -> None:
    assert Argon2Hasher().hash(Secret("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.spec("AUTH-6")
def test_composition_makes_no_difference_but_compatibility_does(hasher: PasswordHasher) -> None:
    encoded = hasher.hash(Secret("Café-ガ1"))

    assert hasher.verify(encoded, Secret(unicodedata.normalize("NFD", "Café-ガ1")))
    assert not hasher.verify(encoded, Secret("Café-ｶﾞ1"))


@pytest.mark.spec("AUTH-2", "AUTH-6")
def test_an_empty_hash_is_nobodys_and_takes_the_same_work(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = hasher._hasher.verify  # type: ignore[attr-defined]

    def watched(_self: object, encoded: str, typed: bytes) -> object:
        seen.append(encoded)
        return real(encoded, typed)

    monkeypatch.setattr(type(hasher._hasher), "verify", watched)  # type: ignore[attr-defined]

    assert not hasher.verify("", Secret("kQ7-vZ2m"))
    assert not hasher.verify("", Secret(""))
    assert [encoded.split("$")[1:4] for encoded in seen] == [["argon2id", "v=19", "m=8,t=1,p=1"]] * 2


@pytest.mark.spec("AUTH-6")
@pytest.mark.parametrize(
    "encoded",
    ["x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$", "$2b$12$abcdefghijklmnopqrstuv", "ハッシュ"],
)
def test_an_unreadable_hash_is_nobodys_and_is_reported(
    hasher: PasswordHasher, encoded: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert not hasher.verify(encoded, Secret("kQ7-vZ2m"))

    assert "unreadable" in caplog.text
    assert "kQ7" not in caplog.text
    assert hasher.outdated(encoded)


@pytest.mark.spec("AUTH-6")
def test_other_parameters_are_outdated_but_verify(hasher: PasswordHasher) -> None:
    stronger = Argon2Hasher(memory_kib=16, passes=2, lanes=1)
    encoded = hasher.hash(Secret("kQ7-vZ2m"))

    assert not hasher.outdated(encoded)
    assert stronger.outdated(encoded)
    assert stronger.verify(encoded, Secret("kQ7-vZ2m"))


@pytest.mark.spec("AUTH-6")
@pytest.mark.parametrize(
    "changed",
    [
        {"time_cost": 2},
        {"memory_cost": 16},
        {"parallelism": 2, "memory_cost": 16},
        {"salt_len": 8},
        {"salt_len": 17},
        {"hash_len": 16},
        {"hash_len": 33},
        {"type": argon2.Type.I},
        {},
    ],
    ids=str,
)
def test_a_hash_is_outdated_when_argon2_itself_says_so(
    hasher: PasswordHasher, changed: dict[str, Any]
) -> None:
    today = {"time_cost": 1, "memory_cost": 8, "parallelism": 1, "salt_len": 16, "hash_len": 32}
    encoded = argon2.PasswordHasher(**(today | changed)).hash("kQ7-vZ2m")
    wanted = argon2.PasswordHasher(**today).check_needs_rehash(encoded)

    assert wanted == bool(changed)
    assert hasher.outdated(encoded) == wanted
    assert hasher.outdated(encoded.replace("v=19", "v=16"))
    assert hasher.outdated(encoded + "$")


def test_what_is_no_text_is_a_mismatch(hasher: PasswordHasher) -> None:
    assert not hasher.verify(hasher.hash(Secret("x")), Secret("\ud800"))
