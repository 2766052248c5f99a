"""Logging of a command: one handler for the whole process, redacted, on one line, as text or as JSON."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from askul_connect.cli.safety import redacted, visible, visible_block
from askul_connect.core.domain.correlation import Correlation
from askul_connect.core.errors import AskulConnectError

#: The root of our logger tree.
TREE = "askul_connect"
#: Below the directory's data folder: what went wrong on our side, with tracebacks.
FAILURE_LOG = "askul-connect.log"
#: Attribute of a record that the user is told about anyway: among plain lines it would come twice.
SHOWN = "shown"


class Redaction(logging.Filter):
    """Rewrites each record: message and traceback without secrets and without control characters."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it always passes."""
        record.msg = redacted(visible(record.getMessage()))
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if record.exc_text:
            record.exc_text = redacted(visible_block(record.exc_text))
        return True


class PlainLines(logging.Formatter):
    """One line for a person; a traceback is left to the JSON forms."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        correlation = str(getattr(record, "correlation_id", "") or "")
        suffix = f" ({redacted(visible(correlation))})" if correlation else ""
        return f"{record.levelname.lower()}: {record.name}: {record.getMessage()}{suffix}"


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = record.exc_info[1] if record.exc_info else None
        code = getattr(record, "code", "") or (error.code if isinstance(error, AskulConnectError) else "")
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": redacted(str(getattr(record, "correlation_id", "") or "")),
            "code": redacted(str(code)),
        }
        if record.exc_text:
            entry["exception"] = record.exc_text
        return json.dumps(entry, ensure_ascii=False)


class FailureFile(logging.Handler):
    """Appends ERROR records to a file, once its folder exists.

    Args:
        path: The file; it is only made when there is something to write.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(JsonLines())
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record."""
        if not self._path.parent.is_dir():
            return
        # A full disk may be the very failure that is reported here; it still reaches the other handler.
        with suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(f"{self.format(record)}\n")


@contextmanager
def logging_to(stream: TextIO, *, as_json: bool, quiet: bool, directory: Path | None) -> Iterator[None]:
    """Send the log of this process to a stream, and failures of ours to a file of the directory, for a while.

    Args:
        stream: Usually the standard error.
        as_json: JSON lines from INFO on; otherwise plain lines from WARNING on.
        quiet: Nothing below ERROR.
        directory: Its data folder gets :data:`FAILURE_LOG`, once there is something to write; None for none.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(stream)]
    handlers[0].setFormatter(JsonLines() if as_json else PlainLines())
    if not as_json:
        handlers[0].addFilter(lambda record: not getattr(record, SHOWN, False))
    if directory is not None:
        handlers.append(FailureFile(directory / "data" / FAILURE_LOG))
    # On the root, so that what libraries say is redacted as well; Python would print it raw otherwise.
    root, tree = logging.getLogger(), logging.getLogger(TREE)
    levels = root.level, tree.level
    for handler in handlers:
        # a library's own lines too belong to what is worked on
        handler.addFilter(Correlation())
        handler.addFilter(Redaction())
        root.addHandler(handler)
    level = logging.ERROR if quiet else logging.WARNING
    root.setLevel(level)
    tree.setLevel(logging.INFO if as_json and not quiet else level)
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(levels[0])
        tree.setLevel(levels[1])
