"""A file has one subject. More than 500 lines is two, unless `large_files.toml` says why not."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 500


def test_files_are_small() -> None:
    listed = tomllib.loads(Path(__file__).with_name("large_files.toml").read_text(encoding="utf-8"))["files"]
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }
    large = {path for path, lines in sizes.items() if lines > LIMIT}

    assert sizes, "no files under src"
    assert not [f"{path}: {sizes[path]}" for path in sorted(large - set(listed))], "too long and not listed"
    assert not set(listed) - large, "listed, but not large any more"
    assert all(reason.strip() for reason in listed.values()), "an entry without a reason"
