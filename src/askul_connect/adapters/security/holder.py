"""Who holds a lease: this process, in a form that tells whether it is still alive."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Host, process id and start of this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether a holder is known to be dead; of another machine's nothing is known."""
    host, _, rest = holder.partition(":")
    number, _, started = rest.partition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    # the number may have been given to another process meanwhile
    return _started(int(number)) != started


def _started(process: int) -> str:
    """When a process began, in the kernel's ticks since its start; empty where that cannot be read."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    # the name, in parentheses, may hold blanks; the start is the 20th field behind it
    return text.rpartition(")")[2].split()[19]
