"""``credentials list``, ``issue`` and ``revoke``: machine identities of an account, by its administrator (AUTH-20)."""

from __future__ import annotations

from pathlib import Path

import click

from askul_connect.cli.administering import Opening, by_administrator, group, print_answer
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.private_files import private_file
from askul_connect.core.messages.administration import ClientCredentialSummary, ListClientCredentialsRequest
from askul_connect.core.messages.login import (
    IssueClientCredentialRequest,
    IssueClientCredentialResponse,
    RevokeClientCredentialRequest,
)
from askul_connect.core.operations.administration import LIST_CLIENT_CREDENTIALS
from askul_connect.core.operations.supplier import ISSUE_CLIENT_CREDENTIAL, REVOKE_CLIENT_CREDENTIAL

_COLUMNS = ("id", "label", "operations", "departments", "from", "issued", "last used", "revoked")


def _row(credential: ClientCredentialSummary) -> tuple[str, ...]:
    instants = (credential.created_at, credential.last_used_at, credential.revoked_at)
    return (
        credential.credential_id,
        credential.label,
        ", ".join(credential.operations),
        ", ".join(credential.departments),
        ", ".join(credential.networks),
        *("" if one is None else one.isoformat(timespec="minutes") for one in instants),
    )


def _print_issued(invocation: Invocation, issued: IssueClientCredentialResponse) -> int:
    secret = issued.credential.reveal()
    if invocation.as_json:
        print_json({"credential_id": issued.credential_id, "credential": secret})
        return ExitCode.DONE
    if not invocation.quiet:
        print_lines([f"issued {issued.credential_id}; this is shown once:"], err=True)
    print_lines([secret])
    return ExitCode.DONE


def add_to(application: click.Group) -> None:
    """Add the commands."""
    credentials = group(application, "credentials", "Machine identities at the in-process supplier.")

    @click.option("--valid", is_flag=True, help="Only those that were not revoked.")
    @by_administrator
    def list_credentials(invocation: Invocation, opening: Opening, *, valid: bool) -> int:
        """List the account's machine identities; their secrets are nowhere."""
        with opening() as ask:
            found = ask(LIST_CLIENT_CREDENTIALS, ListClientCredentialsRequest()).credentials
        found = tuple(one for one in found if not valid or one.revoked_at is None)
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Credentials", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.option("--label", required=True, help="What it is for.")
    @click.option(
        "--operation",
        "operations",
        required=True,
        multiple=True,
        help="An operation it may call, several times if need be.",
    )
    @click.option(
        "--department", "departments", multiple=True, help="Department code it is limited to. Default: all."
    )
    @click.option(
        "--from",
        "networks",
        metavar="NETWORK",
        multiple=True,
        help="An address or network it is good from, several times if need be. Default: any.",
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the secret to this new file, for its owner alone, instead of printing it.",
    )
    @by_administrator
    def issue(
        invocation: Invocation,
        opening: Opening,
        *,
        label: str,
        operations: tuple[str, ...],
        departments: tuple[str, ...],
        networks: tuple[str, ...],
        out: Path | None,
    ) -> int:
        """Issue a machine identity and print its secret, once, or write it to a file."""
        request = IssueClientCredentialRequest(
            label=label, operations=operations, departments=departments, networks=networks
        )
        if out is None:
            with opening() as ask:
                return _print_issued(invocation, ask(ISSUE_CLIENT_CREDENTIAL, request))
        with private_file(out) as file, opening() as ask:
            issued = ask(ISSUE_CLIENT_CREDENTIAL, request)
            file.write(f"{issued.credential.reveal()}\n")
        answer = {"credential_id": issued.credential_id, "file": str(out)}
        return print_answer(invocation, answer, f"issued {issued.credential_id}; its secret is in {out}")

    @click.argument("credential_id")
    @yes_option
    @by_administrator
    def revoke(invocation: Invocation, opening: Opening, *, credential_id: str, yes: bool) -> int:
        """End a machine identity at once; whatever uses it stops working."""
        require_confirmation(f"The credential {credential_id} ends at once", yes=yes)
        request = RevokeClientCredentialRequest(credential_id=credential_id)
        with opening() as ask:
            revoked = ask(REVOKE_CLIENT_CREDENTIAL, request)
        return print_answer(invocation, revoked, f"revoked {credential_id}")

    command(credentials, "list", "json", "trial", "quiet")(list_credentials)
    command(credentials, "issue", "json", "quiet")(issue)
    command(credentials, "revoke", "json", "quiet")(revoke)
