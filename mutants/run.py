"""Takes each protection of ``mutants.toml`` away, one at a time, and shows which test notices.

A mutant is a text patch on a copy of the package, or of the plugin that ``package`` names: the old text of each of
its ``changes`` must occur in ``file`` exactly once, the new one stands there instead, and at least one of its
``tests`` must fail. The run fails when a patch no longer applies, when a mutant survives, or when the tests do not
pass on the package as it is.
``python mutants/run.py NAME...`` runs some only.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIST = HERE / "mutants.toml"
#: Seconds for the tests of one mutant; a protection whose absence makes a test hang is missed as well.
LIMIT = 180
WORKERS = 2
#: Loaded once and inherited by each process of tests: most of a short test's time is loading these.
LIBRARIES = (
    *(
        "alembic.autogenerate",
        "alembic.command",
        "argon2",
        "cattrs",
        "click.testing",
        "hypothesis",
        "jpholiday",
        "msgspec",
    ),
    *("litestar.testing", "lxml.etree", "psycopg", "requests", "rich.table", "sybil", "trustme", "uvicorn"),
    *("sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "zeep"),
)
#: Without the plugins that happen to be installed: loading schemathesis alone takes longer than most tests here.
OPTIONS = (
    "-p",
    "xdist.plugin",
    "-p",
    "pytest_timeout",
    "-n",
    "0",
    "-q",
    "-x",
    "--tb=no",
    "-p",
    "no:cacheprovider",
)
FORK = multiprocessing.get_context("fork")
#: pytest's own exit codes.
PASSED, FAILED = 0, 1
_FIRST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """A protection that is taken away."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What happened; ``failed`` names the test that noticed."""

    mutant: Mutant
    state: str
    failed: str
    seconds: float


def read_list(path: Path) -> list[Mutant]:
    """The mutants of a file; their names are distinct."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    mutants = [
        Mutant(
            name=entry["name"],
            file=f"{entry.get('package', 'askul_connect')}/{entry['file']}",
            changes=tuple((old, new) for old, new in entry["changes"]),
            tests=tuple(entry["tests"]),
        )
        for entry in entries
    ]
    names = [mutant.name for mutant in mutants]
    if doubled := {name for name in names if names.count(name) > 1}:
        sys.exit(f"{path.name}: names occur twice: {', '.join(sorted(doubled))}")
    return mutants


def patched(mutant: Mutant, source: Path) -> str:
    """The file with the protection taken away; ValueError when the patch does not apply."""
    text = (source / mutant.file).read_text(encoding="utf-8")
    for old, new in mutant.changes:
        if (times := text.count(old)) != 1:
            message = f"{old!r} occurs {times} times in {mutant.file}"
            raise ValueError(message)
        text = text.replace(old, new)
    compile(text, mutant.file, "exec")
    return text


def start_tests(tests: tuple[str, ...], source: Path, said: Path) -> BaseProcess:
    """Begin tests on the package below ``source``, in a process that has its libraries already."""
    process = FORK.Process(target=_test, args=(tests, source, said))
    process.start()
    return process


def _test(tests: tuple[str, ...], source: Path, said: Path) -> None:
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.pop("HEAVY", None)
    os.environ.update(PYTHONPATH=str(source), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", CHANGES="400")
    # The copy comes before the package that is installed; its bytecode is kept beside it.
    sys.path.insert(0, str(source))
    sys.pycache_prefix = f"{source}-bytecode"
    code = pytest.main([*OPTIONS, *(str(ROOT / test) for test in tests)])
    sys.stdout.flush()
    os._exit(code)


def first_failure(said: Path) -> str:
    """The first test that failed, or the end of what was printed."""
    text = said.read_text(encoding="utf-8", errors="replace")
    found = _FIRST_FAILURE.search(text)
    return found.group(1).removeprefix("tests/") if found else text[-2_000:]


class Slot:
    """A copy of the package and the mutant that is tried on it."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self._said = Path(f"{source}-said")
        # the plugins stand beside the package they are for
        for folder in (ROOT / "src", *ROOT.glob("plugins_contrib/*/src")):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(folder, source, ignore=ignored, dirs_exist_ok=True)

    def start(self, mutant: Mutant) -> None:
        """Take the protection away and begin its tests; ValueError when the patch does not apply."""
        self.mutant, self._begun = mutant, time.monotonic()
        self._file = self.source / mutant.file
        self._whole, times = self._file.read_bytes(), self._file.stat()
        # Bytecode is known by time and size: the whole file gets its own time back.
        self._times = (times.st_atime_ns, times.st_mtime_ns)
        self._file.write_text(patched(mutant, self.source), encoding="utf-8")
        self.process = start_tests(mutant.tests, self.source, self._said)

    def overdue(self) -> bool:
        """Whether the tests have had their time."""
        return time.monotonic() - self._begun > LIMIT

    def end(self) -> Verdict:
        """Put the protection back; what became of the mutant."""
        late = self.process.is_alive()
        if late:
            self.process.kill()
        self.process.join()
        self._file.write_bytes(self._whole)
        os.utime(self._file, ns=self._times)
        code = FAILED if late else self.process.exitcode or PASSED
        states = {PASSED: "SURVIVED", FAILED: "killed"}
        failed = f"no end within {LIMIT} s" if late else first_failure(self._said) if code else ""
        return Verdict(self.mutant, states.get(code, "NOT RUN"), failed, time.monotonic() - self._begun)


def judge_all(mutants: list[Mutant], slots: list[Slot]) -> list[Verdict]:
    """Judge them side by side, as many at a time as there are slots."""
    waiting, free = list(reversed(mutants)), list(slots)
    busy: list[Slot] = []
    verdicts: dict[str, Verdict] = {}

    def note(verdict: Verdict) -> None:
        verdicts[verdict.mutant.name] = verdict
        print(f"{verdict.state:14} {verdict.mutant.name} ({verdict.seconds:.1f} s)", flush=True)

    while waiting or busy:
        while waiting and free:
            mutant, slot = waiting.pop(), free.pop()
            try:
                slot.start(mutant)
            except (OSError, ValueError, SyntaxError) as error:
                note(Verdict(mutant, "DOES NOT APPLY", str(error), 0))
                free.append(slot)
            else:
                busy.append(slot)
        wait([slot.process.sentinel for slot in busy], timeout=1)
        for slot in [slot for slot in busy if not slot.process.is_alive() or slot.overdue()]:
            busy.remove(slot)
            free.append(slot)
            note(slot.end())
    return [verdicts[mutant.name] for mutant in mutants]


def show(verdicts: list[Verdict]) -> None:
    """Print the table."""
    width = max(len(verdict.mutant.name) for verdict in verdicts)
    print()
    print(f"{'protection removed':{width}}  {'result':14}  {'s':>5}  noticed by")
    for verdict in verdicts:
        print(f"{verdict.mutant.name:{width}}  {verdict.state:14}  {verdict.seconds:5.1f}  {verdict.failed}")


def main() -> int:
    """Run what was asked for; 1 when anything but a kill came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="mutants to run; all without any")
    parser.add_argument("--workers", type=int, default=int(os.environ.get("MUTANT_WORKERS", WORKERS)))
    arguments = parser.parse_args()
    mutants = read_list(LIST)
    if unknown := set(arguments.names) - {mutant.name for mutant in mutants}:
        parser.error(f"not in {LIST.name}: {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in mutants if not arguments.names or mutant.name in arguments.names]

    begun = time.monotonic()
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="askul-connect-mutants-") as folder:
        slots = [Slot(Path(folder) / str(number)) for number in range(arguments.workers)]
        needed = tuple(sorted({test for mutant in chosen for test in mutant.tests}))
        said = Path(folder) / "said"
        whole = start_tests(needed, slots[0].source, said)
        whole.join()
        if whole.exitcode != PASSED:
            print(f"the package as it is fails, so no mutant can be judged: {first_failure(said)}")
            return 1
        print(
            f"{len(needed)} tests pass on the package as it is ({time.monotonic() - begun:.1f} s)", flush=True
        )
        verdicts = judge_all(chosen, slots)
    show(verdicts)
    bad = [verdict for verdict in verdicts if verdict.state != "killed"]
    print(f"\n{len(verdicts) - len(bad)} of {len(verdicts)} killed in {time.monotonic() - begun:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
