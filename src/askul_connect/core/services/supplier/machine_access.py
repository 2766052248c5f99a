"""Client credentials, issued, listed and revoked by an administrator (AUTH-20)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import ClientCredential
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound, Problem, UnknownDepartment, ValueInvalid
from askul_connect.core.messages.administration import (
    ClientCredentialSummary,
    ListClientCredentialsRequest,
    ListClientCredentialsResponse,
)
from askul_connect.core.messages.login import (
    IssueClientCredentialRequest,
    IssueClientCredentialResponse,
    RevokeClientCredentialRequest,
    RevokeClientCredentialResponse,
)
from askul_connect.core.policies.machines import MOST_NETWORKS, canonical_network
from askul_connect.core.services.supplier.authentication import CREDENTIAL_MARK
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit

#: Two at once, so that a machine's credential can be exchanged without a gap (AUTH-20).
VALID_AT_ONCE = 2
_LABEL_LENGTH = 60


def issue_client_credential(
    context: Context, request: IssueClientCredentialRequest
) -> IssueClientCredentialResponse:
    """A machine identity; everything it is scoped to is checked, all findings at once."""
    account_id = context.caller.account_id
    problems = [*_label_problems(context, request.label)]
    grantable = {operation.name for operation in context.registry if operation.machines}
    problems += [
        finding(
            ValueInvalid,
            f"{name!r} cannot be granted to a machine; grantable: {', '.join(sorted(grantable))}",
            where="operations",
        )
        for name in request.operations
        if name not in grantable
    ]
    if not request.operations:
        problems.append(finding(ValueInvalid, "name at least one operation", where="operations"))
    problems += [
        finding(UnknownDepartment, f"there is no department {code!r}", where="departments")
        for code in request.departments
        if context.unit.departments.by_code(account_id, code) is None
    ]
    networks, wrong = _networks(request.networks)
    problems += wrong
    if problems:
        raise ValueInvalid("the credential cannot be issued like this", problems=tuple(problems))
    secret = context.house.ids.token("client-credential")
    credential_id = context.house.ids.new("client-credential", f"{account_id}:{secret.fingerprint()}")
    context.unit.credentials.add(
        ClientCredential(
            credential_id=credential_id,
            account_id=account_id,
            label=request.label,
            secret_hash=secret.fingerprint(),
            operations=tuple(sorted(set(request.operations))),
            departments=tuple(sorted(set(request.departments))),
            created_by=context.caller.actor,
            created_at=context.now,
            networks=networks,
        )
    )
    audit(
        context,
        "client-credential-issued",
        credential_id,
        detail={
            "label": request.label,
            "operations": sorted(set(request.operations)),
            "departments": sorted(set(request.departments)),
            **({"networks": list(networks)} if networks else {}),
        },
    )
    return IssueClientCredentialResponse(
        credential_id=credential_id, credential=Secret(f"{CREDENTIAL_MARK}{credential_id}.{secret.reveal()}")
    )


def _networks(texts: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """The networks as they are kept, each once, and what is wrong with those that are none."""
    found: dict[str, None] = {}
    problems = []
    for text in texts:
        try:
            found[canonical_network(text)] = None
        except ValueInvalid as error:
            problems.append(finding(ValueInvalid, error.detail, where="networks"))
    if len(found) > MOST_NETWORKS:
        problems.append(
            finding(ValueInvalid, f"up to {MOST_NETWORKS} networks; name larger ones", where="networks")
        )
    return tuple(found), problems


def _label_problems(context: Context, label: str) -> list[Problem]:
    if not label.strip() or len(label) > _LABEL_LENGTH:
        return [finding(ValueInvalid, f"a label has 1 to {_LABEL_LENGTH} characters", where="label")]
    valid = [
        credential
        for credential in context.unit.credentials.of_account(context.caller.account_id)
        if credential.label == label and credential.revoked_at is None
    ]
    if len(valid) >= VALID_AT_ONCE:
        return [
            finding(
                ValueInvalid,
                f"{VALID_AT_ONCE} credentials {label!r} are valid already; revoke one first",
                where="label",
            )
        ]
    return []


def list_client_credentials(
    context: Context, _request: ListClientCredentialsRequest
) -> ListClientCredentialsResponse:
    """The credentials of the administrator's account, oldest first, without anything one could use."""
    return ListClientCredentialsResponse(
        credentials=tuple(
            ClientCredentialSummary(
                credential_id=one.credential_id,
                label=one.label,
                operations=one.operations,
                departments=one.departments,
                created_by=one.created_by,
                created_at=one.created_at,
                last_used_at=one.last_used_at,
                revoked_at=one.revoked_at,
                networks=one.networks,
            )
            for one in context.unit.credentials.of_account(context.caller.account_id)
        )
    )


def revoke_client_credential(
    context: Context, request: RevokeClientCredentialRequest
) -> RevokeClientCredentialResponse:
    """Ends a credential of the administrator's account; ending it again answers the same."""
    credential = context.unit.credentials.get(request.credential_id)
    if credential is None or credential.account_id != context.caller.account_id:
        raise NotFound("there is no such client credential", where="credential_id")
    revoked_at = credential.revoked_at or context.now
    if credential.revoked_at is None:
        context.unit.credentials.save(evolve(credential, revoked_at=revoked_at))
        audit(
            context, "client-credential-revoked", credential.credential_id, detail={"label": credential.label}
        )
    return RevokeClientCredentialResponse(revoked_at=revoked_at)
