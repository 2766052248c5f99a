"""The one spelling by which text is searched: widths, kana and case folded, and the grams it is indexed by (CAT-2).

Japanese has no spaces between words, so an index of words finds neither 紙 nor 用紙 in コピー用紙. Text is cut into
pairs of neighbouring characters instead: a word of two characters is one pair, a longer one is its pairs next to each
other, and a single character is what a pair begins with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from attrs import frozen

#: Raised when a text folds or is cut otherwise than before: an index of another version is made anew. The tables of
#: Unicode that Python carries fold too.
GRAMS_VERSION = f"1, Unicode {unicodedata.unidata_version}"

#: Behind the last character of a word in its last gram. No folded text has it, nor the others below.
_END = "\ue0ff"
_SKU, _JAN, _CATEGORY, _MAKER, _PAGE, _FAMILY = "\ue001\ue002\ue003\ue004\ue005\ue006"
_STEP = "\ue010"

# From the small ァ to ヶ, and the two marks of iteration: each stands 0x60 behind its hiragana.
_HIRAGANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
# Whatever is typed in place of a hyphen; the long vowel mark of kana is among it.
_HYPHEN = dict.fromkeys(
    map(ord, "\u00ad\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u30fc"), "-"
)
_TABLE: dict[int, int | str] = {**_HIRAGANA, **_HYPHEN}
#: Categories of characters that nobody types into a search: control, unassigned, private, surrogates; and spaces.
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs", "Cf", "Zs", "Zl", "Zp"})


def fold(text: str) -> str:
    """The spelling that is compared: words in it are separated by one space.

    ``ﾌﾟﾘﾝﾀｰ``, ``プリンター`` and ``ぷりんたー`` are one text, and so are ``Ａ４``, ``A4`` and ``a4``. Folding again
    changes nothing.
    """
    while (folded := _folded(text)) != text:
        text = folded
    return text


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_TABLE)
    if plain.isascii() and plain.isprintable():
        return " ".join(plain.split())
    bare = "".join(" " if unicodedata.category(one) in _NO_TEXT else one for one in plain)
    return " ".join(bare.split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of what somebody typed, each once, in their order."""
    return tuple(dict.fromkeys(fold(text).split()))


def code_of(text: str) -> str:
    """A SKU or JAN as it is compared: folded, without spaces."""
    return fold(text).replace(" ", "")


@frozen
class Phrase:
    """Grams that stand next to one another; ``start`` is a single character that grams begin with instead."""

    grams: tuple[str, ...]
    start: str = ""


def phrase_of(word: str) -> Phrase:
    """How a folded word is found among the grams of a text that contains it."""
    if len(word) == 1:
        return Phrase((), start=word)
    return Phrase(tuple(map("".join, pairwise(word))))


def grams_of(folded: str) -> Iterator[str]:
    """The grams of a folded text, in order: pairs of characters, and the last one of each word by itself."""
    for word in folded.split():
        yield from map("".join, pairwise(word))
        yield word[-1] + _END


def sku_mark(code: str) -> str:
    """What an item of that folded SKU is indexed by as a whole."""
    return _SKU + code


def jan_mark(code: str) -> str:
    """What an item of that folded JAN is indexed by as a whole."""
    return _JAN + code


def category_mark(path: tuple[str, ...]) -> str:
    """What the items at and below a category are indexed by."""
    return _CATEGORY + _STEP.join(path)


def maker_mark(maker: str) -> str:
    """What the items of a maker are indexed by."""
    return _MAKER + maker


def page_mark(issue: str, page: int) -> str:
    """What the items on a page of a printed catalog are indexed by; page 0 stands for the whole issue."""
    return f"{_PAGE}{issue}{_STEP}{page or ''}"


def family_mark(family: str) -> str:
    """What the variants of a family are indexed by."""
    return _FAMILY + family
