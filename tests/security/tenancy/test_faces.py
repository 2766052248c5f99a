"""Each face of three suppliers that live the same life: the same answers, the same refusals, the same data left behind.

The cases of an operation follow from its entry in the table: what is the caller's own, another account's and absent,
asked for by those who may, by those who may not and by nobody, without a key, and each wrong request of the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve, frozen
from tenancy_callers import FACES, Caller, Outcome, leaves, without_channel
from tenancy_estate import ADDRESS, SOAP_ADDRESS, Estate, FaceTransport
from tenancy_table import ABSENT, COMPANY, ENTRIES, OWN, Asked, entry_of

from askul_connect.adapters.server.api import JsonFace
from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.core.errors import AskulConnectError, Fault, NotFound, Problem, concrete_errors
from askul_connect.core.messages.catalog import GetItemRequest
from askul_connect.core.operations.registry import Effect, Idempotency, Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.faces import Call


@pytest.fixture(scope="module")
def alike(new_estate: Callable[..., Any]) -> dict[str, Estate]:
    """One supplier for each face; what one was asked, all are asked."""
    return {face: new_estate() for face in FACES}


@frozen(kw_only=True)
class Case:
    """One call: how it is made on an estate, and by whom."""

    name: str
    request: Callable[[Asked], Any]
    caller: str
    whose: str = OWN
    key: str = ""


def cases(operation: Operation[Any, Any], callers: dict[str, Caller]) -> Iterator[Case]:
    """Every case of an operation."""
    entry = entry_of(operation.name)
    able = [name for name, one in callers.items() if not one.staff and not entry.expected(operation, one)]
    for name, one in callers.items():
        if not one.staff:
            yield Case(name=f"own, {name}", request=entry.request, caller=name)
    for caller in able[:1]:
        for whose in (COMPANY, ABSENT) if entry.names else ():
            yield Case(name=whose, request=entry.request, caller=caller, whose=whose)
    caller = able[0] if able else "administrator"
    for number, wrong in enumerate(entry.wrong):
        yield Case(name=f"wrong {number}", request=wrong, caller=caller)
    if operation.idempotency is Idempotency.KEYED:
        yield Case(name="no key", request=entry.request, caller=caller, key=" ")
        yield Case(name="too long a key", request=entry.request, caller=caller, key="k" * 201)
        yield Case(name="a key of its own", request=entry.request, caller=caller, key=f"one:{operation.name}")
        yield Case(name="the key again", request=entry.request, caller=caller, key=f"one:{operation.name}")


@pytest.mark.spec("REL-4")
@pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
def test_every_face_answers_alike(alike: dict[str, Estate], operation: Operation[Any, Any]) -> None:
    entry, answered, refused = entry_of(operation.name), 0, set()
    for case in list(cases(operation, alike["soap"].callers)):
        found: dict[str, Outcome] = {}
        for face, estate in alike.items():
            caller = estate.callers[case.caller]
            asked = Asked(estate=estate, caller=caller, whose=case.whose)
            outcome = estate.outcome(face, operation, case.request(asked), caller, key=case.key)
            if not outcome.code and case.whose == OWN:
                # whoever keeps what was changed has to do so on each estate
                reached = entry.reaches(outcome.answer, asked)
                assert reached or case.name.startswith("wrong"), (case.name, face)
            found[face] = evolve(outcome, answer=without_channel(outcome.answer))
        first, *others = found.values()
        assert others == [first, first], case.name
        refused.add(first.code)
        answered += not first.code
        if case.name.startswith("wrong") and operation.effect is Effect.WRITE and operation.access:
            assert first.code, f"{case.name} of the table is not refused"
    if operation.automation:
        assert not answered, "it is for the supplier's own program, which comes in by no face"
    assert (
        answered
        or operation.automation
        # an entry can say that everybody is refused
        or entry_of(operation.name).refuses is not None
        or operation.access.isdisjoint(one.role for one in alike["soap"].callers.values() if not one.staff)
    )
    assert not operation.access or {"not-authenticated", "access-denied"} & refused


def comparable(estate: Estate) -> dict[str, Any]:
    """All that is stored, but what is random in any case: salts of passwords and of what is encrypted."""
    found = without_channel(estate.dump())
    users = found["users_users"].items()
    found["users_users"] = {
        key: evolve(one, password_hash="", old_password_hashes=len(one.old_password_hashes))
        for key, one in users
    }
    # seeds are encrypted, codes and passwords salted, passkeys drawn at random
    for name, hidden in (
        ("factors_factors", ("seed", "credential_id", "public_key")),
        ("recovery_codes_codes", ("code_hash",)),
        ("staff_members", ("seed", "password_hash")),
    ):
        found[name] = {key: evolve(one, **dict.fromkeys(hidden, "")) for key, one in found[name].items()}
    found["outbox_messages"] = {
        key: (place, evolve(one, body="" if '"sealed"' in one.body or '"private"' in one.body else one.body))
        for key, (place, one) in found["outbox_messages"].items()
    }
    tokens = next(name for name in found if name.startswith("one_time_tokens"))
    found[tokens] = {key: evolve(one, subject=bool(one.subject)) for key, one in found[tokens].items()}
    return found


def test_the_three_suppliers_hold_the_same_afterwards(alike: dict[str, Estate]) -> None:
    assert ENTRIES
    first, *others = (comparable(estate) for estate in alike.values())
    assert len(first) > 20
    for other in others:
        assert other.keys() == first.keys()
        assert [name for name in first if first[name] != other[name]] == []


class Refusing:
    """A dispatcher that raises what it is told to."""

    registry = SUPPLIER_OPERATIONS

    def __init__(self) -> None:
        self.error: AskulConnectError = NotFound("nothing yet")

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        raise self.error


@pytest.fixture(scope="module")
def refusing() -> tuple[Refusing, dict[str, OperationCaller]]:
    """The three faces of such a dispatcher."""
    supplier = Refusing()
    json_face = JsonFace(supplier, address=ADDRESS)
    soap_face = SoapFace(supplier, address=SOAP_ADDRESS)
    soap = SoapCaller(FaceTransport(soap_face.handle), wsdl=soap_face.description, address=SOAP_ADDRESS)
    json = JsonCaller(FaceTransport(json_face.handle), address=ADDRESS)
    return supplier, {"in process": InProcessCaller(supplier), "soap": soap, "json": json}


@pytest.mark.spec("REL-4")
@pytest.mark.parametrize("code", sorted(concrete_errors()))
def test_every_refusal_arrives_whole_on_every_face(
    refusing: tuple[Refusing, dict[str, OperationCaller]], code: str
) -> None:
    supplier, callers = refusing
    problems = (
        Problem(code="unknown-item", detail="一つ目 <&>", where="lines[1]/sku", remedy="a", line_id="1"),
        Problem(code="out-of-stock", detail="二つ目", where="lines[2]/quantity", remedy="b", line_id="2"),
    )
    supplier.error = concrete_errors()[code](
        "詳細 <&>", where="lines", line_id="1", reference="R-1", retry_after=17, problems=problems
    )
    seen = []
    for caller in callers.values():
        with pytest.raises(AskulConnectError) as caught:
            caller.call(SUPPLIER_OPERATIONS.get("GetItem"), GetItemRequest(sku="x"))
        error = caught.value
        told = (error.detail, error.where, error.line_id, error.reference, error.retry_after, error.problems)
        seen.append((type(error), *told))
    assert seen[1:] == [seen[0], seen[0]]
    assert seen[0][4:6] == ("R-1", 17)
    if supplier.error.fault is Fault.OURS:
        # what went wrong inside is for our log; to the caller it is the partner who failed
        assert seen[0][0].fault is Fault.PARTNER
        assert not any("詳細" in text or "つ目" in text for text in leaves(seen[0][1:]))
    else:
        assert seen[0] == (type(supplier.error), "詳細 <&>", "lines", "1", "R-1", 17, problems)
