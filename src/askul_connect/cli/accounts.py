"""``accounts list`` and ``accounts show``: the customers of the in-process supplier, as its staff see them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import Opening, by_staff, group
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.accounts import AccountKind, AccountState
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


def _print_page(
    invocation: Invocation, opening: Opening, request: ListAccountsRequest, wanted: dict[str, str]
) -> int:
    with opening() as ask:
        found = ask(LIST_ACCOUNTS, request)
    accounts = [one for one in found.accounts if _is_wanted(one, wanted)]
    if invocation.as_json:
        print_json({"accounts": accounts, "page": found.page})
        return ExitCode.DONE
    print_table("Accounts", _COLUMNS, map(_row, accounts))
    if not invocation.quiet:
        more = "more with" if found.page.more else "what changes later with"
        print_lines([f"{more} --cursor {found.page.next_cursor}"], err=True)
    return ExitCode.DONE


def _is_wanted(account: AccountSummary, wanted: dict[str, str]) -> bool:
    name = wanted.get("name", "")
    return (
        wanted.get("state", account.state.value) == account.state.value
        and wanted.get("kind", account.kind.value) == account.kind.value
        and name.casefold() in account.name.casefold()
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = group(application, "accounts", "The accounts of the in-process supplier.")

    @click.option(
        "--state",
        type=click.Choice([state.value for state in AccountState]),
        help="Only those in this state.",
    )
    @click.option("--kind", type=click.Choice([kind.value for kind in AccountKind]), help="Only this kind.")
    @click.option("--name", help="Only those whose name has this in it.")
    @click.option("--page-size", type=int, help="One page only, of as many accounts before the filters.")
    @click.option(
        "--cursor", help="One page only, from where an earlier one ended: what is new or changed since."
    )
    @by_staff
    def list_accounts(
        invocation: Invocation,
        opening: Opening,
        *,
        page_size: int | None,
        cursor: str | None,
        **filters: str | None,
    ) -> int:
        """List the accounts; all of them, or page by page."""
        wanted = {key: value for key, value in filters.items() if value is not None}
        if page_size is not None or cursor is not None:
            size = MAXIMUM_PAGE_SIZE if page_size is None else page_size
            request = ListAccountsRequest(cursor=cursor or "", page_size=size)
            return _print_page(invocation, opening, request, wanted)
        with opening() as ask:
            found = [one for one in _all(ask) if _is_wanted(one, wanted)]
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Accounts", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.argument("number")
    @by_staff
    def show(invocation: Invocation, opening: Opening, *, number: str) -> int:
        """Show one account, by its customer number or member number."""
        with opening() as ask:
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
