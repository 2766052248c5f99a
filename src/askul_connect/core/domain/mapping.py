"""The integrator's mapping tables: what the ERP says, and what it means here and at the supplier (INT-2)."""

from __future__ import annotations

from collections import abc
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.tax import TaxCategory


@frozen(kw_only=True)
class MappedDepartment:
    """A department as the supplier and the budgets know it.

    Attributes:
        code: The supplier's and the budget's code.
        cost_centre: Used where the document states none; may be empty.
    """

    code: str
    cost_centre: str = ""


class ContractMatch(StrEnum):
    """What a contract with a supplier is about."""

    ITEM = "item"
    ACCOUNT = "account"
    DEPARTMENT = "department"


@frozen(kw_only=True)
class Contract:
    """What is bought of one supplier, whatever others ask for it (INT-9).

    Attributes:
        value: The ERP's item number, the account or the department; with ``*`` at its end, all that begin like it.
        supplier: Name of the connection.
    """

    match: ContractMatch
    value: str
    supplier: str


@frozen(kw_only=True)
class Mapping:
    """All tables; an empty table translates nothing.

    Attributes:
        buyers: Parties of ``parties.csv`` with the role buyer: ourselves, as ``scheme:id``.
        sellers: Parties with the role seller to the name of the supplier connection.
        items: (supplier connection, ERP item) to the supplier's SKU.
        units: ERP unit to a UN/ECE Rec. 20 code.
        currencies: ERP currency to an ISO 4217 code.
        taxes: (ERP tax category, rate in percent) to the tax category; the rate None stands for every rate.
        departments: ERP department to the supplier's and the budget's.
        accounts: (department code, cost centre) to the general ledger account; an empty cost centre for all.
        contracts: What belongs to one supplier, in the order of their rows: the first that is about a line holds.
        rates: (currency, budget's currency, first day) to the units of the second for one unit of the first.
    """

    buyers: abc.Set[str] = field(factory=frozenset)
    sellers: abc.Mapping[str, str] = field(factory=dict)
    items: abc.Mapping[tuple[str, str], str] = field(factory=dict)
    units: abc.Mapping[str, str] = field(factory=dict)
    currencies: abc.Mapping[str, str] = field(factory=dict)
    taxes: abc.Mapping[tuple[str, Decimal | None], TaxCategory] = field(factory=dict)
    departments: abc.Mapping[str, MappedDepartment] = field(factory=dict)
    accounts: abc.Mapping[tuple[str, str], str] = field(factory=dict)
    contracts: abc.Sequence[Contract] = ()
    rates: abc.Mapping[tuple[str, str, date], Decimal] = field(factory=dict)
