"""``askul-connect audit``: heads are kept, records verified, tampering shown (AUTH-10)."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application


def call(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        application,
        ["--directory", str(home), *arguments],
        env={"LC_ALL": "C.UTF-8"},
        prog_name="askul-connect",
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert call(tmp_path, "init", "--quiet").exit_code == 0
    assert call(tmp_path, "run", "--quiet").exit_code == 0
    return tmp_path


@pytest.mark.spec("AUTH-10", "AUTH-17")
def test_records_are_verified_against_kept_heads(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    shown = call(home, "audit", "heads")
    assert shown.exit_code == 0
    kept.write_text(shown.stdout, encoding="utf-8")

    fine = call(home, "audit", "verify", "--heads", str(kept), "--json")
    assert fine.exit_code == 0, fine.output
    found = json.loads(fine.stdout)
    assert (found["breaks"], found["unsealed"]) == ([], 0)
    assert found["entries"] > 0

    database = sqlite3.connect(home / "data" / "askul-supplier.sqlite3")
    database.execute("DELETE FROM login_records WHERE sequence = 1")
    database.commit()
    database.close()
    broken = call(home, "audit", "verify")
    assert broken.exit_code == 1
    assert "entry 1 is missing or moved" in broken.stdout
    assert "1 breaks" not in call(home, "audit", "verify", "--json").stdout


@pytest.mark.spec("AUTH-10")
def test_what_is_wrong_with_the_heads_is_said(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    kept.write_text("{}", encoding="utf-8")
    refused = call(home, "audit", "verify", "--heads", str(kept))
    assert refused.exit_code == 2
    assert "signature" in refused.stderr
    assert call(home, "audit", "verify", "--heads", str(tmp_path / "none")).exit_code == 2
    assert call(home, "audit", "heads", "--supplier", "nobody").exit_code == 2
    assert call(home, "audit").exit_code == 2
