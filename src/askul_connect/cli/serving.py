"""``serve``: the in-process supplier of a configuration, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_lines
from askul_connect.core.errors import UsageError
from askul_connect.settings import Settings, load_settings

DEFAULT_PORT = 8437
DEFAULT_ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}/soap/1"
DEFAULT_JSON_ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}/api/1"

_EXTRA = ("litestar", "uvicorn", "prometheus_client")


@contextmanager
def serving_libraries(where: str) -> Iterator[None]:
    """Say how to get what serving needs, where it is missing.

    Args:
        where: The command.

    Raises:
        UsageError: It is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise UsageError(
            f"serving needs {error.name}: pip install 'askul-connect[server]'", where=where
        ) from None


def add_to(application: click.Group) -> None:
    """Add the command."""
    file = click.Path(path_type=Path, exists=True, dir_okay=False)

    @click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=DEFAULT_PORT,
        show_default=True,
        help="0: any free one.",
    )
    @click.option("--certificate", type=file, help="PEM file; with --key, serves HTTPS on every address.")
    @click.option("--key", type=file, help="PEM file with the certificate's private key.")
    @click.option(
        "--trusted-proxy",
        "trusted_proxies",
        multiple=True,
        metavar="ADDRESS",
        help="Address or network of the TLS proxy before it, several times if need be; then nobody else is served.",
    )
    @click.option("--listen", default="", metavar="ADDRESS", help="One address of this machine only.")
    @click.option("--supplier", default="", help="Which connection's supplier, when there are several.")
    def serve(
        invocation: Invocation,
        *,
        port: int,
        certificate: Path | None,
        key: Path | None,
        trusted_proxies: tuple[str, ...],
        listen: str,
        supplier: str,
    ) -> int:
        """Serve the in-process supplier of the configuration, until it is interrupted.

        Only this machine can reach it, unless a certificate and its key are given or a TLS proxy is declared.
        """
        if (certificate is None) != (key is None):
            raise click.UsageError("--certificate and --key belong together")
        settings = load_settings(invocation.home)
        name = chosen_supplier(settings, supplier)
        with serving_libraries("serve"):
            server = bootstrap.SupplierServer(
                settings,
                name,
                host=listen,
                port=port,
                certificate=certificate,
                key=key,
                trusted_proxies=trusted_proxies,
            )
        if not invocation.quiet:
            print_lines(
                [f"{name} is served at {server.address}", f"its JSON API is at {server.json_address}"],
                err=True,
            )
        server.run()
        return ExitCode.DONE

    command(application, "serve", "quiet")(serve)


def chosen_supplier(settings: Settings, wanted: str) -> str:
    """The name of the connection that was asked for, or of the usual one."""
    name = wanted or settings.erp.default_supplier
    if name not in settings.suppliers:
        raise click.UsageError(f"--supplier is one of {', '.join(settings.suppliers)}, not {name!r}")
    return name
