"""What the configuration says about finance."""

from pathlib import Path

import pytest

from askul_connect.core.errors import ConfigurationError
from askul_connect.core.policies.record_retention import RetentionSettings
from askul_connect.settings import FinanceFiles, FinanceSettings, load_settings

MINIMAL = """
version = 1
[buyer]
party = "0188:7010705000725"
name = "n"
[suppliers.askul]
kind = "reference"
credential = "env:X"
"""


def read(directory: Path, more: str = "") -> FinanceSettings:
    (directory / "askul-connect.toml").write_text(MINIMAL + more, "utf-8")
    return load_settings(directory).finance


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path) == FinanceSettings(files=frozenset({FinanceFiles.CSV}))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:///finance.sqlite3", "sqlite:///{}/finance.sqlite3"),
        ("postgresql://u:p@h/db", "postgresql://u:p@h/db"),
        ("mysql+pymysql://u:p@h/db?charset=utf8mb4", "mysql+pymysql://u:p@h/db?charset=utf8mb4"),
        ("env:FINANCE_URL", "mssql+pyodbc://u:p@dsn"),
    ],
)
def test_every_value_is_taken(tmp_path: Path, url: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINANCE_URL", "mssql+pyodbc://u:p@dsn")
    finance = read(tmp_path, f'[finance]\nfiles = ["parquet", "csv"]\ndatabase = "{url}"')
    assert finance.files == frozenset(FinanceFiles)
    assert finance.database.reveal() == found.format(tmp_path.resolve())
    assert read(tmp_path, "[finance]\nfiles = []").files == frozenset()


@pytest.mark.parametrize(
    ("added", "key", "text"),
    [
        ('files = "csv"', "finance.files", "is a text; accepted: an array of 'csv', 'parquet'"),
        ('files = ["xlsx"]', "finance.files", "accepted: an array of 'csv', 'parquet'"),
        ("files = [1]", "finance.files", "accepted: an array of 'csv', 'parquet'"),
        ('database = "geheim"', "finance.database", "is no database URL"),
        ('database = "sqlite:///../x"', "finance.database", "leads out of the directory"),
        ('database = "sqlite:///data/buyer.sqlite3"', "finance.database", "is our own database"),
        ('database = "env:ASKUL_CONNECT_TEST_UNSET"', "finance.database", "ASKUL_CONNECT_TEST_UNSET"),
        ('url = "x"', "finance.url", "accepted keys: files, database"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(
    tmp_path: Path, added: str, key: str, text: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, f"[finance]\n{added}")
    [problem] = caught.value.problems
    assert problem.where.endswith(key)
    assert text in problem.detail
    assert "geheim" not in str(caught.value)


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("added", "text"),
    [
        ("records_years = 6", "a whole number from 7 to 100"),
        ("fiscal_year_end_month = 13", "a whole number from 1 to 12"),
        ("working_days = 1", "a whole number from 30 to"),
    ],
)
def test_fewer_years_than_the_law_has_are_refused(tmp_path: Path, added: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        read(tmp_path, f"[retention]\n{added}")


def test_retention_is_taken(tmp_path: Path) -> None:
    more = "[retention]\nrecords_years = 7\nfiscal_year_end_month = 12\nworking_days = 90"
    (tmp_path / "askul-connect.toml").write_text(MINIMAL + more, "utf-8")
    assert load_settings(tmp_path).retention == RetentionSettings(
        records_years=7, fiscal_year_end_month=12, working_days=90
    )
