"""The entries of users, departments, joining, contexts, imports, sign-on and the lists of administration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from tenancy_callers import canary
from tenancy_entry import ABSENT, COMPANY, OWN, Asked, Entry
from tenancy_estate import PASSWORD
from tenancy_joining import (
    HEADER,
    LIMIT,
    allow_provider,
    confirmation,
    department,
    further_department,
    invitation,
    joiner,
    limits,
    member_number,
    membership,
    one_waiting,
    planned,
    sent_invitation,
    user,
    version,
    waiting,
)
from tenancy_provider import PROVIDER, assertion

from askul_connect.core.domain.accounts import Role, UserState
from askul_connect.core.domain.invitations import InvitationState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.user_imports import UserImportState
from askul_connect.core.messages import administration, invitations, people, sign_on


def _after(before: Callable[[Asked], Any], request: Any) -> Callable[[Asked], Any]:
    """A request that says nothing, after something was made that it is about."""

    def make(asked: Asked) -> Any:
        before(asked)
        return request

    return make


def _active(answer: Any, asked: Asked) -> bool:
    found = membership(asked, answer.user_id)
    return found is not None and found.state is UserState.ACTIVE


def _joined(answer: Any, asked: Asked) -> bool:
    found = membership(asked, joiner(asked)[1], f"host{asked.own}")
    return (
        answer.account_name == f"株式会社{canary(f'host{asked.own}')}"
        and found is not None
        and found.state is UserState.ACTIVE
    )


def _changed_user(asked: Asked) -> people.ChangeUserRequest:
    user_id = asked.user("versatile")
    return people.ChangeUserRequest(
        user_id=user_id,
        version=version(asked, user_id),
        email=f"versatile@{canary(asked.own)}.example",
        name=f"{canary(asked.own)} {asked.estate.fresh()}",
        role=Role.BUYER,
        department_codes=(asked.department,),
    )


def _reaches_change(answer: Any, asked: Asked) -> bool:
    return (
        not answer.confirmation_sent
        and answer.version == version(asked, answer.user_id) > 1
        and membership(asked, answer.user_id).department_codes == ("D1",)
    )


def _transferred(answer: Any, asked: Asked) -> bool:
    with asked.estate.storage.begin() as unit:
        found = unit.memberships.primary_administrator(asked.estate.account_ids[asked.own])
    return found is not None and found.user_id == answer.user_id != answer.former_user_id


def _import(asked: Asked) -> people.ImportUsersRequest:
    """A person more, and another one changed, who is the own account's, another one's or nobody."""
    if asked.whose == ABSENT:
        known = "imported@nobody.example"
    else:
        asked.person("imported")
        known = f"imported@{canary(asked.account)}.example"
    return people.ImportUsersRequest(
        csv_text=f"{HEADER}add,row{asked.estate.fresh()}@{canary(asked.own)}.example,新人,buyer,{asked.department},\n"
        f"change,{known},,approver,,\n"
    )


def _changed_department(asked: Asked) -> people.ChangeDepartmentRequest:
    code = further_department(asked, 0)
    found = department(asked, code)
    return people.ChangeDepartmentRequest(
        code=code,
        version=found.version if found else 1,
        name=canary(asked.own),
        parent_code=asked.department,
        postcode="150-0001",
        address=f"東京都渋谷区{canary(asked.own)}2-2",
    )


def _reaches_department(answer: Any, asked: Asked) -> bool:
    found = department(asked, answer.code)
    return found is not None and found.parent_code == "D1" and found.version == answer.version > 1


def _limit_is_set(answer: Any, asked: Asked) -> bool:
    account_id = asked.estate.account_ids[asked.own]
    with asked.estate.storage.begin() as unit:
        stored = {one.code: one.monthly_limit for one in unit.department_limits.of_account(account_id)}
    return stored.get(answer.code) == answer.monthly_limit == LIMIT


def _limits_in_reach(answer: Any, asked: Asked) -> bool:
    # whoever is limited to a department sees the limit of no other one
    both = asked.caller.name != "machine of D1"
    codes = {one.code for one in answer.limits}
    return "D1" in codes and ("D2" in codes) is both


def _cancelled(answer: Any, asked: Asked) -> bool:
    account_id = asked.estate.account_ids[asked.own]
    with asked.estate.storage.begin() as unit:
        found = unit.user_imports.get(account_id, answer.import_id)
    return found is not None and found.state is UserImportState.CANCELLED


def _taken_back(answer: Any, asked: Asked) -> bool:
    account_id = asked.estate.account_ids[asked.own]
    with asked.estate.storage.begin() as unit:
        found = unit.invitations.get(account_id, answer.reference)
    return found is not None and found.state is InvitationState.CANCELLED


def _assertion(asked: Asked) -> sign_on.LoginWithAssertionRequest:
    allow_provider(asked)
    email = f"admin@{canary(asked.own)}.example"
    return sign_on.LoginWithAssertionRequest(provider=PROVIDER, assertion=Secret(assertion(email)))


PEOPLE_ENTRIES: Mapping[str, Entry] = {
    # --- joining; what is found for a member number or an address is never answered, so they name nothing
    "RegisterUser": Entry(
        request=lambda asked: people.RegisterUserRequest(
            email=f"asks{asked.estate.fresh()}@{canary(asked.own)}.example",
            name=f"{canary(asked.own)} 花子",
            member_number=member_number(asked),
            password=Secret(PASSWORD),
        ),
        reaches=lambda answer, _: len(answer.reference) == 10,
        free={"email", "name", "member_number", "password"},
        wrong=(
            lambda _: people.RegisterUserRequest(
                email="x", name="", member_number="1", password=Secret(PASSWORD)
            ),
            lambda asked: people.RegisterUserRequest(
                email="x@example.jp", name="x", member_number=member_number(asked), password=Secret("x")
            ),
        ),
    ),
    "ConfirmEmail": Entry(
        request=lambda asked: people.ConfirmEmailRequest(
            # who has the token joins the account it is of, whoever calls
            email_token=confirmation(evolve(asked, whose=OWN))[1]
        ),
        reaches=lambda answer, asked: answer.awaiting_approval and canary(asked.own) in answer.email,
        free={"email_token"},
        wrong=(lambda _: people.ConfirmEmailRequest(email_token=Secret("x")),),
    ),
    "ListAwaitingUsers": Entry(
        request=_after(one_waiting, people.ListAwaitingUsersRequest()),
        reaches=lambda answer, asked: (
            asked.estate.people[asked.own, "waiting"] in {one.user_id for one in answer.users}
        ),
    ),
    "ApproveUser": Entry(
        request=lambda asked: people.ApproveUserRequest(
            user_id=waiting(asked), role=Role.BUYER, department_codes=(asked.department,)
        ),
        reaches=_active,
        names={"user_id", "department_codes"},
        wrong=(lambda asked: people.ApproveUserRequest(user_id=waiting(asked), role=Role.SUPPLIER),),
    ),
    "RejectUser": Entry(
        request=lambda asked: people.RejectUserRequest(user_id=waiting(asked), reason="退職済み"),
        reaches=lambda answer, asked: user(asked, answer.user_id).state is UserState.REJECTED,
        names={"user_id"},
        free={"reason"},
        wrong=(lambda asked: people.RejectUserRequest(user_id=waiting(asked), reason="x" * 501),),
    ),
    "InviteUser": Entry(
        request=lambda asked: people.InviteUserRequest(
            email=f"guest{asked.estate.fresh()}@{canary(asked.own)}.example",
            role=Role.BUYER,
            department_codes=(asked.department,),
        ),
        reaches=lambda answer, _: len(answer.reference) == 10,
        names={"department_codes"},
        free={"email"},
        wrong=(lambda _: people.InviteUserRequest(email="x", role=Role.SUPPLIER, order_limit=-1),),
    ),
    "ListInvitations": Entry(
        request=_after(sent_invitation, invitations.ListInvitationsRequest()),
        reaches=lambda answer, asked: any(
            one.reference in asked.estate.numbers[asked.own] and one.state == "open"
            for one in answer.invitations
        ),
    ),
    "CancelInvitation": Entry(
        request=lambda asked: invitations.CancelInvitationRequest(reference=sent_invitation(asked)),
        reaches=_taken_back,
        names={"reference"},
    ),
    "AcceptInvitation": Entry(
        request=lambda asked: people.AcceptInvitationRequest(invitation_token=invitation(asked)),
        reaches=_joined,
        names={"invitation_token"},
        wrong=(lambda _: people.AcceptInvitationRequest(invitation_token=Secret("x")),),
    ),
    # --- changing
    "ChangeUser": Entry(
        request=_changed_user,
        reaches=_reaches_change,
        names={"user_id", "department_codes"},
        free={"email", "name"},
        wrong=(
            lambda asked: people.ChangeUserRequest(
                user_id=asked.user("versatile"), version=0, email="x", name="", role=Role.BUYER
            ),
        ),
    ),
    "RemoveUser": Entry(
        request=lambda asked: people.RemoveUserRequest(user_id=asked.user(f"leaves{asked.estate.fresh()}")),
        reaches=lambda answer, asked: membership(asked, answer.user_id).state is UserState.REMOVED,
        names={"user_id"},
    ),
    "TransferAdministration": Entry(
        request=lambda asked: people.TransferAdministrationRequest(
            user_id=asked.user(f"heir{asked.estate.fresh()}")
        ),
        reaches=_transferred,
        names={"user_id"},
        wrong=(
            lambda asked: people.TransferAdministrationRequest(
                user_id=asked.user(), former_role=Role.SUPPLIER
            ),
        ),
    ),
    "ImportUsers": Entry(
        request=_import,
        reaches=lambda answer, asked: answer.state == "done" and answer.rows == 2,
        names={"csv_text"},
        wrong=(
            lambda _: people.ImportUsersRequest(csv_text=""),
            lambda _: people.ImportUsersRequest(csv_text=f"{HEADER}add,x,,supplier,none-such,-1\n"),
        ),
    ),
    "ListUserImports": Entry(
        request=_after(planned, people.ListUserImportsRequest()),
        reaches=lambda answer, asked: any(
            one.import_id in asked.estate.numbers[asked.own] and one.state == "waiting"
            for one in answer.imports
        ),
    ),
    "CancelUserImport": Entry(
        request=lambda asked: people.CancelUserImportRequest(import_id=planned(asked)),
        reaches=_cancelled,
        names={"import_id"},
    ),
    # --- contexts
    "ListContexts": Entry(
        request=lambda _: people.ListContextsRequest(),
        reaches=lambda answer, asked: (
            f"株式会社{canary(asked.own)}" in {one.account_name for one in answer.contexts if one.current}
        ),
    ),
    "SwitchContext": Entry(
        # the own one, in all of which a session stays, is not left for a part of it
        request=lambda asked: people.SwitchContextRequest(
            member_number=member_number(asked),
            department_code=asked.department if asked.whose in {COMPANY, ABSENT} else "",
        ),
        reaches=lambda answer, asked: answer.account_name == f"株式会社{canary(asked.own)}",
        names={"member_number", "department_code"},
        wrong=(lambda _: people.SwitchContextRequest(member_number="x"),),
    ),
    # --- departments
    "ChangeDepartment": Entry(
        request=_changed_department,
        reaches=_reaches_department,
        names={"code", "parent_code"},
        free={"name", "postcode", "address"},
        wrong=(
            lambda asked: people.ChangeDepartmentRequest(
                code=further_department(asked, 0), version=0, name=""
            ),
        ),
    ),
    "RemoveDepartment": Entry(
        request=lambda asked: people.RemoveDepartmentRequest(
            code=further_department(asked, asked.estate.fresh())
        ),
        reaches=lambda answer, asked: department(asked, answer.code) is None,
        names={"code"},
        wrong=(lambda _: people.RemoveDepartmentRequest(code="D1"),),
    ),
    "SetDepartmentLimit": Entry(
        request=lambda asked: people.SetDepartmentLimitRequest(code=asked.department, monthly_limit=LIMIT),
        reaches=_limit_is_set,
        names={"code"},
        wrong=(lambda _: people.SetDepartmentLimitRequest(code="D1", monthly_limit=-1),),
    ),
    "ListDepartmentLimits": Entry(
        request=_after(limits, people.ListDepartmentLimitsRequest()),
        reaches=_limits_in_reach,
    ),
    # --- sign-on; the names of providers are the supplier's
    "LoginWithAssertion": Entry(
        request=_assertion,
        reaches=lambda answer, asked: answer.account_name == f"株式会社{canary(asked.own)}",
        free={"assertion", "provider", "nonce", "device"},
        wrong=(
            lambda _: sign_on.LoginWithAssertionRequest(assertion=Secret("x")),
            lambda _: sign_on.LoginWithAssertionRequest(
                assertion=Secret(assertion("nobody@example.jp")), provider=PROVIDER
            ),
            lambda _: sign_on.LoginWithAssertionRequest(assertion=Secret("x"), provider="no-such"),
        ),
    ),
    "ListSignOnProviders": Entry(
        request=_after(allow_provider, sign_on.ListSignOnProvidersRequest()),
        reaches=lambda answer, _: PROVIDER in {one.name for one in answer.providers if one.allowed},
    ),
    "SetSignOnProviders": Entry(
        request=lambda _: sign_on.SetSignOnProvidersRequest(providers=(PROVIDER,)),
        reaches=lambda answer, _: answer.providers == (PROVIDER,),
        free={"providers"},
        wrong=(lambda _: sign_on.SetSignOnProvidersRequest(providers=("no-such",)),),
    ),
    # --- lists of administration
    "ListClientCredentials": Entry(
        request=lambda _: administration.ListClientCredentialsRequest(),
        reaches=lambda answer, asked: any(
            one.label.startswith(canary(asked.own)) for one in answer.credentials
        ),
    ),
    "ListAccounts": Entry(
        request=lambda _: administration.ListAccountsRequest(),
        reaches=lambda answer, asked: (
            set(asked.estate.customer_numbers.values()) <= {one.customer_number for one in answer.accounts}
        ),
        # whoever may read the list reads all of it
        free={"cursor"},
        wrong=(
            lambda _: administration.ListAccountsRequest(page_size=0),
            lambda _: administration.ListAccountsRequest(cursor="注文"),
        ),
    ),
}
