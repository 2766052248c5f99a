"""Estates for the tests of this folder; what they share is imported by name from beside them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

# Tests are no package; what several of these share lies beside them, a passkey in software above.
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

from tenancy_estate import Estate
from tenancy_roles import CLERK, as_role

from askul_connect.adapters.storage.sql.schema import Side, schema_upgrade


@pytest.fixture(scope="session")
def new_estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Makes a supplier with its customers; each is the same as every other one."""
    made: list[Any] = []

    def make(storage: str = "memory", **changes: Any) -> Any:
        made.append(Estate(storage, tmp_path_factory.mktemp("estate"), **changes))
        return made[-1]

    yield make
    for estate in made:
        estate.close()


@pytest.fixture(scope="session")
def new_lent(new_postgresql: Callable[..., str], postgresql_server: Any) -> Callable[[], str]:
    """Makes a supplier's database for a role that may read and write its rows and owns nothing of it."""
    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {CLERK} LOGIN PASSWORD '{CLERK}'")

    def make() -> str:
        url = new_postgresql()
        schema_upgrade(url, Side.SUPPLIER)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {CLERK}"
            )
            connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {CLERK}")
        return as_role(url, CLERK)

    return make


@pytest.fixture(scope="session")
def estates(new_estate: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """The one estate of a storage, made when it is first asked for."""
    known: dict[str, Any] = {}

    def of(storage: str) -> Any:
        if storage not in known:
            place = request.getfixturevalue("new_lent")() if storage == "postgresql" else storage
            known[storage] = new_estate(place)
        return known[storage]

    return of


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def estate(request: pytest.FixtureRequest, estates: Callable[[str], Any]) -> Any:
    found = estates(request.param)
    found.people_of.restore()
    return found
