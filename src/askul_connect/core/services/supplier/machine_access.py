"""Temporary passwords and client credentials, issued by an administrator (AUTH-4, AUTH-20)."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import ClientCredential, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound, Problem, ValueInvalid
from askul_connect.core.messages.login import (
    IssueClientCredentialRequest,
    IssueClientCredentialResponse,
    IssueTemporaryPasswordRequest,
    IssueTemporaryPasswordResponse,
    RevokeClientCredentialRequest,
    RevokeClientCredentialResponse,
)
from askul_connect.core.services.supplier.authentication import CREDENTIAL_MARK
from askul_connect.core.services.supplier.context import Context

#: Handed over in person or by phone, so it need not last longer than one by e-mail (AUTH-4).
TEMPORARY_PASSWORD_LIFE = timedelta(hours=24)
TEMPORARY_PASSWORD_LENGTH = 20
#: Two at once, so that a machine's credential can be exchanged without a gap (AUTH-20).
VALID_AT_ONCE = 2
_LABEL_LENGTH = 60


def issue_temporary_password(
    context: Context, request: IssueTemporaryPasswordRequest
) -> IssueTemporaryPasswordResponse:
    """A temporary password for a user of the administrator's account; earlier sessions of the user end."""
    account_id = context.caller.account_id
    user = context.unit.users.get(account_id, request.user_id)
    if user is None or user.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    password = Secret(context.house.ids.token("temporary-password").reveal()[:TEMPORARY_PASSWORD_LENGTH])
    expires_at = context.now + TEMPORARY_PASSWORD_LIFE
    context.unit.users.save(
        evolve(
            user,
            password_hash=context.house.hasher.hash(password),
            password_temporary=True,
            password_expires_at=expires_at,
            old_password_hashes=tuple(h for h in (user.password_hash, *user.old_password_hashes) if h)[
                : context.house.password_policy.remembered
            ],
        )
    )
    for session in context.unit.sessions.live_of_user(account_id, user.user_id):
        context.unit.sessions.save(evolve(session, ended_at=context.now))
    return IssueTemporaryPasswordResponse(temporary_password=password, expires_at=expires_at)


def issue_client_credential(
    context: Context, request: IssueClientCredentialRequest
) -> IssueClientCredentialResponse:
    """A machine identity; everything it is scoped to is checked, all findings at once."""
    account_id = context.caller.account_id
    problems = [*_label_problems(context, request.label)]
    grantable = {operation.name for operation in context.registry if operation.machines}
    problems += [
        _problem(
            "operations",
            f"{name!r} cannot be granted to a machine; grantable: {', '.join(sorted(grantable))}",
        )
        for name in request.operations
        if name not in grantable
    ]
    if not request.operations:
        problems.append(_problem("operations", "name at least one operation"))
    problems += [
        _problem("departments", f"there is no department {code!r}")
        for code in request.departments
        if context.unit.departments.by_code(account_id, code) is None
    ]
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
        )
    )
    return IssueClientCredentialResponse(
        credential_id=credential_id, credential=Secret(f"{CREDENTIAL_MARK}{credential_id}.{secret.reveal()}")
    )


def _label_problems(context: Context, label: str) -> list[Problem]:
    if not label.strip() or len(label) > _LABEL_LENGTH:
        return [_problem("label", f"a label has 1 to {_LABEL_LENGTH} characters")]
    valid = [
        credential
        for credential in context.unit.credentials.of_account(context.caller.account_id)
        if credential.label == label and credential.revoked_at is None
    ]
    if len(valid) >= VALID_AT_ONCE:
        return [
            _problem("label", f"{VALID_AT_ONCE} credentials {label!r} are valid already; revoke one first")
        ]
    return []


def _problem(where: str, detail: str) -> Problem:
    return Problem(code=ValueInvalid.code, detail=detail, where=where, remedy=ValueInvalid.remedy.en)


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
    return RevokeClientCredentialResponse(revoked_at=revoked_at)
