"""An account and its users (ACC-5, ACC-6)."""

from __future__ import annotations

import attrs
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.capabilities import CAPABILITIES
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.registered_data import data_of
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.accounts import (
    AddUserRequest,
    AddUserResponse,
    GetAccountRequest,
    GetAccountResponse,
    ListUsersRequest,
    ListUsersResponse,
    UserSummary,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.methods import has_card, method_of, split_of
from askul_connect.core.services.supplier.people import (
    Place,
    add_person,
    email_problems,
    name_problems,
    place_problems,
    version_of,
)


def get_account(context: Context, _request: GetAccountRequest) -> GetAccountResponse:
    """The caller's account; the customer number and the registered data are for administrators only (ACC-2)."""
    account = context.account()
    administrator = context.caller.role is Role.ADMINISTRATOR
    terms = account.terms if method_of(context.unit, account) is PaymentMethod.TERMS else None
    answer = GetAccountResponse(
        name=account.name,
        kind=account.kind,
        state=account.state,
        member_number=account.member_number,
        customer_number=account.customer_number if context.caller.role is Role.ADMINISTRATOR else "",
        buyer_party=account.buyer_party,
        currency=context.house.profile.currency,
        version=account.version,
        capabilities=tuple(sorted(one.value for one in CAPABILITIES[account.kind])),
        payment_method=method_of(context.unit, account),
        invoice_split=split_of(context.unit, account),
        card_registered=administrator and has_card(context.unit, account.account_id),
        closing_day=terms.closing_day if terms else 0,
        payment_months=terms.payment_months if terms else 0,
        payment_day=terms.payment_day if terms else 0,
    )
    return evolve(answer, **attrs.asdict(data_of(account))) if administrator else answer


def add_user(context: Context, request: AddUserRequest) -> AddUserResponse:
    """A user without a password: a temporary one is issued separately, so that it is never stored with an answer.

    An address that is a user's of another account is refused, as it has always been: a user that is listed and given
    a password cannot look like one that is somebody else's. Such a person is invited (``InviteUser``).
    """
    place = Place(
        role=request.role, department_codes=request.department_codes, order_limit=request.order_limit
    )
    problems = [
        *email_problems(request.email),
        *name_problems("name", request.name),
        *place_problems(context, place),
    ]
    if problems:
        raise ValueInvalid("the user cannot be added like this", problems=tuple(problems))
    return AddUserResponse(user_id=add_person(context, request.email, request.name, place).user_id)


def replay_add_user(context: Context, _request: AddUserRequest, user_id: str) -> AddUserResponse:
    """The answer of an earlier call with the same key."""
    if context.unit.memberships.get(context.caller.account_id, user_id) is None:
        raise NotFound("the user added under this key no longer exists")
    return AddUserResponse(user_id=user_id)


def list_users(context: Context, _request: ListUsersRequest) -> ListUsersResponse:
    """All users of the caller's account, by e-mail; those whose home is another account among them."""
    found = [
        (user, membership)
        for membership in context.unit.memberships.of_account(context.caller.account_id)
        if (user := context.unit.users.get(membership.home_account_id, membership.user_id)) is not None
    ]
    return ListUsersResponse(
        users=tuple(
            UserSummary(
                user_id=user.user_id,
                email=user.email,
                name=user.name,
                role=membership.role,
                state=membership.state,
                department_codes=membership.department_codes,
                version=version_of(user, membership),
                order_limit=membership.order_limit,
                home=membership.home_account_id == membership.account_id,
            )
            for user, membership in sorted(found, key=lambda one: one[0].email_key)
        )
    )
