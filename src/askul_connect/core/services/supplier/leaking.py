"""The answer to a leak: who is affected, and what is done for them (AUTH-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from attrs import evolve, frozen

from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import Account, ClientCredential, User, UserState
from askul_connect.core.domain.company_names import company_key
from askul_connect.core.domain.identifiers import normalise_member_number
from askul_connect.core.domain.leaks import Incident, LeakedField
from askul_connect.core.domain.registered_data import RegisteredData, data_of, read
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.leaks import (
    AffectedCredential,
    AffectedPerson,
    LeakScope,
    ReportLeakRequest,
    ReportLeakResponse,
    RespondToLeakRequest,
    RespondToLeakResponse,
)
from askul_connect.core.policies.leaks import deadlines, triggers
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import require_open_ticket

_FACT = "leak:{}"
_RESPONSE_FORM = StoredForm(name="response to a leak")
_BATCH = 1_000
#: Fields of the registered data by what leaks of them; the first two name people of their own.
_REGISTERED = {
    LeakedField.REPRESENTATIVE: "representative",
    LeakedField.CONTACT: "contact",
    LeakedField.PHONE: "phone",
    LeakedField.CONTACT_EMAIL: "email",
    LeakedField.ADDRESS: "address",
}


@frozen(kw_only=True)
class _Affected:
    """One person of an account, and what could be read."""

    account: Account
    name: str
    fields: frozenset[LeakedField]
    user: User | None = None
    email: str = ""


def report_leak(context: Context, request: ReportLeakRequest) -> ReportLeakResponse:
    """The exact list of affected people and data; the reading is recorded.

    Raises:
        NotFound: There is no such account.
        ValueInvalid: No ticket, no field, or a period that ends before it begins.
    """
    incident = _incident(context, request)
    people, credentials = _affected(context, incident)
    law = deadlines(incident)
    audit(
        context,
        "leak-reported",
        request.ticket,
        account_id="",
        detail={**_scope(incident), "ticket": request.ticket, "people": len(people)},
    )
    return ReportLeakResponse(
        people=tuple(_shown(one) for one in people),
        credentials=tuple(
            AffectedCredential(
                member_number=account.member_number, credential_id=one.credential_id, label=one.label
            )
            for account, one in credentials
        ),
        triggers=tuple(one.value for one in triggers(incident, len(people))),
        preliminary_from=law.preliminary_from,
        preliminary_by=law.preliminary_by,
        final_by=law.final_by,
    )


def _incident(context: Context, scope: LeakScope) -> Incident:
    require_open_ticket(context, scope.ticket)
    if not scope.fields:
        raise ValueInvalid("name at least one field", where="fields")
    if scope.ends_at <= scope.starts_at:
        raise ValueInvalid("the period ends after it begins", where="ends_at")
    return Incident(
        starts_at=scope.starts_at,
        ends_at=scope.ends_at,
        accounts=frozenset(_account_id(context, one) for one in scope.member_numbers),
        fields=frozenset(scope.fields),
        known_on=scope.known_on,
        malicious=scope.malicious,
        sensitive=scope.sensitive,
        financial_harm=scope.financial_harm,
    )


def _account_id(context: Context, member_number: str) -> str:
    account = context.unit.accounts.by_member_number(normalise_member_number(member_number))
    if account is None:
        raise NotFound("there is no such account", where="member_numbers")
    return account.account_id


def _scope(incident: Incident) -> dict[str, object]:
    return {
        "from": incident.starts_at.isoformat(),
        "until": incident.ends_at.isoformat(),
        "fields": sorted(incident.fields),
        "accounts": sorted(incident.accounts),
        "known_on": incident.known_on.isoformat(),
    }


def _shown(one: _Affected) -> AffectedPerson:
    gone = one.user is not None and one.user.email_key.startswith("erased:")
    return AffectedPerson(
        member_number=one.account.member_number,
        user_id=one.user.user_id if one.user else "",
        name=one.name,
        email="" if gone else one.email,
        fields=tuple(sorted(field.value for field in one.fields)),
    )


# --- who is affected ------------------------------------------------------------------------------------------


def _affected(
    context: Context, incident: Incident
) -> tuple[list[_Affected], list[tuple[Account, ClientCredential]]]:
    people: list[_Affected] = []
    credentials: list[tuple[Account, ClientCredential]] = []
    named = (context.unit.accounts.get(one) for one in sorted(incident.accounts))
    for account in filter(None, named) if incident.accounts else context.unit.accounts.all():
        people += _people_of(context, incident, account)
        if LeakedField.CREDENTIALS in incident.fields:
            credentials += [
                (account, one)
                for one in context.unit.credentials.of_account(account.account_id)
                if one.created_at < incident.ends_at
                and (one.revoked_at is None or one.revoked_at > incident.starts_at)
            ]
    return people, credentials


def _people_of(context: Context, incident: Incident, account: Account) -> list[_Affected]:
    erased = {
        (one.user_id, one.extent): one.at for one in context.unit.erasures.of_account(account.account_id)
    }
    found: dict[str, _Affected] = {}
    acted = _who_acted(context, incident, account)
    for user in context.unit.users.of_account(account.account_id):
        if user.created_at >= incident.ends_at:
            continue
        held = frozenset(_held(incident, user, erased, acted)) & incident.fields
        if held:
            found[user.user_id] = _Affected(
                account=account, name=user.name, fields=held, user=user, email=user.email
            )
    if account.created_at < incident.ends_at:
        if any(not owner and at > incident.starts_at for (owner, _), at in erased.items()):
            # whoever was registered is not known any more, but the data were there
            held = frozenset(_REGISTERED) & incident.fields
            if held:
                found["registered:"] = _Affected(account=account, name="", fields=held)
        for data in _versions(context, incident, account):
            _add_registered(incident, account, data, found)
    return list(found.values())


def _held(
    incident: Incident,
    user: User,
    erased: Mapping[tuple[str, ErasureExtent], datetime],
    acted: Mapping[LeakedField, frozenset[str]],
) -> Iterable[LeakedField]:
    """What was there of a user in the period."""

    def gone(*extents: ErasureExtent) -> bool:
        times = (erased.get((owner, extent)) for owner in ("", user.user_id) for extent in extents)
        return any(at is not None and at <= incident.starts_at for at in times)

    if not gone(ErasureExtent.CONTACTS, ErasureExtent.EVERYTHING):
        yield LeakedField.NAME
        if user.user_id in acted[LeakedField.LOGIN_HISTORY]:
            yield LeakedField.LOGIN_HISTORY
    if not gone(ErasureExtent.EVERYTHING):
        yield LeakedField.LOGIN_ID
        # a hash that was erased since was there
        if user.password_hash or user.email_key.startswith("erased:"):
            yield LeakedField.PASSWORD_HASH
    if user.user_id in acted[LeakedField.ORDERS]:
        yield LeakedField.ORDERS


def _who_acted(
    context: Context, incident: Incident, account: Account
) -> Mapping[LeakedField, frozenset[str]]:
    """Who had logged in and who had ordered by the end of the period, as far as these leaked."""
    unit = context.unit
    logged: set[str] = set()
    ordered: set[str] = set()
    if LeakedField.LOGIN_HISTORY in incident.fields:
        records = unit.logins.of_account(account.account_id)
        logged = {one.user_id for one in records if one.at < incident.ends_at}
    if LeakedField.ORDERS in incident.fields:
        after = 0
        while changes := unit.changes.since(account.account_id, ORDER_FEED, after, _BATCH):
            after = changes[-1].sequence
            orders = unit.orders.many(account.account_id, [change.key for change in changes]).values()
            ordered |= {one.placed_by for one in orders if one.placed_at < incident.ends_at}
    return {LeakedField.LOGIN_HISTORY: frozenset(logged), LeakedField.ORDERS: frozenset(ordered)}


def _versions(context: Context, incident: Incident, account: Account) -> Iterable[RegisteredData]:
    """Every state of the registered data that was in force in the period, as far as it is not erased."""
    since = account.created_at
    for snapshot in context.unit.snapshots.of_account(account.account_id):
        if snapshot.body and since < incident.ends_at and snapshot.at > incident.starts_at:
            yield read(snapshot.body)
        since = snapshot.at
    if since < incident.ends_at:
        yield data_of(account)


def _add_registered(
    incident: Incident, account: Account, data: RegisteredData, found: dict[str, _Affected]
) -> None:
    """What registered data say of people: the representative, and the contact to whom phone and addresses belong."""
    held = {
        field: getattr(data, name)
        for field, name in _REGISTERED.items()
        if field in incident.fields and getattr(data, name)
    }
    owner = data.contact or data.representative
    # two people may have one name; a registered person is taken for the first user of the name
    users = {company_key(one.name): key for key, one in reversed(found.items()) if one.user and one.name}
    for field in held:
        name = data.representative if field is LeakedField.REPRESENTATIVE else owner
        bare = company_key(name)
        key = users.get(bare) or f"registered:{bare}"
        known = found.get(key)
        if known is None:
            email = data.email if name == owner else ""
            known = _Affected(account=account, name=name, fields=frozenset(), email=email)
        found[key] = evolve(known, fields=known.fields | {field})


# --- what is done ---------------------------------------------------------------------------------------------


def respond_to_leak(context: Context, request: RespondToLeakRequest) -> RespondToLeakResponse:
    """Tell everybody affected, force new passwords, end sessions, revoke credentials whose hashes leaked.

    Raises:
        NotFound, ValueInvalid: As for the report.
    """
    incident = _incident(context, request)
    people, credentials = _affected(context, incident)
    number = context.house.ids.digits("incident-number", 10)
    counts = {"people": len(people), "notified": 0, "passwords": 0, "sessions": 0, "credentials": 0}
    for place, one in enumerate(people):
        counts["notified"] += _tell(context, number, place, one)
        if one.user is not None:
            counts["sessions"] += len(context.unit.sessions.live_of_user(one.user.user_id))
            counts["passwords"] += _force_change(context, number, one.user)
    for account, credential in credentials:
        if credential.revoked_at is None:
            context.unit.credentials.save(evolve(credential, revoked_at=context.now))
            counts["credentials"] += 1
            audit(
                context,
                "credential-revoked",
                credential.credential_id,
                account_id=account.account_id,
                reference=number,
                detail={"reason": "leak"},
            )
    law = deadlines(incident)
    met = [trigger.value for trigger in triggers(incident, len(people))]
    done = {
        **counts,
        "triggers": met,
        "preliminary_from": law.preliminary_from.isoformat(),
        "preliminary_by": law.preliminary_by.isoformat(),
        "final_by": law.final_by.isoformat(),
    }
    context.unit.facts.put(_FACT.format(number), _RESPONSE_FORM.write(done))
    audit(
        context,
        "leak-answered",
        number,
        account_id="",
        reference=number,
        detail={**_scope(incident), **done, "ticket": request.ticket},
    )
    return _answer(number, done)


def _tell(context: Context, number: str, place: int, one: _Affected) -> int:
    to = _shown(one).email
    if not to:
        return 0
    facts = {
        "incident": number,
        "fields": ", ".join(_shown(one).fields),
        "password": "a new one must be set at the next login" if one.user else "",
    }
    notify_person(context, "leak", f"{number}:{place}", to, facts)
    return 1


def _force_change(context: Context, number: str, user: User) -> bool:
    end_access(context.unit, user.user_id, context.now, "leak")
    if not user.password_hash or user.state is not UserState.ACTIVE or user.password_compromised:
        return False
    context.unit.users.save(evolve(user, password_compromised=True))
    audit(
        context,
        "password-forced",
        user.user_id,
        account_id=user.account_id,
        reference=number,
        detail={"reason": "leak"},
    )
    return True


def replay_respond_to_leak(
    context: Context, _request: RespondToLeakRequest, number: str
) -> RespondToLeakResponse:
    """The answer of an earlier call with the same key."""
    return _answer(number, _RESPONSE_FORM.read(context.unit.facts.get(_FACT.format(number)) or ""))


def _answer(number: str, done: Mapping[str, Any]) -> RespondToLeakResponse:
    return RespondToLeakResponse(
        incident=number,
        people=done["people"],
        notified=done["notified"],
        passwords=done["passwords"],
        sessions=done["sessions"],
        credentials=done["credentials"],
        triggers=tuple(done["triggers"]),
        preliminary_from=date.fromisoformat(done["preliminary_from"]),
        preliminary_by=date.fromisoformat(done["preliminary_by"]),
        final_by=date.fromisoformat(done["final_by"]),
    )
