"""The disk is full, for databases and files: a typed error, reading goes on, and with space the next run too (REL-7).

Everywhere: a process whose files may not grow beyond a size, so that the kernel refuses what goes further. Where a
file system may be mounted: a small one that is really full. ``SIZES`` says how many sizes are tried, 5 without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SIZES = int(os.environ.get("SIZES") or (60 if os.environ.get("HEAVY") == "1" else 5))
OUR_FAULT = 4
#: Nothing that a run writes besides databases is larger.
SMALLEST_OUT = 3_000
MEGABYTES = 8
NOTICES = "data/askul-notices"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, new_place: Callable[[Path], Any]) -> Any:
    return new_place(tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="module")
def opened(place: Any) -> Path:
    directory: Path = place.prepare_opened()
    return directory


@pytest.fixture(scope="module")
def wanted(place: Any, opened: Path, program: Any, outcome_of: Callable[[Path], Any]) -> Any:
    """What a run leaves that met no full disk."""
    directory = place.copy(opened)
    assert program.run(directory).code == 0
    return steady(outcome_of(directory))


def steady(outcome: Any) -> Any:
    return (
        outcome.posted,
        outcome.files,
        {name: outcome.views[name] for name in ("orders", "invoices", "budgets")},
    )


def refused(ended: Any) -> bool:
    """Whether a run said what the matter is; the supplier of this process says it as a partner."""
    assert "Traceback" not in ended.said
    told = any(code in ended.said for code in ("storage-unavailable", "outcome-unknown"))
    return told and ended.code in {3, OUR_FAULT}


def temporary(directory: Path) -> list[str]:
    """Files that something left half written."""
    return [
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.name.startswith((".new.", ".")) and path.is_file()
    ]


@pytest.mark.spec("REL-7")
@pytest.mark.timeout(120 + SIZES * 20)
def test_files_that_may_not_grow(
    place: Any, opened: Path, program: Any, wanted: Any, outcome_of: Callable[[Path], Any]
) -> None:
    # from the smallest document to the largest database and its log
    largest = 400_000
    met = 0
    for number in range(SIZES):
        size = int(SMALLEST_OUT * (largest / SMALLEST_OUT) ** (number / max(1, SIZES - 1)))
        directory = place.copy(opened)
        full = program.run(directory, largest_file=size, patient=True)
        if full.code:
            met += 1
            assert refused(full), f"{size} bytes: {full.said}"
        assert temporary(directory) == [], f"{size} bytes"
        assert program.run(directory, "orders", "--json").code == 0, f"{size} bytes"
        again = program.run(directory)
        assert again.code == 0, f"{size} bytes: {again.said}"
        assert steady(outcome_of(directory)) == wanted, f"{size} bytes"
    assert met >= SIZES // 2


@pytest.mark.spec("REL-7")
@pytest.mark.parametrize("folder", ["erp/out", "erp/done", "finance"])
def test_a_folder_that_takes_no_file(
    place: Any, opened: Path, *, program: Any, wanted: Any, outcome_of: Callable[[Path], Any], folder: str
) -> None:
    """Not full, but as good as: what is to be written there finds a file in place of the folder."""
    directory = place.copy(opened)
    target = directory / folder
    if target.exists():
        shutil.rmtree(target)
    target.write_bytes(b"")
    full = program.run(directory, patient=True)
    assert refused(full), full.said
    assert program.run(directory, "orders", "--json").code == 0
    target.unlink()
    assert program.run(directory).code == 0
    assert steady(outcome_of(directory)) == wanted


@pytest.mark.spec("REL-7", "SUP-4")
def test_a_folder_that_takes_no_notice(
    place: Any, opened: Path, *, program: Any, wanted: Any, outcome_of: Callable[[Path], Any]
) -> None:
    """Telling people is the supplier's own affair: the run does its work, and what was not told waits."""
    undisturbed = place.copy(opened)
    assert program.run(undisturbed).code == 0
    told = notices(place, undisturbed)
    assert set(told.values()) == {"sent"}
    directory = place.copy(opened)
    before = {name for name, state in notices(place, directory).items() if state == "sent"}
    target = directory / NOTICES
    if target.exists():
        shutil.rmtree(target)
    target.write_bytes(b"")
    run = program.run(directory, patient=True)
    assert run.code == 0, run.said
    assert steady(outcome_of(directory)) == wanted
    # every one of them is tried again when its time comes, and none is given up
    assert notices(place, directory) == {name: "sent" if name in before else "pending" for name in told}


def notices(place: Any, directory: Path) -> dict[tuple[str, str], str]:
    """How far the supplier's notices are, by kind and what they are about."""
    return {
        (row["kind"], row["business_key"]): row["state"]
        for row in place.rows(directory, "supplier")["outbox"]
        if row["target"] == "notices"
    }


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("no file system may be mounted here")
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m", "none", str(folder)]
    if subprocess.run([mount, *options], check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)


@pytest.mark.spec("REL-7")
@pytest.mark.parametrize("left", [0, 40_000, 300_000])
def test_a_full_file_system(
    opened: Path, program: Any, *, wanted: Any, outcome_of: Callable[[Path], Any], small_disk: Path, left: int
) -> None:
    directory = small_disk / "here"
    shutil.copytree(opened, directory)
    ballast = small_disk / "ballast"
    room = os.statvfs(small_disk)
    ballast.write_bytes(b"x" * (room.f_bavail * room.f_frsize - left))

    full = program.run(directory, patient=True)
    assert refused(full), full.said
    reading = program.run(directory, "orders", "--json")
    if left:
        assert reading.code == 0, reading.said
    else:
        # SQLite needs 32 KB of shared memory beside the database to open it at all
        assert (reading.code, "storage-unavailable" in reading.said) == (OUR_FAULT, True)
    assert temporary(directory) == []
    ballast.unlink()
    again = program.run(directory)
    assert again.code == 0, again.said
    assert steady(outcome_of(directory)) == wanted
