"""``accounts withdraw`` and ``erase``: how an account ends (ACC-8)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import (
    Opening,
    as_administrator,
    as_staff,
    by_staff,
    login_option,
    print_answer,
    staff_option,
    subgroup,
    supplier_option,
    ticket_option,
)
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.invocation import Invocation, command
from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest, WithdrawAccountRequest
from askul_connect.core.operations.accounts import ERASE_PERSONAL_DATA, WITHDRAW_ACCOUNT


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = subgroup(application, "accounts")

    @click.argument("member_number")
    @click.option(
        "--own", is_flag=True, help="As the account's administrator instead of the supplier's staff."
    )
    @click.option("--reason", default="", help="Why, for the records.")
    @click.option(
        "--application-number", default="", help="From the registration; an administrator gives it."
    )
    @ticket_option
    @yes_option
    @supplier_option
    @staff_option
    @login_option
    def withdraw(
        invocation: Invocation,
        *,
        member_number: str,
        own: bool,
        reason: str,
        application_number: str,
        ticket: str,
        yes: bool,
        supplier: str,
        staff_name: str,
        login_id: str,
    ) -> int:
        """End an account for good, by its member number; refused while orders or invoices are open."""
        own = own or bool(login_id)
        if own and staff_name:
            raise click.UsageError("give --staff, or --own with or without --login-id")
        require_confirmation(f"The account {member_number} ends, with all logins and credentials", yes=yes)
        request = WithdrawAccountRequest(
            member_number=member_number, reason=reason, application_number=application_number, ticket=ticket
        )
        opened = (
            as_administrator(invocation, supplier, login_id)
            if own
            else as_staff(invocation, supplier, staff_name)
        )
        with opened as ask:
            answer = ask(WITHDRAW_ACCOUNT, request)
        return print_answer(
            invocation,
            answer,
            f"{answer.member_number} is {answer.state.value}",
            f"contacts are erased after {answer.contacts_erased_after_days} days, logins after"
            f" {answer.logins_erased_after_days}; legal records stay {answer.legal_records_years} years",
        )

    @click.argument("member_number")
    @click.option(
        "--user", "user_id", default="", help="Id of one person who was removed. Default: all people."
    )
    @click.option(
        "--everything",
        is_flag=True,
        help="Login IDs and password hashes too; a login is not answered any more.",
    )
    @ticket_option
    @yes_option
    @by_staff
    def erase(
        invocation: Invocation,
        opening: Opening,
        *,
        member_number: str,
        user_id: str,
        everything: bool,
        ticket: str,
        yes: bool,
    ) -> int:
        """Erase the people of an account that has ended, or one person who was removed."""
        whose = f"the person {user_id}" if user_id else "all people"
        require_confirmation(f"Personal data of {whose} of {member_number} are erased", yes=yes)
        request = ErasePersonalDataRequest(
            member_number=member_number,
            ticket=ticket,
            user_id=user_id,
            extent=ErasureExtent.EVERYTHING if everything else ErasureExtent.CONTACTS,
        )
        with opening() as ask:
            answer = ask(ERASE_PERSONAL_DATA, request)
        return print_answer(
            invocation,
            answer,
            f"erased: {len(answer.people)} people, {answer.notices} notices",
            *(f"kept: {one}" for one in answer.kept),
        )

    command(accounts, "withdraw", "json", "quiet")(withdraw)
    command(accounts, "erase", "json", "quiet")(erase)
