"""docs/reference/errors.md: the tree of errors, which is the catalogue."""

from _pages.markdown import from_docstring, page, table
from askul_connect.core.errors import AskulConnectError, Fault, all_error_classes, concrete_errors

_TITLES = {
    Fault.CALLER: "The caller's: input, configuration, rights",
    Fault.PARTNER: "The partner's",
    Fault.OURS: "Ours: storage, schema, plugins, defects",
}
_EXIT_CODES = {Fault.CALLER: "2", Fault.PARTNER: "3", Fault.OURS: "4"}

_INTRODUCTION = """\
Everything this library raises on purpose is an `AskulConnectError`. An error has a code, says whose fault it is and
whether the same call may succeed later, and tells what to do. `where` is the place (XPath, row and column,
configuration key, field), `problems` are all findings when there are several, and `reference` is the number under which
the other side logged it.

The code is what crosses the wire and what a rejected document's `.error.json` holds; it does not change. In Python:
`from askul_connect import errors` and catch `errors.BudgetExceeded`, or one of the groups below.
"""


def errors_page() -> str:
    """The page."""
    classes = sorted(concrete_errors().values(), key=lambda cls: list(_TITLES).index(cls.fault))
    overview = table(
        ("code", "class", "whose fault", "retry", "exit code"),
        [
            (
                f"[`{cls.code}`](#{_slug(cls.code)})",
                f"`{cls.__name__}`",
                cls.fault.value,
                "yes" if cls.retryable else "no",
                "5" if cls.code == "directory-busy" else _EXIT_CODES[cls.fault],
            )
            for cls in classes
        ],
    )
    parts = [
        _INTRODUCTION,
        (
            "The exit code is that of a command which the error ended. A rejected document or purchase order does"
            " not end a run; the run goes on and ends with 1.\n"
        ),
        "## All codes\n",
        overview,
        "## The tree\n",
        f"```text\n{_tree(AskulConnectError)}```\n",
    ]
    for fault, title in _TITLES.items():
        parts.append(f"## {title}\n")
        parts += [_section(cls) for cls in classes if cls.fault is fault]
    return page("Errors", *parts)


def _slug(code: str) -> str:
    return code.replace(":", "")


def _section(cls: type[AskulConnectError]) -> str:
    texts = table(
        ("", "English", "日本語"),
        [("cause", cls.cause.en, cls.cause.ja), ("what to do", cls.remedy.en, cls.remedy.ja)],
    )
    retry = "The same call may succeed later." if cls.retryable else "Repeating the same call does not help."
    about = from_docstring(cls.__doc__ or "")
    return f"### `{cls.code}`\n\n`{cls.__name__}`. {about}\n{retry}\n\n{texts}"


def _tree(cls: type[AskulConnectError], depth: int = 0) -> str:
    own = f"{'  ' * depth}{cls.__name__}\n"
    return own + "".join(
        _tree(child, depth + 1) for child in cls.__subclasses__() if child in all_error_classes()
    )
