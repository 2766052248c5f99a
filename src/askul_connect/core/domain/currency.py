"""Currencies of ISO 4217 with the number of decimals of their minor unit (PRC-5)."""

from __future__ import annotations

from attrs import Attribute, field, frozen

from askul_connect.core.errors import UnknownCurrency

#: ISO 4217 list one, active codes by exponent. Codes without a minor unit (metals, XDR, XTS, XXX ...) are not
#: money that anything is sold for, and are left out.
_CODES_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
        "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
        "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
        "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
        "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()}


def _as_listed(instance: Currency, _attribute: Attribute[int], exponent: int) -> None:
    if _EXPONENTS.get(instance.code) != exponent:
        raise UnknownCurrency(f"ISO 4217 has no currency {instance.code!r} with {exponent!r} decimals")


@frozen
class Currency:
    """A currency as ISO 4217 lists it; get one from :func:`currency`.

    Attributes:
        code: Three upper-case letters.
        exponent: Decimals of the minor unit: 0 for JPY, 2 for USD.

    Raises:
        UnknownCurrency: The pair is not in the list.
    """

    code: str
    exponent: int = field(validator=_as_listed)

    def __str__(self) -> str:
        return self.code


_CURRENCIES = {code: Currency(code, exponent) for code, exponent in _EXPONENTS.items()}


def currency(code: str) -> Currency:
    """The currency of an ISO 4217 code.

    Args:
        code: Three upper-case letters, exactly as ISO writes them.

    Raises:
        UnknownCurrency: There is no active currency of that code.
    """
    found = _CURRENCIES.get(code)
    if found is None:
        raise UnknownCurrency(f"{code!r} is not an active currency code of ISO 4217, such as 'JPY'")
    return found


def all_currencies() -> tuple[Currency, ...]:
    """Every active currency in the order of its code."""
    return tuple(_CURRENCIES[code] for code in sorted(_CURRENCIES))
