"""Notices of disturbances."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.service_status import Disturbance, StatusNotice
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases, stored

HOUR = timedelta(hours=1)
NOTICE = StatusNotice(
    notice_id="1",
    kind=Disturbance.MAINTENANCE,
    parts=("login", "ordering"),
    starts_at=NOW,
    expected_end=NOW + HOUR,
    text_ja="保守作業",
    text_en="maintenance",
    created_at=NOW - HOUR,
)


class SupplierStatusCases(StorageCases):
    """Notices of disturbances."""

    @pytest.mark.spec("AUTH-15")
    def test_status_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        over = evolve(NOTICE, ended_at=NOW, expected_end=None)
        with storage.begin() as unit:
            unit.status.add(NOTICE)
            assert unit.status.get("1") == NOTICE
            unit.status.save(over)
        with storage.begin() as unit:
            assert unit.status.get("1") == over
            assert unit.status.get("2") is None
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.status.add(NOTICE))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.status.save(evolve(NOTICE, notice_id="2")))

    @pytest.mark.spec("AUTH-15")
    def test_status_02_what_has_not_ended_by_an_instant(self, storage: Any) -> None:
        outage = evolve(NOTICE, notice_id="2", kind=Disturbance.OUTAGE)
        endless = evolve(NOTICE, notice_id="3", kind=Disturbance.MAINTENANCE, expected_end=None)
        planned = evolve(NOTICE, notice_id="0", starts_at=NOW + 9 * HOUR, expected_end=NOW + 10 * HOUR)
        over = evolve(outage, notice_id="4", ended_at=NOW + 2 * HOUR)
        with storage.begin() as unit:
            for one in (NOTICE, outage, endless, planned, over):
                unit.status.add(one)
        with storage.begin() as unit:
            assert list(unit.status.current(NOW)) == [NOTICE, outage, endless, over, planned]
            assert list(unit.status.current(NOW + HOUR)) == [outage, endless, over, planned]
            assert list(unit.status.current(NOW + 2 * HOUR)) == [outage, endless, planned]
            assert list(unit.status.current(NOW + 10 * HOUR)) == [outage, endless]
