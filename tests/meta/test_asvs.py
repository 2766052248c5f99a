"""What docs/security/asvs.md says of OWASP ASVS 5.0 is true: numbers, tests, lines of code, dates."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "askul_connect"
PAGE = ROOT / "docs" / "security" / "asvs.md"
IDS = Path(__file__).with_name("asvs_ids.txt")
SHOWN, WAIVED, PENDING = "Shown by a test", "Not shown, and why", "Until the operation is there"
STATUS = "pending: branch"
#: A reason is a sentence, not a word.
WORDS = 5


def tables(page: str) -> dict[str, list[list[str]]]:
    """The rows of the table below each heading."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in page.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip().strip("`") for cell in line[1:-1].split("|")])
    # neither the header nor the line below it
    return {heading: rows[2:] for heading, rows in found.items()}


@cache
def names_in(path: Path) -> frozenset[str]:
    """Every test of a file as pytest would name it, without parameters."""

    def names(nodes: list[ast.stmt], before: str) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                yield from names(node.body, f"{before}{node.name}::")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                yield before + node.name

    return frozenset(names(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def inherited(path: Path, test: str) -> bool:
    """Whether a test of a class may come from the conformance kit that the class inherits."""
    group, _, name = test.partition("::")
    kit = ROOT / "src" / "askul_connect" / "testing" / "storage"
    return f"class {group}(" in path.read_text(encoding="utf-8") and any(
        f"def {name}(" in file.read_text(encoding="utf-8") for file in kit.glob("*.py")
    )


def exists(node: str) -> bool:
    """Whether there is such a test."""
    file, _, test = node.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return test in names_in(path) or ("::" in test and inherited(path, test))


@cache
def mutants() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """File, text that is taken away, and tests that notice, of every mutant."""
    entries = tomllib.loads((ROOT / "mutants" / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
    return tuple(
        (entry["file"], "\n".join(old for old, _ in entry["changes"]), tuple(entry["tests"]))
        for entry in entries
    )


def is_a_mutant(test: str, file: str, line: str) -> bool:
    """Whether `make mutants` takes that line away and runs that test."""
    named = {test, test.partition("::")[0]}
    return any(
        file == where and line in old and any(one.partition("[")[0] in named for one in tests)
        for where, old, tests in mutants()
    )


def slips(found: Mapping[str, list[list[str]]], ids: set[str], operations: set[str]) -> Iterator[str]:
    """Everything that is not true."""
    named = [row[0] for heading in (SHOWN, WAIVED, PENDING) for row in found.get(heading, [])]
    yield from (f"{one}: no row" for one in sorted(ids - set(named)))
    yield from (f"{one}: not in the list" for one in sorted(set(named) - ids))
    yield from (f"{one}: {named.count(one)} rows" for one in sorted(set(named)) if named.count(one) > 1)
    for name, _what, test, file, line in found.get(SHOWN, []):
        yield from (f"{name}: {slip}" for slip in slips_of_shown(test, file, line))
    for name, since, reason in found.get(WAIVED, []):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", since) or date.fromisoformat(since) < date(2026, 1, 1):
            yield f"{name}: {since!r} is no date"
        if len(reason.split()) < WORDS:
            yield f"{name}: no reason"
    for name, status, operation, _what in found.get(PENDING, []):
        if status != STATUS:
            yield f"{name}: {status!r} is no status"
        if operation in operations:
            yield f"{name}: {operation} is there; say which test shows it, and move the row to '{SHOWN}'"


def slips_of_shown(test: str, file: str, line: str) -> Iterator[str]:
    """What is not true of a row that names a test and a line."""
    if not exists(test):
        yield f"there is no test {test}"
    path = SOURCES / file
    times = path.read_text(encoding="utf-8").count(line) if path.is_file() else 0
    if times != 1:
        yield f"{line!r} occurs {times} times in {file}"
    elif not is_a_mutant(test, file, line):
        yield f"no mutant takes {line!r} away and runs {test}"


def test_the_page_is_true() -> None:
    ids = {line for line in IDS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
    operations = {one.name for one in SUPPLIER_OPERATIONS}

    assert len(ids) > 80
    assert list(slips(tables(PAGE.read_text(encoding="utf-8")), ids, operations)) == []


GOOD = {
    SHOWN: [
        [
            "16.4.1",
            "x",
            "tests/integration/test_cli_log.py::test_a_value_cannot_forge_a_line_or_drive_the_terminal",
            "cli/log.py",
            "record.msg = redacted(visible(record.getMessage()))",
        ]
    ],
    WAIVED: [["1.2.7", "2026-11-25", "There is nothing of that kind here."]],
    PENDING: [["7.4.1", STATUS, "NoSuchOperation", "x"]],
}
LIST = {"16.4.1", "1.2.7", "7.4.1"}


def changed(heading: str, place: int, text: str) -> dict[str, list[list[str]]]:
    row = list(GOOD[heading][0])
    row[place] = text
    return {**GOOD, heading: [row]}


def test_a_good_page_has_no_slip() -> None:
    assert list(slips(GOOD, LIST, set())) == []


@pytest.mark.parametrize(
    ("heading", "place", "text", "slip"),
    [
        (SHOWN, 0, "9.9.9", "16.4.1: no row"),
        (SHOWN, 2, "tests/integration/test_cli_log.py::test_no_such", "there is no test"),
        (SHOWN, 2, "tests/no_such.py::test_x", "there is no test"),
        (SHOWN, 2, "tests/meta/test_asvs.py::test_the_page_is_true", "no mutant takes"),
        (SHOWN, 3, "cli/no_such.py", "occurs 0 times"),
        (SHOWN, 4, "no such line", "occurs 0 times"),
        (SHOWN, 4, "import", "times in"),
        (WAIVED, 1, "soon", "is no date"),
        (WAIVED, 2, "later", "no reason"),
        (WAIVED, 0, "7.4.1", "7.4.1: 2 rows"),
        (PENDING, 1, "done", "is no status"),
        (PENDING, 2, "Login", "Login is there"),
    ],
)
def test_each_kind_of_slip_is_seen(heading: str, place: int, text: str, slip: str) -> None:
    assert any(slip in one for one in slips(changed(heading, place, text), LIST, {"Login"}))
