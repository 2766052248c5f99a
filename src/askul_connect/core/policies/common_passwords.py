"""Words and key sequences that common passwords are made of: our own list, English and Japanese.

A password is common when nothing but such words and sequences is left of it; see :func:`is_common`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PURPOSES = """
password passwort passwd passphrase pass pw login logon admin administrator root superuser user
guest test tester testing demo sample default secret private access account system server master
manager office company business customer support service security secure change changeme letmein
welcome hello newuser temp temporary initial manage mail email internet online web network computer
desktop laptop printer database oracle windows microsoft google apple amazon android iphone samsung
sony toyota honda nissan nintendo playstation
"""
_LIKINGS = """
love iloveyou lovely sweet sweetheart angel princess prince queen king dragon monkey tiger lion
shadow sunshine flower rainbow summer winter spring autumn baby babygirl football baseball soccer
basketball tennis golf hockey music guitar cookie chocolate banana orange cheese pepper ginger
coffee happy lucky super superman batman spiderman starwars pokemon pikachu matrix ninja samurai
killer hunter ranger freedom forever family friend friends michael jordan jennifer jessica ashley
daniel andrew charlie thomas robert george michelle nicole jesus heaven trust trustno yankees dallas
london paris newyork america canada china korea japan world
"""
_DATES = """
january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday today tomorrow
"""
_ROMAJI = """
pasuwaado pasuwado himitsu kaisha keiri soumu eigyou eigyo jinji shachou kanri kanrisha bumon tantou
nihon nippon toukyou tokyo osaka oosaka kyoto kyouto nagoya sapporo fukuoka yokohama kobe koube
hiroshima sendai hokkaido okinawa saitama chiba fujisan fuji sakura momiji haru natsu aki fuyu tarou
taro hanako ichiro ichirou jiro sato satou suzuki takahashi tanaka watanabe ito itou yamamoto
nakamura kobayashi kato katou yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu
saito saitou arigatou arigato konnichiwa ohayou konbanwa sayonara daisuki aishiteru tomodachi kawaii
neko nyanko inu wanwan doraemon totoro naruto gundam onepiece hogehoge hoge fugafuga piyopiyo
nanashi shouwa showa heisei reiwa ramen sushi ocha bunbougu bungu askul soloel lohaco
"""
_JAPANESE = """
パスワード ぱすわーど 秘密 会社 株式会社 日本 東京 大阪 管理者 経理 総務 営業
山田 太郎 花子 令和 平成 昭和 さくら 桜 ありがとう こんにちは
"""
#: Words that are common passwords by themselves, alone or two together, decorated with digits and signs.
COMMON_WORDS = frozenset(f"{_PURPOSES}{_LIKINGS}{_DATES}{_ROMAJI}{_JAPANESE}".split())

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789012",
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!\"#$%&'()",  # the digits' row with Shift, Japanese keyboard
    "!@#$%^&*()",  # the same, American keyboard
    "あいうえおかきくけこ",
)
_COLUMNS = (
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "qaz",
    "wsx",
    "edc",
    "rfv",
)
_SHORTEST_RUN = 3
#: Characters that may remain beside words and sequences without making a password uncommon.
_HARMLESS_REST = 3
_LOOKALIKES = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"}
)
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}", re.DOTALL)


# Compiled when a password is judged, which few processes do.
@lru_cache(maxsize=1)
def _runs() -> re.Pattern[str]:
    """Every piece of three or more neighbours of a row, forward and backward, the longest first."""
    lines = [*_ROWS, *_COLUMNS]
    pieces = {
        line[start:end]
        for line in [*lines, *(line[::-1] for line in lines)]
        for start in range(len(line))
        for end in range(start + _SHORTEST_RUN, len(line) + 1)
    }
    longest_first = sorted(pieces, key=lambda piece: (-len(piece), piece))
    return re.compile("|".join(map(re.escape, longest_first)))


def is_common(password: str, words: frozenset[str] = COMMON_WORDS) -> bool:
    """Whether a password is a listed word or two, a sequence or a repetition, however decorated.

    Letter case, width and the usual signs for letters make no difference: ``P@ssw0rd2026!`` is common.

    Args:
        password: As typed.
        words: Lower-case words to refuse.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    rest = _REPEATED.sub("", _runs().sub("", folded))
    if len(rest) <= _HARMLESS_REST:
        return True
    # Signs and digits around a word decorate it, those inside stand for letters. Which they are at its ends
    # ("pa$$") is not to be seen, so both readings are tried.
    readings = {
        _bare(folded),
        _bare(folded).translate(_LOOKALIKES),
        _bare(folded.translate(_LOOKALIKES)),
        _bare(rest),
    }
    return any(_is_made_of(reading, words) for reading in readings)


def _bare(text: str) -> str:
    """Without the digits and signs at either end."""
    letters = [place for place, character in enumerate(text) if character.isalpha()]
    return text[letters[0] : letters[-1] + 1] if letters else ""


def _is_made_of(text: str, words: frozenset[str]) -> bool:
    if text in words:
        return True
    return any(_bare(text[:cut]) in words and _bare(text[cut:]) in words for cut in range(1, len(text)))
