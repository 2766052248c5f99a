"""Tokens of cards, and card numbers in every spelling (BIL-9)."""

from __future__ import annotations

import pytest

from askul_connect.core.domain.card_tokens import card_token, looks_like_card_number
from askul_connect.core.domain.secrets import Secret


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize(
    "token",
    [
        "tok_1N3T00LkdIwHu7ixt44h1F8k",
        "card_cus_9s6XKzkNRiz8i3",
        "pm:2026-11-30.card",
        "123e4567-e89b-12d3-a456-426614174000",
    ],
)
def test_a_token_is_taken(token: str) -> None:
    assert card_token(Secret(f" {token} ")).reveal() == token


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111-1111.1111",
        "x4111111111111111x",
        "x4111-1111/1111:1111x",
        # the number among other digits, and in digits of other scripts
        "tok_994111111111111111",
        "４１１１１１１１１１１１１１１１",
        "४१११११११११११११११",
        # Maestro has 12 digits, others 19
        "tok_501800000009",
        "tok_6304000000000000000",
        # not the number of a card, and no token either
        "0000",
    ],
)
def test_a_number_is_recognised(text: str) -> None:
    assert looks_like_card_number(text)


@pytest.mark.spec("BIL-9")
def test_a_text_without_a_number_is_not_one() -> None:
    assert not looks_like_card_number("")
    assert not looks_like_card_number("tok_41111111112")
