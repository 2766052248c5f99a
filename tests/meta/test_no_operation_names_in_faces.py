"""Faces come from the registry: no operation is named in them, so a new use case needs no work there."""

import re
from pathlib import Path

import pytest

from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

ADAPTERS = Path(__file__).parents[2] / "src" / "askul_connect" / "adapters"
FACES = sorted(path for folder in ("soap", "server") for path in (ADAPTERS / folder).rglob("*.py"))
SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


def names_in(source: str) -> set[str]:
    """Operations that a source names, also as a function or constant would be called."""
    found = set()
    for operation in SUPPLIER_OPERATIONS:
        snake = SNAKE.sub("_", operation.name).lower()
        # A single word such as "login" is also plain English; its declared name is not.
        spellings = {operation.name, *({snake, snake.upper()} if "_" in snake else ())}
        if re.search(rf"\b({'|'.join(spellings)})(Request|Response)?\b", source):
            found.add(operation.name)
    return found


def test_there_are_faces() -> None:
    assert {path.parent.name for path in FACES} >= {"soap", "server"}


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.relative_to(ADAPTERS).as_posix())
def test_no_operation_is_named(path: Path) -> None:
    assert not names_in(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source", ['if name == "PlaceOrder":', "def place_order():", "PLACE_ORDER", "LoginRequest"]
)
def test_a_name_would_be_seen(source: str) -> None:
    assert names_in(source)
