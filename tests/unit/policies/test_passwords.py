import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.common_passwords import COMMON_WORDS, is_common
from askul_connect.core.policies.passwords import (
    ASKUL_GUIDE,
    ASKUL_GUIDE_BASIC,
    NIST_800_63B_4,
    Composition,
    PasswordFacts,
    PasswordPolicy,
    judge,
)

HANAKO = PasswordFacts(
    login_ids=("hanako.yamada@example.co.jp", "7302918465"),
    name="花川 Hanae",
    company="株式会社みどり文具 Green Ltd.",
)


def rules(password: str, facts: PasswordFacts = HANAKO, policy: PasswordPolicy = ASKUL_GUIDE) -> list[str]:
    return [problem.where.removeprefix("password.") for problem in judge(policy, Secret(password), facts)]


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize(
    "password", ["kQ7-vZ2m", "Mizu4-no!Kaze", "Correct horse 7 Battery", "ながい合言葉Xq7!つき", "é7Kq-vZm"]
)
def test_good_passwords(password: str) -> None:
    assert rules(password) == []


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("kQ7-vZ2", ["length"]),
        ("kQ7-" * 32 + "x", ["length"]),
        ("kq7-vz2m", ["classes"]),
        ("KQ7-VZ2M", ["classes"]),
        ("kQx-vZym", ["classes"]),
        ("kQ7xvZ2m", ["classes"]),
        ("kQ7-vZ2\x07m", ["characters"]),
        ("kQ7-vZ2\ud800m", ["characters"]),
        ("Password1!", ["common"]),
        ("Xq-7302918465", ["login_id"]),
        ("Xq-７３０２９１８４６５", ["login_id"]),
        ("1-Hanako.Yamada-Q", ["login_id"]),
        ("7-hANAE-kQ", ["name"]),
        ("7-花川-kQz", ["name"]),
        ("7-花川hanae-kQz", ["name"]),
        ("7-みどり文具-kQ", ["company"]),
        ("kz7-gReen-Qx", ["company"]),
        ("", ["length", "classes", "common"]),
    ],
)
def test_each_rule(password: str, broken: list[str]) -> None:
    assert rules(password) == broken


@pytest.mark.spec("AUTH-5")
def test_all_problems_are_named_at_once_and_none_shows_the_password() -> None:
    facts = evolve(HANAKO, name="tanaka", used_before=True)

    problems = judge(ASKUL_GUIDE, Secret("tanaka"), facts)

    assert [problem.where for problem in problems] == [
        f"password.{rule}" for rule in ("length", "classes", "common", "name", "history")
    ]
    assert all(problem.remedy for problem in problems)
    assert all("tanaka" not in str(problem) for problem in problems)


@pytest.mark.spec("AUTH-5")
def test_a_companys_legal_form_is_not_its_name() -> None:
    assert rules("kz7-株式会社-Qx") == []
    assert rules("kz7-lTd-Qxv") == []


@pytest.mark.spec("AUTH-5")
def test_short_parts_and_missing_facts_forbid_nothing() -> None:
    assert rules("kz7-Q-au-Ab", PasswordFacts(login_ids=("", "au@example.jp"), name="Q", company="")) == []


@pytest.mark.spec("AUTH-5")
def test_length_counts_composed_characters() -> None:
    decomposed = unicodedata.normalize("NFD", "éÉé7-Kz")

    assert len(decomposed) > ASKUL_GUIDE.minimum_length
    assert rules(decomposed) == ["length"]
    # A ligature is one character as typed; NFKC would make it three and let the password pass.
    assert rules("kQ7-vZ\ufb03") == ["length"]


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize(
    "password",
    [
        *("Password1!", "P@ssw0rd2026!", "Pa$$w0rd", "PASSWORD#1", "Welcome1!", "Admin@123", "Changeme1!"),
        *(
            "Qwerty123!",
            "1qaz2WSX!",
            "!QAZ2wsx",
            "Zaq12wsx!",
            "Asdf!1234",
            "Abcd1234!",
            "Aa123456!",
            "Aaaaaaa1!",
        ),
        *(
            "Abcabcabc1!",
            "Sakura#2026",
            "Tokyo-Osaka1",
            "Tanaka#1985",
            "Summer2026!",
            "Hogehoge1!",
            "Askul2026!",
        ),
        *(
            "Reiwa2026!",
            "パスワード1!",
            "Ｐａｓｓｗｏｒｄ１！",
            "Qwertyuiop[1A",
            "Monday-Tuesday7",
        ),
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    assert is_common(password)


def test_every_listed_word_is_refused_in_its_usual_dress() -> None:
    assert len(COMMON_WORDS) >= 300
    assert [word for word in COMMON_WORDS if word != word.casefold()] == []
    for word in COMMON_WORDS:
        assert is_common(word)
        assert is_common(f"{word.capitalize()}2026!")


@given(st.text(max_size=200))
def test_any_text_is_judged(password: str) -> None:
    problems = judge(ASKUL_GUIDE, Secret(password), HANAKO)

    assert len({(problem.where, problem.detail) for problem in problems}) == len(problems)


@pytest.mark.spec("AUTH-5")
def test_expiry_and_its_warning() -> None:
    set_at = datetime(2026, 11, 22, tzinfo=UTC)
    expires_at = ASKUL_GUIDE.expires_at(set_at)

    assert expires_at == set_at + timedelta(days=180)
    assert ASKUL_GUIDE.warns_at(expires_at) == set_at + timedelta(days=166)
    assert ASKUL_GUIDE.remembered == 5
    assert evolve(ASKUL_GUIDE, expires_after_days=90).expires_at(set_at) == set_at + timedelta(days=90)


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize("days", [89, 181, 0, -1, 90.0, True])
def test_expiry_stays_in_its_range(days: int) -> None:
    with pytest.raises(ValueInvalid, match="90 to 180"):
        PasswordPolicy(expires_after_days=days)


@pytest.mark.spec("AUTH-5")
def test_the_four_classes_can_be_left_out() -> None:
    assert rules("kqxvzmwj", policy=PasswordPolicy(composition=Composition.ANY)) == []


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("kqxvzmw7", []),
        ("kqxvzmwj", ["classes"]),
        ("4829175360", ["classes"]),
        ("kqxv7zm", ["length"]),
        ("ながいあいことば七", ["classes"]),
        ("ながいあいことば7", []),
    ],
)
def test_the_lower_level_asks_for_letters_and_digits(password: str, broken: list[str]) -> None:
    assert rules(password, policy=ASKUL_GUIDE_BASIC) == broken


@pytest.mark.spec("AUTH-5")
def test_nist_asks_for_length_and_nothing_of_how_it_is_made() -> None:
    with_factor = evolve(HANAKO, second_factor=True)
    assert rules("kqxvzmwjkqxvzm", policy=NIST_800_63B_4) == ["length"]
    assert rules("kqxvzmwjkqxvzmw", policy=NIST_800_63B_4) == []
    assert rules("kqxvzmwj", facts=with_factor, policy=NIST_800_63B_4) == []
    assert rules("kqxvzmw", facts=with_factor, policy=NIST_800_63B_4) == ["length"]
    assert rules("passwordpassword", policy=NIST_800_63B_4) == ["common"]
    assert NIST_800_63B_4.expires_at(datetime(2026, 4, 1, tzinfo=UTC)) is None


@pytest.mark.spec("AUTH-5")
@pytest.mark.parametrize("policy", [ASKUL_GUIDE_BASIC, NIST_800_63B_4], ids=lambda one: one.name)
def test_sixty_four_japanese_characters_are_taken_as_typed(policy: PasswordPolicy) -> None:
    long = "春は曙漸う白くなりゆく山ぎは少し明かりて紫だちたる雲の細くたなびきたる" * 2 + "7"
    assert len(long) >= 64
    assert rules(long, policy=policy) == []


@pytest.mark.spec("AUTH-5")
def test_each_policy_says_where_it_departs_from_asvs() -> None:
    said = {
        policy.name: [one.requirement for one in policy.deviations()]
        for policy in (ASKUL_GUIDE, ASKUL_GUIDE_BASIC, NIST_800_63B_4)
    }
    assert said == {
        "askul_guide": ["6.2.5", "6.2.10"],
        "askul_guide_basic": ["6.2.5", "6.2.10"],
        "nist_800_63b_4": [],
    }
    assert "180" in ASKUL_GUIDE.deviations()[1].reason


@pytest.mark.spec("ACC-11", "AUTH-5")
def test_an_account_sets_the_days_within_the_range() -> None:
    assert ASKUL_GUIDE.lasting(0) is ASKUL_GUIDE
    assert ASKUL_GUIDE.lasting(90).expires_after_days == 90
    with pytest.raises(ValueInvalid, match="90 to 180"):
        ASKUL_GUIDE.lasting(365)
    with pytest.raises(ValueInvalid, match="do not expire"):
        NIST_800_63B_4.lasting(90)
