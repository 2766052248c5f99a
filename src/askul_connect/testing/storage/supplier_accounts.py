"""Accounts and who acts for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from askul_connect.core.domain.accounts import AccountState, UserState
from askul_connect.core.domain.audit import ChainHead
from askul_connect.core.domain.company_names import company_key
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import (
    NOW,
    account,
    audit_record,
    credential,
    department,
    login_record,
    membership,
    session,
    user,
)
from askul_connect.testing.storage.units import StorageCases, stored


class SupplierAccountCases(StorageCases):
    """Accounts, departments, users, sessions, client credentials, login records."""

    def test_account_01_keeps_every_field(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.accounts.add(account()))
        with storage.begin() as unit:
            assert unit.accounts.get("account-1") == account()
            assert unit.accounts.by_customer_number("0000000001") == account()
            assert unit.accounts.get("account-2") is None
            assert unit.accounts.by_customer_number("account-1") is None

    def test_account_02_saves_a_new_state(self, storage: Any) -> None:
        changed = account(state=AccountState.SUSPENDED, name="新社名", customer_number="0000000009")
        with storage.begin() as unit:
            unit.accounts.add(account())
            unit.accounts.save(changed)
        with storage.begin() as unit:
            assert unit.accounts.get("account-1") == changed
            assert unit.accounts.by_customer_number("0000000001") is None
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.accounts.save(account(2)))

    @pytest.mark.spec("ACC-2")
    @pytest.mark.parametrize("name", ["account_id", "customer_number", "member_number"])
    def test_account_03_its_keys_are_unique(self, storage: Any, name: str) -> None:
        stored(storage, lambda unit: unit.accounts.add(account()))
        double = account(2, **{name: getattr(account(), name)})
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.accounts.add(double))
        assert stored(storage, lambda unit: list(unit.accounts.all())) == [account()]

    def test_account_04_all_by_customer_number(self, storage: Any) -> None:
        with storage.begin() as unit:
            for number in (10, 9, 11):
                unit.accounts.add(account(number))
        assert stored(storage, lambda unit: list(unit.accounts.all())) == [
            account(9),
            account(10),
            account(11),
        ]

    @pytest.mark.spec("ACC-4", "ACC-9")
    def test_account_05_found_by_member_number_name_and_corporate_number(self, storage: Any) -> None:
        early = account(2, name="㈱ 見本", created_at=NOW - timedelta(days=1))
        other = account(3, name="株式会社別", corporate_number="")
        with storage.begin() as unit:
            for one in (account(), early, other):
                unit.accounts.add(one)
        with storage.begin() as unit:
            assert unit.accounts.by_member_number("M000002") == early
            assert unit.accounts.by_member_number("0000000002") is None
            assert list(unit.accounts.by_name(company_key("見本"))) == [early, account()]
            assert list(unit.accounts.by_corporate_number("1234567890123")) == [early, account()]
            unit.accounts.save(account(name="見本二"))
        with storage.begin() as unit:
            assert list(unit.accounts.by_name(company_key("見本"))) == [early]
            assert list(unit.accounts.by_name(company_key("見本二"))) == [account(name="見本二")]

    @pytest.mark.spec("ACC-4", "ACC-8")
    def test_account_06_of_states_and_those_that_share_name_or_number(self, storage: Any) -> None:
        active, gone = AccountState.ACTIVE, AccountState.WITHDRAWN
        accounts = {
            "named": account(2, name="㈱見本", corporate_number="", created_at=NOW - timedelta(days=1)),
            "numbered": account(3, name="別の名", created_at=NOW + timedelta(days=1)),
            "gone": account(4, name="株式会社終", corporate_number="2234567890123", state=gone),
            "like the gone": account(5, name="終", corporate_number="2234567890123"),
            "no number": account(6, name="甲", corporate_number=""),
            "no number either": account(7, name="乙", corporate_number=""),
        }
        with storage.begin() as unit:
            for one in (account(), *accounts.values()):
                unit.accounts.add(one)
        with storage.begin() as unit:
            assert list(unit.accounts.in_states(gone)) == [accounts["gone"]]
            assert len(unit.accounts.in_states(active, gone)) == 7
            assert list(unit.accounts.sharing(active)) == [accounts["named"], account(), accounts["numbered"]]
            assert len(unit.accounts.sharing(active, gone)) == 5
            assert list(unit.accounts.sharing(gone)) == []

    def test_department_01_keeps_every_field_within_its_account(self, storage: Any) -> None:
        other = department(account_id="account-2", name="別の会社")
        with storage.begin() as unit:
            unit.departments.add(department())
            unit.departments.add(other)
        with storage.begin() as unit:
            assert unit.departments.by_code("account-1", "A-10") == department()
            assert unit.departments.by_code("account-2", "A-10") == other
            assert unit.departments.by_code("account-3", "A-10") is None
            assert list(unit.departments.of_account("account-2")) == [other]

    def test_department_02_all_by_code_point_of_the_code(self, storage: Any) -> None:
        codes = ["Z", "a", "総務", "é", "1"]
        with storage.begin() as unit:
            for code in codes:
                unit.departments.add(department(code))
        found = stored(storage, lambda unit: [d.code for d in unit.departments.of_account("account-1")])
        assert found == sorted(codes)

    def test_department_03_its_code_is_unique_within_the_account(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.departments.add(department()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.departments.add(department(department_id="other")))

    def test_user_01_keeps_every_field(self, storage: Any) -> None:
        plain = user(2, password_expires_at=None, old_password_hashes=())
        with storage.begin() as unit:
            unit.users.add(user())
            unit.users.add(plain)
        with storage.begin() as unit:
            assert unit.users.get("account-1", "user-1") == user()
            assert unit.users.get("account-1", "user-2") == plain
            assert unit.users.by_email_key("user2@example.jp") == plain
            assert unit.users.by_email_key("User2@Example.jp") is None

    def test_user_02_another_account_does_not_see_it(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.users.add(user())
            assert unit.users.get("account-2", "user-1") is None
            assert list(unit.users.of_account("account-1")) == [user()]
            assert list(unit.users.of_account("account-2")) == []

    @pytest.mark.spec("ACC-4")
    def test_user_03_an_email_is_one_user_over_all_accounts(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.users.add(user()))
        double = user(2, "account-2", email_key=user().email_key)
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.users.add(double))
        assert stored(storage, lambda unit: unit.users.get("account-2", "user-2")) is None

    def test_user_04_saves_a_new_state(self, storage: Any) -> None:
        changed = user(
            state=UserState.REMOVED,
            password_hash="$new$",
            password_temporary=False,
            password_expires_at=None,
            old_password_hashes=("$hash$",),
        )
        with storage.begin() as unit:
            unit.users.add(user())
            unit.users.save(changed)
        assert stored(storage, lambda unit: unit.users.get("account-1", "user-1")) == changed
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.users.save(user(2)))

    @pytest.mark.spec("ACC-5")
    def test_membership_01_keeps_every_field_within_its_account(self, storage: Any) -> None:
        unlimited = membership(account_id="account-2", order_limit=None, department_codes=())
        with storage.begin() as unit:
            unit.memberships.add(membership())
            unit.memberships.add(unlimited)
        with storage.begin() as unit:
            assert unit.memberships.get("account-1", "user-1") == membership()
            assert unit.memberships.get("account-2", "user-1") == unlimited
            assert unit.memberships.get("account-3", "user-1") is None
            assert list(unit.memberships.of_user("user-1")) == [membership(), unlimited]
            assert list(unit.memberships.of_user("user-2")) == []

    @pytest.mark.spec("ACC-5")
    def test_membership_02_one_of_a_person_in_an_account(self, storage: Any) -> None:
        changed = membership(state=UserState.REMOVED, department_codes=())
        stored(storage, lambda unit: unit.memberships.add(membership()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.memberships.add(changed))
        stored(storage, lambda unit: unit.memberships.save(changed))
        assert stored(storage, lambda unit: unit.memberships.get("account-1", "user-1")) == changed
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.memberships.save(membership(2)))

    @pytest.mark.spec("AUTH-1")
    def test_membership_03_the_primary_administrator_is_an_active_one(self, storage: Any) -> None:
        late = NOW + timedelta(days=1)
        removed = membership(2, primary_administrator=True, state=UserState.REMOVED)
        first = membership(3, primary_administrator=True, joined_at=late)
        with storage.begin() as unit:
            assert unit.memberships.primary_administrator("account-1") is None
            unit.memberships.add(membership())
            unit.memberships.add(removed)
            unit.memberships.add(membership(4, "account-2", primary_administrator=True))
            assert unit.memberships.primary_administrator("account-1") is None
            unit.memberships.add(first)
            assert unit.memberships.primary_administrator("account-1") == first
            assert list(unit.memberships.of_account("account-1")) == [membership(), removed, first]

    def test_session_01_keeps_every_field(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.sessions.add(session())
            assert unit.sessions.get("hash-1") == session()
            assert unit.sessions.get("hash-2") is None

    def test_session_02_ended_ones_are_not_live(self, storage: Any) -> None:
        later = session("hash-0", created_at=NOW + timedelta(seconds=1))
        with storage.begin() as unit:
            unit.sessions.add(later)
            unit.sessions.add(session("hash-1"))
            unit.sessions.add(session("hash-2"))
            unit.sessions.save(session("hash-2", ended_at=NOW, last_seen_at=NOW + timedelta(minutes=1)))
            unit.sessions.add(session("hash-4", user_id="user-2"))
        with storage.begin() as unit:
            assert list(unit.sessions.live_of_user("user-1")) == [session("hash-1"), later]
            ended = unit.sessions.get("hash-2")
            assert ended == session("hash-2", ended_at=NOW, last_seen_at=NOW + timedelta(minutes=1))

    def test_session_03_its_token_is_unique(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.sessions.add(session()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.sessions.add(session(account_id="account-2")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.sessions.save(session("hash-2")))

    @pytest.mark.spec("ACC-5")
    def test_session_04_goes_on_in_another_account(self, storage: Any) -> None:
        switched = session(account_id="account-2")
        with storage.begin() as unit:
            unit.sessions.add(session())
            unit.sessions.save(switched)
        with storage.begin() as unit:
            assert unit.sessions.get("hash-1") == switched
            assert list(unit.sessions.live_of_user("user-1")) == [switched]

    @pytest.mark.spec("AUTH-20")
    def test_credential_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        used = credential(
            last_used_at=NOW,
            revoked_at=NOW,
            departments=("A-10",),
            networks=("192.0.2.0/24", "2001:db8::/64"),
        )
        with storage.begin() as unit:
            unit.credentials.add(credential())
            assert unit.credentials.get("credential-1") == credential()
            unit.credentials.save(used)
        with storage.begin() as unit:
            assert unit.credentials.get("credential-1") == used
            assert unit.credentials.get("credential-2") is None
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.credentials.save(credential("credential-2")))

    def test_credential_02_of_an_account_oldest_first(self, storage: Any) -> None:
        old = credential("z", created_at=NOW - timedelta(days=1))
        with storage.begin() as unit:
            unit.credentials.add(credential("b"))
            unit.credentials.add(credential("a"))
            unit.credentials.add(old)
            unit.credentials.add(credential("c", account_id="account-2"))
            found = list(unit.credentials.of_account("account-1"))
            assert found == [old, credential("a"), credential("b")]

    def test_credential_03_its_id_is_unique(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.credentials.add(credential()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.credentials.add(credential(account_id="account-2")))

    @pytest.mark.spec("AUTH-10")
    def test_login_01_history_of_an_account_by_its_sequence(self, storage: Any) -> None:
        second = login_record("R-2", sequence=2, at=NOW - timedelta(seconds=1))
        third = login_record("R-3", sequence=3, user_id="user-2")
        unknown = login_record("R-4", account_id="", user_id="")
        with storage.begin() as unit:
            for record in (third, second, login_record(), unknown):
                unit.logins.add(record)
        with storage.begin() as unit:
            assert list(unit.logins.of_account("account-1")) == [login_record(), second, third]
            assert list(unit.logins.of_account("account-1", 1, 1)) == [second]
            assert list(unit.logins.of_account("account-1", 3)) == []
            assert list(unit.logins.of_account("")) == [unknown]
            assert list(unit.logins.of_account("account-2")) == []
            assert list(unit.logins.of_user("account-1", "user-1", 5)) == [second, login_record()]
            assert list(unit.logins.of_user("account-1", "user-1", 1)) == [second]
            assert list(unit.logins.of_user("account-2", "user-1", 5)) == []

    @pytest.mark.spec("AUTH-10")
    def test_login_02_a_place_is_taken_once(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.logins.add(login_record()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.logins.add(login_record("R-2")))
        stored(storage, lambda unit: unit.logins.add(login_record("R-3", account_id="account-2")))

    @pytest.mark.spec("AUTH-17")
    def test_audit_01_keeps_every_field_by_its_sequence(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.audit.add(audit_record(2))
            unit.audit.add(audit_record())
            unit.audit.add(audit_record(account_id=""))
        with storage.begin() as unit:
            assert list(unit.audit.of_account("account-1")) == [audit_record(), audit_record(2)]
            assert list(unit.audit.of_account("account-1", 1)) == [audit_record(2)]
            assert list(unit.audit.of_account("account-1", 0, 1)) == [audit_record()]
            assert list(unit.audit.of_account("")) == [audit_record(account_id="")]
            assert list(unit.audit.of_account("account-2")) == []

    @pytest.mark.spec("AUTH-17")
    def test_audit_02_a_place_is_taken_once(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.audit.add(audit_record()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.audit.add(audit_record(action="other")))

    @pytest.mark.spec("AUTH-10")
    def test_chain_01_the_heads(self, storage: Any) -> None:
        one = ChainHead(chain="b", sequence=1, seal="x")
        with storage.begin() as unit:
            assert unit.chains.get("b") is None
            unit.chains.put(one)
            unit.chains.put(ChainHead(chain="a", sequence=7, seal=""))
        later = ChainHead(chain="b", sequence=2, seal="y")
        stored(storage, lambda unit: unit.chains.put(later))
        with storage.begin() as unit:
            assert unit.chains.get("b") == later
            assert list(unit.chains.all()) == [ChainHead(chain="a", sequence=7, seal=""), later]
