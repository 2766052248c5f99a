"""Installs tiny distributions with real entry points, for the time of a test."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., str]

#: What every plugin of these tests may use.
PRELUDE = """
from askul_connect import ConnectionSettings, ErpKind, ReferenceRules, StorageKind, SupplierKind, Toolkit, hookimpl
from askul_connect.core.ports.channel import Capability

def refuse(*given):
    raise AssertionError("not to be called")

def supplier(name, connect=refuse, **more):
    more.setdefault("capabilities", frozenset(Capability))
    return SupplierKind(name=name, summary="a test", connect=connect, **more)

def erp(name, connect=refuse):
    return ErpKind(name=name, summary="a test", connect=connect)

def storage(name, *schemes):
    return StorageKind(
        name=name, summary="a test", schemes=schemes,
        open_buyer=refuse, open_supplier=refuse, check=refuse, upgrade=refuse,
    )
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution: a module, and the metadata that pip would have written."""
    modules: list[str] = []

    def installed(
        source: str,
        *,
        name: str = "acme",
        distribution: str = "",
        version: str = "1.2.3",
        prelude: str = PRELUDE,
    ) -> str:
        distribution = distribution or f"{name}-office"
        module = distribution.replace("-", "_")
        site = tmp_path / "site" / distribution
        info = site / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[askul_connect]\n{name} = {module}\n")
        (site / f"{module}.py").write_text(prelude + textwrap.dedent(source))
        monkeypatch.syspath_prepend(site)
        modules.append(module)
        return distribution

    yield installed
    for module in modules:
        sys.modules.pop(module, None)
