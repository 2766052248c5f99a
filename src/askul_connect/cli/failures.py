"""From errors to exit codes and to what is printed about them."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Any

import click

from askul_connect.cli.language import japanese, spoken
from askul_connect.cli.safety import visible, without_tokens
from askul_connect.core.errors import AskulConnectError, DirectoryBusy, Fault, concrete_errors


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    REJECTED = 1
    WRONG_USE = 2
    PARTNER_UNREACHABLE = 3
    OUR_FAULT = 4
    BUSY = 5
    #: 128 and the number of SIGINT, as shells count.
    INTERRUPTED = 130


_BY_FAULT = {
    Fault.CALLER: ExitCode.WRONG_USE,
    Fault.PARTNER: ExitCode.PARTNER_UNREACHABLE,
    Fault.OURS: ExitCode.OUR_FAULT,
}


def exit_code_of(error: AskulConnectError) -> ExitCode:
    """The exit code for an error that ended the command."""
    return ExitCode.BUSY if isinstance(error, DirectoryBusy) else _BY_FAULT[error.fault]


def show(error: AskulConnectError, *, as_json: bool) -> ExitCode:
    """Print an error on the standard error: what, where, and what to do.

    Args:
        error: It.
        as_json: One JSON object with both languages, instead of the language of the environment.

    Returns:
        The exit code it leads to.
    """
    code = exit_code_of(error)
    if as_json:
        record = {**error_record(error), "exit_code": int(code)}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2), err=True)
    else:
        click.echo("\n".join((_label(error), *details(error))), err=True)
    return code


def show_interruption(*, as_json: bool) -> ExitCode:
    """Print that the user stopped the command."""
    text = "中断しました。" if japanese() else "interrupted"
    record = {"code": "interrupted", "detail": text, "exit_code": int(ExitCode.INTERRUPTED)}
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else text, err=True)
    return ExitCode.INTERRUPTED


def details(error: AskulConnectError) -> list[str]:
    """Indented lines for a person: each finding with its place, the reference, and what to do."""
    lines = []
    if error.where and all(problem.where != error.where for problem in error.problems):
        lines.append(error.where)
    lines += [f"{each.where}: {each.detail}" if each.where else each.detail for each in error.problems]
    if error.reference:
        lines.append(f"{'照会番号' if japanese() else 'reference'}: {error.reference}")
    lines += [f"{'対処' if japanese() else 'what to do'}: {remedy}" for remedy in _remedies(error)]
    return [f"  {without_tokens(visible(line))}" for line in lines]


def _remedies(error: AskulConnectError) -> list[str]:
    """What to do about each kind of finding, once."""
    known = concrete_errors()
    kinds = [known.get(problem.code, type(error)) for problem in error.problems]
    return list(dict.fromkeys(spoken(kind.remedy) for kind in kinds))


def error_record(error: AskulConnectError) -> dict[str, Any]:
    """The error in JSON's types, with its remedy in both languages."""
    return {
        "code": error.code,
        "where": error.where,
        "detail": without_tokens(error.detail),
        "remedy": {"ja": error.remedy.ja, "en": error.remedy.en},
        "problems": [
            {
                "code": problem.code,
                "where": problem.where,
                "line_id": problem.line_id,
                "detail": without_tokens(problem.detail),
                "remedy": problem.remedy,
            }
            for problem in error.problems
        ],
        "fault": error.fault.value,
        "retryable": error.retryable,
        "reference": error.reference,
    }


def _label(error: AskulConnectError) -> str:
    return f"{'エラー' if japanese() else 'error'}: {spoken(error.cause)} [{error.code}]"
