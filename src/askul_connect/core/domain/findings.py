"""Collecting every finding of one document, so that a person corrects it once and not finding by finding."""

from __future__ import annotations

from askul_connect.core.errors import AskulConnectError, Problem

#: A document with more findings than this is wrong as a whole; the rest is only counted.
MAXIMUM_FINDINGS = 100


class Findings:
    """What is wrong with one document, in the order it was found.

    Args:
        where: The document's name, which the resulting error carries.
    """

    def __init__(self, where: str = "") -> None:
        self._where = where
        self._classes: list[type[AskulConnectError]] = []
        self._problems: list[Problem] = []

    def add(self, error: type[AskulConnectError], detail: str, *, where: str = "", line_id: str = "") -> None:
        """Note a finding.

        Args:
            error: The class that a document with only this finding is refused by; gives code and remedy.
            detail: What is wrong, with the value.
            where: The place in the document: an XPath, a row and column.
            line_id: The document line concerned, if one is.
        """
        self._classes.append(error)
        if len(self._problems) < MAXIMUM_FINDINGS:
            self._problems.append(
                Problem(code=error.code, detail=detail, where=where, remedy=error.remedy.en, line_id=line_id)
            )

    def __bool__(self) -> bool:
        return bool(self._problems)

    @property
    def full(self) -> bool:
        """Whether looking for more is of no use, because more would only be counted."""
        return len(self._problems) == MAXIMUM_FINDINGS

    def error(self) -> AskulConnectError:
        """One error with all findings; its class is the one of the first finding, its text names it in full.

        Raises:
            IndexError: There is no finding.
        """
        first = self._problems[0]
        place = f"{first.where}: " if first.where else ""
        more = len(self._classes) - 1
        further = f" (and {more} more)" if more else ""
        return self._classes[0](
            f"{place}{first.detail}{further}",
            where=self._where,
            problems=tuple(self._problems),
            line_id=first.line_id,
        )
