"""What a caller is told of a failure, by one place for every face."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import askul_connect
from askul_connect.adapters._failures import failure_told
from askul_connect.core.errors import InternalError, NotFound

LOGGER = logging.getLogger("askul_connect.tests.failures")


def test_of_what_nobody_planned_only_the_number_is_told(caplog: pytest.LogCaptureFixture) -> None:
    report = failure_told(KeyError("a secret"), lambda: "number-1", LOGGER)
    assert (report.code, report.reference) == (InternalError.code, "number-1")
    assert "a secret" not in repr(report)
    (record,) = caplog.records
    assert "unplanned failure was answered with reference number-1" in record.getMessage()
    assert record.exc_info
    assert record.exc_info[0] is KeyError


def test_a_failure_of_ours_keeps_its_number_or_gets_one(caplog: pytest.LogCaptureFixture) -> None:
    assert failure_told(InternalError("why"), lambda: "number-1", LOGGER).reference == "number-1"
    known = failure_told(InternalError("why", reference="number-0"), lambda: "number-1", LOGGER)
    assert (known.reference, "why" in repr(known)) == ("number-0", False)
    assert [one.getMessage().partition(":")[0] for one in caplog.records] == [
        "a failure of ours was answered with reference number-1",
        "a failure of ours was answered with reference number-0",
    ]


def test_a_refusal_is_told_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    report = failure_told(NotFound("there is none", where="x"), lambda: "number-1", LOGGER)
    assert (report.code, report.detail, report.where, report.reference) == (
        NotFound.code,
        "there is none",
        "x",
        "",
    )
    assert not caplog.records


def test_the_sentences_stand_once() -> None:
    sources = [one.read_text("utf-8") for one in Path(askul_connect.__file__).parent.rglob("*.py")]
    for sentence in ("an unplanned failure was answered", "a failure of ours was answered"):
        assert sum(source.count(sentence) for source in sources) == 1
