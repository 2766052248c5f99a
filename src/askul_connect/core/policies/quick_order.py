"""Reading what somebody pastes to order quickly: "SKU quantity" lines, or CSV (CART-3)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase, digits

from attrs import frozen

MAXIMUM_LENGTH = 200_000
_LONGEST_CODE = 100
_MOST_DIGITS = 9
#: Names of columns that a header may have, folded.
_CODE_NAMES = frozenset(
    {
        "sku",
        "jan",
        "jancode",
        "item",
        "code",
        "品番",
        "商品コード",
        "注文コード",
        "注文番号",
        "お申込番号",
        "janコード",
    }
)
_QUANTITY_NAMES = frozenset({"quantity", "qty", "数量", "個数", "注文数", "注文数量"})
_SEPARATORS = "\t;,"
# commas and marks that a Japanese keyboard types in place of the half-width ones; NFKC leaves the first as it is
_MARKS: Mapping[int, str] = {ord("、"): ",", ord("，"): ",", ord("；"): ";"}
#: A quantity, with what people write around it: ``x 10``, ``10個``, ``1,000``.
_QUANTITY = re.compile(
    r"[x×*]?\s*(\d+|\d{1,3}(?:,\d{3})+)\s*(?:個|冊|箱|本|枚|袋|点|台|セット|パック|ケース|pcs?)?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"(\S+)\s+(\d{1,3}(?:,\d{3})+)")
_BESIDE = re.compile(r"(\S.*?)(?:\s*[×*]\s*|\s+[x]?\s*)(\S+)", re.IGNORECASE)
_ALPHABET = digits + ascii_uppercase + "-"
_LONGEST_NEAR = 20


@frozen(kw_only=True)
class QuickRow:
    """One row of the text.

    Attributes:
        number: Its line, from 1.
        code: What names the item.
        quantity: None where the row says none.
        fault: Why the row cannot be read; empty when it can.
    """

    number: int
    code: str
    quantity: int | None = None
    fault: str = ""


def quick_rows(text: str) -> Sequence[QuickRow]:
    """The rows of a text, without empty ones and without a header.

    Full-width letters, digits and separators are read as the half-width ones; a tab, a semicolon or a comma parts
    the cells, else a space before the quantity does.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    found = [
        (number, plain)
        for number, line in enumerate(lines, start=1)
        if (plain := unicodedata.normalize("NFKC", line.translate(_MARKS)).strip())
    ]
    columns = _columns(found[0][1]) if found else None
    if columns is not None:
        found = found[1:]
    return [_row(number, line, columns) for number, line in found]


def _columns(first: str) -> tuple[int, int | None] | None:
    """Where a header says that code and quantity stand; None when the first line is no header."""
    names = [cell.casefold().replace(" ", "") for cell in _cells(first)]
    code = next((place for place, name in enumerate(names) if name in _CODE_NAMES), None)
    if code is None:
        return None
    return code, next((place for place, name in enumerate(names) if name in _QUANTITY_NAMES), None)


def _cells(line: str) -> list[str]:
    separator = next((one for one in _SEPARATORS if one in line), None)
    if separator is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True))]


def _row(number: int, line: str, columns: tuple[int, int | None] | None) -> QuickRow:
    if columns is not None:
        cells = _cells(line)
        place, quantity = columns
        code = cells[place] if place < len(cells) else ""
        return _read(number, code, cells[quantity] if quantity is not None and quantity < len(cells) else "")
    grouped = _GROUPED.fullmatch(line)
    if grouped is not None:
        return _read(number, *grouped.groups())
    if any(one in line for one in _SEPARATORS):
        cells = _cells(line)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > 2:  # noqa: PLR2004 -- the item and its quantity
            return QuickRow(number=number, code=cells[0], fault=f"{len(cells)} cells are more than two")
        return _read(number, cells[0] if cells else "", cells[1] if len(cells) > 1 else "")
    beside = _BESIDE.fullmatch(line)
    if beside is not None and _QUANTITY.fullmatch(beside[2]):
        return _read(number, beside[1], beside[2])
    negative = beside is not None and re.fullmatch(r"[-+.\d]+", beside[2])
    return _read(number, *beside.groups()) if beside is not None and negative else _read(number, line, "")


def _read(number: int, code: str, quantity: str) -> QuickRow:
    code = " ".join(code.split())
    if not code or len(code) > _LONGEST_CODE:
        fault = f"an item is named by 1 to {_LONGEST_CODE} characters"
        return QuickRow(number=number, code=code[:_LONGEST_CODE], fault=fault)
    if not quantity:
        return QuickRow(number=number, code=code)
    read = _QUANTITY.fullmatch(quantity)
    figures = read[1].replace(",", "") if read is not None else ""
    if not figures.isascii() or not 0 < len(figures) <= _MOST_DIGITS or int(figures) < 1:
        return QuickRow(number=number, code=code, fault=f"{quantity!r} is no quantity")
    return QuickRow(number=number, code=code, quantity=int(figures))


def near_codes(code: str) -> Iterator[str]:
    """The codes that one slip of the fingers makes of a code: a character wrong, missing, too many, or two swapped."""
    code = "".join(code.upper().split())
    if not 1 < len(code) <= _LONGEST_NEAR:
        return
    for place in range(len(code) + 1):
        before, after = code[:place], code[place:]
        if after:
            yield before + after[1:]
            for one in _ALPHABET:
                if one != after[0]:
                    yield before + one + after[1:]
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]
        for one in _ALPHABET:
            yield before + one + after
