"""Audit records and login history: listed, sealed, verified (AUTH-10, AUTH-17)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role
from askul_connect.core.errors import AccessDenied, CursorExpired, LoginMismatch, ValueInvalid
from askul_connect.core.messages.audit import ExportAuditHeadRequest, ListAuditRecordsRequest
from askul_connect.core.operations import audit
from askul_connect.core.services.supplier.audit_trail import verify_chains


def busy(world: Any) -> Any:
    """A customer to whom something has happened: logins, refused ones, temporary passwords."""
    customer = world.customer()
    for number in range(3):
        customer.person(f"p{number}@a.example.co.jp", Role.BUYER)
    for login_id in (customer.number, "nobody@example.jp", "nobody@example.jp"):
        with pytest.raises(LoginMismatch):
            world.login(login_id, "wrong")
    return customer


def report(world: Any, exported: Any = None) -> Any:
    return verify_chains(world.storage, world.supplier.dispatcher.house, exported)


def heads(world: Any) -> Any:
    return world.as_staff(audit.EXPORT_AUDIT_HEAD, ExportAuditHeadRequest())


@pytest.mark.spec("AUTH-17")
def test_an_administrator_reads_the_accounts_records_page_by_page(everywhere: Any) -> None:
    world = everywhere
    customer, other = busy(world), world.customer("b")
    found: list[Any] = []
    request = ListAuditRecordsRequest(page_size=2)
    while True:
        answer = world.call(audit.LIST_AUDIT_RECORDS, request, token=customer.administrator)
        found += answer.records
        assert answer.page.total == (11 if not request.cursor else None)
        if not answer.page.more:
            break
        request = evolve(request, cursor=answer.page.next_cursor)
    each = ["user-added", "temporary-password-issued", "password-changed"]
    assert [one.action for one in found] == ["password-changed", "client-credential-issued", *each * 3]
    assert [one.sequence for one in found] == list(range(1, 12))
    assert json.loads(found[3].detail) == {"schema": 1, "delivery": "handed_over"}

    with pytest.raises(CursorExpired):
        world.call(
            audit.LIST_AUDIT_RECORDS,
            ListAuditRecordsRequest(cursor=answer.page.next_cursor),
            token=other.administrator,
        )
    with pytest.raises(ValueInvalid, match="pageSize"):
        world.call(
            audit.LIST_AUDIT_RECORDS, ListAuditRecordsRequest(page_size=0), token=customer.administrator
        )
    # what comes later is behind the last cursor
    customer.person("p9@a.example.co.jp", Role.VIEWER)
    rest = world.call(
        audit.LIST_AUDIT_RECORDS,
        ListAuditRecordsRequest(cursor=answer.page.next_cursor),
        token=customer.administrator,
    )
    assert [one.sequence for one in rest.records] == [12, 13, 14]


@pytest.mark.spec("AUTH-17")
def test_only_administrators_and_of_the_own_account(faced: Any) -> None:
    world = faced
    customer = busy(world)
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    for token in (buyer, customer.machine):
        with pytest.raises(AccessDenied):
            world.call(audit.LIST_AUDIT_RECORDS, ListAuditRecordsRequest(), token=token)
    with pytest.raises(AccessDenied):
        world.call(audit.EXPORT_AUDIT_HEAD, ExportAuditHeadRequest(), token=customer.administrator)
    other = world.customer("b")
    own, issued = world.call(
        audit.LIST_AUDIT_RECORDS, ListAuditRecordsRequest(), token=other.administrator
    ).records
    assert own.action == "password-changed"
    assert own.actor == own.subject == issued.actor
    assert issued.action == "client-credential-issued"


@pytest.mark.spec("AUTH-10")
def test_what_nobody_touched_holds(stored: Any) -> None:
    world = stored
    busy(world)
    kept = heads(world)
    before = report(world, kept)
    assert (before.breaks, before.unsealed) == ((), 0)
    assert before.entries > 10
    assert before.chains == len(kept.heads) == 3
    # later records change nothing about what was kept
    world.customer("b")
    after = report(world, kept)
    assert after.breaks == ()
    assert after.entries > before.entries


TAMPERING = {
    "edit a record": "UPDATE login_records SET result = 'success' WHERE sequence = 2",
    "edit an audit record": "UPDATE audit_records SET actor = 'somebody' WHERE sequence = 1",
    "edit its place": "UPDATE login_records SET sequence = 99 WHERE sequence = 2",
    "delete": "DELETE FROM login_records WHERE sequence = 2",
    "delete the first": "DELETE FROM audit_records WHERE sequence = 1",
    "swap": "UPDATE login_records SET sequence = CASE sequence WHEN 1 THEN -2 WHEN 2 THEN -1 END"
    " WHERE sequence IN (1, 2); UPDATE login_records SET sequence = -sequence WHERE sequence < 0",
    "move to another account": "UPDATE audit_records SET account_id = ''",
    "cut the end": "DELETE FROM login_records WHERE sequence > 1",
    "blank the seals": "UPDATE audit_records SET seal = '' WHERE sequence > 1",
    "delete a head": "DELETE FROM chains WHERE chain LIKE 'audit:%'",
}
#: What only heads that were kept elsewhere can show.
HIDDEN = {
    "cut the end and the head": "DELETE FROM login_records WHERE sequence > 1;"
    " DELETE FROM chains WHERE chain LIKE 'logins:%';"
    " INSERT INTO chains SELECT 'logins:' || account_id, sequence, seal FROM login_records",
    "cut all": "DELETE FROM audit_records; DELETE FROM chains WHERE chain LIKE 'audit:%'",
    "made anew without seals": "UPDATE audit_records SET seal = '', actor = 'x'; UPDATE chains SET seal = ''"
    " WHERE chain LIKE 'audit:%'",
}


#: The chains are the same on both databases; what reads them is tried on the second one too.
ON_BOTH = ("edit a record", "cut the end", "cut all")


def cases(tampering: dict[str, str]) -> list[Any]:
    """Each kind of tampering on SQLite, some on PostgreSQL."""
    both = [(what, "postgresql") for what in tampering if what in ON_BOTH]
    return [*((what, "sqlite") for what in tampering), *both]


@pytest.fixture
def tampered(request: pytest.FixtureRequest, make_world: Callable[..., Any], tmp_path: Path) -> Any:
    """A busy world, and what runs SQL behind its back."""
    kind = request.node.callspec.params["kind"]
    if kind == "sqlite":
        world = make_world("sqlite")
        engine = sa.create_engine(f"sqlite:///{world.folder / 'supplier.sqlite3'}")
    else:
        url = request.getfixturevalue("supplier_postgresql")()
        world = type(make_world())(supplier_sql(url), tmp_path, "in process")
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    busy(world)

    def run(statements: str) -> None:
        with engine.begin() as connection:
            for statement in statements.split(";"):
                connection.execute(sa.text(statement))

    yield world, run
    engine.dispose()
    if kind == "postgresql":
        world.storage.close()


@pytest.mark.spec("AUTH-10", "AUTH-17")
@pytest.mark.parametrize(("what", "kind"), cases(TAMPERING))
def test_tampering_with_the_database_is_noticed(tampered: Any, what: str, kind: str) -> None:
    world, run = tampered
    kept = heads(world)
    run(TAMPERING[what])
    assert report(world).breaks
    assert report(world, kept).breaks


@pytest.mark.spec("AUTH-10")
@pytest.mark.parametrize(("what", "kind"), cases(HIDDEN))
def test_what_the_database_hides_a_kept_head_shows(tampered: Any, what: str, kind: str) -> None:
    world, run = tampered
    kept = heads(world)
    run(HIDDEN[what])
    assert report(world, kept).breaks


@pytest.mark.spec("AUTH-10")
def test_heads_that_were_changed_are_refused(stored: Any) -> None:
    world = stored
    busy(world)
    kept = heads(world)
    forged = evolve(kept, heads=(evolve(kept.heads[0], sequence=1), *kept.heads[1:]))
    with pytest.raises(ValueInvalid, match="changed"):
        report(world, forged)
    with pytest.raises(ValueInvalid, match="changed"):
        report(world, evolve(kept, heads=kept.heads[1:]))
