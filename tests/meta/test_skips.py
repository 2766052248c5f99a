"""Every skip that the tests can make is listed with its reason, also one that no machine of ours ever makes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent


def _name(node: ast.expr) -> str:
    return ast.unparse(node).removeprefix("pytest.").removeprefix("mark.")


def _texts(node: ast.expr, constants: dict[str, str]) -> list[str]:
    """What a reason can say; `*` for what is only known when it runs."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(one.value) if isinstance(one, ast.Constant) else "*" for one in node.values)]
    return [constants[node.id]] if isinstance(node, ast.Name) and node.id in constants else ["*"]


def skips(source: str) -> Iterator[str]:
    """The reasons of the skips in a module."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) not in {"skip", "skipif", "importorskip"}:
            continue
        reasons = [one.value for one in node.keywords if one.arg in {"reason", "msg"}]
        if _name(node.func) == "skip" and not reasons:
            reasons = node.args[:1]
        yield from _texts(reasons[0], constants) if reasons else ["*"]


def unlisted(sources: dict[str, str]) -> list[str]:
    """File and reason of each skip without an entry in `allowed_skips.toml`."""
    with (TESTS / "allowed_skips.toml").open("rb") as file:
        entries = tomllib.load(file)["skip"]
    allowed = [(one["test"].partition("::")[0], one["reason"]) for one in entries]
    return [
        f"{name}: {reason}"
        for name, source in sources.items()
        for reason in skips(source)
        if not any(
            re.fullmatch(translate(test), name) and re.fullmatch(translate(text), reason)
            for test, text in allowed
        )
    ]


def test_every_skip_is_listed() -> None:
    files = [one for place in ("tests", "plugins_contrib") for one in (ROOT / place).rglob("*.py")]
    sources = {one.relative_to(ROOT).as_posix(): one.read_text("utf-8") for one in files}
    assert not unlisted({name: source for name, source in sources.items() if "skip" in source})


def test_a_skip_that_is_not_listed_is_found() -> None:
    made = """
import pytest
@pytest.mark.skipif(True, reason="because")
def test_x(): ...
def test_y(): pytest.skip(f"not {x}")
pytest.importorskip("z")
"""
    assert set(unlisted({"tests/x.py": made})) == {
        "tests/x.py: because",
        "tests/x.py: not *",
        "tests/x.py: *",
    }
