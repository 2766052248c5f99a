"""``status show``, ``set`` and ``over``: what of the in-process supplier's service works (AUTH-15)."""

from __future__ import annotations

from datetime import datetime

import click

from askul_connect.cli.administering import as_staff, group, supplier_option
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import japanese
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.messages.status import ListNoticesRequest, Notice, SetServiceStatusRequest
from askul_connect.core.operations.status import LIST_NOTICES, SET_SERVICE_STATUS

_COLUMNS = ("notice", "kind", "stops", "in force", "from", "until", "over", "text")


def _instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """A date and time with its offset."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(f"{value!r} is no time with an offset, such as 2026-11-30T02:00+09:00")
    return found


def _row(notice: Notice) -> tuple[str, ...]:
    instants = (notice.starts_at, notice.expected_end, notice.ended_at)
    return (
        notice.notice_id,
        notice.kind,
        ", ".join(notice.parts),
        "yes" if notice.in_force else "no",
        *("" if one is None else one.isoformat(timespec="minutes") for one in instants),
        notice.text_ja if japanese() else notice.text_en,
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    status = group(application, "status", "What of the in-process supplier's service works, for its staff.")

    @supplier_option
    def show(invocation: Invocation, supplier: str) -> int:
        """Show what works and what is stopped, and the notices; exit code 1 when something is stopped."""
        with as_staff(invocation, supplier) as ask:
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

    @click.option(
        "--kind",
        required=True,
        type=click.Choice([kind.value for kind in Disturbance]),
        help="What kind of disturbance it is.",
    )
    @click.option(
        "--part",
        "parts",
        required=True,
        multiple=True,
        type=click.Choice([part.value for part in ServiceFunction]),
        help="What it stops, several times if need be.",
    )
    @click.option("--ja", required=True, help="What customers are told, in Japanese.")
    @click.option("--en", required=True, help="The same in English.")
    @click.option(
        "--from",
        "starts_at",
        metavar="TIME",
        callback=_instant,
        help="When it begins, as 2026-11-30T02:00+09:00. Default: now.",
    )
    @click.option(
        "--until", "expected_end", metavar="TIME", callback=_instant, help="When it is expected to end."
    )
    @click.option("--notice", "notice_id", default="", help="Change this notice. Default: a new one.")
    @supplier_option
    def announce(
        invocation: Invocation,
        *,
        kind: str,
        parts: tuple[str, ...],
        ja: str,
        en: str,
        starts_at: datetime | None,
        expected_end: datetime | None,
        notice_id: str,
        supplier: str,
    ) -> int:
        """Announce a disturbance, or change one that was announced."""
        request = SetServiceStatusRequest(
            notice_id=notice_id,
            kind=Disturbance(kind),
            parts=tuple(ServiceFunction(part) for part in parts),
            starts_at=starts_at,
            expected_end=expected_end,
            text_ja=ja,
            text_en=en,
        )
        with as_staff(invocation, supplier) as ask:
            answer = ask(SET_SERVICE_STATUS, request)
        if invocation.as_json:
            print_json(answer)
        elif not invocation.quiet:
            print_lines([f"announced {answer.notice_id}"])
        return ExitCode.DONE

    @click.argument("notice_id")
    @yes_option
    @supplier_option
    def over(invocation: Invocation, *, notice_id: str, yes: bool, supplier: str) -> int:
        """Declare a disturbance to be over."""
        require_confirmation(f"The disturbance {notice_id} is declared to be over", yes=yes)
        with as_staff(invocation, supplier) as ask:
            answer = ask(SET_SERVICE_STATUS, SetServiceStatusRequest(notice_id=notice_id, over=True))
        if invocation.as_json:
            print_json(answer)
        elif not invocation.quiet:
            print_lines([f"{answer.notice_id} is over"])
        return ExitCode.DONE

    command(status, "show", "json", "trial", "quiet")(show)
    command(status, "set", "json", "quiet")(announce)
    command(status, "over", "json", "quiet")(over)
