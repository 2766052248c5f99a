"""The public names change on purpose only: `public_names.txt` is the frozen list."""

from pathlib import Path

import askul_connect


def frozen_names() -> list[str]:
    lines = Path(__file__).with_name("public_names.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def sort_key(name: str) -> tuple[int, str]:
    """Sort as ruff does (RUF022): constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_public_names_are_the_frozen_ones() -> None:
    assert sorted(askul_connect.__all__) == sorted(frozen_names())


def test_public_names_are_sorted() -> None:
    assert list(askul_connect.__all__) == sorted(askul_connect.__all__, key=sort_key)


def test_public_names_exist() -> None:
    assert [name for name in askul_connect.__all__ if not hasattr(askul_connect, name)] == []


def test_dir_lists_the_public_names() -> None:
    assert set(askul_connect.__all__) <= set(dir(askul_connect))
