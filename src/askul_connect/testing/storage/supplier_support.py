"""The supplier's own people, tickets, and login attempts found by their reference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.staff import StaffMember, StaffState
from askul_connect.core.domain.tickets import (
    Author,
    Ticket,
    TicketAttachment,
    TicketChannel,
    TicketMessage,
    TicketState,
)
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW, login_record
from askul_connect.testing.storage.units import StorageCases, stored

HOUR = timedelta(hours=1)
MEMBER = StaffMember(
    staff_id="staff-1",
    login_name="Hanako",
    login_key="hanako",
    name="支援 花子",
    state=StaffState.ACTIVE,
    password_hash="$hash$",
    password_temporary=True,
    password_expires_at=NOW,
    seed="sealed",
    added_by="staff-0",
    created_at=NOW,
    last_step=59_000_000,
    failures=5,
    paused_until=NOW + HOUR,
)
TICKET = Ticket(
    ticket_id="0000000001",
    account_id="account-1",
    user_id="user-1",
    channel=TicketChannel.CHAT,
    state=TicketState.OPEN,
    company="株式会社見本",
    member_number="12345678",
    contact_name="担当 太郎",
    contact_email="User1@example.jp",
    contact_key="user1@example.jp",
    contact_phone="03-0000-0000",
    order_number="O-1",
    error_code="w:001",
    happened_at=NOW - HOUR,
    language="ja",
    secret_hash="sha",
    source="192.0.2.1",
    created_at=NOW,
    changed_at=NOW,
)
MESSAGE = TicketMessage(
    ticket_id="0000000001", number=1, at=NOW, author=Author.CUSTOMER, author_id="user-1", text="開けません"
)
ATTACHMENT = TicketAttachment(
    ticket_id="0000000001",
    number=1,
    message=1,
    name="画面.png",
    media_type="image/png",
    size=8,
    sha256="0" * 64,
    content="iVBORw0KGgo=",
)


class SupplierSupportCases(StorageCases):
    """Staff and tickets."""

    @pytest.mark.spec("AUTH-20")
    def test_staff_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        other = evolve(MEMBER, staff_id="staff-2", login_key="a", password_expires_at=None, paused_until=None)
        gone = evolve(MEMBER, state=StaffState.REMOVED, removed_at=NOW, seed="")
        with storage.begin() as unit:
            unit.staff.add(MEMBER)
            unit.staff.add(other)
            assert unit.staff.get("staff-1") == MEMBER
            unit.staff.save(gone)
        with storage.begin() as unit:
            assert unit.staff.get("staff-1") == gone
            assert unit.staff.by_login_key("hanako") == gone
            assert unit.staff.by_login_key("a") == other
            assert unit.staff.by_login_key("Hanako") is None
            assert unit.staff.get("staff-9") is None
            assert list(unit.staff.all()) == [other, gone]

    @pytest.mark.spec("AUTH-20")
    @pytest.mark.parametrize("changes", [{"login_key": "x"}, {"staff_id": "staff-2"}])
    def test_staff_02_ids_and_login_names_are_unique(self, storage: Any, changes: Any) -> None:
        stored(storage, lambda unit: unit.staff.add(MEMBER))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.staff.add(evolve(MEMBER, **changes)))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.staff.save(evolve(MEMBER, staff_id="staff-9", login_key="x")))

    @pytest.mark.spec("SUP-2")
    def test_ticket_01_keeps_every_field_and_its_history(self, storage: Any) -> None:
        closed = evolve(TICKET, state=TicketState.CLOSED, closed_at=NOW + HOUR, happened_at=None)
        second = evolve(MESSAGE, number=2, author=Author.STAFF)
        with storage.begin() as unit:
            unit.tickets.add(TICKET)
            unit.tickets.add_message(second)
            unit.tickets.add_message(MESSAGE)
            unit.tickets.add_attachment(ATTACHMENT)
            assert unit.tickets.get("0000000001") == TICKET
            unit.tickets.save(closed)
        with storage.begin() as unit:
            assert unit.tickets.get("0000000001") == closed
            assert unit.tickets.get("0000000002") is None
            assert unit.tickets.many(["0000000001", "0000000002"]) == {"0000000001": closed}
            assert unit.tickets.many([]) == {}
            assert list(unit.tickets.messages("0000000001")) == [MESSAGE, second]
            assert list(unit.tickets.attachments("0000000001")) == [ATTACHMENT]
            assert not unit.tickets.messages("0000000002")
            assert not unit.tickets.attachments("0000000002")

    @pytest.mark.spec("SUP-2")
    @pytest.mark.parametrize("what", ["add", "add_message", "add_attachment", "save"])
    def test_ticket_02_nothing_is_replaced_unseen(self, storage: Any, what: str) -> None:
        def fill(unit: Any) -> None:
            unit.tickets.add(TICKET)
            unit.tickets.add_message(MESSAGE)
            unit.tickets.add_attachment(ATTACHMENT)

        stored(storage, fill)
        again = {
            "add": TICKET,
            "add_message": MESSAGE,
            "add_attachment": ATTACHMENT,
            "save": evolve(TICKET, ticket_id="9"),
        }
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: getattr(unit.tickets, what)(again[what]))

    @pytest.mark.spec("SUP-2")
    def test_ticket_03_those_of_a_source_and_of_a_contact_are_counted(self, storage: Any) -> None:
        def fill(unit: Any) -> None:
            unit.tickets.add(TICKET)
            unit.tickets.add(evolve(TICKET, ticket_id="2", created_at=NOW - HOUR))
            unit.tickets.add(evolve(TICKET, ticket_id="3", source="192.0.2.2", contact_key="x@example.jp"))

        stored(storage, fill)
        with storage.begin() as unit:
            assert unit.tickets.opened_from("192.0.2.1", NOW) == 1
            assert unit.tickets.opened_from("192.0.2.1", NOW - HOUR) == 2
            assert unit.tickets.opened_from("192.0.2.9", NOW - HOUR) == 0
            assert unit.tickets.opened_for("user1@example.jp", NOW - HOUR) == 2
            assert unit.tickets.opened_for("x@example.jp", NOW) == 1

    @pytest.mark.spec("AUTH-2")
    def test_login_reference_01_finds_the_attempt_of_whichever_account(self, storage: Any) -> None:
        own = login_record("R-1")
        unknown = login_record("R-2", account_id="", user_id="")
        with storage.begin() as unit:
            unit.logins.add(own)
            unit.logins.add(unknown)
            assert unit.logins.by_reference("R-1") == own
            assert unit.logins.by_reference("R-2") == unknown
            assert unit.logins.by_reference("R-3") is None
