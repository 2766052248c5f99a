"""``plugins``, ``wsdl``, ``openapi``, ``doctor``: what this installation is and whether it is fit."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_bytes, print_json, print_lines, print_table
from askul_connect.cli.serving import DEFAULT_ADDRESS, DEFAULT_JSON_ADDRESS
from askul_connect.settings import FILE_NAME, load_settings


def _plugins(invocation: Invocation) -> int:
    configured = (invocation.home / FILE_NAME).is_file()
    report = bootstrap.plugin_report(load_settings(invocation.home) if configured else None)
    if invocation.as_json:
        print_json(report)
    else:
        print_table(
            "Plugins",
            ("name", "kind", "version", "source", "capabilities"),
            [
                (each.name, each.kind, each.version, each.source, ", ".join(each.capabilities))
                for each in report
            ],
        )
    return ExitCode.DONE


def _doctor(invocation: Invocation) -> int:
    findings = bootstrap.diagnose(invocation.home)
    if invocation.as_json:
        print_json(findings)
    else:
        for finding in findings:
            if not finding.ok:
                print_lines([f"FAILED  {finding.name}: {finding.detail}"], err=True)
                print_lines([f"        {finding.remedy}"], err=True)
            elif not invocation.quiet:
                print_lines([f"ok      {finding.name}: {finding.detail}"])
    return ExitCode.DONE if all(finding.ok for finding in findings) else ExitCode.WRONG_USE


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @command(application, "plugins", "json", "trial", "quiet")
    def plugins(invocation: Invocation) -> int:
        """List the plugins that are active, from where, with which version and capabilities."""
        return _plugins(invocation)

    @click.option(
        "--address",
        default=DEFAULT_ADDRESS,
        show_default=True,
        help="The address of the service that the WSDL names.",
    )
    def wsdl(_invocation: Invocation, address: str) -> int:
        """Print the WSDL of the supplier's service."""
        print_bytes(bootstrap.supplier_wsdl(address))
        return ExitCode.DONE

    command(application, "wsdl", "trial", "quiet")(wsdl)

    @click.option(
        "--address",
        default=DEFAULT_JSON_ADDRESS,
        show_default=True,
        help="The address of the JSON API that the document names.",
    )
    def openapi(_invocation: Invocation, address: str) -> int:
        """Print the OpenAPI 3.1 document of the supplier's JSON API."""
        print_bytes(bootstrap.supplier_openapi(address))
        return ExitCode.DONE

    command(application, "openapi", "trial", "quiet")(openapi)

    @command(application, "doctor", "json", "trial", "quiet")
    def doctor(invocation: Invocation) -> int:
        """Check configuration, databases, plugins and clock, and say what to do.

        Exit code 2 when something needs attention.
        """
        return _doctor(invocation)
