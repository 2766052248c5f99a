"""The demo on PostgreSQL ends as it does on SQLite: the same prints, the same views, the same files for the ERP."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application
from askul_connect.settings import load_settings

VIEWS = ("orders", "invoices", "budgets", "outbox")


def run(*arguments: str, **more: str) -> Result:
    """The program."""
    environment = {"LC_ALL": "C.UTF-8", "COLUMNS": "200", **more}
    return CliRunner().invoke(application, arguments, env=environment, prog_name="askul-connect")


def result(directory: Path) -> dict[str, str | bytes]:
    """The four views and every file for the ERP and finance."""
    views = {name: run("--directory", str(directory), name, "--json").stdout for name in VIEWS}
    files = {
        str(path.relative_to(directory)): path.read_bytes()
        for folder in ("erp/out", "finance", "erp/done")
        for path in sorted((directory / folder).rglob("*"))
        if path.is_file()
    }
    return {**views, **files}


def printed(done: Result, directory: Path) -> list[str]:
    """What was printed, without the line that says where the databases are."""
    text = done.stdout.replace(str(directory), "HERE")
    return [line for line in text.splitlines() if not line.startswith("Databases:")]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, str | bytes]]:
    directory = tmp_path_factory.mktemp("sqlite") / "demo"
    done = run("--directory", str(directory), "demo")
    assert done.exit_code == 0, done.stderr
    return printed(done, directory), result(directory)


@pytest.mark.spec("REL-3")
@pytest.mark.parametrize("supplier_too", [False, True])
def test_the_demo_is_the_same(
    tmp_path: Path,
    new_postgresql: Callable[..., str],
    on_sqlite: tuple[list[str], dict[str, str | bytes]],
    supplier_too: bool,
) -> None:
    directory = tmp_path / "demo"
    urls = ["--database", new_postgresql()]
    if supplier_too:
        urls += ["--supplier-database", new_postgresql()]

    done = run("--directory", str(directory), "demo", *urls)

    assert done.exit_code == 0, done.stderr
    assert printed(done, directory) == on_sqlite[0]
    found = result(directory)
    assert len(found) > len(VIEWS) + 10
    assert all(json.loads(found[view]) for view in VIEWS)
    assert found == on_sqlite[1]
    assert sorted(path.name for path in (directory / "data").glob("*.sqlite3")) == (
        [] if supplier_too else ["askul-supplier.sqlite3"]
    )
    again = run("--directory", str(directory), "demo", *urls)
    assert again.exit_code == 0
    assert "Nothing new" in again.stdout


def test_the_sides_may_be_schemas_of_one_database(
    tmp_path: Path, new_postgresql: Callable[..., str], on_sqlite: tuple[list[str], dict[str, str | bytes]]
) -> None:
    url = new_postgresql()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA buying")
        connection.execute("CREATE SCHEMA selling")
    sign = "&" if "?" in url else "?"
    directory = tmp_path / "demo"

    done = run(
        *("--directory", str(directory), "demo"),
        *("--database", f"{url}{sign}options=-csearch_path%3Dbuying"),
        *("--supplier-database", f"{url}{sign}options=-csearch_path%3Dselling"),
    )

    assert done.exit_code == 0, done.stderr
    assert result(directory) == on_sqlite[1]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM buying.purchase_orders").fetchone() == (5,)
        # one of them became two orders: what a maker ships is an order of its own
        orders = connection.execute(
            "SELECT purchase_order_id, count(*) FROM selling.orders GROUP BY 1 ORDER BY 1"
        )
        assert orders.fetchall() == [
            (f"PO-2026-000{number}", 2 if number == 4 else 1) for number in range(1, 6)
        ]


def test_a_url_is_kept_as_a_secret(tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    done = run(
        "--directory", str(directory), "demo", "--database", "postgresql://me:hunter2@127.0.0.1:1/none"
    )

    assert done.exit_code == 4, done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    text = (directory / "askul-connect.toml").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert tomllib.loads(text)["database"]["url"] == "file:secrets/buyer-database"
    assert load_settings(directory).database_url.reveal() == "postgresql://me:hunter2@127.0.0.1:1/none"


def test_a_reference_is_written_as_it_is(tmp_path: Path, new_postgresql: Callable[..., str]) -> None:
    directory = tmp_path / "demo"
    arguments = ("--directory", str(directory), "demo", "--database", "env:OURS", "--trial")

    assert run(*arguments, OURS=new_postgresql()).exit_code == 0
    text = (directory / "askul-connect.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["database"]["url"] == "env:OURS"


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        (("--database", "mysql://host/name"), "--database is no database URL"),
        (("--supplier-database", "nothing"), "--supplier-database is no database URL"),
        (("--database", "postgresql://h/x", "--supplier-database", "postgresql://h/x"), "share nothing"),
        (("--database", "sqlite:///data/askul-supplier.sqlite3"), "share nothing"),
    ],
)
def test_what_cannot_be_used_leaves_nothing(tmp_path: Path, urls: tuple[str, ...], said: str) -> None:
    done = run("--directory", str(tmp_path / "demo"), "demo", *urls)

    assert done.exit_code == 2, done.stderr
    assert said in done.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize(
    ("option", "other", "same"),
    [
        ("--database", "sqlite:///data/other.sqlite3", "sqlite:///data/buyer.sqlite3"),
        ("--supplier-database", "sqlite:///data/other.sqlite3", "sqlite:///data/askul-supplier.sqlite3"),
    ],
)
def test_an_existing_demo_keeps_its_databases(tmp_path: Path, option: str, other: str, same: str) -> None:
    run("--directory", str(tmp_path), "demo", "--trial")

    refused = run("--directory", str(tmp_path), "demo", option, other)
    taken = run("--directory", str(tmp_path), "demo", "--trial", option, same)

    assert refused.exit_code == 2
    assert "has another database" in refused.stderr
    assert taken.exit_code == 0, taken.stderr
