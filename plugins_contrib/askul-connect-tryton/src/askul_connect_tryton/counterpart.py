"""Finding in Tryton what a supplier's document is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from attrs import field, frozen

from askul_connect import ConfigurationError
from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import NotFound, PurchaseOrderUnknown
from askul_connect_tryton.client import Record, TrytonClient
from askul_connect_tryton.purchases import PARTY_SCHEME, tax_code

_PURCHASE_FIELDS = (
    "number",
    "state",
    "reference",
    "party",
    "invoice_method",
    "warehouse",
    "lines",
    "company",
)
_LINE_FIELDS = ("purchase", "product", "product.code", "unit", "unit.symbol", "quantity", "analytic_accounts")


@frozen(kw_only=True)
class Counterpart:
    """One Tryton with the integrator's tables.

    Attributes:
        mapping: The tables as they are now.
    """

    client: TrytonClient = field(repr=False)
    mapping: tables.Mapping
    _accounts: dict[str, int] = field(factory=dict, repr=False)

    @property
    def company(self) -> int:
        """Id of the company that is worked for."""
        return int(self.client.context["company"])

    def purchases(self, numbers: Collection[str]) -> Mapping[str, Record]:
        """Purchases by number, as far as there are any."""
        wanted = sorted({number for number in numbers if number})
        if not wanted:
            return {}
        domain = [["number", "in", wanted], ["company", "=", self.company]]
        return {one["number"]: one for one in self.client.find("purchase.purchase", domain, _PURCHASE_FIELDS)}

    def purchase(self, number: str) -> Record:
        """The purchase with a number.

        Raises:
            PurchaseOrderUnknown: There is none.
        """
        found = self.purchases([number]).get(number)
        if found is None:
            raise PurchaseOrderUnknown(f"Tryton has no purchase {number!r}", where=self.client.place)
        return found

    def lines(self, purchases: Sequence[Record]) -> Mapping[str, Record]:
        """The lines of purchases by our line id."""
        ids = [line for purchase in purchases for line in purchase["lines"]]
        return {str(one["id"]): one for one in self.client.read("purchase.line", ids, _LINE_FIELDS)}

    def unit_code(self, line: Record) -> str:
        """The UN/ECE code of a line's unit."""
        symbol = str((line.get("unit.") or {}).get("symbol") or "")
        return self.mapping.units.get(symbol, symbol)

    def supplier(self, connection: str) -> Record:
        """The party that a supplier connection is, by ``parties.csv``.

        Raises:
            ConfigurationError: There is not exactly one.
        """
        codes = sorted(
            party.removeprefix(PARTY_SCHEME)
            for party, name in self.mapping.sellers.items()
            if name == connection and party.startswith(PARTY_SCHEME)
        )
        if len(codes) != 1:
            row = f"{PARTY_SCHEME}<code of the party>,seller,{connection}"
            detail = f"{connection!r} needs one row {row!r}; there are {len(codes)}"
            raise ConfigurationError(detail, where="mapping/parties.csv")
        fields = ["code", "addresses", "account_payable", "supplier_payment_term"]
        return self._only(
            "party.party", [["code", "=", codes[0]]], fields, f"a party {codes[0]!r}", "parties"
        )

    def payable(self, party: Record) -> int:
        """Id of the account that is owed from: the party's, or the company's.

        Raises:
            ConfigurationError: There is neither.
        """
        found = party["account_payable"]
        if not found:
            fields = ["default_account_payable"]
            [settings] = self.client.read("account.configuration", [1], fields)
            found = settings["default_account_payable"]
        if not found:
            detail = f"Tryton has no account payable for party {party['code']!r}, and no default"
            raise ConfigurationError(detail, where="erp.tryton")
        return int(found)

    def currency(self, code: str) -> int:
        """Id of a currency.

        Raises:
            ConfigurationError: Tryton has none of that code.
        """
        codes = [code, *(ours for ours, iso in self.mapping.currencies.items() if iso == code)]
        return self._id("currency.currency", [["code", "in", codes]], f"a currency {code}", "currency")

    def account(self, department: str, cost_centre: str) -> int:
        """Id of the account that ``accounts.csv`` gives for a department and cost centre, by its code.

        Raises:
            ConfigurationError: The table has no row for it, or Tryton no such account.
        """
        accounts = self.mapping.accounts
        code = accounts.get((department, cost_centre)) or accounts.get((department, ""))
        if not code:
            row = f"{department},,<code of the account>"
            detail = f"there is no account for department {department!r}; add the row {row!r}"
            raise ConfigurationError(detail, where="mapping/accounts.csv")
        if code not in self._accounts:
            domain = [["code", "=", code], ["company", "=", self.company], ["closed", "!=", True]]
            self._accounts[code] = self._id("account.account", domain, f"an account {code!r}", "accounts")
        return self._accounts[code]

    def tax(self, category: TaxCategory, rate: Decimal) -> Record:
        """The tax that ``tax.csv`` calls by a category and rate.

        Raises:
            ConfigurationError: There is not exactly one.
        """
        names = {
            name
            for (name, percent), meant in self.mapping.taxes.items()
            if meant is category and percent in {None, rate}
        }
        domain = [["company", "=", self.company], ["type", "=", "percentage"], ["rate", "=", rate / 100]]
        fields = ["name", "group.code", "description", "invoice_account", "credit_note_account"]
        found = [tax for tax in self.client.find("account.tax", domain, fields) if tax_code(tax) in names]
        if len(found) != 1:
            detail = (
                f"{category.value} at {rate} % is {len(found)} taxes of Tryton, and has to be one of those whose"
                f" groups the table names: {sorted(names) or 'none'}"
            )
            raise ConfigurationError(detail, where="mapping/tax.csv")
        return found[0]

    def note(self, record: str, marker: str, text: str) -> None:
        """Leave a note at a record, once.

        Args:
            record: ``model,id``.
            marker: Its first line, which tells it from every other.
            text: What else it says.
        """
        known = self.client.call(
            "model.ir.note.search",
            [["resource", "=", record], ["message", "like", f"{_literal(marker)}%"]],
            0,
            1,
            None,
        )
        if not known:
            self.client.create("ir.note", [{"resource": record, "message": f"{marker}\n{text}"}])

    def _id(self, model: str, domain: Sequence[object], what: str, table: str) -> int:
        return int(self._only(model, domain, ["id"], what, table)["id"])

    def _only(
        self, model: str, domain: Sequence[object], fields: Sequence[str], what: str, table: str
    ) -> Record:
        try:
            return self.client.one(model, domain, fields, what=what)
        except NotFound as error:
            raise ConfigurationError(error.detail, where=f"mapping/{table}.csv") from error


def _literal(text: str) -> str:
    """Text whose characters mean nothing to a pattern."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
