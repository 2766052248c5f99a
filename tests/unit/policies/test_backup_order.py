"""What of a directory is copied and when."""

import pytest

from askul_connect.core.policies.backup_order import Stage, is_copied, is_secret, stage_of

DATABASES = frozenset({"data/buyer.sqlite3"})


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("askul-connect.toml", Stage.BEFORE_THE_BUYER),
        ("erp/in/a.xml", Stage.BEFORE_THE_BUYER),
        ("erp/receipts/a.csv", Stage.BEFORE_THE_BUYER),
        ("secrets/askul.credential", Stage.BEFORE_THE_BUYER),
        ("erp/done/in/a.xml", Stage.AFTER_THE_BUYER),
        ("erp/rejected/a.xml", Stage.AFTER_THE_BUYER),
        ("erp/out/invoice.xml", Stage.AFTER_THE_BUYER),
        ("finance/orders.csv", Stage.AFTER_THE_BUYER),
        ("data/askul-notices/1.json", Stage.AFTER_THE_SUPPLIERS),
    ],
)
def test_each_part_has_its_place(path: str, stage: Stage) -> None:
    assert stage_of(path) is stage


@pytest.mark.parametrize("path", ["data/buyer.sqlite3", "data/buyer.sqlite3-wal", "data/buyer.sqlite3-shm"])
def test_a_database_is_no_file(path: str) -> None:
    assert not is_copied(path, DATABASES)


@pytest.mark.parametrize("path", ["a.part", "erp/in/A.TMP", ".hidden", ".git/config", "a/.b/c"])
def test_what_is_unfinished_is_left(path: str) -> None:
    assert not is_copied(path, DATABASES)


@pytest.mark.parametrize("path", ["data/buyer.sqlite3.old", "data/askul-connect.log", "a/b.c"])
def test_everything_else_is_copied(path: str) -> None:
    assert is_copied(path, DATABASES)


def test_secrets_are_their_folder_and_what_is_referred_to() -> None:
    referenced = frozenset({"keys/a"})
    assert is_secret("secrets/x", referenced)
    assert is_secret("keys/a", referenced)
    assert not is_secret("keys/b", referenced)
