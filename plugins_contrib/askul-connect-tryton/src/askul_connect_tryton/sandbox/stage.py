"""Tryton on the stage of ``demo --erp tryton``."""

from __future__ import annotations

import shutil
from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from attrs import field, frozen

from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.secrets import Secret
from askul_connect.plugins.demonstration import ErpDemo, NumberedPurchase
from askul_connect_tryton.client import TrytonClient
from askul_connect_tryton.purchases import PARTY_SCHEME
from askul_connect_tryton.sandbox.buying import Buyer, WantedLine, WantedPurchase
from askul_connect_tryton.sandbox.company import (
    DEPARTMENT_ROOT,
    EXPENSE_ACCOUNT,
    SUPPLIER_CODE,
    SandboxCompany,
    SandboxItem,
)
from askul_connect_tryton.sandbox.databases import DATABASE, company_folder, copied
from askul_connect_tryton.sandbox.environment import TrytonEnvironment, tryton_environment
from askul_connect_tryton.sandbox.server import ADMINISTRATOR, TrytonServer, serving

_SUPPLIER = "askul"
_PASSWORD = "tryton.password"  # noqa: S105 -- the name of its file


@frozen(kw_only=True)
class TrytonStage:
    """A Tryton that is served while the demo runs; satisfies ``ErpStage``."""

    server: TrytonServer
    company: SandboxCompany = field(repr=False)
    buyer: Buyer = field(repr=False)
    purchases: Mapping[str, NumberedPurchase]

    @property
    def options(self) -> Mapping[str, str]:
        """Keys of ``[erp.tryton]``."""
        return {
            "address": self.server.address,
            "database": self.server.database,
            "user": self.company.login,
            "password": f"file:secrets/{_PASSWORD}",
            "departments": DEPARTMENT_ROOT,
        }

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """The password of the connector's user."""
        return {_PASSWORD: Secret(self.company.password)}

    @property
    def tables(self) -> Mapping[str, str]:
        """Parties by their code, accounts by theirs, taxes by their group's."""
        accounts = "".join(f"{code},,{EXPENSE_ACCOUNT}\n" for code in self.company.departments)
        return {
            "parties.csv": f"party,role,supplier\n{PARTY_SCHEME}{SUPPLIER_CODE},seller,{_SUPPLIER}\n",
            "accounts.csv": f"department,cost_centre,account\n{accounts}",
            "tax.csv": "category,rate,tax_category\nS,10,standard\nAA,8,reduced\n",
        }

    @property
    def summary(self) -> str:
        """Where to look."""
        return (
            f"Tryton:                database {self.server.database!r}, served at {self.server.address} while the demo"
            f" ran; user {ADMINISTRATOR!r}, password in {self.server.environment.folder / 'admin'}"
        )

    def receive(self, day: date) -> int:
        """Receive every shipment that is proposed."""
        return self.buyer.receive(day)


@contextmanager
def tryton_stage(demo: ErpDemo) -> Iterator[TrytonStage]:
    """Install Tryton at first use, serve a copy of the invented company, and approve the demo's purchases in it.

    Raises:
        PartnerUnreachable: Tryton cannot be installed here, or does not start.
    """
    environment = tryton_environment(demo.say)
    company = _company(demo, environment)
    if demo.fresh:
        shutil.rmtree(demo.folder, ignore_errors=True)
        demo.folder.mkdir(parents=True)
        copied(company_folder(environment, company, demo.http, demo.say), demo.folder)
    port = demo.folder / "port"
    with serving(environment, demo.folder, database=DATABASE, port=_known(port)) as server:
        port.write_text(server.address.rpartition(":")[2], encoding="ascii")
        client = server.client(demo.http())
        try:
            buyer = Buyer(client)
            purchases = _approved(demo, client, buyer) if demo.fresh else {}
            yield TrytonStage(server=server, company=company, buyer=buyer, purchases=purchases)
        finally:
            client.close()


def _known(port: Path) -> int:
    """The port of an earlier run, since the configuration names it; 0 for any."""
    return int(port.read_text(encoding="ascii")) if port.exists() else 0


def _company(demo: ErpDemo, environment: TrytonEnvironment) -> SandboxCompany:
    return SandboxCompany(
        items=tuple(
            SandboxItem(
                code=article.code,
                name=article.name,
                unit=article.unit,
                list_price=article.list_price,
                tax_group="AA" if article.reduced else "S",
            )
            for article in demo.articles
        ),
        departments=dict(demo.departments),
        budgets={
            (budget.department, *_month(budget.period)): Decimal(
                minor_to_text(budget.amount, budget.currency)
            )
            for budget in demo.budgets
        },
        password=environment.secret("connector"),
    )


def _month(period: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{period}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _approved(demo: ErpDemo, client: TrytonClient, buyer: Buyer) -> dict[str, NumberedPurchase]:
    demo.say(f"approving {len(demo.purchases)} purchases in Tryton")
    prices = {article.code: article.list_price for article in demo.articles}
    numbers = buyer.approve(
        [
            WantedPurchase(
                department=purchase.department,
                ordered_on=purchase.ordered_on,
                wanted_on=purchase.wanted_on,
                lines=[
                    WantedLine(item=code, quantity=quantity, unit_price=prices[code])
                    for code, quantity in purchase.lines
                ],
                description=purchase.note,
            )
            for purchase in demo.purchases
        ]
    )
    domain = [["number", "in", numbers]]
    lines = {
        one["number"]: one["lines"] for one in client.find("purchase.purchase", domain, ["number", "lines"])
    }
    return {
        purchase.key: NumberedPurchase(number=number, line_ids=[str(line) for line in lines[number]])
        for purchase, number in zip(demo.purchases, numbers, strict=True)
    }
