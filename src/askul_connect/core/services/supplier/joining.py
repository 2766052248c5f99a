"""Joining one's employer's account (ACC-9).

Whoever asks learns nothing from the answer: the question is stored and looked up afterwards. The address proves itself
before anybody is asked to approve it, so that nobody joins under a colleague's address with a password of their own.
That a member number exists can be learned by joining with it; it is no secret and proves nothing (ACC-10).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, User, UserState
from askul_connect.core.domain.identifiers import email_key, normalise_email, normalise_member_number
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import USER_STEPS, UserStep, next_state
from askul_connect.core.domain.tokens import TokenPurpose
from askul_connect.core.errors import (
    DuplicateRegistration,
    NotFound,
    PasswordRejected,
    Problem,
    ValueInvalid,
)
from askul_connect.core.messages.people import (
    ApproveUserRequest,
    ApproveUserResponse,
    AwaitingUser,
    ConfirmEmailResponse,
    ListAwaitingUsersRequest,
    ListAwaitingUsersResponse,
    RegisterUserRequest,
    RegisterUserResponse,
    RejectUserRequest,
    RejectUserResponse,
)
from askul_connect.core.policies.passwords import PasswordFacts, judge
from askul_connect.core.services.supplier.asking import take
from askul_connect.core.services.supplier.context import Context, Desk
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.mailed_tokens import issue
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.passwords import with_password
from askul_connect.core.services.supplier.people import (
    Place,
    described,
    email_problems,
    join,
    member,
    name_problems,
    new_user,
    place_problems,
    tell,
    tell_administrators,
    version_of,
)
from askul_connect.core.services.supplier.records import audit

REGISTERED = "user-registration-asked"
CONFIRMATION_LIFE = timedelta(hours=24)
_REASON_LENGTH = 500


def register_user(desk: Desk, request: RegisterUserRequest) -> RegisterUserResponse:
    """Take the question; the answer is the same whatever is found.

    The password is judged by what was typed only: judged by the account's name, its refusal would show the name.

    Raises:
        ValueInvalid: Something typed is not of its form; all findings at once.
        PasswordRejected: The password breaks rules; every one is named.
    """
    # the part of the service that this belongs to may be stopped: known before anything is hashed
    desk.unit(lambda _context: None)
    problems = [*email_problems(request.email), *name_problems("name", request.name)]
    number = ""
    try:
        number = normalise_member_number(request.member_number)
    except ValueInvalid as error:
        problems.append(finding(ValueInvalid, error.detail, where="member_number"))
    if problems:
        raise ValueInvalid("nobody can join like this", problems=tuple(problems))
    _require_good_password(desk, request)
    asked = {
        "email": normalise_email(request.email),
        "name": request.name,
        "member_number": number,
        "password_hash": desk.house.hasher.hash(request.password),
    }
    return RegisterUserResponse(reference=desk.unit(lambda context: take(context, REGISTERED, asked)))


def _require_good_password(desk: Desk, request: RegisterUserRequest) -> None:
    facts = PasswordFacts(login_ids=(request.email,), name=request.name, company="", used_before=False)
    broken: tuple[Problem, ...] = tuple(judge(desk.house.password_policy, request.password, facts))
    if broken:
        raise PasswordRejected("the password does not satisfy the policy", problems=broken)


def answer_registration(context: Context, reference: str, asked: Mapping[str, Any]) -> None:
    """Ask the address to prove itself, where the member number is an open account's and the address is nobody's."""
    unit, email = context.unit, asked["email"]
    account = unit.accounts.by_member_number(asked["member_number"])
    if account is None or account.state is not AccountState.ACTIVE:
        return
    known = unit.users.by_email_key(email_key(email))
    if known is not None:
        # whoever reads the mailbox may know; whoever asked may be somebody else. Once an hour is enough.
        kind, key = "user-known", f"{known.user_id}:{context.now:%Y-%m-%dT%H}"
        if unit.outbox.find(kind, key) is None:
            notify_person(context, kind, key, known.email, {"at": context.now.isoformat()})
        return
    subject = {"email": email, "name": asked["name"], "password_hash": asked["password_hash"]}
    nobody = Secret(email_key(email)).fingerprint()
    token = issue(context, TokenPurpose.REGISTRATION, account.account_id, nobody, CONFIRMATION_LIFE, subject)
    if token is not None:
        facts = {"expires_at": (context.now + CONFIRMATION_LIFE).isoformat()}
        notify_person(context, "email-confirmation", reference, email, facts, secret=token)


def confirm_registration(
    context: Context, account: Account, subject: Mapping[str, Any]
) -> ConfirmEmailResponse:
    """The person waits from now on; the administrators are told."""
    email = subject["email"]
    if context.unit.users.by_email_key(email_key(email)) is not None:
        raise DuplicateRegistration(f"{email} is registered already", where="email")
    state = UserState.AWAITING_APPROVAL
    user = new_user(context, account.account_id, email, subject["name"], state)
    user = with_password(context.house, account, user, subject["password_hash"], context.now)
    context.unit.users.add(user)
    record = audit(
        context,
        "user-registered",
        user.user_id,
        account_id=account.account_id,
        actor=user.user_id,
        detail={"email": email},
    )
    tell_administrators(context, "user-awaiting-approval", record, {"email": email, "name": user.name})
    return ConfirmEmailResponse(email=email, awaiting_approval=True)


def list_awaiting_users(context: Context, _request: ListAwaitingUsersRequest) -> ListAwaitingUsersResponse:
    """Who waits for the caller's account."""
    waiting = [
        user
        for user in context.unit.users.of_account(context.caller.account_id)
        if user.state is UserState.AWAITING_APPROVAL
    ]
    return ListAwaitingUsersResponse(
        users=tuple(
            AwaitingUser(user_id=user.user_id, email=user.email, name=user.name, asked_at=user.created_at)
            for user in sorted(waiting, key=lambda one: (one.created_at, one.user_id))
        )
    )


def approve_user(context: Context, request: ApproveUserRequest) -> ApproveUserResponse:
    """The person may log in with the password chosen at registration.

    Raises:
        NotFound: Nobody of that id waits or has ever asked for this account.
        IllegalStep: The person was approved or rejected already.
        ValueInvalid: Role, departments or limit are not acceptable; all findings at once.
    """
    user = _asked(context, request.user_id)
    place = Place(
        role=request.role, department_codes=request.department_codes, order_limit=request.order_limit
    )
    problems = place_problems(context, place)
    if problems:
        raise ValueInvalid("the user cannot be approved like this", problems=tuple(problems))
    approved = _step(context, user, UserStep.APPROVE)
    membership = join(context, user.account_id, approved, place)
    record = audit(context, "user-approved", user.user_id, detail=described(place))
    tell(context, "user-approved", record, user.email, {"role": place.role.value})
    return ApproveUserResponse(user_id=user.user_id, version=version_of(approved, membership))


def replay_approve_user(context: Context, _request: ApproveUserRequest, user_id: str) -> ApproveUserResponse:
    """The answer of an earlier call with the same key, as the user stands now."""
    user, membership = member(context, user_id)
    return ApproveUserResponse(user_id=user_id, version=version_of(user, membership))


def reject_user(context: Context, request: RejectUserRequest) -> RejectUserResponse:
    """The person is told, and cannot log in.

    Raises:
        NotFound: Nobody of that id waits or has ever asked for this account.
        IllegalStep: The person was approved or rejected already.
        ValueInvalid: The reason is too long.
    """
    user = _asked(context, request.user_id)
    if len(request.reason) > _REASON_LENGTH:
        raise ValueInvalid(f"a reason has at most {_REASON_LENGTH} characters", where="reason")
    _step(context, user, UserStep.REJECT)
    record = audit(context, "user-rejected", user.user_id, detail={"reason": request.reason})
    tell(context, "user-rejected", record, user.email, {"reason": request.reason})
    return RejectUserResponse(user_id=user.user_id)


def replay_reject_user(_context: Context, _request: RejectUserRequest, user_id: str) -> RejectUserResponse:
    """The answer of an earlier call with the same key."""
    return RejectUserResponse(user_id=user_id)


def _asked(context: Context, user_id: str) -> User:
    user = context.unit.users.get(context.caller.account_id, user_id)
    if user is None:
        raise NotFound("there is no such user", where="user_id")
    return user


def _step(context: Context, user: User, step: UserStep) -> User:
    state = next_state(USER_STEPS, user.state, step, "a user")
    changed = evolve(user, state=state, version=user.version + 1)
    context.unit.users.save(changed)
    return changed
