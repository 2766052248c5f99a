"""A Tryton server as a process of its own, on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import PartnerUnreachable
from askul_connect.core.ports.transport import Transport
from askul_connect_tryton.client import Access, TrytonClient
from askul_connect_tryton.sandbox.environment import TrytonEnvironment, clean_environment

#: Login of the administrator.
ADMINISTRATOR = "admin"
_START_SECONDS, _STOP_SECONDS = 120, 20


@frozen(kw_only=True)
class TrytonServer:
    """A server that runs.

    Attributes:
        address: Where.
        database: The name of its database.
    """

    environment: TrytonEnvironment
    address: str
    database: str
    process: int = field(repr=False)

    def client(self, transport: Transport, user: str = ADMINISTRATOR, password: str = "") -> TrytonClient:
        """A session; the administrator's if nobody else is named."""
        return TrytonClient(
            Access(
                address=self.address,
                database=self.database,
                user=user,
                password=Secret(password or self.environment.secret("admin")),
            ),
            transport,
        )


def write_configuration(path: Path, *, uri: str, folder: Path, port: int = 0) -> None:
    """Write Tryton's configuration.

    Args:
        path: Where.
        uri: Of the database server; ``sqlite:///`` for files of the folder.
        folder: Of databases that are files, and of attachments.
        port: Of this machine to listen at.
    """
    text = f"[database]\nuri = {uri}\npath = {folder.resolve()}\nlist = False\n\n[web]\nlisten = 127.0.0.1:{port}\n"
    # Tryton does not stay in the folder that it is started in
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@contextmanager
def serving(
    environment: TrytonEnvironment,
    folder: Path,
    *,
    database: str,
    uri: str = "sqlite:///",
    port: int = 0,
) -> Iterator[TrytonServer]:
    """Serve a database while the context lasts.

    Args:
        environment: The installed Tryton.
        folder: Where the database is, if it is a file, and where configuration and log are written.
        database: Its name.
        uri: Of the database server.
        port: Of this machine; 0 for any that is free.

    Raises:
        PartnerUnreachable: The server does not come up; says the end of its log.
    """
    folder, port = folder.resolve(), port or _free_port()
    configuration, log = folder / "trytond.conf", folder / "trytond.log"
    write_configuration(configuration, uri=uri, folder=folder, port=port)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- a program of our own environment
            [environment.program("trytond"), "-c", str(configuration), "-d", database],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait(process, port, log)
        yield TrytonServer(
            environment=environment,
            address=f"http://127.0.0.1:{port}",
            database=database,
            process=process.pid,
        )
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
    raise PartnerUnreachable(f"Tryton does not start: {' / '.join(said)}", where="tryton")
