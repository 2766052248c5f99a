"""What the demo asks of an ERP that it shows: to be there, with an invented company's purchases in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.transport import Transport


@frozen(kw_only=True)
class DemoArticle:
    """Something that is bought.

    Attributes:
        code: The supplier's number, which the demo's ERP uses as its own.
        unit: UN/ECE Rec. 20 code.
        reduced: Whether the reduced tax rate applies.
    """

    code: str
    name: str
    unit: str
    list_price: Decimal
    reduced: bool


@frozen(kw_only=True)
class DemoPurchase:
    """A purchase that somebody in the invented company approves.

    Attributes:
        key: What the demo calls it; the ERP numbers it itself.
        lines: Code and quantity of each.
    """

    key: str
    department: str
    ordered_on: date
    wanted_on: date
    lines: Sequence[tuple[str, int]]
    note: str = ""


@frozen(kw_only=True)
class ErpDemo:
    """What the ERP is to be filled with.

    Attributes:
        folder: Its own, below the demo's directory: whatever it keeps there is kept.
        fresh: Whether it begins anew; else it goes on with what is in the folder.
        http: Makes connections to it.
        say: Told what is done, for a person.
        departments: Code to name.
    """

    folder: Path
    fresh: bool
    http: Callable[[], Transport] = field(repr=False)
    say: Callable[[str], None] = field(repr=False)
    articles: Sequence[DemoArticle]
    departments: Mapping[str, str]
    budgets: Sequence[Budget]
    purchases: Sequence[DemoPurchase]


@frozen(kw_only=True)
class NumberedPurchase:
    """A purchase of the demo as the ERP has numbered it.

    Attributes:
        line_ids: In the order of its lines.
    """

    number: str
    line_ids: Sequence[str]


class ErpStage(Protocol):
    """An ERP that is there for as long as the demo runs."""

    @property
    def options(self) -> Mapping[str, str]:
        """Keys of the table ``[erp.KIND]``."""
        ...

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """What those refer to as ``file:secrets/NAME``, by NAME."""
        ...

    @property
    def tables(self) -> Mapping[str, str]:
        """Files of ``erp/mapping`` that are the ERP's own, by name."""
        ...

    @property
    def purchases(self) -> Mapping[str, NumberedPurchase]:
        """The demo's purchases by key; empty unless it began anew."""
        ...

    @property
    def summary(self) -> str:
        """Where a person can look at what came of it."""
        ...

    def receive(self, day: date) -> int:
        """Let the warehouse receive all that is proposed to it; how many deliveries."""
        ...
