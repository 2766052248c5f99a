"""Integers and Decimal everywhere: no float is made, written or declared, but for seconds outside core."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "askul_connect" / "core"

# "path below core::function or class" -> why a float is right there. An entry that no longer applies fails.
ALLOWED: dict[str, str] = {}

# "path below the root" -> what the floats of that file are, all of them. Nothing here may touch money.
SECONDS: dict[str, str] = {
    "plugins_contrib/askul-connect-tryton/src/askul_connect_tryton/sandbox/server.py": "a pause between two tries",
    "src/askul_connect/adapters/server/metrics.py": "how long calls take, in a histogram",
    "src/askul_connect/adapters/storage/memory_tables.py": "how long a unit of work waits",
    "src/askul_connect/adapters/storage/sql/engine.py": "a pause between two tries",
    "src/askul_connect/adapters/transports/deadline.py": "time-outs of a connection",
    "src/askul_connect/adapters/transports/http.py": "time-outs of a connection",
    "src/askul_connect/bootstrap/serving.py": "how often a served supplier looks for what is due",
    "src/askul_connect/testing/faulty/proxy.py": "a pause between the bytes of a slow answer",
}
#: Where seconds are also passed on, so that a parameter is declared a float.
PASSED_ON = {
    "src/askul_connect/adapters/transports/deadline.py",
    "src/askul_connect/adapters/transports/http.py",
}


def floats(source: str) -> Iterator[tuple[str, int, str]]:
    """Give (enclosing definition, line, what) for each float in a module's source."""
    yield from _floats_in(ast.parse(source), "")


def _floats_in(node: ast.AST, where: str) -> Iterator[tuple[str, int, str]]:
    for child in ast.iter_child_nodes(node):
        inner = where
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{where}.{child.name}".lstrip(".")
        if isinstance(child, ast.Constant) and isinstance(child.value, float | complex):
            yield where, child.lineno, f"literal {child.value}"
        if isinstance(child, ast.Call) and ast.unparse(child.func) in {"float", "builtins.float"}:
            yield where, child.lineno, "float(...)"
        for annotation in _annotations(child):
            if "float" in {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}:
                yield inner, annotation.lineno, f"annotation {ast.unparse(annotation)}"
        yield from _floats_in(child, inner)


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for field in ("annotation", "returns"):
        value = getattr(node, field, None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            parsed = ast.parse(value.value, mode="eval").body
            yield ast.copy_location(parsed, value)
        elif isinstance(value, ast.AST):
            yield value


def test_no_floats_in_core() -> None:
    files = sorted(CORE.rglob("*.py"))
    assert files, f"no files in {CORE}"

    found, used = [], set()
    for path in files:
        for where, line, what in floats(path.read_text(encoding="utf-8")):
            place = f"{path.relative_to(CORE).as_posix()}::{where}"
            used.add(place)
            if place not in ALLOWED:
                found.append(f"{place} line {line}: {what}")

    assert not found, "\n".join(found)
    assert not set(ALLOWED) - used, "entries that no longer apply"


def test_no_floats_outside_core_but_seconds() -> None:
    """Prices and amounts pass through codecs, faces, storages and the command line: none of them has a float."""
    sources = [ROOT / "src", *sorted((ROOT / "plugins_contrib").glob("*/src"))]
    files = [path for source in sources for path in sorted(source.rglob("*.py")) if CORE not in path.parents]
    assert len(files) > 100

    found = {
        path.relative_to(ROOT).as_posix(): [f"line {line}: {what}" for _, line, what in floats(text)]
        for path in files
        if (text := path.read_text(encoding="utf-8"))
    }
    with_floats = {path: lines for path, lines in found.items() if lines}
    assert not {path: lines for path, lines in with_floats.items() if path not in SECONDS}
    assert not set(SECONDS) - set(with_floats), "entries that no longer apply"
    for path in SECONDS.keys() - PASSED_ON:
        assert all(line.partition(": ")[2].startswith("literal") for line in with_floats[path])


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("x = 0.1", ""),
        ("x = float('1')", ""),
        ("x: float", ""),
        ("class A:\n    x: int | float", "A"),
        ("def f(x: float): ...", "f"),
        ("def f() -> list[float]: ...", "f"),
        ("class A:\n    def f(self, x: 'float'): ...", "A.f"),
        ("def f():\n    return 2 * 0.5", "f"),
    ],
)
def test_each_kind_of_float_is_seen(source: str, where: str) -> None:
    assert {place for place, _, _ in floats(source)} == {where}


def test_refusing_a_float_is_fine() -> None:
    assert not list(floats("def f(x: object):\n    if isinstance(x, float): raise TypeError"))
