"""Every public Peppol order example becomes the order it says, or is refused with what is missing (issue 3)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from foreign_checks import assert_same
from foreign_examples import EXAMPLES
from foreign_reading import at, follows_its_rates, is_order, read_order
from foreign_world import make_directory

FOLDER = os.environ.get("PEPPOL_EXAMPLES", "")
FILES = sorted(path for path in Path(FOLDER).rglob("*.xml") if is_order(path.read_bytes())) if FOLDER else []
#: The examples whose tax is not that of their own lines and rates: the supplier's is another, and a warning says so.
OTHER_TAX = {"Order_Example.xml", "snippet-01.xml", "snippet-02.xml", "snippet-advanced.xml"}

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="the Peppol order examples are not here: set PEPPOL_EXAMPLES to their folder"
)


@pytest.fixture(params=FILES or [None], ids=lambda path: path.stem if path else "none")
def example(request: pytest.FixtureRequest) -> Path:
    assert request.param is not None, f"there is no UBL Order below {FOLDER}"
    found: Path = request.param
    return found


@pytest.mark.spec("INT-2")
def test_with_the_mapping_it_becomes_the_order_it_says(example: Path, tmp_path: Path) -> None:
    data, abroad = example.read_bytes(), EXAMPLES[example.name]
    directory = make_directory(tmp_path, abroad)
    directory.write("erp/in/order.xml", data)

    report = directory.run()

    assert not report.rejections
    [order] = directory.orders()
    assert_same(order, read_order(data), abroad)
    assert follows_its_rates(read_order(data)) is (example.name not in OTHER_TAX)
    assert any("the document states" in text for text in report.warnings) is (example.name in OTHER_TAX)
    billed = [entry["total_excl_tax"] for entry in directory.invoices()]
    assert sum(billed) == order["total_excl_tax"]


@pytest.mark.spec("INT-2")
def test_without_the_mapping_it_is_refused(example: Path, tmp_path: Path) -> None:
    data, abroad = example.read_bytes(), EXAMPLES[example.name]
    directory = make_directory(tmp_path, abroad, mapped=False)
    directory.write("erp/in/order.xml", data)

    directory.run()

    assert not directory.orders()
    problems = directory.error("order.xml")["problems"]
    assert {problem["code"] for problem in problems} >= {"unknown-party"}
    for problem in problems:
        value = at(data, problem["where"])
        assert repr(value.rpartition(":")[2])[1:-1] in problem["detail"]
        assert re.search(r"add to mapping/\w+\.csv: \S", problem["detail"])
    taxed = [line["tax_code"] for line in read_order(data)["lines"] if line["tax_code"]]
    assert sum(problem["code"] == "unknown-tax" for problem in problems) >= len(taxed)


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


MUTATIONS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "party": (
        lambda text: re.sub(
            r"(<cac:BuyerCustomerParty>.*?<cbc:EndpointID[^>]*>)[^<]+", r"\g<1>404", text, flags=re.DOTALL
        ),
        "unknown-party",
        "/Order/cac:BuyerCustomerParty/cac:Party/cbc:EndpointID",
    ),
    "item": (
        lambda text: _replaced(text, ">SItemNo011<", ">NO-SUCH<"),
        "unknown-item",
        "/Order/cac:OrderLine[2]",
    ),
    "unit": (
        lambda text: _replaced(text, 'unitCode="EA">15<', 'unitCode="QQQ">15<').replace(
            'BaseQuantity unitCode="EA">1<', "BaseQuantity>1<"
        ),
        "unknown-unit",
        "/Order/cac:OrderLine[2]/cac:LineItem/cbc:Quantity/@unitCode",
    ),
    "currency": (
        lambda text: text.replace("NOK", "QQQ"),
        "unknown-currency",
        "/Order/cbc:DocumentCurrencyCode",
    ),
    "sum of the lines": (
        lambda text: _replaced(text, ">225.00<", ">226.00<"),
        "value-invalid",
        "/Order/cac:OrderLine[2]/cac:LineItem/cbc:LineExtensionAmount",
    ),
    "total of the allowances": (
        lambda text: _replaced(
            text,
            'AllowanceTotalAmount currencyID="NOK">652.50',
            'AllowanceTotalAmount currencyID="NOK">652.51',
        ),
        "value-invalid",
        "/Order/cac:AnticipatedMonetaryTotal/cbc:AllowanceTotalAmount",
    ),
    "total without tax": (
        lambda text: _replaced(text, ">6272.50<", ">6272.51<"),
        "value-invalid",
        "/Order/cac:AnticipatedMonetaryTotal/cbc:TaxExclusiveAmount",
    ),
    "payable": (
        lambda text: re.sub(r">6363(\.00)?<", ">6364<", text),
        "value-invalid",
        "/Order/cac:AnticipatedMonetaryTotal/cbc:PayableAmount",
    ),
    "percentage": (
        lambda text: _replaced(text, "MultiplierFactorNumeric>10<", "MultiplierFactorNumeric>11<"),
        "value-invalid",
        "/Order/cac:AllowanceCharge[2]",
    ),
}


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize("change", MUTATIONS)
def test_a_changed_example_is_refused(change: str, tmp_path: Path) -> None:
    mutate, code, place = MUTATIONS[change]
    [example] = [path for path in FILES if path.name == "Order_Example.xml"][:1]
    directory = make_directory(tmp_path, EXAMPLES[example.name])
    text = example.read_text("utf-8")
    changed = mutate(text)
    assert changed != text
    directory.write("erp/in/order.xml", changed)

    report = directory.run()

    assert not directory.orders()
    assert report.rejections
    problems = directory.error("order.xml")["problems"]
    assert code in {problem["code"] for problem in problems}, problems
    assert any(problem["where"].startswith(place) for problem in problems), problems


@pytest.mark.spec("INT-11")
def test_the_same_number_with_other_content_is_refused(tmp_path: Path) -> None:
    """Two of the examples have the same buyer and the same number."""
    first, second = (
        next(path for path in FILES if path.name == f"UC{number}_Order.xml") for number in (1, 2)
    )
    abroad = EXAMPLES[first.name]
    free_text = EXAMPLES[second.name]
    directory = make_directory(tmp_path, evolve(abroad, items=(*abroad.items, *free_text.items)))
    parties = [
        (abroad.buyer, "buyer", ""),
        (abroad.seller, "seller", "abroad"),
        (free_text.seller, "seller", "abroad"),
    ]
    directory.write(
        "erp/mapping/parties.csv", "party,role,supplier\n" + "".join(",".join(row) + "\n" for row in parties)
    )
    directory.write("erp/in/1.xml", first.read_bytes())
    directory.run()
    directory.write("erp/in/2.xml", second.read_bytes())

    directory.run()

    assert [order["purchase_order_id"] for order in directory.orders()] == ["1"]
    assert directory.error("2.xml")["problems"][0]["code"] == "purchase-order-conflict"
