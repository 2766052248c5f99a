# ruff: noqa: INP001 -- a script that is started by its path
r"""Recounts in Tryton what askul-connect says it did, with Tryton's RPC and the standard library only.

    askul-connect orders --json > orders.json
    askul-connect invoices --json > invoices.json
    TRYTON_PASSWORD=... python recount.py --address http://127.0.0.1:8000 --database company --user admin \
        --orders orders.json --invoices invoices.json

Compares, with the look of a stranger: each order with the purchase of its number, line by line; what was shipped with
what supplier shipments hold; each invoice with the supplier invoice of its number, total by total. Prints each
difference and ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import sys
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any


class Rpc:
    """A session of Tryton's JSON-RPC."""

    def __init__(self, address: str, database: str, user: str, password: str) -> None:
        self.url = f"{address.rstrip('/')}/{database}/rpc/"
        self.headers = {"content-type": "application/json", "accept-encoding": "gzip"}
        self.context: dict[str, Any] = {}
        answer = self.send("common.db.login", [user, {"password": password}, "en"])
        token = base64.b64encode(f"{user}:{answer[0]}:{answer[1]}".encode()).decode()
        self.headers["authorization"] = f"Session {token}"
        self.context = {"company": self.call("model.res.user.get_preferences", *[True])["company"]}

    def call(self, method: str, *params: object) -> Any:
        """Call a method with the context."""
        return self.send(method, [*params, self.context])

    def send(self, method: str, params: list[Any]) -> Any:
        """Send one request; what Tryton refuses ends the script."""
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, self.headers)  # noqa: S310 -- the address is the caller's
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            data = answer.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        found = json.loads(data, object_hook=plain, parse_float=Decimal)
        if found.get("error"):
            message = f"{method}: {found['error']}"
            raise SystemExit(message)
        return found["result"]

    def all(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        """All records of a domain."""
        found: list[dict[str, Any]] = self.call(
            f"model.{model}.search_read", domain, 0, None, [["id", "ASC"]], fields
        )
        return found


def plain(found: dict[str, Any]) -> Any:
    """Tagged values as what they are; dates as text."""
    kind = found.get("__class__")
    if kind == "Decimal":
        return Decimal(found["decimal"])
    if kind == "date":
        return f"{found['year']:04}-{found['month']:02}-{found['day']:02}"
    return found


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("address", "database", "user", "orders", "invoices"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    rpc = Rpc(given.address, given.database, given.user, os.environ["TRYTON_PASSWORD"])
    orders = json.loads(Path(given.orders).read_text(encoding="utf-8"))
    invoices = json.loads(Path(given.invoices).read_text(encoding="utf-8"))
    found = [*purchases(rpc, orders), *shipments(rpc, orders), *bills(rpc, invoices)]
    for difference in found:
        print(difference)  # noqa: T201 -- a script
    counted = {
        "purchases": len({order["purchase_order_id"] for order in orders}),
        "lines": sum(len(order["lines"]) for order in orders),
        "units shipped": sum(line["quantity_shipped"] for order in orders for line in order["lines"]),
        "invoices": len(invoices),
        "differences": len(found),
    }
    print(", ".join(f"{name}: {count}" for name, count in counted.items()))  # noqa: T201
    return 1 if found else 0


def purchases(rpc: Rpc, orders: list[dict[str, Any]]) -> Iterator[str]:
    """Each purchase was ordered once, line by line, and bears the numbers of its orders."""
    ordered: Counter[tuple[str, str]] = Counter()
    references: dict[str, set[str]] = defaultdict(set)
    for order in orders:
        references[order["purchase_order_id"]].add(order["order_number"])
        for line in order["lines"]:
            ordered[order["purchase_order_id"], line["line_id"]] += line["quantity"]
    records = {
        one["number"]: one
        for one in rpc.all(
            "purchase.purchase", [["number", "in", sorted(references)]], ["number", "reference", "lines"]
        )
    }
    lines = {
        one["id"]: one
        for one in rpc.all(
            "purchase.line", [["purchase.number", "in", sorted(references)]], ["quantity", "purchase.number"]
        )
    }
    for number, numbers in sorted(references.items()):
        if number not in records:
            yield f"purchase {number}: ordered as {sorted(numbers)}, and not in Tryton"
            continue
        said = set((records[number]["reference"] or "").split(", "))
        if said != numbers:
            yield f"purchase {number}: Tryton says {sorted(said)}, the orders are {sorted(numbers)}"
    for one in lines.values():
        key = (one["purchase."]["number"], str(one["id"]))
        if Decimal(one["quantity"]) != ordered.pop(key, 0):
            yield f"purchase {key[0]} line {key[1]}: Tryton has {one['quantity']}"
    for (number, line), quantity in ordered.items():
        yield f"purchase {number} line {line}: {quantity} ordered, and no such line in Tryton"


def shipments(rpc: Rpc, orders: list[dict[str, Any]]) -> Iterator[str]:
    """What was shipped of each line is in supplier shipments, no more and no less."""
    shipped: Counter[str] = Counter()
    for order in orders:
        for line in order["lines"]:
            shipped[line["line_id"]] += line["quantity_shipped"]
    moves = rpc.all(
        "stock.move",
        [
            ["shipment", "like", "stock.shipment.in,%"],
            ["state", "!=", "cancelled"],
            ["origin", "like", "purchase.line,%"],
        ],
        ["origin", "quantity"],
    )
    held: Counter[str] = Counter()
    for move in moves:
        held[move["origin"].partition(",")[2]] += int(move["quantity"])
    for line in sorted(set(shipped) | set(held)):
        if shipped[line] != held[line]:
            yield f"line {line}: {shipped[line]} shipped, {held[line]} in Tryton's shipments"


def bills(rpc: Rpc, invoices: list[dict[str, Any]]) -> Iterator[str]:
    """Each invoice is there once, with its own totals and lines."""
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    fields = ["reference", "state", "untaxed_amount", "tax_amount", "total_amount", "invoice_date", "lines"]
    for one in rpc.all("account.invoice", [["type", "=", "in"], ["state", "!=", "cancelled"]], fields):
        records[one["reference"]].append(one)
    for invoice in invoices:
        found = records.pop(invoice["invoice_number"], [])
        if len(found) != 1:
            yield f"invoice {invoice['invoice_number']}: {len(found)} times in Tryton"
            continue
        untaxed, total = invoice["total_excl_tax"], invoice["total_incl_tax"]
        expected = (untaxed, total - untaxed, total, invoice["issued_on"])
        said = (
            *(found[0][name] for name in ("untaxed_amount", "tax_amount", "total_amount")),
            found[0]["invoice_date"],
        )
        if said != expected:
            yield f"invoice {invoice['invoice_number']}: Tryton has {said}, the document {expected}"
        lines = rpc.all("account.invoice.line", [["invoice", "=", found[0]["id"]]], ["origin", "quantity"])
        billed: Counter[str] = Counter()
        for line in lines:
            if line["origin"]:
                billed[line["origin"].partition(",")[2]] += int(line["quantity"])
        stated: Counter[str] = Counter()
        for line in invoice["lines"]:
            stated[line["order_line_id"]] += line["quantity"]
        if billed != stated:
            yield f"invoice {invoice['invoice_number']}: Tryton bills {dict(billed)}, the document {dict(stated)}"
    for reference, found in records.items():
        yield f"supplier invoice {reference!r}: {len(found)} times in Tryton, and no such document"


if __name__ == "__main__":
    sys.exit(main())
