"""``sessions list`` and ``end``: where one is logged in (AUTH-11)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import Opening, by_administrator, group, print_answer
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.core.messages.sessions import EndSessionRequest, ListSessionsRequest
from askul_connect.core.operations.sessions import END_SESSION, LIST_SESSIONS

_SESSIONS = ("session", "device", "address", "began", "last seen", "until", "")
_DEVICES = ("device", "remembered", "last used", "until")


def add_to(application: click.Group) -> None:
    """Add the commands."""
    sessions = group(application, "sessions", "One's own sessions at the in-process supplier.")

    @by_administrator
    def list_sessions(invocation: Invocation, opening: Opening) -> int:
        """List one's own sessions, this command's among them, and the devices that are remembered."""
        with opening() as ask:
            found = ask(LIST_SESSIONS, ListSessionsRequest())
        if invocation.as_json:
            print_json(found)
            return ExitCode.DONE
        rows = [
            (
                one.session_id,
                one.device,
                one.address,
                shown(one.created_at),
                shown(one.last_seen_at),
                shown(one.expires_at),
                "this one" if one.current else "",
            )
            for one in found.sessions
        ]
        print_table("Sessions", _SESSIONS, rows)
        if found.devices:
            devices = [
                (one.device, shown(one.created_at), shown(one.last_used_at), shown(one.expires_at))
                for one in found.devices
            ]
            print_table("Remembered devices", _DEVICES, devices)
        return ExitCode.DONE

    @click.argument("session_id", required=False, default="")
    @click.option(
        "--all-others", is_flag=True, help="All but this command's own, and all remembered devices."
    )
    @by_administrator
    def end(invocation: Invocation, opening: Opening, *, session_id: str, all_others: bool) -> int:
        """End one of one's own sessions, or all others; their devices are forgotten."""
        with opening() as ask:
            answer = ask(END_SESSION, EndSessionRequest(session_id=session_id, all_others=all_others))
        return print_answer(invocation, answer, f"ended {answer.ended}")

    command(sessions, "list", "json", "trial", "quiet")(list_sessions)
    command(sessions, "end", "json", "quiet")(end)
