"""``accounts list`` and ``accounts show``: the customers of the in-process supplier, as its staff see them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import as_staff, group, supplier_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.accounts import AccountState
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.administration import AccountSummary, ListAccountsRequest
from askul_connect.core.messages.paging import MAXIMUM_PAGE_SIZE
from askul_connect.core.operations.administration import LIST_ACCOUNTS

_COLUMNS = ("customer number", "member number", "name", "kind", "state", "opened")


def _all(ask: bootstrap.Asking) -> Iterator[AccountSummary]:
    request = ListAccountsRequest(page_size=MAXIMUM_PAGE_SIZE)
    while True:
        found = ask(LIST_ACCOUNTS, request)
        yield from found.accounts
        if not found.page.more:
            return
        request = ListAccountsRequest(cursor=found.page.next_cursor, page_size=MAXIMUM_PAGE_SIZE)


def _row(account: AccountSummary) -> tuple[str, ...]:
    return (
        account.customer_number,
        account.member_number,
        account.name,
        account.kind.value,
        account.state.value,
        account.created_at.date().isoformat(),
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = group(application, "accounts", "The accounts of the in-process supplier, for its staff.")

    @supplier_option
    @click.option(
        "--state",
        type=click.Choice([state.value for state in AccountState]),
        help="Only those in this state.",
    )
    def list_accounts(invocation: Invocation, supplier: str, state: str | None) -> int:
        """List the accounts."""
        with as_staff(invocation, supplier) as ask:
            found = [one for one in _all(ask) if state in (None, one.state.value)]
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Accounts", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.argument("number")
    @supplier_option
    def show(invocation: Invocation, number: str, supplier: str) -> int:
        """Show one account, by its customer number or member number."""
        with as_staff(invocation, supplier) as ask:
            found = next(
                (one for one in _all(ask) if number in (one.customer_number, one.member_number)), None
            )
        if found is None:
            raise NotFound("there is no account of that number", where="number")
        if invocation.as_json:
            print_json(found)
        else:
            details = (
                ("customer number", found.customer_number),
                ("member number", found.member_number),
                ("name", found.name),
                ("kind", found.kind.value),
                ("state", found.state.value),
                ("reason", found.state_reason),
                ("buyer's party", found.buyer_party),
                ("corporate number", found.corporate_number),
                ("opened", found.created_at.isoformat()),
            )
            print_lines([f"{name}: {text}" for name, text in details if text])
        return ExitCode.DONE

    command(accounts, "list", "json", "trial", "quiet")(list_accounts)
    command(accounts, "show", "json", "trial", "quiet")(show)
