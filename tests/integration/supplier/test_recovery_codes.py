"""Recovery codes: ten, hashed, each good once, renewed as a set (AUTH-8, Q-AUTH-9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import FactorRejected, IllegalStep, TooManyAttempts
from askul_connect.core.operations import factors


@pytest.mark.spec("AUTH-8", "AUTH-17")
def test_each_code_is_good_once_and_tells_the_person(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    _, done = person.enrol_totp()
    codes = [one.reveal() for one in done.recovery_codes]
    assert len(set(codes)) == 10
    # a number, and 16 characters of base32: 80 bits
    assert {len(one.replace("-", "")) for one in codes} == {17}

    assert person.verify(person.log_in(), recovery_code=codes[3]).recovery_codes_left == 9
    with pytest.raises(FactorRejected) as again:
        person.verify(person.log_in(), recovery_code=codes[3])
    with pytest.raises(FactorRejected) as wrong:
        person.verify(person.log_in(), recovery_code="4-AAAA-AAAA-AAAA-AAAA")
    assert again.value.detail == wrong.value.detail
    assert person.verify(person.log_in(), recovery_code=codes[4]).recovery_codes_left == 8
    told = [one["facts"]["codes_left"] for one in world.notices("recovery-code-used")]
    assert told == ["9", "8"]
    assert len(world.audited("recovery-code-used")) == 2
    assert person.ask(factors.LIST_FACTORS).recovery_codes_left == 8


@pytest.mark.spec("AUTH-8")
def test_a_code_is_read_forgivingly(world: Any) -> None:
    person = world.person(world.customer())
    codes = [one.reveal() for one in person.enrol_totp()[1].recovery_codes]
    typed = codes[5].lower().replace("-", " ")
    person.verify(person.log_in(), recovery_code=typed)
    person.verify(person.log_in(), recovery_code=codes[6].replace("O", "0").replace("I", "1"))
    for wrong in ("", "7", codes[7][:-1], codes[7] + "A", "X" + codes[7][1:]):
        with pytest.raises(FactorRejected):
            person.verify(person.log_in(), recovery_code=wrong)
        world.forward(timedelta(minutes=1))


@pytest.mark.spec("AUTH-8")
def test_a_set_is_renewed_as_a_whole(stored: Any) -> None:
    world = stored
    person = world.person(world.customer())
    old = [one.reveal() for one in person.enrol_totp()[1].recovery_codes]
    person.verify(person.log_in(), recovery_code=old[0])
    new = [one.reveal() for one in person.ask(factors.RENEW_RECOVERY_CODES).recovery_codes]
    assert len(new) == 10
    assert not set(new) & set(old)
    assert person.ask(factors.LIST_FACTORS).recovery_codes_left == 10
    with pytest.raises(FactorRejected):
        person.verify(person.log_in(), recovery_code=old[1])
    person.verify(person.log_in(), recovery_code=new[1])
    assert len(world.notices("recovery-codes-renewed")) == 1


@pytest.mark.spec("AUTH-8")
def test_codes_stand_in_for_a_factor_or_there_are_none(world: Any) -> None:
    person = world.person(world.customer())
    with pytest.raises(IllegalStep):
        person.ask(factors.RENEW_RECOVERY_CODES)
    person.enrol_totp()
    person.ask(factors.REMOVE_FACTOR, factor_id=person.factors()["phone"].factor_id)
    assert person.ask(factors.LIST_FACTORS).recovery_codes_left == 0


@pytest.mark.spec("AUTH-8", "REL-3")
@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
def test_fifty_at_once_have_one_success(make_world: Any, together: Any, storage: str) -> None:
    world = make_world(storage)
    person = world.person(world.customer())
    code = person.enrol_totp()[1].recovery_codes[0].reveal()
    waiting = [person.log_in() for _ in range(50)]

    came = together(50, lambda place: person.verify(waiting[place], recovery_code=code))

    assert came.pop("success") == 1
    assert set(came) <= {"factor-rejected", "too-many-attempts"}
    assert came.total() == 49
    assert person.ask(factors.LIST_FACTORS).recovery_codes_left == 9


class WatchedHasher(Argon2Hasher):
    """Tells how many hashes it made, and whether the storage was free while it did."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.world: Any = None
        self.verified = 0
        self.hashed = 0

    def hash(self, password: Secret) -> str:
        self.hashed += 1
        self._in_no_unit()
        return super().hash(password)

    def verify(self, encoded: str, password: Secret) -> bool:
        self.verified += 1
        self._in_no_unit()
        return super().verify(encoded, password)

    def _in_no_unit(self) -> None:
        if self.world is not None:
            assert not self.world.storage._lock.locked()


@pytest.mark.spec("AUTH-8", "AUTH-6")
def test_nothing_is_hashed_within_a_unit_of_work(make_world: Any) -> None:
    hasher = WatchedHasher()
    world = make_world(hasher=hasher)
    customer = world.customer()
    person = world.person(customer)
    user_id = customer.add_user("q@a.example.co.jp", Role.VIEWER)
    hasher.world = world
    before = hasher.hashed
    _, done = person.enrol_totp()
    assert hasher.hashed == before + 10
    person.ask(factors.RENEW_RECOVERY_CODES, current_password=Secret("Kaede-7-kaze"))
    world.call(
        factors.RESET_FACTORS, factors.RESET_FACTORS.request(user_id=user_id), token=customer.administrator
    )
    hasher.world = None
    waiting = [person.log_in() for _ in range(3)]
    hasher.world = world
    before = hasher.verified
    for session, typed in zip(waiting, (done.recovery_codes[0].reveal(), "nonsense", ""), strict=True):
        with pytest.raises(FactorRejected):
            person.verify(session, recovery_code=typed)
    # one hash each, whether or not there is such a code
    assert hasher.verified == before + 3


@pytest.mark.spec("AUTH-8")
def test_no_hash_is_made_while_the_person_has_to_wait(make_world: Any) -> None:
    hasher = WatchedHasher()
    world = make_world(hasher=hasher)
    person = world.person(world.customer())
    code = person.enrol_totp()[1].recovery_codes[0].reveal()
    waiting, again = person.log_in(), person.log_in()
    for _ in range(5):
        with pytest.raises(FactorRejected):
            person.verify(waiting, recovery_code="nonsense")
    before = hasher.verified
    with pytest.raises(TooManyAttempts):
        person.verify(again, recovery_code=code)
    assert hasher.verified == before
