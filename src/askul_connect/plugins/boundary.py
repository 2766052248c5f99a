"""Where a plugin's code is called: whatever it does wrong becomes an error that names it.

Plugins run in this process and are trusted. What is kept apart here are their mistakes from ours.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from askul_connect.core.errors import AskulConnectError, PluginFailed

LOGGER = logging.getLogger("askul_connect.plugins")


@contextmanager
def code_of(plugin: str, doing: str, *, typed: bool = True, where: str = "") -> Iterator[None]:
    """Run a plugin's code.

    Args:
        plugin: Which one, as a message names it.
        doing: What it is asked for, as a message says it.
        typed: Whether errors of ``askul_connect`` go through as they are.
        where: Configuration key it is about.

    Raises:
        PluginFailed: It raised anything else, or wanted to end the process. Only Ctrl-C goes through.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        if typed and isinstance(error, AskulConnectError):
            raise
        # the traceback is for whoever mends the plugin; the error, which is shown, for whoever uses it
        LOGGER.exception("%s failed %s", plugin, doing, extra={"shown": True})
        raise PluginFailed(f"{plugin} failed {doing}: {error!r}", where=where) from error
