"""Which numbers of the specification have a test, and which have none.

Run it as a script (`make spec`) for the list of those without.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBERS = Path(__file__).with_name("spec_numbers.txt")

# The conformance kit is part of the package, and its cases are tests too.
TEST_FOLDERS = ("tests", "plugins_contrib", "src/askul_connect/testing")


def spec_numbers() -> dict[str, str]:
    """Give number -> title, in the order of the list."""
    lines = NUMBERS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#"))
    return dict(pairs)


def cited_numbers() -> dict[str, list[str]]:
    """Give number -> places ("file:line") of the markers that cite it, wherever a marker can stand."""
    cited: dict[str, list[str]] = defaultdict(list)
    for folder in TEST_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for number, line in citations(path.read_text(encoding="utf-8")):
                cited[number].append(f"{path.relative_to(ROOT).as_posix()}:{line}")
    return dict(cited)


def citations(source: str) -> Iterator[tuple[str, int]]:
    """Give (number, line) for each `pytest.mark.spec(...)`; what is no literal comes as its code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"pytest.mark.spec", "mark.spec"}:
            for argument in node.args:
                literal = argument.value if isinstance(argument, ast.Constant) else None
                yield literal if isinstance(literal, str) else ast.unparse(argument), node.lineno


def main() -> int:
    """Print the numbers without a test."""
    numbers, cited = spec_numbers(), cited_numbers()
    untested = {number: title for number, title in numbers.items() if number not in cited}
    for number, title in untested.items():
        print(f"{number:8} {title}")
    print(f"{len(untested)} of {len(numbers)} numbers have no test")
    return 0


if __name__ == "__main__":
    sys.exit(main())
