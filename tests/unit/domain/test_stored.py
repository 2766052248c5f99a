"""One reader takes every version of a stored body there was, and refuses one of a newer program."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from askul_connect.core.domain.stored import Fields, StoredForm
from askul_connect.core.errors import InternalError, SchemaOutOfDate


def named(fields: Fields) -> Fields:
    """Version 2 calls the number `number`."""
    return {"number": fields["nr"]}


def numbered(fields: Fields) -> Fields:
    """Version 3 has a supplier."""
    return {**fields, "supplier": "askul"}


FORM = StoredForm(name="thing", version=3, upgrades={1: named, 2: numbered})


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({"schema": 1, "nr": "7"}, {"number": "7", "supplier": "askul"}),
        ({"schema": 2, "number": "7"}, {"schema": 2, "number": "7", "supplier": "askul"}),
        (
            {"schema": 3, "number": "7", "supplier": "b"},
            {"schema": 3, "number": "7", "supplier": "b"},
        ),
    ],
)
def test_every_version_is_read_as_the_present_one(
    stored: Mapping[str, Any], found: Mapping[str, Any]
) -> None:
    assert FORM.read(json.dumps(stored)) == found


@pytest.mark.parametrize("version", [4, 0, -1, "3", None, True, 3.5])
def test_an_unknown_version_is_refused(version: object) -> None:
    with pytest.raises(SchemaOutOfDate, match="thing"):
        FORM.read(json.dumps({"schema": version}))


@pytest.mark.parametrize("text", ["", "x", "[]", "1", "{}", '{"number": 1}', "null"])
def test_what_has_no_version_is_no_body(text: str) -> None:
    with pytest.raises(InternalError, match="thing"):
        FORM.read(text)


def test_what_is_written_has_its_version_and_is_read_again() -> None:
    text = FORM.write({"number": "7", "supplier": "青"})

    assert json.loads(text)["schema"] == 3
    assert "青" in text
    assert FORM.read(text) == {"schema": 3, "number": "7", "supplier": "青"}


@pytest.mark.parametrize("upgrades", [{1: named}, {2: numbered, 4: named}, {3: named}])
def test_upgrades_have_no_gap(upgrades: dict[int, Any]) -> None:
    with pytest.raises(ValueError, match="thing"):
        StoredForm(name="thing", version=3, upgrades=upgrades)
