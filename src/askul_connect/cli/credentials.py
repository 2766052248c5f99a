"""``credentials list``, ``issue`` and ``revoke``: machine identities of an account, by its administrator (AUTH-20)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import as_administrator, group, login_option, supplier_option
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.messages.administration import ClientCredentialSummary, ListClientCredentialsRequest
from askul_connect.core.messages.login import IssueClientCredentialRequest, RevokeClientCredentialRequest
from askul_connect.core.operations.administration import LIST_CLIENT_CREDENTIALS
from askul_connect.core.operations.supplier import ISSUE_CLIENT_CREDENTIAL, REVOKE_CLIENT_CREDENTIAL

_COLUMNS = ("id", "label", "operations", "departments", "issued", "last used", "revoked")


def _row(credential: ClientCredentialSummary) -> tuple[str, ...]:
    instants = (credential.created_at, credential.last_used_at, credential.revoked_at)
    return (
        credential.credential_id,
        credential.label,
        ", ".join(credential.operations),
        ", ".join(credential.departments),
        *("" if one is None else one.isoformat(timespec="minutes") for one in instants),
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    credentials = group(application, "credentials", "Machine identities at the in-process supplier.")

    @supplier_option
    @login_option
    def list_credentials(invocation: Invocation, supplier: str, login_id: str) -> int:
        """List the account's machine identities; their secrets are nowhere."""
        with as_administrator(invocation, supplier, login_id) as ask:
            found = ask(LIST_CLIENT_CREDENTIALS, ListClientCredentialsRequest()).credentials
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
    @supplier_option
    @login_option
    def issue(
        invocation: Invocation,
        *,
        label: str,
        operations: tuple[str, ...],
        departments: tuple[str, ...],
        supplier: str,
        login_id: str,
    ) -> int:
        """Issue a machine identity and print its secret, once."""
        request = IssueClientCredentialRequest(label=label, operations=operations, departments=departments)
        with as_administrator(invocation, supplier, login_id) as ask:
            issued = ask(ISSUE_CLIENT_CREDENTIAL, request)
        secret = issued.credential.reveal()
        if invocation.as_json:
            print_json({"credential_id": issued.credential_id, "credential": secret})
        else:
            if not invocation.quiet:
                print_lines([f"issued {issued.credential_id}; this is shown once:"], err=True)
            print_lines([secret])
        return ExitCode.DONE

    @click.argument("credential_id")
    @yes_option
    @supplier_option
    @login_option
    def revoke(invocation: Invocation, *, credential_id: str, yes: bool, supplier: str, login_id: str) -> int:
        """End a machine identity at once; whatever uses it stops working."""
        require_confirmation(f"The credential {credential_id} ends at once", yes=yes)
        with as_administrator(invocation, supplier, login_id) as ask:
            revoked = ask(
                REVOKE_CLIENT_CREDENTIAL, RevokeClientCredentialRequest(credential_id=credential_id)
            )
        if invocation.as_json:
            print_json(revoked)
        elif not invocation.quiet:
            print_lines([f"revoked {credential_id}"])
        return ExitCode.DONE

    command(credentials, "list", "json", "trial", "quiet")(list_credentials)
    command(credentials, "issue", "json", "quiet")(issue)
    command(credentials, "revoke", "json", "quiet")(revoke)
