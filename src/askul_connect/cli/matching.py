"""``matches list`` and ``matches accept``: invoice lines that do not match, and an accountant's release of them."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import japanese
from askul_connect.cli.output import amount, print_json, print_lines, print_table

Record = Mapping[str, Any]


def spoken_text(text: Mapping[str, str]) -> str:
    """A sentence in the language of the environment."""
    return text["ja" if japanese() else "en"]


def _row(match: Record) -> tuple[str, ...]:
    differences = match["differences"]
    first = differences[0] if differences else None
    return (
        match["invoice_number"],
        match["line_number"],
        match["purchase_order_id"],
        match["standing"],
        amount(first["amount"], match["currency"]) if first and match["currency"] else "",
        "; ".join(spoken_text(one["text"]) for one in differences) or match["detail"],
        spoken_text(first["what_to_do"]) if first and not match["booked"] else "",
    )


_COLUMNS = {
    False: ("invoice", "line", "purchase order", "result", ">difference", "what differs", "what to do"),
    True: ("請求書", "明細", "発注書", "結果", ">差額", "差異", "対処"),
}


def _list(invocation: Invocation, *, everything: bool, supplier: str) -> int:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        matches = [
            one for one in workspace.matches(everything=everything) if supplier in {"", one["supplier"]}
        ]
    if invocation.as_json:
        print_json(matches)
    else:
        title = "照合" if japanese() else "Matches"
        print_table(title, _COLUMNS[japanese()], map(_row, matches))
    return ExitCode.DONE


def _accept(
    invocation: Invocation, invoice: str, line: str, *, reason: str, decided_by: str, supplier: str
) -> int:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        match = workspace.accept_match(
            invoice,
            line,
            reason=reason,
            decided_by=decided_by,
            supplier=supplier,
            trial=invocation.trial,
        )
    if invocation.as_json:
        print_json(
            {
                "supplier": match.supplier,
                "invoice_number": match.invoice_number,
                "line_number": match.line_number,
                "result": match.result.value,
                "booked": not invocation.trial,
                "decided_by": decided_by,
                "reason": reason,
                "trial": invocation.trial,
            }
        )
    elif not invocation.quiet:
        if japanese():
            done = (
                "承認できます（試行のため計上していません）" if invocation.trial else "承認し、計上しました"
            )
        else:
            done = (
                "could be released (a trial: nothing was booked)"
                if invocation.trial
                else "released and booked"
            )
        print_lines([f"{match.invoice_number} {match.line_number}: {match.result.value}, {done}"])
    return ExitCode.DONE


def _user() -> str:
    """The user of the system, who releases a line unless another one is named."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise click.UsageError("the user of the system has no name; say with --by who releases it") from None


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @application.group("matches", invoke_without_command=True)
    @click.pass_context
    def matches(ctx: click.Context) -> None:
        """See which invoice lines do not match, and release them."""
        if ctx.invoked_subcommand is None:
            raise click.UsageError("'matches' needs a command: list or accept")

    supplier = click.option("--supplier", default="", help="Only the invoices of this connection.")

    @click.option("--all", "everything", is_flag=True, help="Also the lines that are booked.")
    @supplier
    def list_(invocation: Invocation, everything: bool, supplier: str) -> int:
        """List the invoice lines that are not booked: what differs, by how much, and what to do."""
        return _list(invocation, everything=everything, supplier=supplier)

    @click.argument("invoice")
    @click.argument("line")
    @click.option("--reason", required=True, help="Why it is released; kept with who and when.")
    @click.option("--by", "decided_by", help="Who releases it.  [default: the user of the system]")
    @supplier
    def accept(
        invocation: Invocation, *, invoice: str, line: str, reason: str, decided_by: str | None, supplier: str
    ) -> int:
        """Release a line that does not match: it is booked as the invoice has it.

        INVOICE is the invoice's number, LINE the number of the line in it.
        """
        who = _user() if decided_by is None else decided_by
        return _accept(invocation, invoice, line, reason=reason, decided_by=who, supplier=supplier)

    command(matches, "list", "json", "trial", "quiet")(list_)
    command(matches, "accept", "json", "trial", "quiet")(accept)
