"""A supplier that is configured and not connected to: for work on our own database that needs nobody else."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.errors import InternalError
from askul_connect.core.ports.channel import Channel, InProcessWork


@frozen(kw_only=True)
class Unconnected:
    """Satisfies ``SupplierConnection``; asking for its channel is a defect of ours."""

    name: str

    @property
    def channel(self) -> Channel:
        """There is none."""
        raise InternalError(f"the supplier {self.name} is not connected to for this")

    @property
    def work(self) -> InProcessWork | None:
        """None is done."""
        return None

    def close(self) -> None:
        """Nothing is open."""
