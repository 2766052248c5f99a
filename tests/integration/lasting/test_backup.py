"""Backups appear whole or not at all, hold what they should, and are refused when a byte differs."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect import load_settings, open_workspace
from askul_connect.adapters.backup import folder as backup_folder
from askul_connect.adapters.backup.folder import BackupWriter
from askul_connect.bootstrap import back_up

CANARY = "canary-4711"


def change(backup: Path, path: str, *change: tuple[str, str]) -> None:
    """Change a text of a backup and seal it again, as somebody would who knows how."""
    file = backup / path
    text = file.read_text(encoding="utf-8")
    for old, new in change:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def reseal(backup: Path, **changes: Any) -> None:
    """Another manifest with a seal that fits."""
    file = backup / "manifest.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["seal"]
    content.update(changes)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content["seal"] = hashlib.sha256(text.encode()).hexdigest()
    file.write_text(json.dumps(content), encoding="utf-8")


def manifest(backup: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    return found


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


# ------------------------------------------------------------------------------------------- what is in it


@pytest.mark.spec("INT-12")
def test_a_backup_holds_the_directory_and_no_secrets(place: Any, tmp_path: Path) -> None:
    (place.directory / "secrets" / "note").write_text(CANARY, encoding="utf-8")
    (place.directory / "extra").mkdir()
    (place.directory / "extra" / "ours.txt").write_text("kept", encoding="utf-8")
    (place.directory / "erp" / "in" / "half.xml.part").write_text("no", encoding="utf-8")
    (place.directory / "erp" / "link").symlink_to("/etc/hosts")

    taken = place.json("backup", str(tmp_path / "b"))

    paths = {entry["path"] for entry in taken["files"]}
    assert {"askul-connect.toml", "extra/ours.txt", "erp/budgets/2026.csv"} <= paths
    assert not [path for path in paths if path.startswith("secrets/") or path.endswith((".part", ".sqlite3"))]
    assert taken["left_out"] == ["erp/link"]
    assert taken["with_secrets"] is False
    everything = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert CANARY.encode() not in everything
    credential = (place.directory / "secrets" / "askul.credential").read_bytes().strip()
    assert credential not in everything


@pytest.mark.spec("INT-12")
def test_secrets_are_copied_when_asked_for_and_are_for_their_owner(place: Any, tmp_path: Path) -> None:
    taken = place.json("backup", str(tmp_path / "b"), "--with-secrets")
    type(place)(tmp_path / "copy").cli("restore", str(tmp_path / "b"))

    assert taken["with_secrets"] is True
    for secret in ("secrets/askul.credential", "secrets/askul/customer-number"):
        assert stat.S_IMODE((tmp_path / "b" / "files" / secret).stat().st_mode) == 0o600
        restored = tmp_path / "copy" / secret
        assert stat.S_IMODE(restored.stat().st_mode) == 0o600
        assert restored.read_bytes() == (place.directory / secret).read_bytes()
    assert stat.S_IMODE((tmp_path / "copy" / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o700


def test_the_backup_may_lie_in_the_directory(place: Any) -> None:
    inside = place.directory / "backups" / "one"
    place.cli("backup", str(inside))
    again = place.json("backup", str(place.directory / "backups" / "two"))

    # the first one is a part of the directory by now, the second one is not part of itself
    paths = [entry["path"] for entry in again["files"]]
    assert "backups/one/manifest.json" in paths
    assert not [path for path in paths if path.startswith("backups/two")]


def test_a_directory_that_never_ran_can_be_copied(new_place: Callable[..., Any], tmp_path: Path) -> None:
    fresh = new_place()
    fresh.cli("backup", str(tmp_path / "b"))
    copy = type(fresh)(tmp_path / "copy")
    copy.cli("restore", str(tmp_path / "b"))

    assert not list((fresh.directory / "data").iterdir())
    assert '"copy-on-hold"' in copy.cli("run", "--json", code=2).stderr


@pytest.mark.spec("REL-9")
def test_a_backup_of_a_directory_in_use_agrees_with_itself(
    new_place: Callable[..., Any], tmp_path: Path
) -> None:
    busy = new_place()
    settings = load_settings(busy.directory)
    taken: list[Path] = []
    ended = threading.Event()

    def copy_all_the_time() -> None:
        while not ended.is_set():
            target = tmp_path / f"b{len(taken)}"
            back_up(settings, target)
            taken.append(target)

    copying = threading.Thread(target=copy_all_the_time)
    with open_workspace(settings) as opened:
        opened.outbox()
        copying.start()
        try:
            opened.run()
        finally:
            ended.set()
            copying.join()

    assert len(taken) > 2
    for target in {taken[0], taken[len(taken) // 2], taken[-1]}:
        assert busy.json("verify", str(target))["ok"]


@pytest.mark.spec("REL-9")
def test_the_buyer_never_knows_more_than_the_supplier(
    place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens between the two databases: here the whole rest of the month does."""
    add, copied = BackupWriter.add_database, []

    def add_and_go_on(self: BackupWriter, name: str, *more: Any) -> None:
        add(self, name, *more)
        copied.append(name)
        if len(copied) == 1:
            place.run()

    monkeypatch.setattr(BackupWriter, "add_database", add_and_go_on)
    place.cli("backup", str(tmp_path / "b"))

    assert place.json("verify", str(tmp_path / "b"))["ok"]


# ------------------------------------------------------------------------------------------- whole or not at all


def test_nothing_is_overwritten(place: Any, backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "a").write_text("x", encoding="utf-8")

    assert '"usage"' in place.cli("backup", str(there), "--json", code=2).stderr
    assert '"usage"' in type(place)(there).cli("restore", str(backup), "--json", code=2).stderr
    assert '"usage"' in place.cli("restore", str(backup), "--json", code=2).stderr
    assert [path.name for path in there.iterdir()] == ["a"]


def test_a_database_that_is_not_empty_is_left_alone(place: Any, backup: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{place.directory}/data/buyer.sqlite3"
    before = place.digests()

    refused = type(place)(tmp_path / "copy").cli("restore", str(backup), "--database", url, "--json", code=2)

    assert "not empty" in refused.stderr
    assert place.digests() == before
    assert not (tmp_path / "copy").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_disk_is_told_and_leaves_nothing(
    place: Any, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "target"
    here = place if what == "backup" else type(place)(target)
    with monkeypatch.context() as patched:
        patched.setattr(backup_folder, "_copy", full)
        refused = here.cli(what, str(target if what == "backup" else backup), "--json", code=4)
    assert json.loads(refused.stderr)["code"] == "storage-unavailable"
    assert "No space left" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "original"]

    # interrupted and again: what a killed one leaves is in nobody's way
    for ending in ("part", "restoring"):
        (tmp_path / f".target.{ending}").mkdir()
        (tmp_path / f".target.{ending}" / "rest").write_text("x", encoding="utf-8")
    here.cli(what, str(target if what == "backup" else backup))
    assert target.is_dir()
    assert not (target / "rest").exists()


@pytest.mark.spec("REL-9")
def test_restoring_that_was_killed_is_taken_up_again(
    place: Any, backup: Path, tmp_path: Path, new_postgresql: Callable[..., str]
) -> None:
    urls = ["--database", new_postgresql(), "--supplier-database", f"askul={new_postgresql()}"]
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(backup), *urls)
    # killed after the databases were filled and before the directory had its name
    shutil.rmtree(copy.directory)

    copy.cli("restore", str(backup), *urls)
    assert copy.digests() == place.digests()
    # told to resume, it is nobody's leftover any more
    copy.cli("resume", "--yes")
    refused = type(place)(tmp_path / "other").cli("restore", str(backup), *urls, "--json", code=2)
    assert "not empty" in refused.stderr
    # a password in a URL does not get into the configuration
    configured = tomllib.loads((copy.directory / "askul-connect.toml").read_text(encoding="utf-8"))
    assert configured["database"]["url"] == "file:secrets/buyer-database"
    supplier = configured["suppliers"]["askul"]["supplier"]
    assert supplier["database"] == "file:secrets/askul-supplier-database"


# ------------------------------------------------------------------------------------------- damage


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a flipped byte of a file": lambda b: flip(b / "files" / "erp" / "budgets" / "2026.csv"),
    "a flipped byte of the rows": lambda b: flip(b / "databases" / "buyer.jsonl"),
    "a flipped byte of the manifest": lambda b: flip(b / "manifest.json"),
    "a missing file": lambda b: (b / "files" / "askul-connect.toml").unlink(),
    "missing rows": lambda b: (b / "databases" / "supplier-askul.jsonl").unlink(),
    "a missing manifest": lambda b: (b / "manifest.json").unlink(),
    "a manifest that is none": lambda b: (b / "manifest.json").write_text("{}", encoding="utf-8"),
    "half a manifest": lambda b: (b / "manifest.json").write_bytes((b / "manifest.json").read_bytes()[:500]),
    "a manifest with other rows": lambda b: change(b, "manifest.json", ('"rows": 5,', '"rows": 6,')),
    "a manifest of another time": lambda b: change(b, "manifest.json", ('"taken_at": "2', '"taken_at": "1')),
    "a link for a file": lambda b: (
        (b / "files" / "askul-connect.toml").rename(b.with_name("the-same-bytes")),
        (b / "files" / "askul-connect.toml").symlink_to(b.with_name("the-same-bytes")),
    ),
    "a path that leads out": lambda b: reseal(
        b, files=[{**manifest(b)["files"][0], "path": "../../outside"}, *manifest(b)["files"][1:]]
    ),
    "a folder that leads out": lambda b: reseal(b, folders=["../outside"]),
    "a manifest that lacks a part": lambda b: reseal(b, databases=[{"name": "buyer"}]),
}


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    place: Any, backup: Path, tmp_path: Path, damage: str
) -> None:
    DAMAGE[damage](backup)

    refused = type(place)(tmp_path / "copy").cli("restore", str(backup), "--json", code=4)
    verified = place.json("verify", str(backup), code=1)

    assert json.loads(refused.stderr)["code"] == "backup-damaged"
    assert verified["ok"] is False
    assert verified["findings"][0]["remedy"]
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_rows_are_checked_one_by_one(place: Any, backup: Path, tmp_path: Path) -> None:
    """Whoever seals a file again whose rows were changed has not sealed the rows."""
    change(backup, "databases/buyer.jsonl", ('"D100"', '"D999"'))
    databases = manifest(backup)["databases"]
    databases[0]["sha256"] = hashlib.sha256((backup / "databases" / "buyer.jsonl").read_bytes()).hexdigest()
    reseal(backup, databases=databases)

    refused = type(place)(tmp_path / "copy").cli("restore", str(backup), "--json", code=4)

    assert "are not those that were written" in json.loads(refused.stderr)["detail"]


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize("newer", ["form", "schema"])
def test_a_newer_programs_backup_is_refused(place: Any, backup: Path, tmp_path: Path, newer: str) -> None:
    if newer == "form":
        reseal(backup, format=2)
    else:
        reseal(backup, databases=[{**each, "schema": "buyer_9999"} for each in manifest(backup)["databases"]])

    refused = type(place)(tmp_path / "copy").cli("restore", str(backup), "--json", code=4)

    assert json.loads(refused.stderr)["code"] == "schema-out-of-date"
    assert not (tmp_path / "copy").exists()
    assert place.json("verify", str(backup), code=1)["ok"] is False


def test_what_is_no_backup_is_said_to_be_none(place: Any, tmp_path: Path) -> None:
    for command in ("restore", "verify"):
        refused = type(place)(tmp_path / "copy").cli(command, str(tmp_path / "none"), "--json", code=2)
        assert json.loads(refused.stderr)["code"] == "usage"


def test_rows_of_an_unknown_table_are_refused(place: Any, tmp_path: Path) -> None:
    connection = sqlite3.connect(place.directory / "data" / "buyer.sqlite3")
    connection.execute("CREATE TABLE theirs (a TEXT PRIMARY KEY)")
    connection.close()
    place.cli("backup", str(tmp_path / "b"))

    refused = type(place)(tmp_path / "copy").cli("restore", str(tmp_path / "b"), "--json", code=4)

    assert "theirs" in json.loads(refused.stderr)["detail"]
    assert not (tmp_path / "copy").exists()


def test_options_are_checked(place: Any, backup: Path, tmp_path: Path) -> None:
    copy = type(place)(tmp_path / "copy")
    for wrong in ("askul", "nobody=sqlite:///a", "=sqlite:///a"):
        assert copy.cli("restore", str(backup), "--supplier-database", wrong, code=2)
    assert copy.cli("restore", str(backup), "--database", "mysql://x/y", code=2)
    assert not copy.directory.exists()
