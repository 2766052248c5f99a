"""Secrets at rest (AUTH-19)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.security.cipher import AesGcmCipher
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import InternalError

CIPHER = AesGcmCipher(Secret("outside the database"))


@pytest.mark.spec("AUTH-19")
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_secret_comes_back_and_is_never_written_the_same_twice(text: str) -> None:
    once, again = CIPHER.encrypt(Secret(text)), CIPHER.encrypt(Secret(text))
    assert once != again
    assert CIPHER.decrypt(once).reveal() == CIPHER.decrypt(again).reveal() == text
    assert len(text) < 4 or text not in once


@pytest.mark.spec("AUTH-19")
@given(st.data())
def test_what_was_changed_or_made_by_another_key_is_refused(data: st.DataObject) -> None:
    text = CIPHER.encrypt(Secret("a seed"))
    at = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:at]
        + data.draw(st.sampled_from("AZ09_-.=あ").filter(lambda one: one != text[at]))
        + text[at + 1 :]
    )
    for bad in (
        changed,
        "",
        "v1.",
        "v1.AAAA",
        text[:-8],
        AesGcmCipher(Secret("other")).encrypt(Secret("a seed")),
    ):
        with pytest.raises(InternalError) as caught:
            CIPHER.decrypt(bad)
        assert "seed" not in str(caught.value)


@pytest.mark.spec("AUTH-19")
def test_every_other_character_anywhere_is_refused() -> None:
    text = CIPHER.encrypt(Secret("a seed"))
    assert text.endswith("=")  # so that the character before it has bits that a decoder does not read
    alphabet = string.ascii_letters + string.digits + "-_.=+/ あ"
    for at, was in enumerate(text):
        for other in alphabet.replace(was, ""):
            with pytest.raises(InternalError):
                CIPHER.decrypt(text[:at] + other + text[at + 1 :])
