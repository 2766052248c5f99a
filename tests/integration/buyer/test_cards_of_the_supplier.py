"""The card provider of a supplier in this installation, as the configuration names it (BIL-9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect.core.errors import ConfigurationError


@pytest.mark.parametrize(
    ("table", "where"),
    [('kind = "no-such"', "cards.kind"), ('secret_key = "x"', "cards")],
)
def test_a_provider_that_is_not_there_and_a_key_it_does_not_have_are_named(
    place: Any, table: str, where: str
) -> None:
    path = place.directory / "askul-connect.toml"
    text = path.read_text(encoding="utf-8")
    place.write("askul-connect.toml", f"{text}[suppliers.askul.supplier.cards]\n{table}\n")
    result = place.cli("run", "--json")
    assert result.exit_code == 2, result.output
    found = json.loads(result.stderr)
    assert (found["code"], found["where"]) == (
        ConfigurationError.code,
        f"suppliers.askul.supplier.{where}",
    )
