"""``budgets``: where they stand, the moves of the ledger, its recount, and what waits for a person (INT-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command, switch
from askul_connect.cli.output import amount, print_json, print_lines, print_table

Record = Mapping[str, Any]

_AMOUNTS = ("budget", "pre_encumbrance", "encumbrance", "actual", "available")
_MOVED = ("pre_encumbrance", "encumbrance", "actual")


def _budget(budget: Record) -> tuple[str, ...]:
    return (
        budget["department"],
        budget["period"],
        *(amount(budget[name], budget["currency"]) for name in _AMOUNTS),
    )


def _move(move: Record) -> tuple[str, ...]:
    return (
        move["at"][:19],
        move["kind"],
        move["purchase_order"],
        move["line_id"],
        move["department"],
        move["period"],
        str(move["quantity"]),
        *(amount(move[name], move["currency"]) for name in _MOVED),
        move["source"],
    )


def _approval(approval: Record) -> tuple[str, ...]:
    return tuple(approval[name] or "" for name in ("stage", "number", "state", "reason", "decided_by"))


def _show(
    invocation: Invocation, title: str, columns: Iterable[str], records: Iterable[Record], row: Any
) -> int:
    found = list(records)
    if invocation.as_json:
        print_json(found)
    else:
        print_table(title, tuple(columns), map(row, found))
    return ExitCode.DONE


def _decided(invocation: Invocation, answer: Record) -> int:
    if invocation.as_json:
        print_json(answer)
    elif not invocation.quiet:
        print_lines([f"{answer['stage']} {answer['number']}: {answer['state']} by {answer['decided_by']}"])
    return ExitCode.DONE


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @application.group("budgets", invoke_without_command=True)
    @switch("json")
    @switch("trial")
    @switch("quiet")
    @click.pass_context
    def budgets(ctx: click.Context) -> int:
        """List the budgets, what they are used for and what is available; or use one of the commands."""
        invocation: Invocation = ctx.obj
        if ctx.invoked_subcommand is not None:
            return ExitCode.DONE
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            records = workspace.budgets()
        columns = (
            "department",
            "period",
            ">budget",
            ">pre-encumbrance",
            ">encumbrance",
            ">actual",
            ">available",
        )
        return _show(invocation, "Budgets", columns, records, _budget)

    @command(budgets, "moves", "json", "trial", "quiet")
    @click.argument("number", default="")
    def moves(invocation: Invocation, *, number: str) -> int:
        """List the moves of the ledger, or those of the purchase order or requisition NUMBER."""
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            records = workspace.budget_moves(number)
        columns = (
            "at",
            "kind",
            "document",
            "line",
            "department",
            "period",
            ">units",
            ">pre-encumbrance",
            ">encumbrance",
            ">actual",
            "source",
        )
        return _show(invocation, "Moves", columns, records, _move)

    @command(budgets, "verify", "json", "trial", "quiet")
    @click.option("--settle", is_flag=True, help="Append the moves that are missing.")
    def verify(invocation: Invocation, *, settle: bool) -> int:
        """Count every line from its documents alone and compare that with the sums of its moves."""
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            found = workspace.recount_budgets(put_right=settle and not invocation.trial)
        if invocation.as_json:
            print_json(found)
        elif not invocation.quiet:
            print_lines(_verified(found))
        differs = found.balances or (found.differences and not found.settled)
        return ExitCode.REJECTED if differs else ExitCode.DONE

    @command(budgets, "waiting", "json", "trial", "quiet")
    @click.option("--all", "everything", is_flag=True, help="Also what was decided.")
    def waiting(invocation: Invocation, *, everything: bool) -> int:
        """List what needs more than its budget has and waits for a person."""
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            records = workspace.budget_approvals(everything=everything)
        columns = ("document", "number", "state", "reason", "decided by")
        return _show(invocation, "Waiting", columns, records, _approval)

    @command(budgets, "approve", "json", "trial", "quiet")
    @click.argument("number")
    @click.option("--by", required=True, help="Who approves it.")
    def approve(invocation: Invocation, *, number: str, by: str) -> int:
        """Approve what waits under NUMBER: a purchase order is sent by the next run, an invoice booked."""
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            answer = workspace.decide_budget(number, approved=True, by=by, trial=invocation.trial)
        return _decided(invocation, answer)

    @command(budgets, "refuse", "json", "trial", "quiet")
    @click.argument("number")
    @click.option("--by", required=True, help="Who refuses it.")
    @click.option("--comment", default="", help="Why; told to the ERP.")
    def refuse(invocation: Invocation, *, number: str, by: str, comment: str) -> int:
        """Refuse what waits under NUMBER: its reservation is given back, and the next run tells the ERP."""
        with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
            answer = workspace.decide_budget(
                number, approved=False, by=by, comment=comment, trial=invocation.trial
            )
        return _decided(invocation, answer)


def _verified(found: bootstrap.Recount) -> Iterable[str]:
    for one in found.differences:
        yield (
            f"{one.document} line {one.line_id}: the moves add up to {_three(one.moved)},"
            f" the documents to {_three(one.counted)}"
        )
    yield from found.balances
    yield f"{found.moves} moves of {found.documents} documents, {len(found.differences)} differences" + (
        f", {found.settled} moves appended" if found.settled else ""
    )


def _three(sums: tuple[int, int, int]) -> str:
    return " / ".join(map(str, sums))
