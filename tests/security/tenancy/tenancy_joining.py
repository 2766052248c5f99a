"""What comes before a request about people: who waits, who was invited, what was planned, as it is stored by then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import evolve
from tenancy_callers import canary
from tenancy_entry import ABSENT, COMPANY, Asked
from tenancy_estate import PASSWORD, opening
from tenancy_provider import PROVIDER

from askul_connect.core.domain.accounts import Department, Role, UserState
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.messages import accounts, people
from askul_connect.core.messages.sign_on import SetSignOnProvidersRequest
from askul_connect.core.operations import people as operations
from askul_connect.core.operations import supplier
from askul_connect.core.operations.sign_on import SET_SIGN_ON_PROVIDERS
from askul_connect.core.services.supplier.mailed_tokens import SUBJECT_FORM
from askul_connect.core.services.supplier.opening import open_account
from askul_connect.core.services.supplier.people import version_of

#: More than any department of the estate ever spends.
LIMIT = 900_000_000
HEADER = "action,email,name,role,departments,order_limit\n"


def as_administrator(asked: Asked, operation: Any, request: Any) -> Any:
    """What the administrator of whom the request is about does beforehand."""
    return asked.estate.call(operation, request, asked.estate.administrators[asked.account])


# --- people --------------------------------------------------------------------------------------------------


def _mailed(
    asked: Asked, purpose: TokenPurpose, account_id: str, user_id: str, subject: dict[str, Any]
) -> Secret:
    """A token as a mail would carry it."""
    estate = asked.estate
    token: Secret = estate.ids.token(purpose.value)
    with estate.storage.begin() as unit:
        unit.one_time_tokens.add(
            OneTimeToken(
                token_hash=token.fingerprint(),
                purpose=purpose,
                account_id=account_id,
                user_id=user_id,
                created_at=estate.clock.now(),
                expires_at=estate.clock.now() + timedelta(hours=1),
                subject=estate.house.cipher.encrypt(Secret(SUBJECT_FORM.write(subject))),
            )
        )
    return token


def confirmation(asked: Asked) -> tuple[str, Secret]:
    """An address that asked to join, and the token that was sent to it."""
    email = f"joins{asked.estate.fresh()}@{canary(asked.account)}.example"
    subject = {
        "email": email,
        "name": f"{canary(asked.account)} 花子",
        "password_hash": asked.estate.house.hasher.hash(Secret(PASSWORD)),
    }
    nobody = Secret(email_key(email)).fingerprint()
    account_id = asked.estate.account_ids[asked.account]
    return email, _mailed(asked, TokenPurpose.REGISTRATION, account_id, nobody, subject)


def waiting(asked: Asked) -> str:
    """The id of somebody who asks to join, and did not before."""
    if asked.whose == ABSENT:
        return asked.user()
    email, token = confirmation(asked)
    asked.estate.call(operations.CONFIRM_EMAIL, people.ConfirmEmailRequest(email_token=token))
    with asked.estate.storage.begin() as unit:
        user = unit.users.by_email_key(email_key(email))
    assert user is not None
    asked.estate.numbers[asked.account].add(user.user_id)
    return user.user_id


def one_waiting(asked: Asked) -> None:
    """Somebody asks to join the account."""
    known = asked.estate.people
    if (asked.account, "waiting") not in known:
        known[asked.account, "waiting"] = waiting(asked)


def joiner(asked: Asked) -> tuple[str, str]:
    """Home account and id of the person who calls, or of another company's administrator."""
    estate, token = asked.estate, asked.caller.token
    if asked.whose != COMPANY and token is not None:
        with estate.storage.begin() as unit:
            session = unit.sessions.get(token.fingerprint())
        if session is not None and session.home_account_id:
            return session.home_account_id, session.user_id
    return estate.account_ids[asked.account], estate.people[asked.account, "admin"]


def invitation(asked: Asked) -> Secret:
    """What the caller, who is not there yet, was sent by a company of which nobody else learns anything."""
    if asked.whose == ABSENT:
        return Secret("0" * 64)
    account_id, inviter = _host(asked)
    home, user_id = joiner(asked)
    with asked.estate.storage.begin() as unit:
        known = unit.memberships.get(account_id, user_id)
        if known is not None:
            unit.memberships.save(evolve(known, state=UserState.REMOVED))
    subject = {
        "account_id": account_id,
        "invited_by": inviter,
        "role": Role.VIEWER.value,
        "departments": [],
        "order_limit": None,
    }
    return _mailed(asked, TokenPurpose.INVITATION, home, user_id, subject)


def _host(asked: Asked) -> tuple[str, str]:
    """Account and administrator of a company that invites the people of one account only."""
    name, estate = f"host{asked.account}", asked.estate
    if name not in estate.account_ids:
        letter = open_account(estate.storage, estate.house, opening(name))
        with estate.storage.begin() as unit:
            account = unit.accounts.by_customer_number(letter.customer_number)
            assert account is not None
            (administrator,) = unit.users.of_account(account.account_id)
        estate.account_ids[name] = account.account_id
        estate.people[name, "admin"] = administrator.user_id
        estate.hosts[asked.account] = account.member_number
    return estate.account_ids[name], estate.people[name, "admin"]


def membership(asked: Asked, user_id: str, account: str = "") -> Any:
    """What a person is in the caller's account, or another one; None for nobody."""
    with asked.estate.storage.begin() as unit:
        return unit.memberships.get(asked.estate.account_ids[account or asked.own], user_id)


def user(asked: Asked, user_id: str) -> Any:
    """A person whose home is the caller's account, as stored."""
    with asked.estate.storage.begin() as unit:
        return unit.users.get(asked.estate.account_ids[asked.own], user_id)


def version(asked: Asked, user_id: str) -> int:
    """Of a user of the account, as a list of them would say."""
    account_id = asked.estate.account_ids[asked.account]
    with asked.estate.storage.begin() as unit:
        one, place = unit.users.get(account_id, user_id), unit.memberships.get(account_id, user_id)
    return version_of(one, place) if one and place else 1


def member_number(asked: Asked) -> str:
    """What is printed on the account's invoices."""
    if asked.whose == ABSENT:
        return "00000000"
    with asked.estate.storage.begin() as unit:
        account = unit.accounts.get(asked.estate.account_ids[asked.account])
    assert account is not None
    return account.member_number


def planned(asked: Asked) -> str:
    """The id of an import that waits for its date."""
    if asked.whose == ABSENT:
        return "0000000000"
    number = asked.estate.fresh()
    request = people.ImportUsersRequest(
        csv_text=f"{HEADER}add,later{number}@{canary(asked.account)}.example,新人,buyer,,\n",
        effective_on=(asked.estate.clock.now() + timedelta(days=60)).date(),
    )
    made: str = as_administrator(asked, operations.IMPORT_USERS, request).import_id
    asked.estate.numbers[asked.account].add(made)
    return made


def sent_invitation(asked: Asked) -> str:
    """The reference of an invitation that the account has sent."""
    if asked.whose == ABSENT:
        return "0000000000"
    email = f"invited{asked.estate.fresh()}@{canary(asked.account)}.example"
    request = people.InviteUserRequest(email=email, role=Role.VIEWER)
    made: str = as_administrator(asked, operations.INVITE_USER, request).reference
    asked.estate.numbers[asked.account].add(made)
    return made


# --- departments ---------------------------------------------------------------------------------------------


def department(asked: Asked, code: str) -> Department | None:
    """A department of the account as it is stored."""
    with asked.estate.storage.begin() as unit:
        return unit.departments.by_code(asked.estate.account_ids[asked.account], code)


def further_department(asked: Asked, number: int) -> str:
    """The code of a department that no order and nobody belongs to."""
    if asked.whose == ABSENT:
        return f"none-such-{number}"
    code = f"{canary(asked.account)}-n{number}"
    if department(asked, code) is None:
        request = accounts.AddDepartmentRequest(code=code, name=canary(asked.account))
        as_administrator(asked, supplier.ADD_DEPARTMENT, request)
    return code


def limits(asked: Asked) -> None:
    """Both departments have a limit that no order ever meets."""
    account_id = asked.estate.account_ids[asked.account]
    with asked.estate.storage.begin() as unit:
        known = {one.code for one in unit.department_limits.of_account(account_id)}
    for code in sorted({"D1", "D2"} - known):
        request = people.SetDepartmentLimitRequest(code=code, monthly_limit=LIMIT)
        as_administrator(asked, operations.SET_DEPARTMENT_LIMIT, request)


# --- sign-on -------------------------------------------------------------------------------------------------


def allow_provider(asked: Asked) -> None:
    """The account lets its people sign on."""
    as_administrator(asked, SET_SIGN_ON_PROVIDERS, SetSignOnProvidersRequest(providers=(PROVIDER,)))
