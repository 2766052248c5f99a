"""A new customer's first steps at a supplier: from the letter to a machine identity (AUTH-1, AUTH-4, AUTH-20).

The administrator logs in with the customer number and the temporary password, must set a new one, adds the buyer and
issues the client credential; the buyer logs in. After that nobody logs in as a person any more. Every step can be
repeated, and what was made is put away before it is used, so that an interruption locks nobody out.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, LoginMismatch
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    AddUserRequest,
    ListDepartmentsRequest,
    ListUsersRequest,
)
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    IssueClientCredentialRequest,
    IssueTemporaryPasswordRequest,
    LoginRequest,
)
from askul_connect.core.operations.supplier import (
    ADD_DEPARTMENT,
    ADD_USER,
    CHANGE_PASSWORD,
    ISSUE_CLIENT_CREDENTIAL,
    ISSUE_TEMPORARY_PASSWORD,
    LIST_DEPARTMENTS,
    LIST_USERS,
    LOGIN,
)
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.secret_box import SecretBox
from askul_connect.core.services.buyer.channel import CHANNEL_OPERATIONS

_ADMINISTRATOR_PASSWORD = "administrator-password"  # noqa: S105 - the name of a secret, not a secret
_BUYER_PASSWORD = "buyer-password"  # noqa: S105 - the name of a secret, not a secret


@frozen(kw_only=True)
class OnboardingPlan:
    """Whom the administrator sets up.

    Attributes:
        departments: Code and name of each department the account must have.
        label: What the client credential is called at the supplier.
    """

    buyer_name: str = field(repr=False)
    buyer_email: str = field(repr=False)
    buyer_departments: tuple[str, ...]
    departments: tuple[tuple[str, str], ...] = field(default=())
    label: str = "askul-connect"


def onboard(
    caller: OperationCaller,
    secrets: SecretBox,
    plan: OnboardingPlan,
    *,
    customer_number: str,
    temporary_password: Secret,
    new_password: Callable[[], Secret],
    say: Callable[[str], None],
) -> Secret:
    """Carry out the first steps.

    Args:
        caller: Calls the supplier.
        secrets: Where passwords are put away.
        plan: Whom to set up.
        customer_number: From the supplier's letter.
        temporary_password: From the same letter.
        new_password: Makes a password that satisfies the supplier's policy.
        say: Told each step, for a person to read.

    Returns:
        The client credential.

    Raises:
        ConfigurationError: Neither the letter's password nor the one put away earlier is accepted.
        AskulConnectError: What the supplier refuses.
    """
    administrator = _first_login(
        caller,
        secrets,
        customer_number,
        temporary_password,
        new_password=new_password,
        name=_ADMINISTRATOR_PASSWORD,
    )
    say(f"administrator {customer_number[:2]}******** logged in and set a password")
    _add_departments(caller, administrator, plan)
    _first_buyer_login(caller, secrets, administrator, plan, new_password)
    say("the buyer's user added and logged in")
    issued = caller.call(
        ISSUE_CLIENT_CREDENTIAL,
        IssueClientCredentialRequest(
            label=plan.label, operations=tuple(operation.name for operation in CHANNEL_OPERATIONS)
        ),
        token=administrator,
    )
    say("client credential issued; from here on the buyer's side uses nothing else")
    return issued.credential


def _login(caller: OperationCaller, login_id: str, password: Secret) -> tuple[Secret, bool] | None:
    """The session token, and whether it may only set a password; None when the login data do not match."""
    try:
        answer = caller.call(LOGIN, LoginRequest(login_id=login_id, password=password))
    except LoginMismatch:
        return None
    return answer.session_token, answer.password_change_required


def _first_login(
    caller: OperationCaller,
    secrets: SecretBox,
    login_id: str,
    temporary: Secret,
    *,
    new_password: Callable[[], Secret],
    name: str,
) -> Secret:
    """A session of somebody who had a temporary password."""
    chosen = secrets.get(name)
    if chosen is not None:
        session = _login(caller, login_id, chosen)
        if session is not None and not session[1]:
            return session[0]
    else:
        chosen = new_password()
        secrets.put(name, chosen)
    session = _login(caller, login_id, temporary)
    if session is None:
        raise ConfigurationError(
            f"the supplier accepts neither the temporary password of {login_id} nor the one put away as {name!r};"
            " ask the supplier for a new temporary password",
            where=name,
        )
    caller.call(
        CHANGE_PASSWORD,
        ChangePasswordRequest(login_id=login_id, current_password=temporary, new_password=chosen),
        token=session[0],
    )
    session = _login(caller, login_id, chosen)
    if session is None:
        raise ConfigurationError(f"the supplier does not accept the new password of {login_id}", where=name)
    return session[0]


def _add_departments(caller: OperationCaller, administrator: Secret, plan: OnboardingPlan) -> None:
    known = caller.call(LIST_DEPARTMENTS, ListDepartmentsRequest(), token=administrator).departments
    codes = {department.code for department in known}
    for code, name in plan.departments:
        if code not in codes:
            caller.call(
                ADD_DEPARTMENT,
                AddDepartmentRequest(code=code, name=name),
                token=administrator,
                idempotency_key=f"department:{code}",
            )


def _first_buyer_login(
    caller: OperationCaller,
    secrets: SecretBox,
    administrator: Secret,
    plan: OnboardingPlan,
    new_password: Callable[[], Secret],
) -> None:
    users = caller.call(LIST_USERS, ListUsersRequest(), token=administrator).users
    user_id = next((user.user_id for user in users if user.email == plan.buyer_email), None)
    chosen = secrets.get(_BUYER_PASSWORD)
    if user_id is not None and chosen is not None:
        session = _login(caller, plan.buyer_email, chosen)
        if session is not None and not session[1]:
            return
    if user_id is None:
        added = caller.call(
            ADD_USER,
            AddUserRequest(
                email=plan.buyer_email,
                name=plan.buyer_name,
                role=Role.BUYER,
                department_codes=plan.buyer_departments,
            ),
            token=administrator,
            idempotency_key=f"user:{plan.buyer_email}",
        )
        user_id = added.user_id
    issued = caller.call(
        ISSUE_TEMPORARY_PASSWORD, IssueTemporaryPasswordRequest(user_id=user_id), token=administrator
    )
    _first_login(
        caller,
        secrets,
        plan.buyer_email,
        issued.temporary_password,
        new_password=new_password,
        name=_BUYER_PASSWORD,
    )
