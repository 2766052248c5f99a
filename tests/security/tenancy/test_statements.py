"""Every statement of a customer's call is limited to the account (Q-TEN-5), and tells not what exists (Q-TEN-4)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from tenancy_callers import Caller, expected
from tenancy_statements import ACCOUNT_COLUMNS, Analysis, Limit, Listener, Said, analysed
from tenancy_table import ABSENT, COMPANY, OWN, Asked, entry_of

import askul_connect.adapters.storage.sql as package
from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import BulkUpsert, Prepared
from askul_connect.core.domain.accounts import Role
from askul_connect.core.operations.registry import ADMINISTRATORS, ANYONE, Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

OPERATIONS = pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
#: What belongs to no account: the supplier's own, and what is said before anybody is known.
SUPPLIERS = {
    "counters": "the last number of each kind",
    "facts": "single texts of the supplier's",
    "item_search": "as the catalogue",
    "item_search_version": "as the catalogue",
    "items": "the catalogue is everybody's",
    "login_sources": "network addresses, of whoever",
    "outbox": "notices to be sent; no operation gives them out",
    "recommended_items": "what the supplier recommends to everybody",
    "registration_attempts": "by whoever is no customer yet",
    "staff": "the supplier's people",
    "status_notices": "what is out of order, for everybody",
    "stock": "as the catalogue",
}
#: Belong to an account by what their key names: a person, a session, a ticket, a device, or the account's chain.
BY_PARENT = {
    "chains",
    "device_tokens",
    "factor_failures",
    "login_attempts",
    "login_environments",
    "session_proofs",
    "ticket_attachments",
    "ticket_messages",
}
#: A secret, or the name somebody is known by, that the caller says: the row answers whose it is.
SAID = {
    ("accounts", "customer_number"): "what a customer logs in with",
    ("accounts", "member_number"): "what a company is called by the staff and by who joins it",
    ("accounts", "name_key"): "a company registers once (ACC-4)",
    ("accounts", "corporate_number"): "a company registers once (ACC-4)",
    ("challenges", "challenge_hash"): "the hash of what was given out",
    ("client_credentials", "credential_id"): "half of what a machine sends; the other half is compared",
    ("coupons", "code"): "what a customer was told and types; whose it is is looked at then (PRC-1)",
    ("device_tokens", "token_hash"): "the hash of what a device sends",
    ("factors", "credential_id"): "what a passkey calls itself; its signature is verified",
    ("login_attempts", "subject"): "who is counted; made from what was typed",
    ("one_time_tokens", "token_hash"): "the hash of what was mailed",
    ("sessions", "token_hash"): "the hash of what the caller sends",
    ("tickets", "contact_key"): "how often a contact asked; only counted",
    ("tickets", "source"): "how often an address asked; only counted",
    ("tickets", "ticket_id"): "shown to its account, to who has its secret and to staff",
    ("ticket_messages", "ticket_id"): "of a ticket that was shown",
    ("ticket_attachments", "ticket_id"): "of a ticket that was shown",
    ("users", "email_key"): "what a person logs in with; one address is one person (ACC-4)",
}
#: What an earlier statement of the same call must have found; of the name of a chain, what follows its kind.
FOUND = {
    ("chains", "chain"): "named by its account",
    ("factor_failures", "user_id"): "of a person that was found",
    ("login_environments", "user_id"): "of a person that was found",
    ("memberships", "user_id"): "where a person works, over accounts (ACC-5)",
    ("one_time_tokens", "user_id"): "of a person that was found",
    ("remembered_devices", "family"): "of a token or a session that was found",
    ("remembered_devices", "user_id"): "of a person that was found",
    ("session_proofs", "token_hash"): "of a session that was found",
    ("sessions", "user_id"): "of a person that was found, in whichever account",
}
#: No customer's call says these: they serve the staff and the supplier's own program.
STAFFS = {
    "account_records._TRACES": "erases a person, whatever the account (ACC-8)",
    "accounts._ACCOUNTS": "the list of accounts, and of those that look alike",
    "accounts._ACCOUNTS_IN_STATES": "whose time of retention may be over, and what an account had taken over",
    "accounts._ACCOUNTS_SHARING": "companies that may be registered twice (ACC-4)",
    "carts._FORGET": "forgets by age",
    "fulfilment._ON_THE_WAY": "what may have arrived",
    "fulfilment._RETURN": "a return by its number",
    "fulfilment._SHIPMENT": "a shipment by its number",
    "login._ATTEMPTS_FORGET": "forgets by age",
    "login._DEVICES_FORGET": "forgets by age",
    "login._TOKENS_FORGET": "forgets by age",
    "orders._FIRST_UNBILLED": "who is to be billed",
    "orders._FOR_STAFF": "an order by its number",
    "orders._OPEN": "what is to be confirmed and shipped",
    "people._INVITATIONS_FORGET": "forgets by age",
    "people._WAITING": "imports that are due",
    "reductions._FIRST_UNCREDITED": "who is to be credited",
    "records._CHAINS": "all heads, to be exported",
    "records._LOGIN_BY_REFERENCE": "a login by the number its answer gave, which a customer tells the staff",
    "tokens._FORGET": "forgets by age",
}
#: Forgets by age, whoever's it is, and gives nothing back.
FORGOTTEN = {"challenges": "ceremonies that nobody finished"}
#: Work in an account that is not the session's, by what the operation is for: the caller was asked in there.
ELSEWHERE = {"AcceptInvitation", "ListContexts", "SwitchContext"}
#: Names what no account has: nothing, or the supplier's own chains of records.
NOBODYS = {"", "audit:", "logins:"}
#: Answered from what the program knows.
WITHOUT_STORAGE = {"ListSupportChannels", "SearchFaq"}
#: Whoever has somebody else's secret, 256 random bits out of a mail, knows without us that it is there.
KNOWN_BY_HAVING_IT = {"AcceptInvitation"}


def belongs(table: str) -> bool:
    """Whether the rows of a table are customers'."""
    return bool(ACCOUNT_COLUMNS & set(tables.metadata.tables[table].columns.keys())) or table in BY_PARENT


def keys_of(limit: Limit, known: dict[tuple[str, str], str]) -> list[int]:
    """The parameters that limit a table by a key that is known."""
    return [place for column, place in limit.equal.items() if (limit.table, column) in known]


def callers_of(estate: Any, operation: Operation[Any, Any]) -> Iterator[Caller]:
    """A person and a machine of a customer, as far as they may call; where a part has to do, one of them."""
    return islice(_callers_of(estate, operation), 1 if estate.sampled else None)


def _callers_of(estate: Any, operation: Operation[Any, Any]) -> Iterator[Caller]:
    for name in ("administrator", "credential in scope"):
        if not expected(operation, estate.callers[name]):
            yield estate.callers[name]
    if operation.access & ADMINISTRATORS:
        token = estate.administrators["b"]
        yield Caller(name="administrator of b", token=token, account="b", role=Role.ADMINISTRATOR)


def call(estate: Any, operation: Operation[Any, Any], caller: Caller, whose: str) -> list[Said]:
    """What one call says to the database."""
    estate.people_of.restore()
    entry, asked = entry_of(operation.name), Asked(estate=estate, caller=caller, whose=whose)
    request = entry.request(asked)
    with Listener(estate.storage).listening() as heard:
        found = estate.outcome("in process", operation, request, caller)
    if not found.code:
        # whoever keeps what was changed has to do so for the next call
        entry.reaches(found.answer, asked)
    return heard


def unlimited(said: list[Said], account_id: str, operation: Operation[Any, Any]) -> Iterator[tuple[str, str]]:
    """Statements of a customer's call that reach rows of others, and why."""
    seen = {account_id}
    for one in said:
        found = analysed(one.text)
        # feeds of everybody's, and records of what nobody is logged in for, have no account
        accounts = {account_id, ""} | (seen if operation.access == ANYONE else set())
        for limit in found.limits:
            if belongs(limit.table) and (why := stray(one, found, limit, seen, accounts, operation)):
                yield one.text, f"{limit.table}: {why}"
        seen |= {value for row in one.rows for value in row if isinstance(value, str) and value}
        if one.text.startswith("INSERT"):
            seen |= {value for value in one.values if isinstance(value, str) and value}


def stray(  # noqa: PLR0917 -- what is known of one place in one statement
    one: Said,
    found: Analysis,
    limit: Limit,
    seen: set[str],
    accounts: set[str],
    operation: Operation[Any, Any],
) -> str:
    """Why a statement reaches rows of others in one of its tables; empty when it does not."""
    strange = [one.values[place] for place in limit.accounts if one.values[place] not in accounts]
    if strange and operation.name not in ELSEWHERE:
        return f"another account's, {strange}"
    if found.limited(limit) or keys_of(limit, SAID):
        return ""
    asked = [one.values[place] for place in keys_of(limit, FOUND)]
    if any(value not in NOBODYS and value.rpartition(":")[2] not in seen for value in asked):
        return f"{asked} was not found before"
    forgets = limit.verb == "DELETE" and limit.table in FORGOTTEN and not one.rows
    return "" if asked or forgets else "limited to no account"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, estates: Any) -> Any:
    return estates(request.param)


@pytest.mark.spec("ACC-5", "AUTH-20")
@OPERATIONS
def test_every_statement_of_a_customers_call_is_limited_to_the_account(
    database: Any, operation: Operation[Any, Any]
) -> None:
    heard = 0
    for caller in callers_of(database, operation):
        for whose in (OWN, COMPANY) if entry_of(operation.name).names else (OWN,):
            said = call(database, operation, caller, whose)
            heard += len(said)
            assert list(unlimited(said, database.account_ids[caller.account], operation)) == []
    unheard = operation.name in WITHOUT_STORAGE or not list(callers_of(database, operation))
    assert bool(heard) is not unheard


@pytest.mark.spec("ACC-5", "AUTH-20")
@OPERATIONS
def test_what_is_another_companys_takes_the_work_of_what_does_not_exist(
    database: Any, operation: Operation[Any, Any]
) -> None:
    entry = entry_of(operation.name)
    if not entry.names or operation.name in KNOWN_BY_HAVING_IT:
        return
    for caller in callers_of(database, operation):
        # once before, so that nothing is done for the first time
        call(database, operation, caller, ABSENT)
        theirs, absent = (
            [one.text for one in call(database, operation, caller, whose)] for whose in (COMPANY, ABSENT)
        )
        assert theirs == absent
        assert theirs


@pytest.mark.spec("ACC-5")
@OPERATIONS
def test_a_customers_units_are_confined_to_the_account_on_postgresql(
    estates: Any, operation: Operation[Any, Any]
) -> None:
    """But those without a login, and those that work where a person belongs beside the account."""
    estate = estates("postgresql")
    for caller in callers_of(estate, operation):
        said = [one.values[1:] for one in call(estate, operation, caller, OWN) if "set_config(" in one.text]
        wanted = operation.access != ANYONE and operation.name not in ELSEWHERE
        assert set(said) == ({(estate.account_ids[caller.account],)} if wanted else set())
        assert operation.over_accounts is (operation.name in ELSEWHERE)


# --- all statements there are, whoever says them


#: The other side's, which is one customer's own database.
BUYERS = {
    "budgets",
    "history",
    "matches",
    "order_life",
    "plain_matches",
    "purchasing",
    "requisitions",
    "sightings",
}


#: Statements that are kept as they are made, for what somebody has searched by.
MADE_WHEN_ASKED = {("item_search", name) for name in ("_counts", "_pages")}


def written() -> Iterator[tuple[str, Prepared]]:
    """Every statement that a module of the storage holds, by name."""
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in BUYERS:
            continue
        held = vars(importlib.import_module(f"{package.__name__}.{module.name}"))
        todo = [
            (f"{module.name}.{name}", value)
            for name, value in held.items()
            # what was put together for the searches so far is looked at where it is said, by the test above
            if name.startswith("_") and (module.name, name) not in MADE_WHEN_ASKED
        ]
        while todo:
            name, value = todo.pop()
            if isinstance(value, Prepared):
                yield name, value
            elif isinstance(value, (dict, list, tuple)):
                entries = value.items() if isinstance(value, dict) else enumerate(value)
                todo += [(f"{name}[{key}]", entry) for key, entry in entries]
            elif isinstance(value, BulkUpsert) or type(value).__module__.startswith(package.__name__):
                slots = getattr(type(value), "__slots__", ())
                names = slots or vars(value)
                todo += [(f"{name}.{one}", getattr(value, one)) for one in names if hasattr(value, one)]


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize(
    "dialect",
    [sqlite.dialect(paramstyle="qmark"), postgresql.dialect(paramstyle="format")],
    ids=lambda one: one.name,
)
def test_every_statement_there_is_names_the_account_or_is_explained(dialect: sa.Dialect) -> None:
    """Also what no call of the test above happens to say."""
    wrong, used, used_by_staff, count = [], set(), set(), 0
    known = set(tables.metadata.tables)
    for name, prepared in written():
        text = prepared.compiled(dialect).text
        found = analysed(text)
        count += 1
        for limit in found.limits:
            if limit.table not in known or not belongs(limit.table) or found.limited(limit):
                continue
            keys = {(limit.table, column) for column in limit.equal} & {*SAID, *FOUND}
            used |= keys
            forgets = limit.verb == "DELETE" and limit.table in FORGOTTEN
            whose = re.split(r"[.\[]", name)
            explained = ".".join(whose[:2])
            if explained in STAFFS:
                used_by_staff.add(explained)
            elif not (keys or forgets):
                wrong.append((name, limit.table, text))
    assert wrong == [], "\n".join(map(str, wrong))
    assert count > 150
    assert used == {*SAID, *FOUND}, "an exception that no statement needs"
    assert used_by_staff == set(STAFFS), "an exception that no statement needs"


def test_every_table_is_a_customers_or_the_suppliers() -> None:
    customers = {name for name in tables.metadata.tables if belongs(name)}
    assert customers | set(SUPPLIERS) == set(tables.metadata.tables), "say whose the rows of a new table are"
    assert not customers & set(SUPPLIERS)
    assert customers >= {*FORGOTTEN, *(table for table, _ in (*SAID, *FOUND))}


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("SELECT orders.x FROM orders WHERE orders.account_id = ?", True),
        ("SELECT orders.x FROM orders WHERE orders.account_id = %s::VARCHAR AND orders.y = %s", True),
        ("SELECT orders.x FROM orders", False),
        ("SELECT orders.x FROM orders WHERE orders.account_id = orders.account_id", False),
        ("SELECT orders.x FROM orders WHERE orders.account_id = ? OR orders.y = ?", False),
        ("SELECT orders.x FROM orders WHERE (orders.account_id = ? OR orders.y = ?) AND orders.z = ?", False),
        ("SELECT orders.x FROM orders WHERE NOT (orders.account_id = ?)", False),
        ("SELECT orders.x FROM orders WHERE orders.account_id != ?", False),
        ("SELECT orders.x FROM orders, invoices WHERE invoices.account_id = ?", False),
        (
            "SELECT o.x FROM orders AS o JOIN invoices AS i ON i.account_id = o.account_id WHERE o.account_id = ?",
            True,
        ),
        ("SELECT o.x FROM orders AS o JOIN order_lines ON order_lines.x = o.x WHERE o.account_id = ?", False),
        ("SELECT a.x FROM orders AS a JOIN orders AS b ON a.account_id = b.account_id", False),
        ("SELECT x FROM orders WHERE account_id = ? AND y IN (SELECT others.y FROM orders AS others)", False),
        ("UPDATE orders SET account_id=? WHERE orders.order_number = ?", False),
        ("UPDATE orders SET x=? WHERE orders.account_id = ? AND orders.order_number = ?", True),
        ("DELETE FROM orders WHERE orders.order_number = ? RETURNING orders.account_id", False),
        ("DELETE FROM orders", False),
    ],
)
def test_the_reader_of_statements_reads_right(text: str, limited: bool) -> None:
    found = analysed(text)
    assert found.limits
    assert all(found.limited(one) for one in found.limits) is limited
