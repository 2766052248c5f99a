"""No stored body is read or written past its form: the one reader is the only one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "src" / "askul_connect" / "core"
#: Where JSON may be read or written in core, and why.
ALLOWED = {
    "domain/stored.py": "the one reader",
    "domain/hold.py": "a mark that nobody understands holds: it is never refused",
    "policies/settlement.py": "keys of moves, which are compared and never read",
    "messages/canonical.py": "a hash of a message, which is never read",
}


def uses_json(source: str) -> bool:
    """Whether a module reads or writes JSON by itself."""
    return any(
        (isinstance(node, ast.Import) and any(alias.name == "json" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "json")
        for node in ast.walk(ast.parse(source))
    )


def test_core_keeps_bodies_by_their_form_only() -> None:
    found = {
        path.relative_to(SERVICES).as_posix()
        for path in SERVICES.rglob("*.py")
        if uses_json(path.read_text(encoding="utf-8"))
    }

    assert not found - set(ALLOWED), "read and write stored bodies by core.domain.stored.StoredForm"
    assert not set(ALLOWED) - found, "entries that no longer apply"


@pytest.mark.parametrize("source", ["import json", "from json import loads", "def f():\n    import json"])
def test_a_use_is_seen(source: str) -> None:
    assert uses_json(source)
