"""The tree of departments, their limits, and changes of many users."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.user_imports import UserImport, UserImportState
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW, department, order
from askul_connect.testing.storage.units import StorageCases, stored

LIMIT = DepartmentLimit(account_id="account-1", code="A-10", monthly_limit=2**40)
CHANGE = UserImport(
    import_id="import-1",
    account_id="account-1",
    created_by="user-1",
    created_at=NOW,
    effective_on=date(2026, 10, 1),
    state=UserImportState.WAITING,
    text="action,email\nadd,花子@example.jp\n",
    rows=1,
)


class SupplierPeopleCases(StorageCases):
    """Departments that change, limits, imports of users."""

    @pytest.mark.spec("ACC-5")
    def test_people_01_a_department_is_saved_and_removed_within_its_account(self, storage: Any) -> None:
        other = department(account_id="account-2")
        changed = department(name="新しい名前", parent_code="B", version=7)
        with storage.begin() as unit:
            unit.departments.add(department())
            unit.departments.add(other)
            unit.departments.save(changed)
        assert stored(storage, lambda unit: unit.departments.by_code("account-1", "A-10")) == changed
        stored(storage, lambda unit: unit.departments.remove("account-1", "A-10"))
        stored(storage, lambda unit: unit.departments.remove("account-1", "A-10"))
        with storage.begin() as unit:
            assert unit.departments.by_code("account-1", "A-10") is None
            assert list(unit.departments.of_account("account-2")) == [other]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.departments.save(changed))

    @pytest.mark.spec("ACC-5")
    def test_people_02_limits_of_departments(self, storage: Any) -> None:
        other = evolve(LIMIT, account_id="account-2", monthly_limit=1)
        more = evolve(LIMIT, code="A-09", monthly_limit=0)
        with storage.begin() as unit:
            for one in (LIMIT, other, more):
                unit.department_limits.put(one)
            unit.department_limits.put(evolve(LIMIT, monthly_limit=5))
        with storage.begin() as unit:
            assert list(unit.department_limits.of_account("account-1")) == [
                more,
                evolve(LIMIT, monthly_limit=5),
            ]
            unit.department_limits.remove("account-1", "A-10")
            unit.department_limits.remove("account-1", "A-11")
        with storage.begin() as unit:
            assert list(unit.department_limits.of_account("account-1")) == [more]
            assert list(unit.department_limits.of_account("account-2")) == [other]

    @pytest.mark.spec("ACC-6")
    def test_people_03_imports_keep_every_field_and_are_saved(self, storage: Any) -> None:
        done = evolve(CHANGE, state=UserImportState.DONE, ended_at=NOW + timedelta(days=1), failure="x")
        with storage.begin() as unit:
            unit.user_imports.add(CHANGE)
            assert unit.user_imports.get("account-1", "import-1") == CHANGE
            assert unit.user_imports.get("account-2", "import-1") is None
            unit.user_imports.save(done)
        assert stored(storage, lambda unit: unit.user_imports.get("account-1", "import-1")) == done
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.user_imports.add(CHANGE))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.user_imports.save(evolve(CHANGE, import_id="import-2")))

    @pytest.mark.spec("ACC-6")
    def test_people_04_imports_of_an_account_and_those_that_wait(self, storage: Any) -> None:
        early = evolve(CHANGE, import_id="import-2", effective_on=date(2026, 9, 30))
        late = evolve(CHANGE, import_id="import-0", created_at=NOW + timedelta(seconds=1))
        done = evolve(CHANGE, import_id="import-3", state=UserImportState.DONE)
        foreign = evolve(CHANGE, account_id="account-2", import_id="import-4")
        with storage.begin() as unit:
            for one in (CHANGE, early, late, done, foreign):
                unit.user_imports.add(one)
        with storage.begin() as unit:
            assert list(unit.user_imports.of_account("account-1")) == [late, done, early, CHANGE]
            assert list(unit.user_imports.waiting()) == [early, CHANGE, foreign, late]

    @pytest.mark.spec("ACC-5")
    def test_people_05_orders_of_a_department_and_month(self, storage: Any) -> None:
        first, last = date(2026, 4, 1), date(2026, 4, 30)
        made = [
            order(f"O-{number}", order_date=day)
            for number, day in enumerate((date(2026, 3, 31), first, last, date(2026, 5, 1)), start=1)
        ]
        name = made[0].lines[0].department
        elsewhere = order("O-5", order_date=first)
        elsewhere = evolve(
            elsewhere, lines=tuple(evolve(line, department="elsewhere") for line in elsewhere.lines)
        )
        foreign = order("O-6", "account-2", order_date=first)
        with storage.begin() as unit:
            for one in (*made, elsewhere, foreign):
                unit.orders.add(one)
        with storage.begin() as unit:
            assert list(unit.orders.of_department("account-1", name, first, last)) == made[1:3]
            assert list(unit.orders.of_department("account-1", name, first)) == made[1:]
            assert list(unit.orders.of_department("account-1", "elsewhere", first, last)) == [elsewhere]
            assert list(unit.orders.of_department("account-1", "nothing", first, last)) == []
