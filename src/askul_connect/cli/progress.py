"""Progress while a command works: a moving line on a terminal, plain lines elsewhere; on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from askul_connect.cli.safety import visible

if TYPE_CHECKING:
    from askul_connect.bootstrap import Progress
    from askul_connect.cli.invocation import Invocation


@contextmanager
def shown_progress(invocation: Invocation) -> Iterator[Callable[[Progress], None]]:
    """What a run is given to report to.

    With ``--quiet`` nothing is shown, and nothing with ``--json``, where the standard error is for errors.
    """
    if invocation.quiet or invocation.as_json:
        yield lambda _progress: None
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda progress: console.print(_line(progress), soft_wrap=True)
        return
    with console.status("") as status:
        yield lambda progress: status.update(_line(progress))


def _line(progress: Progress) -> Text:
    return Text(visible(f"{progress.step}: {progress.text}"))
