"""Every notice that the supplier sends has a text in both languages (SUP-4)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from askul_connect.core.policies.notice_texts import NOTICE_TEXTS, notice_text
from askul_connect.core.services import supplier

#: Functions that tell somebody, and which argument is the event.
_CALLS = {
    "notify_person": 1,
    "notify_customer": 1,
    "record_change": 2,
    "tell": 1,
    "tell_administrators": 1,
    "report_import": 1,
    "end_import": 3,
    "note_step": 1,
    "note_return": 1,
}


def _functions(tree: ast.Module) -> list[ast.AST]:
    """The scopes of a module; one that hands on the event it was given is read where it is called."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [tree, *(node for node in functions if node.name not in _CALLS)]


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _constants(scope: ast.AST) -> dict[str, set[str]]:
    """Names that stand for texts within a function or a module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for name, value in _pairs(node):
                texts = _texts(value, {})
                if isinstance(name, ast.Name) and texts:
                    found[name.id] = texts
    return found


def _texts(node: ast.expr, known: Mapping[str, set[str]]) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _texts(node.body, known) | _texts(node.orelse, known)
    return known.get(node.id, set()) if isinstance(node, ast.Name) else set()


def events() -> dict[str, str]:
    """The events that the supplier's services tell of, with where; one that cannot be read is named as it stands."""
    found: dict[str, str] = {}
    paths = [path for folder in supplier.__path__ for path in sorted(Path(folder).glob("*.py"))]
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    shared = {
        name: texts
        for tree in trees.values()
        for name, texts in _constants(ast.Module(body=_assignments(tree), type_ignores=[])).items()
    }
    for file, tree in trees.items():
        calls: dict[int, set[str]] = {}
        passed_on = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name in _CALLS
            for node in ast.walk(function)
        }
        for scope in _functions(tree):
            known = shared | _constants(tree) | _constants(scope)
            for node in ast.walk(scope):
                name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
                if name in _CALLS and id(node) not in passed_on:
                    kind = node.args[_CALLS[name]]
                    # the function that a call stands in knows more than the module
                    calls[node.lineno] = _texts(kind, known) or calls.get(node.lineno) or {ast.unparse(kind)}
        found |= {event: f"{file}:{line}" for line, texts in calls.items() for event in texts}
    return found


def _assignments(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if isinstance(node, ast.Assign)]


def test_events_are_found() -> None:
    assert {
        "order-placed",
        "password-changed",
        "ticket-answered",
        "password-expires",
        "login-locked",
        "factor-added",
    } <= events().keys()


@pytest.mark.spec("SUP-4")
def test_every_event_has_a_text_in_both_languages() -> None:
    missing = {event: where for event, where in events().items() if event not in NOTICE_TEXTS}
    assert not missing, f"give these a text in core/policies/notice_texts.py: {missing}"
    for event, text in NOTICE_TEXTS.items():
        for part in (text.subject, text.body):
            assert part.ja.strip(), event
            assert part.en.strip(), event
            assert part.ja != part.en, event
        assert "{" not in text.subject.ja + text.subject.en, "a subject holds no facts"
        for english in (True, False):
            subject, body = notice_text(event, {}, english=english)
            assert "\n" not in subject
            assert body
