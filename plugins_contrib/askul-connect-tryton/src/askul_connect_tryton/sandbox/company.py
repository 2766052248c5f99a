"""The invented company of the sandbox, entered through Tryton's RPC as an administrator would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from askul_connect_tryton.client import TrytonClient

#: Codes of the root of the departments, of the expense account and of the account of input tax.
DEPARTMENT_ROOT = "DEPT"
EXPENSE_ACCOUNT = "5.1.1"
_INPUT_TAX_ACCOUNT = "6.3.4"
_PAYABLE_ACCOUNT, _RECEIVABLE_ACCOUNT = "2.1.1", "1.2.1"
#: The supplier's code as a party.
SUPPLIER_CODE = "ASKUL"
_YEAR = 2026
_GROUPS = ("Accounting", "Account Budget", "Analytic Administration", "Stock", "Purchase", "Purchase Request")


@frozen(kw_only=True)
class SandboxItem:
    """A product.

    Attributes:
        code: Its code in Tryton.
        unit: Symbol of its unit of measure; made if there is none.
        tax_group: Code of the group of its tax: ``S`` or ``AA``.
    """

    code: str
    name: str
    unit: str
    list_price: Decimal
    tax_group: str = "S"


@frozen(kw_only=True)
class SandboxCompany:
    """What the company is made of.

    Attributes:
        departments: Code to name; each is an analytic account.
        budgets: (department, first day, last day) to what may be spent.
        login, password: Of the connector's user.
    """

    name: str = "見本商事株式会社"
    supplier: str = "見本事務機株式会社"
    departments: Mapping[str, str] = field(
        factory=lambda: {"D100": "総務部", "D200": "営業部", "D300": "開発部"}
    )
    items: Sequence[SandboxItem]
    budgets: Mapping[tuple[str, date, date], Decimal] = field(factory=dict)
    login: str = "askul-connect"
    password: str = field(repr=False)


def found_company(client: TrytonClient, company: SandboxCompany) -> None:
    """Enter it all; the client's user is the administrator of a database that has the modules and nothing else."""
    yen = client.create(
        "currency.currency",
        [
            {
                "name": "Yen",
                "code": "JPY",
                "numeric_code": "392",
                "symbol": "¥",
                "digits": 0,
                "rounding": Decimal(1),
                "rates": [["create", [{"date": date(_YEAR, 1, 1), "rate": Decimal(1)}]]],
            }
        ],
    )[0]
    own = _party(client, company.name, "OWN")
    own_id = client.create("company.company", [{"party": own, "currency": yen}])[0]
    user = client.call("model.res.user.search", [["login", "=", "admin"]], 0, 1, None)
    client.write("res.user", user, {"companies": [["add", [own_id]]], "company": own_id})
    client.context["company"] = own_id
    _chart(client, own_id)
    _year(client, own_id)
    taxes = _taxes(client, own_id)
    categories = _categories(client, taxes)
    for item in company.items:
        _product(client, item, categories)
    supplier = _party(client, company.supplier, SUPPLIER_CODE)
    term = client.create(
        "account.invoice.payment_term",
        [{"name": "月末締め翌月末", "lines": [["create", [{"type": "remainder"}]]]}],
    )[0]
    client.write("party.party", [supplier], {"supplier_payment_term": term})
    _departments(client, own_id, company)
    _user(client, own_id, company)


def account(client: TrytonClient, code: str) -> int:
    """Id of the account with a code."""
    found = client.one("account.account", [["code", "=", code]], ["id"], what=f"an account {code}")
    return int(found["id"])


def _party(client: TrytonClient, name: str, code: str) -> int:
    values = {"name": name, "code": code, "addresses": [["create", [{"city": "東京", "invoice": True}]]]}
    return client.create("party.party", [values])[0]


def _wizard(client: TrytonClient, name: str, steps: Iterable[tuple[str, Mapping[str, Any], str]]) -> None:
    """Run a wizard: each step gives a form's values and the button that is pressed."""
    session = client.call(f"wizard.{name}.create")[0]
    data: dict[str, Any] = {}
    for form, values, button in steps:
        data = {form: dict(values)}
        client.call(f"wizard.{name}.execute", session, data, button)
    client.call(f"wizard.{name}.delete", session)


def _chart(client: TrytonClient, own: int) -> None:
    template = client.call("model.ir.model.data.get_id", "account", "account_template_root_en")
    session = client.call("wizard.account.create_chart.create")[0]
    made = {"company": own, "account_template": template}
    client.call("wizard.account.create_chart.execute", session, {"account": made}, "create_account")
    properties = {
        "company": own,
        "account_receivable": account(client, _RECEIVABLE_ACCOUNT),
        "account_payable": account(client, _PAYABLE_ACCOUNT),
        "category_account_expense": account(client, EXPENSE_ACCOUNT),
        "category_account_revenue": account(client, "4.1.1"),
    }
    client.call(
        "wizard.account.create_chart.execute",
        session,
        {"account": made, "properties": properties},
        "create_properties",
    )
    client.call("wizard.account.create_chart.delete", session)


def _sequence(client: TrytonClient, own: int, kind: str) -> int:
    type_id = client.one("ir.sequence.type", [["name", "=", kind]], ["id"], what=f"a sequence type {kind}")[
        "id"
    ]
    values = {"name": f"{kind} {_YEAR}", "sequence_type": type_id, "company": own}
    return client.create("ir.sequence.strict", [values])[0]


def _year(client: TrytonClient, own: int) -> None:
    invoices = _sequence(client, own, "Invoice")
    kinds = ("in_invoice", "in_credit_note", "out_invoice", "out_credit_note")
    year = client.create(
        "account.fiscalyear",
        [
            {
                "name": str(_YEAR),
                "start_date": date(_YEAR, 1, 1),
                "end_date": date(_YEAR, 12, 31),
                "company": own,
                "move_sequence": _sequence(client, own, "Account Move"),
                "invoice_sequences": [
                    ["create", [{"company": own, **{f"{kind}_sequence": invoices for kind in kinds}}]]
                ],
            }
        ],
    )
    client.call("model.account.fiscalyear.create_period", year)


def _taxes(client: TrytonClient, own: int) -> dict[str, int]:
    paid_on = account(client, _INPUT_TAX_ACCOUNT)
    taxes = {}
    for code, name, rate in (("S", "標準税率", Decimal("0.10")), ("AA", "軽減税率", Decimal("0.08"))):
        group = client.create("account.tax.group", [{"name": name, "code": code, "kind": "purchase"}])[0]
        [taxes[code]] = client.create(
            "account.tax",
            [
                {
                    "name": f"消費税 {name}",
                    "description": f"消費税 {name}",
                    "group": group,
                    "type": "percentage",
                    "rate": rate,
                    "company": own,
                    "invoice_account": paid_on,
                    "credit_note_account": paid_on,
                }
            ],
        )
    return taxes


def _categories(client: TrytonClient, taxes: Mapping[str, int]) -> dict[str, int]:
    expense = account(client, EXPENSE_ACCOUNT)
    return {
        code: client.create(
            "product.category",
            [
                {
                    "name": f"消耗品 {code}",
                    "accounting": True,
                    "account_expense": expense,
                    "supplier_taxes": [["add", [tax]]],
                }
            ],
        )[0]
        for code, tax in taxes.items()
    }


def _product(client: TrytonClient, item: SandboxItem, categories: Mapping[str, int]) -> None:
    unit = _unit(client, item.unit)
    client.create(
        "product.template",
        [
            {
                "name": item.name,
                "code": item.code,
                "type": "goods",
                "list_price": item.list_price,
                "cost_price_method": "fixed",
                "default_uom": unit,
                "purchasable": True,
                "purchase_uom": unit,
                "account_category": categories[item.tax_group],
                "products": [["create", [{}]]],
            }
        ],
    )


def _unit(client: TrytonClient, symbol: str) -> int:
    known = client.call("model.product.uom.search", [["symbol", "=", symbol]], 0, 1, None)
    if known:
        return int(known[0])
    category = client.one("product.uom.category", [["name", "=", "Units"]], ["id"], what="units")["id"]
    values = {
        "name": symbol,
        "symbol": symbol,
        "category": category,
        "rate": 1,
        "factor": 1,
        "digits": 0,
        "rounding": 1,
    }
    return client.create("product.uom", [values])[0]


def _departments(client: TrytonClient, own: int, company: SandboxCompany) -> None:
    root = client.create(
        "analytic_account.account",
        [{"name": "部門", "code": DEPARTMENT_ROOT, "type": "root", "company": own}],
    )[0]
    ids = {
        code: client.create(
            "analytic_account.account",
            [{"name": name, "code": code, "type": "normal", "root": root, "parent": root, "company": own}],
        )[0]
        for code, name in company.departments.items()
    }
    periods = sorted({(start, end) for _, start, end in company.budgets})
    for start, end in periods:
        lines = [
            # what may be spent is negative in Tryton
            {"name": code, "account": ids[code], "amount": -amount}
            for (code, first, last), amount in company.budgets.items()
            if (first, last) == (start, end)
        ]
        client.create(
            "analytic_account.budget",
            [
                {
                    "name": f"部門予算 {start:%Y-%m}",
                    "company": own,
                    "root": root,
                    "start_date": start,
                    "end_date": end,
                    "lines": [["create", lines]],
                }
            ],
        )


def _user(client: TrytonClient, own: int, company: SandboxCompany) -> None:
    groups = client.call("model.res.group.search", [["name", "in", list(_GROUPS)]], 0, None, None)
    client.create(
        "res.user",
        [
            {
                "name": "askul-connect",
                "login": company.login,
                "password": company.password,
                "companies": [["add", [own]]],
                "company": own,
                "groups": [["add", groups]],
            }
        ],
    )
