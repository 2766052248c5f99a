"""One finding of a check that lists all of them at once."""

from __future__ import annotations

from askul_connect.core.errors import AskulConnectError, Problem


def finding(kind: type[AskulConnectError], detail: str, *, where: str, line_id: str = "") -> Problem:
    """A finding with the code and the remedy of the class it would be raised as if it stood alone.

    Args:
        kind: The class of error.
        detail: What is wrong, with the value.
        where: The field of the request.
        line_id: The line concerned, if one is.
    """
    return Problem(code=kind.code, detail=detail, where=where, remedy=kind.remedy.en, line_id=line_id)
