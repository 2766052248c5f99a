"""What a code means is the library's to say: no class that a plugin derives changes it."""

from __future__ import annotations

import pytest

from askul_connect.core.errors import (
    AskulConnectError,
    OutOfStock,
    PartnerError,
    PartnerRefused,
    Reported,
    concrete_errors,
    error_from_report,
)


@pytest.mark.spec("INT-11")
def test_a_plugin_derives_errors_and_the_catalogue_stays() -> None:
    class LineDown(PartnerError):
        """A plugin's own kind of failure."""

        code = "line-down"

    class NoneLeft(AskulConnectError):
        """A plugin's class that takes a code of ours and says nothing of what to do."""

        code = OutOfStock.code

    concrete_errors.cache_clear()

    assert type(error_from_report(Reported(code=LineDown.code, detail="x"))) is PartnerRefused
    assert type(error_from_report(Reported(code=NoneLeft.code, detail="x"))) is OutOfStock
    assert all(cls.remedy.ja and cls.remedy.en for cls in concrete_errors().values())
