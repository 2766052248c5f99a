"""Every operation, called by everybody, for what is theirs and what is not (ACC-5, AUTH-20; Q-TEN-1, Q-TEN-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from attrs import evolve
from tenancy_callers import ACCOUNTS, Caller, Outcome, canary, expected, leaves
from tenancy_table import ABSENT, ADD_AN_ENTRY, COMPANY, DEPARTMENT, ENTRIES, OWN, Asked, entry_of

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import CursorExpired, LoginMismatch, NotFound
from askul_connect.core.messages.accounts import AddDepartmentRequest
from askul_connect.core.messages.login import IssueClientCredentialRequest
from askul_connect.core.operations.registry import ADMINISTRATORS, CUSTOMERS, SUPPLIER, Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

OPERATIONS = pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)


def faces_of(estate: Any, caller: Caller) -> tuple[str, ...]:
    # the supplier's own people have no way in by a face
    return ("in process",) if caller.staff else estate.used_faces


def callers_for(estate: Any, operation: Operation[Any, Any]) -> list[Caller]:
    """Who is to try an operation: everybody; where a part has to do, who may, and every fourth of all in turn."""
    everybody, entry = list(estate.callers.values()), entry_of(operation.name)
    if not estate.sampled:
        return everybody
    may = [one for one in everybody if not entry.expected(operation, one)][:1]
    number = [one.name for one in SUPPLIER_OPERATIONS].index(operation.name)
    return may + [one for place, one in enumerate(everybody) if (place + number) % 4 == 0 and one not in may]


def foreign_canaries(estate: Any, outcome: Outcome, caller: Caller, request: Any) -> list[str]:
    """What of another account can be read in what a caller learned and did not say itself."""
    text, said = outcome.text, "\n".join(leaves(request))
    found = [
        mark
        for account in ACCOUNTS
        if account != caller.account
        for mark in (canary(account), *estate.numbers[account])
        if mark in text and mark not in said
    ]
    # the supplier's own people see all customers, each with a ticket
    return [] if caller.role is Role.SUPPLIER else found


def test_every_operation_has_an_entry() -> None:
    missing = [one.name for one in SUPPLIER_OPERATIONS if one.name not in ENTRIES]
    assert not missing, f"{', '.join(missing)} {ADD_AN_ENTRY}"
    assert ENTRIES.keys() <= {one.name for one in SUPPLIER_OPERATIONS}, "an entry of no operation"


def test_an_operation_without_an_entry_fails_and_says_what_to_add() -> None:
    with pytest.raises(AssertionError, match=r"NoSuch has no entry .* Add one to ENTRIES"):
        entry_of("NoSuch")


@OPERATIONS
def test_every_field_that_holds_text_is_judged(operation: Operation[Any, Any]) -> None:
    entry = entry_of(operation.name)
    attrs.resolve_types(operation.request)
    texts = {
        one.name
        for one in attrs.fields(operation.request)
        if any(word in str(one.type) for word in ("str", "Secret", "LineRequest", "ShippedLine"))
    }
    judged = entry.names | entry.free
    assert not entry.names & entry.free
    assert texts <= judged, f"say of {sorted(texts - judged)} whether it names something of an account"
    assert judged <= {one.name for one in attrs.fields(operation.request)}


@pytest.mark.spec("ACC-5", "AUTH-20", "REL-4")
@OPERATIONS
def test_everybody_may_what_the_declaration_says(estate: Any, operation: Operation[Any, Any]) -> None:
    entry, wrong = entry_of(operation.name), []
    for caller in callers_for(estate, operation):
        asked, code = Asked(estate=estate, caller=caller), entry.expected(operation, caller)
        for face in faces_of(estate, caller):
            request = entry.request(asked)
            before = estate.dump() if code else {}
            found = estate.outcome(face, operation, request, caller)
            good = found.code == code and (bool(code) or entry.reaches(found.answer, asked))
            # what an unfinished or ended session may not do leaves no trace
            if (
                not good
                or foreign_canaries(estate, found, caller, request)
                or (code and estate.dump() != before)
            ):
                wrong.append(
                    (caller.name, face, f"expected {code or 'own data'}", found.code or found.answer)
                )
    assert wrong == []


def test_a_part_of_the_matrix_leaves_no_operation_and_no_caller_out(estates: Any) -> None:
    """Every operation is tried by who may, if anybody may, and by who may not; every caller tries something."""
    estate, met = estates("postgresql"), set()
    for operation in SUPPLIER_OPERATIONS:
        entry, tried = entry_of(operation.name), callers_for(estate, operation)
        everybody, some = (
            {bool(entry.expected(operation, one)) for one in callers}
            for callers in (estate.callers.values(), tried)
        )
        assert some == everybody, operation.name
        met |= {one.name for one in tried}
    assert met == set(estate.callers)


def test_each_kind_of_caller_is_there(estate: Any) -> None:
    callers = estate.callers.values()
    if "StaffLogin" in {one.name for one in SUPPLIER_OPERATIONS}:
        # staff who can log in come in by the faces too
        assert any(one.role is Role.SUPPLIER and not one.staff for one in callers), "add a session of staff"
    assert {one.role for one in callers if one.alive} == {*CUSTOMERS, Role.SUPPLIER, None}
    assert sum(not one.alive for one in callers) >= 12
    assert {expected(SUPPLIER_OPERATIONS.get("AddUser"), one) for one in callers} == {
        "",
        "not-authenticated",
        "access-denied",
        "password-change-required",
        "second-factor-required",
    }


def able(estate: Any, operation: Operation[Any, Any]) -> Iterator[Caller]:
    """Who may do most of all who may call the operation over a face, of account a and of account b."""
    # staff read and answer every ticket; beyond that they need one of the very customer
    staff = ("session of staff",) if operation.access == SUPPLIER else ()
    for name in ("administrator", "credential in scope", *staff):
        if not entry_of(operation.name).expected(operation, estate.callers[name]):
            yield estate.callers[name]
    if operation.access & ADMINISTRATORS:
        token = estate.administrators["b"]
        yield Caller(name="administrator of b", token=token, account="b", role=Role.ADMINISTRATOR)
    if operation.machines:
        scope = frozenset({operation.name})
        yield Caller(name="machine of b", token=estate.machines["b"], account="b", scope=scope)


def limited(estate: Any, operation: Operation[Any, Any]) -> Caller:
    """A machine of the first department."""
    token = estate.limited["a", "D1"]
    return Caller(name="machine of D1", token=token, scope=frozenset({operation.name}))


def words(value: Any) -> Iterator[str]:
    """Every text in what a request names; of a file, every cell."""
    for text in leaves(value):
        yield from re.split(r"[,\n]", text)


def told_apart(estate: Any, operation: Operation[Any, Any], caller: Caller, whose: str) -> list[Any]:
    """Where what is not the caller's does not answer like what does not exist."""
    entry, wrong = entry_of(operation.name), []
    single = [(name,) for name in sorted(entry.names)]
    for names in single if len(single) < 2 else (*single, tuple(sorted(entry.names))):
        for face in estate.used_faces:
            asked = Asked(estate=estate, caller=caller, whose=whose)
            requests = (entry.request(asked), entry.request(evolve(asked, whose=ABSENT)))
            theirs, absent = ({name: getattr(one, name) for name in names} for one in requests)
            own = entry.request(evolve(asked, whose=OWN))
            if whose == DEPARTMENT and theirs == {name: getattr(own, name) for name in names}:
                continue  # it names nothing of a department
            before = estate.dump()
            found = estate.outcome(face, operation, evolve(own, **theirs), caller)
            after = estate.dump()
            nothing = estate.outcome(face, operation, evolve(own, **absent), caller)
            pairs = [
                (one, other) for one, other in zip(words(theirs), words(absent), strict=True) if one != other
            ]
            if not pairs:
                wrong.append((names, "the table names nothing of another account"))
            texts = [found.text, nothing.text]
            for one, other in pairs:
                texts = [texts[0].replace(one, "?"), texts[1].replace(other, "?")]
            if (
                found.code != nothing.code
                or texts[0] != texts[1]
                or (found.code and before != after)
                or foreign_canaries(estate, found, caller, theirs)
                or (not found.code and (entry.reaches(found.answer, asked) or "cursor" in names))
            ):
                wrong.append((caller.name, face, names, whose, found, nothing))
    return wrong


@pytest.mark.spec("ACC-5", "AUTH-20")
@OPERATIONS
def test_what_is_another_companys_answers_like_what_does_not_exist(
    estate: Any, operation: Operation[Any, Any]
) -> None:
    assert [
        entry
        for caller in able(estate, operation)
        for entry in told_apart(estate, operation, caller, COMPANY)
    ] == []


@pytest.mark.spec("AUTH-20")
@pytest.mark.parametrize(
    "operation", [one for one in SUPPLIER_OPERATIONS if one.machines], ids=lambda one: one.name
)
def test_what_is_another_departments_answers_like_what_does_not_exist(
    estate: Any, operation: Operation[Any, Any]
) -> None:
    caller, entry = limited(estate, operation), entry_of(operation.name)
    for face in estate.used_faces:
        asked = Asked(estate=estate, caller=caller)
        request = entry.request(asked)
        found = estate.outcome(face, operation, request, caller)
        assert not found.code
        assert entry.reaches(found.answer, asked), "the machine of a department does not reach its own data"
        hidden = {f"{canary('a')}-PO-D2", estate.orders["a", "D2"], f"{canary('a')}営業"}
        assert not [one for one in hidden if one in found.text]
        page = getattr(found.answer, "page", None)
        # of a search in orders it is counted among what the caller may see
        told = {"ListItems", "SearchItems", "SearchOrders"}
        assert page is None or page.total is None or operation.name in told
    if "cursor" not in entry.names:
        assert told_apart(estate, operation, caller, DEPARTMENT) == []


@pytest.mark.spec("ACC-5", "REL-4")
def test_what_others_called_theirs_is_free(estate: Any) -> None:
    """Keys, codes, labels and numbers that another account uses say nothing to this one, not even that they do."""
    registry, a, b = (
        SUPPLIER_OPERATIONS,
        *(
            Caller(name=one, account=one, token=estate.administrators[one], role=Role.ADMINISTRATOR)
            for one in ("a", "b")
        ),
    )
    order = attrs.evolve(estate.order_request("a", f"same-{estate.fresh()}"), buyer_party="0188:same")
    requests = {
        "AddDepartment": AddDepartmentRequest(code=f"same{estate.fresh()}", name="x"),
        "PlaceOrder": order,
        "IssueClientCredential": IssueClientCredentialRequest(label="same", operations=("GetAccount",)),
    }
    for caller in (a, b):
        for name, request in requests.items():
            # as many of a label as there may be
            for time in range(2 if name == "IssueClientCredential" and caller is a else 1):
                outcome = estate.outcome(
                    "in process", registry.get(name), request, caller, key=f"same:{name}:{time}"
                )
                assert outcome.code == "", (caller, name, outcome)
                assert not foreign_canaries(estate, outcome, caller, request)
    one, other = (
        estate.outcome(
            "in process", registry.get("PlaceOrder"), order, caller, key="same:PlaceOrder:0"
        ).answer
        for caller in (a, b)
    )
    assert one.orders[0].order_number != other.orders[0].order_number


@pytest.mark.spec("AUTH-5")
def test_a_new_password_needs_the_present_one(estate: Any) -> None:
    operation, caller = SUPPLIER_OPERATIONS.get("ChangePassword"), estate.callers["anonymous"]
    entry = entry_of(operation.name)
    for face in estate.used_faces:
        asked = Asked(estate=estate, caller=caller)
        request = entry.request(asked)
        wrong = evolve(request, current_password=Secret("Momiji-1-yama"))
        assert estate.outcome(face, operation, wrong, caller).code == LoginMismatch.code
        right = estate.outcome(face, operation, request, caller)
        assert not right.code
        assert entry.reaches(right.answer, asked)


@pytest.mark.spec("AUTH-20")
def test_a_refusal_is_logged(estate: Any, caplog: pytest.LogCaptureFixture) -> None:
    operation = SUPPLIER_OPERATIONS.get("ListUsers")
    for name, code in (("viewer", "access-denied"), ("anonymous", "not-authenticated")):
        for face in estate.used_faces:
            caplog.clear()
            with caplog.at_level("INFO", logger="askul_connect"):
                estate.outcome(face, operation, operation.request(), estate.callers[name])
            assert f"ListUsers over {face.replace(' ', '_')} refused: {code}" in caplog.text.replace(
                "in process", "in_process"
            )


def test_the_refusals_of_what_is_not_there_are_few(estate: Any) -> None:
    """The two ways to say it; a new one is a new way to tell apart what exists from what does not."""
    codes = set()
    for operation in SUPPLIER_OPERATIONS:
        entry = entry_of(operation.name)
        for caller in list(able(estate, operation))[:1] if entry.names else ():
            request = entry.request(Asked(estate=estate, caller=caller, whose=COMPANY))
            codes.add(estate.outcome("in process", operation, request, caller).code)
    assert {NotFound.code, CursorExpired.code} <= codes
