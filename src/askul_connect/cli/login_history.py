"""``login-history``: who tried to log in: oneself, the account, or for staff a ticket's account (AUTH-2, AUTH-10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click
from attrs import evolve

from askul_connect import bootstrap
from askul_connect.cli.administering import Opening, by_administrator_or_staff
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import instant, shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.core.messages.paging import MAXIMUM_PAGE_SIZE
from askul_connect.core.messages.sessions import ListLoginHistoryRequest, LoginHistoryEntry
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY

_COLUMNS = ("at", "login id", "user id", "result", "reason", "address", "device", "risk", "reference")
_SUCCESS = "success"
_FEW = 50


def _all(ask: bootstrap.Asking, request: ListLoginHistoryRequest) -> Iterator[LoginHistoryEntry]:
    """Page after page, as long as somebody wants more."""
    cursor = ""
    while True:
        found = ask(
            LIST_LOGIN_HISTORY,
            evolve(request, cursor=cursor),
        )
        yield from found.attempts
        if not found.page.more:
            return
        cursor = found.page.next_cursor


def _row(one: LoginHistoryEntry) -> tuple[str, ...]:
    return (
        shown(one.at),
        one.login_id,
        one.user_id,
        one.result,
        one.reason,
        one.address,
        one.device,
        one.risk,
        one.reference,
    )


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.option(
        "--account", "whole_account", is_flag=True, help="All of the account, for its administrator."
    )
    @click.option("--reference", default="", help="Only the attempt whose refusal showed this number.")
    @click.option("--user", help="Only attempts of this user id or login ID.")
    @click.option("--refused", is_flag=True, help="Only attempts that failed.")
    @click.option("--from", "since", metavar="TIME", callback=instant, help="Not before this.")
    @click.option("--until", metavar="TIME", callback=instant, help="Before this.")
    @click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=_FEW,
        show_default=True,
        help="At most so many, the newest; 0 for all.",
    )
    @by_administrator_or_staff
    def history(
        invocation: Invocation,
        opening: Opening,
        *,
        whole_account: bool,
        reference: str,
        user: str | None,
        refused: bool,
        since: datetime | None,
        until: datetime | None,
        limit: int,
        support: bool,
        ticket: str,
    ) -> int:
        """List login attempts, the newest first: one's own, the account's, or for staff those of a ticket's account."""
        size = MAXIMUM_PAGE_SIZE if limit == 0 else min(limit, MAXIMUM_PAGE_SIZE)
        request = ListLoginHistoryRequest(
            page_size=size,
            whole_account=whole_account and not support,
            newest_first=True,
            reference=reference,
            ticket=ticket,
        )
        found: list[LoginHistoryEntry] = []
        with opening() as ask:
            for one in _all(ask, request):
                if limit and len(found) == limit:
                    break
                if (
                    (since is None or one.at >= since)
                    and (until is None or one.at < until)
                    and (user is None or user in (one.user_id, one.login_id))
                    and not (refused and one.result == _SUCCESS)
                ):
                    found.append(one)
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Login history", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    command(application, "login-history", "json", "trial", "quiet")(history)
