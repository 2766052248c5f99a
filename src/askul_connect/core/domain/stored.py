"""Bodies that are kept as JSON text carry the version of their form; one reader takes every version there was."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from askul_connect.core.errors import InternalError, SchemaOutOfDate

Fields = Mapping[str, Any]

_SCHEMA = "schema"


@frozen(kw_only=True)
class StoredForm:
    """The form of one kind of body.

    Attributes:
        name: Of the kind, for messages.
        version: What is written now; raised when the fields change so that an old text does not fit.
        upgrades: From each earlier version to the next one; pure.

    Raises:
        ValueError: The upgrades do not lead from some version up to the present one without a gap.
    """

    name: str
    version: int = 1
    upgrades: Mapping[int, Callable[[Fields], Fields]] = field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        if sorted(self.upgrades) != list(range(self.version - len(self.upgrades), self.version)):
            message = (
                f"{self.name}: upgrades from {sorted(self.upgrades)} do not lead to version {self.version}"
            )
            raise ValueError(message)

    def write(self, fields: Fields, *, sort_keys: bool = False) -> str:
        """The text of a body, with its version in it."""
        return json.dumps({_SCHEMA: self.version, **fields}, ensure_ascii=False, sort_keys=sort_keys)

    def read(self, text: str) -> Fields:
        """The fields of a text, in the present form.

        Raises:
            SchemaOutOfDate: A newer program wrote it, or one so old that nobody knows it any more.
            InternalError: It is no body of ours.
        """
        try:
            stored = json.loads(text)
            version = stored[_SCHEMA]
        except (ValueError, KeyError, TypeError):
            raise InternalError(f"a stored {self.name} is no JSON object with its version") from None
        return self.upgraded(version, stored)

    def upgraded(self, version: object, fields: Fields) -> Fields:
        """Fields of any version in the present form.

        Raises:
            SchemaOutOfDate: It is a version that this program does not know.
        """
        self.require_readable(version)
        for step in range(int(str(version)), self.version):
            fields = self.upgrades[step](fields)
        return fields

    def require_readable(self, version: object) -> None:
        """Refuse a version that this program does not know.

        Raises:
            SchemaOutOfDate: It is a newer program's, or older than every upgrade.
        """
        if isinstance(version, bool) or (version != self.version and version not in self.upgrades):
            raise SchemaOutOfDate(
                f"a stored {self.name} has form {version!r}, this program reads form {self.version}"
            )
