"""One spelling for what is searched, and the grams it is cut into (CAT-2)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from askul_connect.core.domain.search_text import code_of, fold, grams_of, phrase_of, words_of


@pytest.mark.spec("CAT-2")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾌﾟﾘﾝﾀｰ", "プリンター"),
        ("プリンター", "ぷりんた-"),
        ("Ａ４　用紙", "a4 用紙"),
        ("STRASSE", "straße"),
        ("ガ", "カ\u3099"),
        ("ヴ", "ゔ"),
        ("５㎜", "5mm"),
        ("コピ—用紙", "コピー用紙"),
        ("㈱見本", "(株)見本"),
        ("a\u00a0\u200bb\tc\n", "a b c"),
        ("4912‐3456", "4912-3456"),
    ],
)
def test_texts_that_mean_the_same_are_spelt_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.spec("CAT-2")
@pytest.mark.parametrize(
    ("one", "other"), [("紙", "絵"), ("は", "ば"), ("つ", "っ"), ("0.5", "05"), ("a-1", "a1")]
)
def test_texts_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.spec("CAT-2")
@given(st.text())
@example("\ufdfaﾊ\u3099")
@example("İǰ\u0345")
def test_folding_again_changes_nothing_and_leaves_no_mark_of_the_index(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not [one for one in folded if "\ue000" <= one <= "\uf8ff" or one in "\0\n\t\u3000"]
    assert folded == " ".join(folded.split())


def next_to_one_another(grams: list[str], wanted: tuple[str, ...]) -> bool:
    return any(tuple(grams[start : start + len(wanted)]) == wanted for start in range(len(grams)))


@pytest.mark.spec("CAT-2")
@given(st.text("紙用ab- ", max_size=12), st.text("紙用ab-", min_size=1, max_size=4))
def test_a_word_is_in_a_text_exactly_when_its_grams_are_neighbours_there(text: str, word: str) -> None:
    grams, phrase = list(grams_of(fold(text))), phrase_of(word)
    if phrase.start:
        found = any(gram.startswith(phrase.start) for gram in grams)
    else:
        found = next_to_one_another(grams, phrase.grams)
    assert found == any(word in part for part in fold(text).split())


def test_words_come_once_and_codes_without_spaces() -> None:
    assert words_of("用紙　Ａ４ a4 用紙") == ("用紙", "a4")
    assert words_of(" \u3000") == ()
    assert code_of(" ＡＢ－１ ") == "ab-1"
