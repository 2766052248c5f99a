"""One value of a configuration is changed and nothing else."""

import tomllib

import pytest

from askul_connect.core.errors import UsageError
from askul_connect.settings import secret_files, with_value

TEXT = """version = 1
# ours
[database]   # where
url = "sqlite:///a"   # old
[suppliers.b]
kind = "x"
credential = "file:keys/b"
"""


def test_the_value_is_changed_and_comments_stay() -> None:
    changed = with_value(TEXT, "database", "url", 'sqlite:///新 "b"')

    assert tomllib.loads(changed)["database"] == {"url": 'sqlite:///新 "b"'}
    assert changed.startswith("version = 1\n# ours\n[database]   # where\nurl = ")
    assert changed.endswith(TEXT.partition("# old\n")[2])


def test_a_missing_key_and_a_missing_table_are_added() -> None:
    changed = with_value(TEXT, "suppliers.b", "address", "x")
    changed = with_value(changed, "suppliers.b.supplier", "database", "y")

    assert tomllib.loads(changed)["suppliers"]["b"] == {
        "address": "x",
        "kind": "x",
        "credential": "file:keys/b",
        "supplier": {"database": "y"},
    }


@pytest.mark.parametrize(
    "text",
    [
        'database = { url = "sqlite:///a" }\n',
        'database.url = "sqlite:///a"\n',
        '[database]\n"url" = "sqlite:///a"\n',
        "[database]\nurl = '''\nsqlite\n'''\n",
    ],
)
def test_what_cannot_be_changed_alone_is_refused_with_the_line(text: str) -> None:
    with pytest.raises(UsageError, match="url = "):
        with_value(text, "database", "url", "sqlite:///b")


def test_files_that_are_secrets_are_known() -> None:
    assert secret_files(TEXT) == {"keys/b"}
    assert secret_files('a = ["file:x", {b = "file:y"}]\nc = "env:Z"') == {"x", "y"}
    assert secret_files("no toml") == frozenset()
