"""The command line: arguments, printing, progress, exit codes; no rules of its own."""

from __future__ import annotations


def main() -> None:
    """Run ``askul-connect`` with the arguments of the process and end it with the exit code."""
    # click and rich are loaded when a command line is run, not when the package is looked at.
    from askul_connect.cli.application import application  # noqa: PLC0415

    application(prog_name="askul-connect")
