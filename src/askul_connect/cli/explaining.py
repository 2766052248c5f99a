"""``explain``: why an order, a match or a budget decision came out as it did (INT-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import japanese
from askul_connect.cli.matching import spoken_text
from askul_connect.cli.output import amount, print_json, print_lines
from askul_connect.cli.safety import without_tokens

Record = Mapping[str, Any]

#: Headings: English, Japanese.
_WORDS = {
    "invoice": ("Invoice", "請求書"),
    "purchase order": ("Purchase order", "発注書"),
    "line": ("line", "明細"),
    "why": ("Why", "経緯"),
    "compared": ("compared", "比較"),
    "tolerances": ("tolerances", "許容差"),
    "decisions": ("Decisions", "担当者・仕入先の記録"),
    "ledger": ("Ledger", "予算台帳"),
    "messages": ("Messages", "送信履歴"),
    "documents": ("Documents", "文書"),
    "lines": ("Lines", "明細"),
    "matches": ("Matches", "照合"),
    "budget": ("Budget", "予算"),
    "available": ("available", "利用可能額"),
    "received": ("received", "検収"),
    "invoiced": ("invoiced", "請求"),
    "order": ("order", "注文"),
    "two_way": ("two-way match", "二者照合"),
    "three_way": ("three-way match", "三者照合"),
    "none": ("none", "なし"),
}


def _word(name: str) -> str:
    return _WORDS[name][japanese()]


def _explain(invocation: Invocation, number: str, supplier: str) -> int:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        found = workspace.explain(number, supplier=supplier)
    if invocation.as_json:
        print_json(found)
        return ExitCode.DONE
    lines: list[str] = []
    for invoice in found["invoices"]:
        lines += _invoice(invoice)
    for record in found["purchase_orders"]:
        lines += _purchase_order(record)
    print_lines(map(without_tokens, lines))
    return ExitCode.DONE


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"  {_word(name)}:"
        yield from _indented(_indented(lines))


def _texts(texts: Sequence[Mapping[str, str]]) -> list[str]:
    return [spoken_text(text) for text in texts]


def _invoice(invoice: Record) -> Iterator[str]:
    currency = invoice["currency"]
    total = amount(invoice["total_incl_tax"], currency)
    yield f"{_word('invoice')} {invoice['invoice_number']} ({invoice['supplier']}, {invoice['issued_on']}, {total})"
    given = [f"{name} {value}" for name, value in invoice["tolerances"].items() if value != "0"]
    yield f"  {_word('tolerances')}: {', '.join(given) or _word('none')}"
    for line in invoice["lines"]:
        yield from _indented(_invoice_line(line, currency))
    yield from _section("decisions", [_decision(one) for one in invoice["decisions"]])
    yield from _section("ledger", [_move(one, currency) for one in invoice["ledger"]])
    yield from _section("messages", _texts([one["why"] for one in invoice["messages"]]))


def _invoice_line(line: Record, currency: str) -> Iterator[str]:
    standing = line.get("standing", "")
    yield f"{_word('line')} {line['line_number']}: {standing} ({_word(line['way'])})"
    yield from _indented(_texts(line["why"]))
    compared = line["compared"]
    for name in ("invoice", "order", "purchase_order"):
        one = compared[name]
        if one:
            paid = amount(one["amount_excl_tax"], currency)
            heading = _word(name.replace("_", " "))
            yield f"  {heading}: {one['quantity']} x {one['unit_price']} = {paid}"
    received = _word("none") if compared["received"] is None else compared["received"]
    invoiced = ", ".join(f"{one['quantity']} ({one['invoice_number']})" for one in compared["invoiced"])
    yield f"  {_word('received')}: {received}; {_word('invoiced')}: {invoiced or _word('none')}"


def _decision(decision: Record) -> str:
    line = f"{_word('line')} {decision['line_number']}: " if decision["line_number"] else ""
    return (
        f"{decision['decided_at']} {line}{decision['decision']} ({decision['result']}), {decision['decided_by']}:"
        f" {decision['reason']}"
    )


def _move(move: Record, currency: str) -> str:
    changes = [
        f"{name} {'+' if move[name] > 0 else ''}{amount(move[name], currency)}"
        for name in ("pre_encumbrance", "encumbrance", "actual")
        if move[name]
    ]
    place = f"{_word('line')} {move['line_id']}, {move['department']} {move['period']}"
    return f"{move['at']} {move['kind']} ({place}): {', '.join(changes)} <- {move['source']}"


def _purchase_order(record: Record) -> Iterator[str]:
    currency = record["currency"]
    yield f"{_word('purchase order')} {record['purchase_order_id']} ({record['supplier']}, {record['state']})"
    yield from _section("why", _texts(record["why"]))
    if record["refusal"]:
        yield f"    {record['refusal']}"
    yield from _section(
        "budget", [*_texts(record["budget"]["why"]), *map(_balance(currency), record["budget"]["balances"])]
    )
    yield from _section("lines", [_line(one, currency) for one in record["lines"]])
    documents = [
        f"{_word('order')} {one['order_number']} ({one['state']}, {amount(one['total_incl_tax'], currency)})"
        for one in record["orders"]
    ]
    yield from _section("documents", [*documents, *record["confirmations"], *record["ship_notices"]])
    matches = [
        f"{one['invoice_number']} {_word('line')} {one['line_number']}: {one['standing']}; {text}"
        for one in record["matches"]
        for text in _texts(one["why"])
    ]
    yield from _section("matches", matches)
    yield from _section("ledger", [_move(one, currency) for one in record["ledger"]])
    yield from _section("messages", _texts([one["why"] for one in record["messages"]]))


def _balance(currency: str) -> Any:
    def shown(balance: Record) -> str:
        left = amount(balance["available"], currency)
        granted = amount(balance["budget"], currency)
        return f"{balance['department']} {balance['period']}: {_word('available')} {left} / {granted}"

    return shown


def _line(line: Record, currency: str) -> str:
    held = ", ".join(
        f"{name} {amount(line[name], currency)}"
        for name in ("pre_encumbrance", "encumbrance", "actual")
        if line[name]
    )
    received = 0 if line["received"] is None else line["received"]
    return (
        f"{line['line_id']}: {line['sku']} {line['quantity']} x {line['unit_price']} ="
        f" {amount(line['amount_excl_tax'], currency)}; {_word('received')} {received}; {held or _word('none')}"
    )


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.argument("number")
    @click.option("--supplier", default="", help="Only what this connection has.")
    def explain(invocation: Invocation, number: str, supplier: str) -> int:
        """Print why an order, a match or a budget decision came out as it did.

        NUMBER is that of an invoice, of an order at the supplier, or of a purchase order.
        """
        return _explain(invocation, number, supplier)

    command(application, "explain", "json", "trial", "quiet")(explain)
