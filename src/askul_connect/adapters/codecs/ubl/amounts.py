"""Amounts of a UBL document in its currency, and whether they agree with each other."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.money import UnitPrice, minor_from_text, minor_to_text
from askul_connect.core.domain.rounding import Rounding, round_decimal
from askul_connect.core.errors import UnknownCurrency, ValueInvalid


@frozen
class DocumentCurrency:
    """The currency a document is in.

    A code that is not of ISO 4217 may still be mapped to one later; until then the document's minor unit is
    unknown, and its amounts are only compared as the decimals they are.

    Attributes:
        code: As the document states it.
        known: The currency of ISO 4217, None for another code.
    """

    code: str
    known: Currency | None = field(init=False)

    @known.default
    def _known(self) -> Currency | None:
        try:
            return currency(self.code)
        except UnknownCurrency:
            return None

    def check(self, node: Node, reading: Reading) -> None:
        """Note an amount that is stated in another currency than the document's."""
        stated = node.attribute("currencyID")
        if stated and self.code and stated != self.code:
            reading.note(
                ValueInvalid,
                f"the amount is in {stated!r}, the document in {self.code!r}",
                f"{node.path}/@currencyID",
            )

    def amount(self, node: Node, reading: Reading) -> Decimal | None:
        """An amount in major units, None when it is, which is noted, not acceptable."""
        self.check(node, reading)
        value = reading.decimal(node)
        if value is None or self.known is None:
            return value
        known = self.known
        return reading.attempt(
            lambda: Decimal(minor_to_text(minor_from_text(format(value, "f"), known), known)),
            node.path,
            default=None,
        )

    def minor(self, value: Decimal | None) -> int | None:
        """Minor units of an amount, None where the minor unit is unknown."""
        if value is None or self.known is None:
            return None
        return minor_from_text(format(value, "f"), self.known)

    def extension(self, quantity: int, price: Decimal) -> Decimal:
        """Quantity x price in major units, rounded half up to the minor unit where that is known."""
        if self.known is None:
            return price * quantity
        net = UnitPrice(price, self.known).times(quantity)
        return Decimal(minor_to_text(net.minor, self.known))

    def agree(self, stated: Decimal, computed: Decimal) -> bool:
        """Whether a stated amount is the computed one, to the decimals it is stated with."""
        if stated == computed:
            return True
        places = self.known.exponent if self.known else max(0, -int(stated.as_tuple().exponent))
        return round_decimal(computed, places, Rounding.HALF_UP) == round_decimal(
            stated, places, Rounding.HALF_UP
        )
