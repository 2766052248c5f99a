"""What an exception says is redacted like any other text, also in the file that keeps our failures."""

import io
import json
import logging
from pathlib import Path

import pytest

from askul_connect.cli.log import FAILURE_LOG, logging_to

LOG = logging.getLogger("askul_connect.test")


@pytest.mark.parametrize(
    "text", ["password=hunter2", "postgresql://me:hunter2@host/db", "Authorization: Bearer hunter2hunter2"]
)
def test_a_traceback_shows_no_secret(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    stream = io.StringIO()
    with logging_to(stream, as_json=True, quiet=False, directory=tmp_path):
        try:
            int(text)
        except ValueError:
            LOG.exception("failed")

    kept = (tmp_path / "data" / FAILURE_LOG).read_text(encoding="utf-8")
    for line in (stream.getvalue(), kept):
        assert "invalid literal" in json.loads(line)["exception"]
        assert "hunter2" not in line
