"""``askul-connect export``: for people, for programs, and on trial."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application
from askul_connect.core.domain.finance_tables import TABLES


def call(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        application,
        ["--directory", str(directory), *arguments],
        env={"LC_ALL": "C.UTF-8"},
        prog_name="askul-connect",
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one order was placed."""
    home = tmp_path_factory.mktemp("office")
    assert call(home, "init", "--quiet").exit_code == 0
    (home / "examples" / "order.csv").rename(home / "erp" / "in" / "order.csv")
    assert call(home, "run", "--quiet").exit_code == 0
    return home


@pytest.mark.spec("INT-7")
def test_a_run_leaves_what_the_configuration_says(office: Path) -> None:
    names = {f"{table.name}.csv" for table in TABLES}
    assert {path.name for path in (office / "finance").iterdir()} == names


@pytest.mark.spec("INT-7", "INT-10")
def test_it_says_where_and_how_many(office: Path, tmp_path: Path) -> None:
    trial = call(office, "export", "--format", "parquet", "--to", str(tmp_path / "new"), "--trial")
    assert trial.exit_code == 0
    assert "Would be written to" in trial.stdout
    assert list(tmp_path.iterdir()) == []
    done = call(office, "export", "--format", "parquet", "--to", str(tmp_path / "new"), "--json")
    [place] = json.loads(done.stdout)
    lines = next(table for table in place["tables"] if table["name"] == "order_lines")
    assert lines == {"name": "order_lines", "rows": 2, "written": 2, "removed": 0}
    assert (tmp_path / "new" / "order_lines.parquet").exists()


@pytest.mark.spec("INT-7")
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--format", "xlsx"], "csv, parquet, sql"),
        (["--to", "x"], "say the form too"),
        (["--format", "sql"], "finance.database"),
        (["--format", "sql", "--to", "sqlite:///data/buyer.sqlite3"], "our own is no place"),
        (["--format", "sql", "--to", "geheim"], "is no database URL"),
    ],
)
def test_what_cannot_be_is_refused(office: Path, arguments: list[str], text: str) -> None:
    done = call(office, "export", *arguments)
    assert done.exit_code == 2
    assert text in done.stderr
    assert "geheim" not in done.stderr
