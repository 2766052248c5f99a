"""The scripts in examples/ do what they say."""

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_used_up_budgets(tmp_path: Path) -> None:
    made = python("-m", "askul_connect", "--directory", tmp_path, "init", "--quiet")
    assert made.returncode == 0, made.stderr
    # 2,900 of the budget is available after the example's 9,600 yen, for the department that orders.
    for file in (tmp_path / "erp" / "budgets").glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("300000", "12500"), encoding="utf-8")
    shutil.copy(tmp_path / "examples" / "order.csv", tmp_path / "erp" / "in")

    done = python(EXAMPLES / "used_up_budgets.py", tmp_path)

    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    assert line.startswith("D100 ")
    assert line.endswith(" 2900 JPY left")


def test_an_error_is_told_in_one_line(tmp_path: Path) -> None:
    done = python(EXAMPLES / "used_up_budgets.py", tmp_path / "nowhere")

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("caller: ")
    assert "[usage]" in line
