"""Small pieces of Markdown that the generated pages are made of."""

import re
from collections.abc import Iterable, Sequence

COMMAND = "make docs-generate"
NOTICE = f"% Made from the code by `{COMMAND}`. Do not edit.\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def page(title: str, *parts: str) -> str:
    """A page: the notice, the title, its parts with an empty line between them."""
    return "\n".join((NOTICE, f"# {title}\n", *parts)).rstrip() + "\n"


def from_docstring(text: str) -> str:
    """A docstring's sentence: double backticks and roles become code."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return " ".join(text.replace("``", "`").split())


def summary_of(kind: type) -> str:
    """The first paragraph of a class's docstring."""
    return from_docstring((kind.__doc__ or "").partition("\n\n")[0])


def attributes_of(kind: type) -> dict[str, str]:
    """What the `Attributes:` section of a class's docstring and of its bases says of each field."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        _, heading, section = (each.__doc__ or "").partition("Attributes:\n")
        if heading:
            found |= dict(_entries(section))
    return found


def _entries(section: str) -> Iterable[tuple[str, str]]:
    body = re.split(r"\n\s*\n", section)[0]
    for entry in re.split(r"\n(?=\s{4,8}\w+(?:, \w+)*: )", f"\n{body}"):
        names, colon, text = entry.strip().partition(": ")
        if colon:
            for name in names.split(", "):
                yield name, from_docstring(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
