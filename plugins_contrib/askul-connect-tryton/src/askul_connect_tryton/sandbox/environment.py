"""Installing Tryton into an environment of its own, and building its database, once for each set of versions."""

from __future__ import annotations

import hashlib
import importlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from askul_connect.core.errors import PartnerUnreachable

#: What is installed; a part of the cache's key.
REQUIREMENTS = (
    "trytond~=8.2.0",
    *(
        f"trytond_{module}~=8.2.0"
        for module in (
            "account",
            "account_budget",
            "account_invoice",
            "analytic_budget",
            "analytic_purchase",
            "party",
            "product",
            "purchase",
            "purchase_request",
            "stock",
        )
    ),
    "psycopg[binary]>=3.2",
    "psycopg_pool>=3.2",
)
#: What is activated; what these need comes with them.
MODULES = tuple(
    requirement.removeprefix("trytond_").partition("~")[0]
    for requirement in REQUIREMENTS
    if requirement.startswith("trytond_")
)
_INSTALL_SECONDS, _DATABASE_SECONDS = 600, 600
_BINARIES = "Scripts" if os.name == "nt" else "bin"
# Windows has no such lock; there, two processes must not build at the same time.
fcntl = None if os.name == "nt" else importlib.import_module("fcntl")
#: Of the caller's environment, what a program needs to run and pip needs to find its index.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "XDG_CACHE_HOME")


@frozen(kw_only=True)
class TrytonEnvironment:
    """An installed Tryton.

    Attributes:
        folder: Holds the environment, the databases that were built, and their passwords.
    """

    folder: Path

    def program(self, name: str) -> str:
        """Path of one of its programs."""
        return str(self.folder / "env" / _BINARIES / name)

    def secret(self, name: str) -> str:
        """A password of the databases that were built here, made at first use."""
        path = self.folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(18), encoding="ascii")
        return path.read_text(encoding="ascii")

    def run(self, *command: str, seconds: int, **environment: str) -> None:
        """Run one of its programs to its end.

        Raises:
            PartnerUnreachable: It failed; says with what.
        """
        _run([self.program(command[0]), *command[1:]], seconds=seconds, environment=environment)

    def create_modules(self, configuration: Path, database: str) -> None:
        """Create a database's tables with the modules; its administrator has the secret ``admin``.

        Raises:
            PartnerUnreachable: It failed; says with what.
        """
        self.secret("admin")
        options = ("-c", str(configuration), "-d", database)
        self.run(
            "trytond-admin",
            *options,
            "--all",
            "-p",
            "--email",
            "admin@example.co.jp",
            seconds=_DATABASE_SECONDS,
            TRYTONPASSFILE=str(self.folder / "admin"),
        )
        self.run(
            "trytond-admin", *options, "-u", *MODULES, "--activate-dependencies", seconds=_DATABASE_SECONDS
        )

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Keep other processes from building the same thing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("wb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def tryton_environment(say: Callable[[str], None] = lambda _text: None) -> TrytonEnvironment:
    """The environment of the user's cache, installed at first use: about 20 seconds, 130 MB.

    Raises:
        PartnerUnreachable: It cannot be installed; says what pip said.
    """
    environment = TrytonEnvironment(folder=_cache() / _key())
    done = environment.folder / "installed"
    with environment.locked("install"):
        if not done.exists():
            say("installing Tryton into an environment of its own")
            target = environment.folder / "env"
            shutil.rmtree(target, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(target)], seconds=_INSTALL_SECONDS)
            _run(
                [
                    environment.program("python"),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    *REQUIREMENTS,
                ],
                seconds=_INSTALL_SECONDS,
                environment={name: value for name, value in os.environ.items() if name.startswith("PIP_")},
            )
            done.touch()
    return environment


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "askul-connect" / "tryton"


def _key() -> str:
    text = "\n".join((sys.version, *REQUIREMENTS))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What Tryton's programs are started with: none of the caller's secrets."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | dict(extra or {})


def _run(command: list[str], *, seconds: int, environment: Mapping[str, str] | None = None) -> None:
    what = f"{Path(command[0]).name} {' '.join(command[1:4])}"
    try:
        done = subprocess.run(  # noqa: S603 -- programs of our own environment, with arguments of our own
            command,
            env=clean_environment(environment),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PartnerUnreachable(f"Tryton cannot be set up: {what}: {error}", where="tryton") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        detail = f"Tryton cannot be set up: {what} failed: {' / '.join(said)}"
        raise PartnerUnreachable(detail, where="tryton")
