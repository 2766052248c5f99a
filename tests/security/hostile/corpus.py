"""Hostile documents, each made on demand: name to the function that makes its bytes."""

# ruff: noqa: PLW0108 -- a bound method would hold all the megabytes from the beginning

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping

Case = Callable[[], bytes]

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SUPPLIER = "urn:askul-connect:supplier:1"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32", "utf-7")
#: A file that must never be opened; nothing listens at the address that must never be asked.
BAIT = "file:///etc/passwd"
ADDRESS = "http://127.0.0.1:9/x"

_LAUGHS = "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 12))
_DOCTYPES = {
    "internal entity": '<!DOCTYPE {root} [<!ENTITY b "secret">]>',
    "file entity": f'<!DOCTYPE {{root}} [<!ENTITY b SYSTEM "{BAIT}">]>',
    "network entity": f'<!DOCTYPE {{root}} [<!ENTITY b SYSTEM "{ADDRESS}">]>',
    "parameter entity": f'<!DOCTYPE {{root}} [<!ENTITY % p SYSTEM "{BAIT}"> %p; <!ENTITY b "">]>',
    "external subset": f'<!DOCTYPE {{root}} SYSTEM "{ADDRESS}.dtd" [<!ENTITY b "">]>',
    "attribute default": '<!DOCTYPE {root} [<!ATTLIST {root} a CDATA "c"><!ENTITY b "">]>',
    "billion laughs": f"<!DOCTYPE {{root}} [<!ENTITY x0 'ha'>{_LAUGHS}<!ENTITY b '&x11;'>]>",
    "quadratic blow-up": "<!DOCTYPE {root} [<!ENTITY b '" + "a" * 100_000 + "'>]>",
}


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-7":
        # Python's encoder leaves < and ! alone; an attacker does not.
        hidden = text.replace("<", "+ADw-").replace("!", "+ACE-")
        return f'<?xml version="1.0" encoding="UTF-7"?>{hidden}'.encode("ascii")
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    return (mark + text).encode(encoding)


def xml_cases(root: str, shell: Callable[[str], str]) -> dict[str, Case]:
    """What is hostile in any XML.

    Args:
        root: Name of the root element.
        shell: A document of the kind, around a piece of markup; without declaration.
    """
    cases: dict[str, Case] = {}
    for name, doctype in _DOCTYPES.items():
        uses = "&b;" * (2_000 if name.startswith("quadratic") else 1)
        text = doctype.replace("{root}", root) + shell(f"<a>{uses}</a>")
        for encoding in ENCODINGS:
            cases[f"{name}, {encoding}"] = lambda text=text, encoding=encoding: _encoded(text, encoding)

    def around(markup: Callable[[], str]) -> Case:
        return lambda: shell(markup()).encode("utf-8", "surrogatepass")

    return cases | {
        "depth 10,000": around(lambda: "<a>" * 10_000 + "</a>" * 10_000),
        "depth 10,000, never closed": lambda: b"<a>" * 10_000,
        "12 MB of text": around(lambda: "x" * 12_000_000),
        "9.9 MB of one text": around(lambda: f"<a>{'x' * 9_900_000}</a>"),
        "9.9 MB of an attribute": around(lambda: f'<a b="{"x" * 9_900_000}"/>'),
        "comments, 200,000": around(lambda: "<!---->" * 200_000),
        "comments, just below the limit": around(lambda: "<a>" + "x<!---->" * 199_000 + "</a>"),
        "elements, 3 million": around(lambda: "<a/>" * 3_000_000),
        "elements, just below the limit": around(lambda: "<a/>" * 199_000),
        "attributes, 240,000": around(lambda: "<a " + " ".join(f'b{n}=""' for n in range(240_000)) + "/>"),
        "namespaces, 240,000": around(
            lambda: "<a " + " ".join(f'xmlns:b{n}="u"' for n in range(240_000)) + "/>"
        ),
        "namespaces, nested": around(
            lambda: "".join(f'<a xmlns:b{n}="u{n}" b{n}:c="">' for n in range(200)) + "</a>" * 200
        ),
        "the same attribute twice": around(lambda: '<a b="1" b="2"/>'),
        "instructions": around(lambda: "<?a b?>" * 199_000),
        "stylesheet": lambda: f'<?xml-stylesheet href="{BAIT}"?>{shell("<a/>")}'.encode(),
        "XInclude": around(
            lambda: f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{BAIT}" parse="text"/>'
        ),
        "schema location": around(
            lambda: (
                '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
                f'i:schemaLocation="u {ADDRESS} v {BAIT}"/>'
            )
        ),
        "character references": around(lambda: f"<a>{'&#65;' * 1_900_000}</a>"),
        "gzip": lambda: gzip.compress(shell("<a/>" * 1_000_000).encode()),
        "NUL": around(lambda: "<a>\0</a>"),
        "control character": around(lambda: "<a>\x1b[31m</a>"),
        "reference to a control character": around(lambda: "<a>&#27;&#0;</a>"),
        "lone surrogate": around(lambda: "<a>\ud800</a>"),
        "reference to a surrogate": around(lambda: "<a>&#xD800;</a>"),
        "no UTF-8": lambda: shell("<a>").encode() + b"\xff\xfe</a>",
        "empty": lambda: b"",
        "a path": lambda: b"/etc/passwd",
        "CDATA, never closed": around(lambda: "<![CDATA[" * 100_000),
        "angle brackets": lambda: b"<" * 9_000_000,
        "spaces": lambda: b" " * 9_900_000,
    }


def ubl_shell(markup: str, *, more: str = "") -> str:
    """A UBL Order with markup before its first element."""
    party = '<cac:Party><cbc:EndpointID schemeID="0188">7010705000725</cbc:EndpointID></cac:Party>'
    return (
        f'<Order xmlns="{UBL}Order-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}CommonBasicComponents-2">{markup}<cbc:ID>PO-1</cbc:ID>'
        "<cbc:IssueDate>2026-04-01</cbc:IssueDate><cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>"
        f"<cac:BuyerCustomerParty>{party}</cac:BuyerCustomerParty>"
        f"<cac:SellerSupplierParty>{party}</cac:SellerSupplierParty>{more}</Order>"
    )


def ubl_line(number: int | str = 1, **changes: str) -> str:
    """A line of a UBL Order, right unless it is changed."""
    value = {
        "quantity": "3",
        "price": "100",
        "amount": "300",
        "name": "Paper",
        "sku": "A-1",
        "rate": "10",
    } | changes
    return (
        f'<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode="XPK">{value["quantity"]}'
        f'</cbc:Quantity><cbc:LineExtensionAmount currencyID="JPY">{value["amount"]}</cbc:LineExtensionAmount>'
        f'<cac:Price><cbc:PriceAmount currencyID="JPY">{value["price"]}</cbc:PriceAmount></cac:Price><cac:Item>'
        f"<cbc:Name>{value['name']}</cbc:Name><cac:SellersItemIdentification><cbc:ID>{value['sku']}</cbc:ID>"
        "</cac:SellersItemIdentification><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
        f"<cbc:Percent>{value['rate']}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item></cac:LineItem>"
        "</cac:OrderLine>"
    )


def ubl_order(lines: str) -> bytes:
    """A whole UBL Order."""
    return ubl_shell("", more=lines).encode()


def _ubl_cases() -> dict[str, Case]:
    cases = xml_cases("Order", lambda markup: ubl_shell(f"<cbc:ID>{markup}</cbc:ID>", more=ubl_line()))
    for number in ("1e999999999", "9" * 100_000, "NaN", "Infinity", "-1", "1." + "0" * 100_000, "٣", "0x10"):
        cases[f"quantity {number[:12]}"] = lambda number=number: ubl_order(ubl_line(quantity=number))
        cases[f"price {number[:12]}"] = lambda number=number: ubl_order(ubl_line(price=number))
        cases[f"rate {number[:12]}"] = lambda number=number: ubl_order(ubl_line(rate=number))
    return cases | {
        "huge item number": lambda: ubl_order(ubl_line(sku="x" * 5_000_000)),
        "12,000 lines": lambda: ubl_order("".join(map(ubl_line, range(12_000)))),
        "9,000 wrong lines": lambda: ubl_order("".join(ubl_line(n, quantity="-1") for n in range(9_000))),
        "60,000 empty lines": lambda: ubl_order("<cac:OrderLine/>" * 60_000),
        "190,000 notes": lambda: ubl_order("<cbc:Note>x</cbc:Note>" * 190_000 + ubl_line()),
        "60,000 allowances": lambda: ubl_order(
            "<cac:AllowanceCharge><cbc:Amount>0</cbc:Amount></cac:AllowanceCharge>" * 60_000 + ubl_line()
        ),
        "a line of 190,000 names": lambda: ubl_order(
            f"<cac:OrderLine><cac:LineItem>{'<cbc:Note/>' * 190_000}</cac:LineItem></cac:OrderLine>"
        ),
        "190,000 elements in a number": lambda: ubl_order(ubl_line("1<x/>" * 190_000)),
    }


def soap_shell(markup: str, *, header: str = "") -> str:
    """An envelope around markup."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header>'
        f'<s:Body xmlns="{SUPPLIER}">{markup}</s:Body></s:Envelope>'
    )


def soap_order(lines: str, more: str = "") -> str:
    """A request to place an order."""
    return (
        "<PlaceOrder><purchaseOrderId>P</purchaseOrderId><buyerParty>b</buyerParty><currency>JPY</currency>"
        f"{lines}{more}</PlaceOrder>"
    )


def soap_line(quantity: str = "1") -> str:
    """A line of it."""
    return f"<lines><lineId>1</lineId><sku>A</sku><quantity>{quantity}</quantity><unit>C62</unit></lines>"


def _soap_cases() -> dict[str, Case]:
    cases = xml_cases(
        "s:Envelope", lambda markup: soap_shell(f"<GetServiceStatus>{markup}</GetServiceStatus>")
    )
    for number in ("1e999999999", "9" * 100_000, "9223372036854775808", "NaN", "1.0", "٣", "0x10"):
        cases[f"quantity {number[:12]}"] = lambda number=number: soap_shell(
            soap_order(soap_line(number))
        ).encode()
        cases[f"price tolerance {number[:12]}"] = lambda number=number: soap_shell(
            soap_order(soap_line(), f"<priceTolerance>{number}x</priceTolerance>")
        ).encode()
    return cases | {
        "39,000 lines": lambda: soap_shell(soap_order(soap_line() * 39_000)).encode(),
        "39,000 wrong lines": lambda: soap_shell(soap_order(soap_line("x") * 39_000)).encode(),
        "190,000 unknown fields": lambda: soap_shell(soap_order("<x/>" * 190_000)).encode(),
        "190,000 headers": lambda: soap_shell("<NoSuch/>", header="<x/>" * 190_000).encode(),
        "190,000 bodies": lambda: soap_shell("<NoSuch/>" * 190_000).encode(),
        "a name of 9 MB": lambda: soap_shell(f"<{'x' * 4_900_000}/>").encode(),
        "a token of 9 MB": lambda: soap_shell(
            "<GetAccount/>",
            header=f'<callHeader xmlns="{SUPPLIER}"><token>{"x" * 9_000_000}</token></callHeader>',
        ).encode(),
    }


ORDER_COLUMNS = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
)
TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "orders": (ORDER_COLUMNS, ("PO-1", "1", "A-1", "5", "XPK", "100", "JPY", "D100", "", "")),
    "receipts": ("purchase_order_id,line_id,quantity,received_on", ("PO-1", "1", "5", "2026-04-01")),
    "mapping": ("supplier,item,sku", ("askul", "X-1", "A-1")),
    "budgets": ("department,period,currency,budget", ("D100", "2026-04", "JPY", "1000")),
}


def _csv_cases(kind: str) -> dict[str, Case]:
    header, row = TABLES[kind]

    def table(rows: Callable[[], str]) -> Case:
        return lambda: f"{header}\n{rows()}".encode("utf-8", "surrogatepass")

    def cell(text: str, column: int) -> str:
        return ",".join((*row[:column], text, *row[column + 1 :])) + "\n"

    cases = {
        "empty": lambda: b"",
        "200,000 rows": table(lambda: (",".join(row) + "\n") * 200_000),
        "200,000 rows, Macintosh": table(lambda: (",".join(row) + "\r") * 200_000),
        "4 million empty rows": table(lambda: "\n" * 4_000_000),
        "wrong rows, just below the limit": table(
            lambda: "".join(f"{n}" + ",\x01" * (len(row) - 1) + "\n" for n in range(14_990))
        ),
        "empty cells, just below the limit": table(lambda: f"x{',' * (len(row) - 1)}\n" * 14_990),
        "9 million commas": table(lambda: "," * 9_000_000),
        "a wide header": lambda: (header + ",x" * 280_000 + "\n").encode(),
        "a doubled header": lambda: (",".join([header] * 25_000) + "\n").encode(),
        "a wide row": table(lambda: "x" + ",x" * 280_000 + "\n"),
        "a huge cell": table(lambda: cell('"' + "x" * 9_000_000 + '"', 0)),
        "huge cells": table(lambda: cell("x" * 130_000, 0) * 70),
        "an open quote": table(lambda: cell('"', 0) + ",".join(row)),
        "quotes": table(lambda: '"' * 9_000_000),
        "12 MB": table(lambda: "x" * 12_000_000),
        "NUL": table(lambda: cell("\0", 0)),
        "control character": table(lambda: cell("a\x1b[31m", 0)),
        "line break in a cell": table(lambda: cell('"a\r\nb"', 0)),
        "lone surrogate": table(lambda: cell("\ud800", 0)),
        "no UTF-8": lambda: f"{header}\n".encode() + b"\xff\xfe",
        "UTF-16": lambda: f"{header}\n".encode("utf-16"),
        "UTF-32": lambda: f"{header}\n".encode("utf-32"),
        "gzip": lambda: gzip.compress(f"{header}\n".encode() * 100_000),
        "XML": lambda: ubl_order(ubl_line()),
    }
    number = {"orders": 3, "receipts": 2, "budgets": 3}.get(kind)
    if number is not None:
        for text in (
            "1e999999999",
            "9" * 100_000,
            "NaN",
            "-1",
            "=1+1",
            "１２",
            "1_000",
            "0x10",
            '"1,280"',
            "@SUM(1)",
        ):
            cases[f"number {text[:12]}"] = table(lambda text=text: cell(text, number))
    if kind == "orders":
        for text in ("1e999999999", "1." + "0" * 1_000, "Infinity", "=1+1"):
            cases[f"price {text[:12]}"] = table(lambda text=text: cell(text, 5))
        cases["one order of wrong lines"] = table(lambda: f"PO-1{',=' * (len(row) - 1)}\n" * 14_990)
    if kind == "mapping":
        cases["one key, 29,000 translations"] = table(
            lambda: "".join(f"askul,X-1,A-{n}\n" for n in range(29_000))
        )
    if kind == "budgets":
        cases["one budget, 29,000 times"] = table(lambda: cell("1", 3) * 29_000)
    return cases


GOOD_CONFIGURATION = """version = 1
[buyer]
party = "0188:7010705000725"
name = "K"
[suppliers.askul]
kind = "reference"
credential = "env:NOT_SET"
"""


def _toml_cases() -> dict[str, Case]:
    def with_(text: Callable[[], str]) -> Case:
        return lambda: (GOOD_CONFIGURATION + text()).encode("utf-8", "surrogatepass")

    return {
        "empty": lambda: b"",
        "arrays, 10,000 deep": with_(lambda: "a = " + "[" * 10_000 + "]" * 10_000),
        "tables, 10,000 deep": with_(lambda: "a = " + "{a=" * 10_000 + "1" + "}" * 10_000),
        "a key of 45,000 parts": with_(lambda: f"a{'.a' * 45_000} = 1"),
        "a header of 45,000 parts": with_(lambda: f"[a{'.a' * 45_000}]"),
        "headers of 60 parts": with_(lambda: "".join(f"[t{n}.{'a.' * 58}k]\n" for n in range(700))),
        "growing headers": with_(lambda: "".join(f"[{'.'.join(['a'] * n)}]\n" for n in range(1, 60))),
        "8,000 unknown keys": lambda: "".join(f"k{n} = 1\n" for n in range(8_000)).encode(),
        "5,000 suppliers": with_(lambda: "".join(f"[suppliers.S{n}]\n" for n in range(5_000))),
        "9 MB": with_(lambda: "#" * 9_000_000),
        "an integer of 90,000 digits": with_(lambda: f"a = {'9' * 90_000}"),
        "a hexadecimal integer of 90,000 digits": lambda: f"version = 0x{'f' * 90_000}".encode(),
        "attempts of 90,000 digits": with_(lambda: f"[outbox]\nattempts = 0x{'f' * 90_000}"),
        "a tolerance of 90,000 digits": with_(lambda: f"[matching]\nprice_tolerance = 0x{'f' * 90_000}"),
        "a float beyond all": with_(lambda: "[matching]\nprice_tolerance = 1e999999999"),
        "a decimal beyond all": with_(lambda: '[matching]\nprice_tolerance = "1e999999999"'),
        "a time before time": with_(
            lambda: '[clock]\nkind = "simulated"\nseed = "x"\nstart = 0001-01-01T00:00:00+23:59'
        ),
        "a time after time": with_(
            lambda: '[clock]\nkind = "simulated"\nseed = "x"\nstart = 9999-12-31T23:59:59-23:59'
        ),
        "a zone upwards": lambda: GOOD_CONFIGURATION.replace(
            '"K"', '"K"\nzone = "../../../etc/passwd"'
        ).encode(),
        "a zone of 90,000 characters": lambda: GOOD_CONFIGURATION.replace(
            '"K"', f'"K"\nzone = "{"x" * 90_000}"'
        ).encode(),
        "control character": with_(lambda: 'a = "\x1b"'),
        "NUL": with_(lambda: "\0"),
        "lone surrogate": with_(lambda: 'a = "\ud800"'),
        "escaped surrogate": with_(lambda: 'a = "\\ud800"'),
        "no UTF-8": lambda: b"\xff\xfe",
        "UTF-16": lambda: GOOD_CONFIGURATION.encode("utf-16"),
        "gzip": lambda: gzip.compress(GOOD_CONFIGURATION.encode() * 10_000),
        "quotes": with_(lambda: '"' * 90_000),
        "array of arrays": with_(lambda: f"[unknown]\na = [{'[],' * 30_000}]"),
    }


#: By entrance; each has to be refused.
CASES: Mapping[str, Mapping[str, Case]] = {
    "soap": _soap_cases(),
    "ubl": _ubl_cases(),
    **{kind: _csv_cases(kind) for kind in TABLES},
    "toml": _toml_cases(),
}
