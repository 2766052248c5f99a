"""Erasing what is kept of a person beside the account: traces of logins, and what was written (ACC-8)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.devices import LoginEnvironment, RememberedDevice
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.supplier_factors import challenge, code, factor
from askul_connect.testing.storage.supplier_people import CHANGE
from askul_connect.testing.storage.supplier_support import ATTACHMENT, MESSAGE, TICKET
from askul_connect.testing.storage.supplier_tokens import TOKEN
from askul_connect.testing.storage.units import StorageCases

PEOPLE = ("user-1", "user-2")
#: The ticket of the person, that of a colleague, and that of somebody of another account.
TICKETS = (
    TICKET,
    evolve(TICKET, ticket_id="0000000002", user_id="user-2"),
    evolve(TICKET, ticket_id="0000000003", account_id="account-2", user_id="user-3"),
)


class SupplierErasureCases(StorageCases):
    """Everything of one person, or of one account, and nothing of others."""

    @pytest.mark.spec("ACC-8")
    def test_erase_02_traces_of_one_person(self, storage: Any) -> None:
        with storage.begin() as unit:
            for number, person in enumerate(PEOPLE, 1):
                unit.factors.add(factor(number, user_id=person))
                unit.recovery_codes.replace("account-1", person, [code(user_id=person)])
                unit.challenges.add(challenge(f"hash-{number}", user_id=person))
                unit.one_time_tokens.add(evolve(TOKEN, token_hash=f"hash-{number}", user_id=person))
                unit.environments.put(_environment(person))
                unit.devices.add(_device(person))
                unit.attempts.put(_counter(person))
        with storage.begin() as unit:
            unit.account_moves.erase_traces("user-1")
        with storage.begin() as unit:
            left = {
                person: (
                    len(unit.factors.of_user("account-1", person)),
                    len(unit.recovery_codes.of_user("account-1", person)),
                    unit.one_time_tokens.get(f"hash-{number}") is not None,
                    len(unit.environments.of_user(person)),
                    unit.devices.get(person) is not None,
                    unit.attempts.get(f"user:{person}") is not None,
                    unit.challenges.take(f"hash-{number}") is not None,
                )
                for number, person in enumerate(PEOPLE, 1)
            }
        assert left == {
            "user-1": (0, 0, False, 0, False, False, False),
            "user-2": (1, 1, True, 1, True, True, True),
        }

    @pytest.mark.spec("ACC-8")
    @pytest.mark.parametrize(
        ("person", "emptied"),
        [("user-1", {"0000000001"}), ("", {"0000000001", "0000000002"})],
        ids=["person", "account"],
    )
    def test_erase_03_correspondence(self, storage: Any, person: str, emptied: set[str]) -> None:
        with storage.begin() as unit:
            for ticket in TICKETS:
                unit.tickets.add(ticket)
                unit.tickets.add_message(evolve(MESSAGE, ticket_id=ticket.ticket_id))
                unit.tickets.add_attachment(evolve(ATTACHMENT, ticket_id=ticket.ticket_id))
            for account_id in ("account-1", "account-2"):
                unit.user_imports.add(evolve(CHANGE, import_id=account_id, account_id=account_id))
                unit.one_time_tokens.add(evolve(TOKEN, token_hash=account_id, account_id=account_id))
        with storage.begin() as unit:
            unit.account_moves.erase_correspondence("account-1", person)
        with storage.begin() as unit:
            for ticket in TICKETS:
                key = ticket.ticket_id
                written = (
                    unit.tickets.get(key),
                    [one.text for one in unit.tickets.messages(key)],
                    [(one.name, one.content) for one in unit.tickets.attachments(key)],
                )
                bare = evolve(
                    ticket,
                    company="",
                    contact_name="",
                    contact_email="",
                    contact_key="",
                    contact_phone="",
                    secret_hash="",
                    source="",
                )
                kept = (ticket, [MESSAGE.text], [(ATTACHMENT.name, ATTACHMENT.content)])
                assert written == ((bare, [""], [("", "")]) if key in emptied else kept)
            whole = not person
            imports = [unit.user_imports.get(one, one).text for one in ("account-1", "account-2")]
            assert imports == ["" if whole else CHANGE.text, CHANGE.text]
            assert (unit.one_time_tokens.get("account-1") is None) is whole
            assert unit.one_time_tokens.get("account-2") is not None


def _environment(person: str) -> LoginEnvironment:
    return LoginEnvironment(user_id=person, network="192.0.2.0/24", device="", first_at=NOW, last_at=NOW)


def _device(person: str) -> RememberedDevice:
    return RememberedDevice(
        family=person,
        user_id=person,
        home_account_id="account-1",
        label="",
        created_at=NOW,
        last_used_at=NOW,
        expires_at=NOW,
        factor_proved_at=None,
    )


def _counter(person: str) -> AttemptCounter:
    return AttemptCounter(
        subject=f"user:{person}", failures=1, last_at=NOW, paused_until=None, locked_at=None
    )
