"""``accounts merge``: one company's two accounts become one (ACC-4)."""

from __future__ import annotations

from collections.abc import Iterator

import click
from attrs import evolve

from askul_connect.cli.administering import Opening, by_staff, print_answer, subgroup, ticket_option
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.invocation import Invocation, command
from askul_connect.core.messages.registration import MergeAccountsRequest, MergeAccountsResponse
from askul_connect.core.operations.accounts import MERGE_ACCOUNTS


def _lines(answer: MergeAccountsResponse) -> Iterator[str]:
    yield f"{answer.absorbed} into {answer.surviving}:"
    yield from (f"  {one.kind}: {one.count}" for one in answer.moved)
    yield from (f"  department {one.before} becomes {one.after}" for one in answer.renamed)
    yield from (f"  person of both accounts: {one}" for one in answer.joined_people)


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.argument("surviving")
    @click.argument("absorbed")
    @ticket_option
    @yes_option
    @by_staff
    def merge(
        invocation: Invocation, opening: Opening, *, surviving: str, absorbed: str, ticket: str, yes: bool
    ) -> int:
        """Give everything of ABSORBED to SURVIVING, by member numbers; shows what moves, then asks.

        With --trial it only shows.
        """
        request = MergeAccountsRequest(surviving=surviving, absorbed=absorbed, ticket=ticket)
        with opening() as ask:
            moves: tuple[str, ...] = ()
            if invocation.trial or not yes:
                shown = ask(MERGE_ACCOUNTS, evolve(request, trial=True))
                moves = ("would move", *_lines(shown))
                if invocation.trial:
                    return print_answer(invocation, shown, *moves)
            require_confirmation(f"Everything of {absorbed} goes over to {surviving}", yes=yes, before=moves)
            answer = ask(MERGE_ACCOUNTS, request)
        return print_answer(invocation, answer, "moved", *_lines(answer))

    command(subgroup(application, "accounts"), "merge", "json", "trial", "quiet")(merge)
