"""Finding the person that an administrator means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import click

from askul_connect import bootstrap
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.accounts import ListUsersRequest, UserSummary
from askul_connect.core.operations.supplier import LIST_USERS

ROLES = click.Choice([role.value for role in Role if role is not Role.SUPPLIER])


class _Person(Protocol):
    @property
    def user_id(self) -> str: ...
    @property
    def email(self) -> str: ...


P = TypeVar("P", bound=_Person)


def all_users(ask: bootstrap.Asking) -> tuple[UserSummary, ...]:
    """The people of the account."""
    found: tuple[UserSummary, ...] = ask(LIST_USERS, ListUsersRequest()).users
    return found


def chosen(people: Sequence[P], given: str) -> P:
    """The one of an id or e-mail address.

    Raises:
        NotFound: There is none.
    """
    found = next((one for one in people if one.user_id == given), None)
    try:
        key = email_key(given)
    except ValueInvalid:
        key = ""
    if found is None and key:
        found = next((one for one in people if email_key(one.email) == key), None)
    if found is None:
        raise NotFound("the account has no such user", where="user")
    return found


def chosen_user(ask: bootstrap.Asking, given: str) -> UserSummary:
    """The user of an id or e-mail address.

    Raises:
        NotFound: There is none.
    """
    return chosen(all_users(ask), given)
