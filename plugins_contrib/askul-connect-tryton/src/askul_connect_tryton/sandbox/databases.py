"""Databases of the invented company: built once, then copied."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from attrs import asdict

from askul_connect.core.ports.transport import Transport
from askul_connect_tryton.sandbox.company import SandboxCompany, found_company
from askul_connect_tryton.sandbox.environment import TrytonEnvironment
from askul_connect_tryton.sandbox.server import serving, write_configuration

#: Name of the company's database.
DATABASE = "company"
_BARE = "modules.sqlite"


def company_folder(
    environment: TrytonEnvironment,
    company: SandboxCompany,
    transport: Callable[[], Transport],
    say: Callable[[str], None] = lambda _text: None,
) -> Path:
    """A folder with a SQLite database of the company, to be copied and never changed; built at first use in 45 seconds.

    Args:
        environment: The installed Tryton, whose folder keeps it.
        company: What it is filled with; another company is another database.
        transport: Makes what carries the calls that fill it.
        say: Told what is done.

    Raises:
        PartnerUnreachable: It cannot be built.
    """
    bare = environment.folder / _BARE
    with environment.locked("database"):
        if not bare.exists():
            say("building Tryton's database (once)")
            work = _empty(environment.folder / "building")
            # Tryton connects to a file that is there, and creates none
            (work / f"{DATABASE}.sqlite").touch()
            configuration = work / "trytond.conf"
            write_configuration(configuration, uri="sqlite:///", folder=work)
            environment.create_modules(configuration, DATABASE)
            (work / f"{DATABASE}.sqlite").replace(bare)
            shutil.rmtree(work)
        described = hashlib.sha256(repr(asdict(company)).encode()).hexdigest()[:16]
        filled = environment.folder / f"company-{described}"
        if not filled.exists():
            say("entering the invented company")
            work = _empty(environment.folder / "filling")
            shutil.copyfile(bare, work / f"{DATABASE}.sqlite")
            with serving(environment, work, database=DATABASE) as server:
                client = server.client(transport())
                try:
                    found_company(client, company)
                finally:
                    client.close()
            work.rename(filled)
    return filled


def copied(filled: Path, folder: Path) -> None:
    """Copy a company's database into a folder that is served from."""
    for file in filled.glob(f"{DATABASE}.sqlite*"):
        # with what SQLite has not yet moved into the main file: the server was stopped, not asked to end
        shutil.copyfile(file, folder / file.name)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
