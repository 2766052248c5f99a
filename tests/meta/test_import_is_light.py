"""`import askul_connect` costs little: what is heavy is imported where it is used."""

import json
import subprocess
import sys

import pytest

HEAVY = [
    "alembic",
    "argon2",
    "click",
    "litestar",
    "lxml",
    "pyotp",
    "requests",
    "rich",
    "sqlalchemy",
    "webauthn",
    "zeep",
]


@pytest.mark.spec("PERF-1")
def test_import_loads_nothing_heavy() -> None:
    # -P: the folder we stand in does not decide what is found.
    program = "import askul_connect, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}

    assert not loaded & set(HEAVY)
    assert done.stderr == ""
