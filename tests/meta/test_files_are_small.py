"""A file has one subject. More than 500 lines is two, unless `large_files.toml` says why not."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 500


def findings(sizes: Mapping[str, int], listed: Mapping[str, str]) -> Iterator[str]:
    """Give what is wrong: long and not listed, listed and not long, listed without a reason."""
    large = {path for path, lines in sizes.items() if lines > LIMIT}
    yield from (f"{path}: {sizes[path]} lines and not listed" for path in sorted(large - set(listed)))
    yield from (f"{path}: listed, but not large any more" for path in sorted(set(listed) - large))
    yield from (f"{path}: no reason" for path, reason in listed.items() if len(reason.split()) < 5)


def test_files_are_small() -> None:
    listed = tomllib.loads(Path(__file__).with_name("large_files.toml").read_text(encoding="utf-8"))["files"]
    sources = [ROOT / "src", *sorted((ROOT / "plugins_contrib").glob("*/src"))]
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for source in sources
        for path in source.rglob("*.py")
    }

    assert sizes, "no files under src"
    assert not list(findings(sizes, listed))


@pytest.mark.parametrize(
    ("sizes", "listed", "wrong"),
    [
        ({"a": 501}, {}, ["a: 501 lines and not listed"]),
        ({"a": 500}, {"a": "one subject, a table of names"}, ["a: listed, but not large any more"]),
        ({"a": 501}, {"b": "one subject, a table of names"}, None),
        ({"a": 501}, {"a": "large"}, ["a: no reason"]),
        ({"a": 501, "b": 500}, {"a": "one subject, a table of names"}, []),
    ],
)
def test_each_kind_of_slip_is_seen(
    sizes: dict[str, int], listed: dict[str, str], wrong: list[str] | None
) -> None:
    found = list(findings(sizes, listed))
    assert found == wrong if wrong is not None else len(found) == 2
