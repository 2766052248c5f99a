"""``status show``, ``list``, ``set``, ``plan`` and ``over``: what of the supplier's service works (AUTH-15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from askul_connect.cli.administering import Opening, by_staff, group, print_answer
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import instant, shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import japanese
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.messages.status import (
    GetServiceStatusRequest,
    ListNoticesRequest,
    Notice,
    SetServiceStatusRequest,
)
from askul_connect.core.operations.status import LIST_NOTICES, SET_SERVICE_STATUS
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS

_COLUMNS = ("notice", "kind", "stops", "in force", "from", "until", "over", "text")


def _row(notice: Notice) -> tuple[str, ...]:
    instants = (notice.starts_at, notice.expected_end, notice.ended_at)
    return (
        notice.notice_id,
        notice.kind,
        ", ".join(notice.parts),
        "yes" if notice.in_force else "no",
        *map(shown, instants),
        notice.text_ja if japanese() else notice.text_en,
    )


_TEXTS = (
    click.option(
        "--part",
        "parts",
        required=True,
        multiple=True,
        type=click.Choice([part.value for part in ServiceFunction]),
        help="What it stops, several times if need be.",
    ),
    click.option("--ja", required=True, help="What customers are told, in Japanese."),
    click.option("--en", required=True, help="The same in English."),
    click.option("--notice", "notice_id", default="", help="Change this notice. Default: a new one."),
)


def _described(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_TEXTS):
        function = option(function)
    return function


def _announce(
    invocation: Invocation,
    opening: Opening,
    *,
    kind: Disturbance,
    parts: tuple[str, ...],
    ja: str,
    en: str,
    starts_at: datetime | None,
    expected_end: datetime | None,
    notice_id: str,
) -> int:
    request = SetServiceStatusRequest(
        notice_id=notice_id,
        kind=kind,
        parts=tuple(ServiceFunction(part) for part in parts),
        starts_at=starts_at,
        expected_end=expected_end,
        text_ja=ja,
        text_en=en,
    )
    with opening() as ask:
        answer = ask(SET_SERVICE_STATUS, request)
    return print_answer(invocation, answer, f"announced {answer.notice_id}")


def add_to(application: click.Group) -> None:
    """Add the commands."""
    status = group(application, "status", "What of the in-process supplier's service works, for its staff.")
    _add_reading(status)
    _add_changing(status)


def _add_reading(status: click.Group) -> None:
    @by_staff
    def show(invocation: Invocation, opening: Opening) -> int:
        """Show what works and what is stopped, and the notices; exit code 1 when something is stopped."""
        with opening() as ask:
            found = ask(LIST_NOTICES, ListNoticesRequest())
        if invocation.as_json:
            print_json(found)
        else:
            print_lines(
                [
                    f"working: {', '.join(found.working) or 'nothing'}",
                    f"stopped: {', '.join(found.stopped) or 'nothing'}",
                ]
            )
            if found.notices:
                print_table("Notices", _COLUMNS, map(_row, found.notices))
        return ExitCode.REJECTED if found.stopped else ExitCode.DONE

    @click.option("--in-force", is_flag=True, help="Only what stops something now.")
    @click.option("--planned", is_flag=True, help="Only what has not begun yet.")
    @click.option(
        "--part", type=click.Choice([part.value for part in ServiceFunction]), help="Only what stops this."
    )
    @by_staff
    def list_notices(
        invocation: Invocation, opening: Opening, *, in_force: bool, planned: bool, part: str | None
    ) -> int:
        """List present, planned and recent disturbances."""
        with opening() as ask:
            now = ask(GET_SERVICE_STATUS, GetServiceStatusRequest()).time
            found = [
                one
                for one in ask(LIST_NOTICES, ListNoticesRequest()).notices
                if (one.in_force or not in_force)
                and (not planned or (one.starts_at > now and one.ended_at is None))
                and (part is None or part in one.parts)
            ]
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Notices", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    command(status, "show", "json", "trial", "quiet")(show)
    command(status, "list", "json", "trial", "quiet")(list_notices)


def _add_changing(status: click.Group) -> None:
    @click.option(
        "--kind",
        required=True,
        type=click.Choice([kind.value for kind in Disturbance]),
        help="What kind of disturbance it is.",
    )
    @_described
    @click.option(
        "--from",
        "starts_at",
        metavar="TIME",
        callback=instant,
        help="When it begins, as 2026-11-30T02:00+09:00. Default: now.",
    )
    @click.option(
        "--until", "expected_end", metavar="TIME", callback=instant, help="When it is expected to end."
    )
    @by_staff
    def announce(invocation: Invocation, opening: Opening, *, kind: str, **notice: Any) -> int:
        """Announce a disturbance, or change one that was announced."""
        return _announce(invocation, opening, kind=Disturbance(kind), **notice)

    @_described
    @click.option(
        "--from", "starts_at", metavar="TIME", required=True, callback=instant, help="When it begins."
    )
    @click.option(
        "--until",
        "expected_end",
        metavar="TIME",
        required=True,
        callback=instant,
        help="When it ends by itself.",
    )
    @by_staff
    def plan(invocation: Invocation, opening: Opening, **notice: Any) -> int:
        """Announce a maintenance window, or move one that was announced."""
        return _announce(invocation, opening, kind=Disturbance.MAINTENANCE, **notice)

    @click.argument("notice_id")
    @yes_option
    @by_staff
    def over(invocation: Invocation, opening: Opening, *, notice_id: str, yes: bool) -> int:
        """Declare a disturbance to be over."""
        require_confirmation(f"The disturbance {notice_id} is declared to be over", yes=yes)
        with opening() as ask:
            answer = ask(SET_SERVICE_STATUS, SetServiceStatusRequest(notice_id=notice_id, over=True))
        return print_answer(invocation, answer, f"{answer.notice_id} is over")

    command(status, "set", "json", "quiet")(announce)
    command(status, "plan", "json", "quiet")(plan)
    command(status, "over", "json", "quiet")(over)
