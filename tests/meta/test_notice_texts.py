"""Every notice that the supplier sends has a text in both languages (SUP-4)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from askul_connect.core.policies.notice_texts import NOTICE_TEXTS, notice_text
from askul_connect.core.services import supplier

_CALLS = {"notify_person", "notify_customer"}
_KIND = 1


def _functions(tree: ast.Module) -> list[ast.AST]:
    return [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]


def _constants(scope: ast.AST) -> dict[str, str]:
    """Names that stand for one text within a function or a module."""
    found: dict[str, str] = {}
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    found[name.id] = str(value.value)
    return found


def events() -> dict[str, str]:
    """The events that the supplier's services tell of, with where; one that cannot be read is named as it stands."""
    found: dict[str, str] = {}
    for folder in supplier.__path__:
        for path in sorted(Path(folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls: dict[int, str] = {}
            for scope in _functions(tree):
                known = _constants(tree) | _constants(scope)
                for node in ast.walk(scope):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _CALLS:
                        kind = node.args[_KIND]
                        read = getattr(kind, "value", None) or known.get(getattr(kind, "id", ""))
                        # the function that a call stands in knows more than the module
                        calls[node.lineno] = str(read or calls.get(node.lineno) or ast.unparse(kind))
            found |= {event: f"{path.name}:{line}" for line, event in calls.items()}
    return found


def test_events_are_found() -> None:
    assert {"order-placed", "password-changed", "ticket-answered", "password-expires"} <= events().keys()


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
