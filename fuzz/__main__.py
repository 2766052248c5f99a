"""``python -m fuzz [--seconds N] [NAME...]``: Atheris on some or all entrances, one process each.

What makes an entrance fail is written to ``fuzz-findings`` where one stands. ``python -m fuzz NAME FILE`` tries such
a file again. ``FUZZ_SECONDS`` says how long when nothing else does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FINDINGS = Path("fuzz-findings")
DEFAULT_SECONDS = 60
#: Of one input: a document may cost a second of CPU and 150 MB, and the process has its own.
SECONDS_OF_ONE, MEGABYTES, LONGEST = 5, 1_000, 8_192


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one entrance in this process; ends it."""
    import atheris

    with atheris.instrument_imports(include=["askul_connect"]):
        from fuzz.targets import ENTRANCES, PIECES

    FINDINGS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="askul-connect-fuzz-") as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for number, seed in enumerate(ENTRANCES[name].seeds):
            (corpus / str(number)).write_bytes(seed)
        lines = ["".join(f"\\x{byte:02x}" for byte in piece) for piece in PIECES]
        words.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
        atheris.Setup(
            [
                *(sys.argv[0], str(corpus), f"-dict={words}", f"-max_total_time={seconds}"),
                *(f"-max_len={LONGEST}", f"-timeout={SECONDS_OF_ONE}", f"-rss_limit_mb={MEGABYTES}"),
                *(f"-artifact_prefix={FINDINGS}/{name}-", "-print_final_stats=1", "-verbosity=1"),
            ],
            ENTRANCES[name].take,
        )
        atheris.Fuzz()


def main() -> int:
    """Run what was asked for; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="entrances; all without any")
    default = int(os.environ.get("FUZZ_SECONDS", DEFAULT_SECONDS))
    parser.add_argument("--seconds", type=int, default=default, help="for each entrance")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        fuzz(arguments.names[0], arguments.seconds)

    from fuzz.targets import ENTRANCES

    if len(arguments.names) == 2 and Path(arguments.names[1]).is_file():
        ENTRANCES[arguments.names[0]].take(Path(arguments.names[1]).read_bytes())
        return 0
    if unknown := set(arguments.names) - set(ENTRANCES):
        parser.error(f"no entrance {', '.join(sorted(unknown))}; accepted: {', '.join(ENTRANCES)}")
    failed = []
    for name in arguments.names or ENTRANCES:
        print(f"--- {name}, {arguments.seconds} s", flush=True)
        command = [sys.executable, "-m", "fuzz", "--one", "--seconds", str(arguments.seconds), name]
        if subprocess.call(command) != 0:
            failed.append(name)
    print(f"found something in: {', '.join(failed)}; see {FINDINGS}" if failed else "nothing was found")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
