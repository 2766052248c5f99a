"""Trials of what lasts: they say what would be there and leave nothing (INT-10, INT-12)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.spec("INT-10", "INT-12")
def test_backup_restore_and_resume_are_tried_without_a_trace(place: Any, tmp_path: Path) -> None:
    target, copy = tmp_path / "backup", tmp_path / "copy"
    before = place.digests()
    tried = place.json("backup", str(target), "--trial")
    assert (place.digests(), target.exists()) == (before, False)
    assert "nothing was written" in place.cli("--trial", "backup", str(target)).stdout
    made = place.json("backup", str(target))
    assert [one["name"] for one in tried["databases"]] == [one["name"] for one in made["databases"]]
    assert len(tried["files"]) == len(made["files"])
    place.cli("backup", str(target), "--trial", code=2)

    other = type(place)(copy)
    assert "is whole" in other.cli("restore", str(target), "--trial").stdout
    assert not copy.exists()
    damaged = target / made["databases"][0]["file"]
    kept = damaged.read_bytes()
    damaged.write_bytes(kept + b"\n")
    other.cli("restore", str(target), "--trial", code=4)
    damaged.write_bytes(kept)
    other.json("restore", str(target))

    assert "Trial: it is still on hold." in other.cli("resume", "--trial").stdout
    assert other.json("resume", "--trial")["waiting"] > 0
    other.cli("run", code=2)
    assert "Nothing is on hold" in place.cli("resume", "--trial").stdout
    # nor is anything decided or read there
    number = next(one["id"] for one in other.json("outbox") if one["state"] == "pending")
    for command in (("outbox", "give-up", number, "--reason", "x"), ("sync", "--backfill", "askul")):
        assert "copy-on-hold" in other.cli(*command, code=2).stderr
