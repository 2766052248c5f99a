"""The table ``[erp.tryton]`` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from attrs import frozen

from askul_connect import ConfigurationError, ErpConnection, Toolkit
from askul_connect_tryton.client import Access

_LONGEST_LOOK_BACK = 86_400


@frozen(kw_only=True)
class TrytonOptions:
    """What the configuration says.

    Attributes:
        access: Where Tryton is and who we are there.
        departments: Code of the root of the analytic accounts that are departments; empty where there is none.
        cost_centres: Likewise of those that are cost centres.
        look_back: How far before the last record read the next reading begins: longer than any transaction of
            Tryton's lasts, since a record bears the time at which its transaction began.
    """

    access: Access
    departments: str
    cost_centres: str
    look_back: timedelta


def tryton_options(toolkit: Toolkit, connection: ErpConnection) -> TrytonOptions:
    """Check the table.

    Raises:
        ConfigurationError: A key is missing, unknown or not accepted.
    """
    reading = _Reading(connection.options, connection.key)
    access = Access(
        address=reading.text(
            "address", "https:// and the server's name, such as 'https://erp.example.co.jp'"
        ),
        database=reading.text("database", "the name of the database"),
        user=reading.text("user", "the login of a user made for this job"),
        password=toolkit.secret(
            reading.text("password", "a reference to the password, 'env:NAME' or 'file:PATH'"),
            key=f"{connection.key}.password",
        ),
    )
    options = TrytonOptions(
        access=access,
        departments=reading.text("departments", "the code of the root of the departments", default=""),
        cost_centres=reading.text("cost_centres", "the code of the root of the cost centres", default=""),
        look_back=timedelta(seconds=reading.seconds("look_back_seconds", 300)),
    )
    reading.end()
    return options


class _Reading:
    def __init__(self, options: Mapping[str, object], key: str) -> None:
        self._options = options
        self._key = key
        self._asked: list[str] = []

    def text(self, name: str, accepted: str, *, default: str | None = None) -> str:
        self._asked.append(name)
        value = self._options.get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            detail = f"is {'missing' if value is None else repr(value)}; accepted: {accepted}"
            raise ConfigurationError(detail, where=f"{self._key}.{name}")
        return value

    def seconds(self, name: str, default: int) -> int:
        self._asked.append(name)
        value = self._options.get(name, default)
        if type(value) is not int or not 0 <= value <= _LONGEST_LOOK_BACK:
            detail = f"is {value!r}; accepted: whole seconds, 0 to {_LONGEST_LOOK_BACK}"
            raise ConfigurationError(detail, where=f"{self._key}.{name}")
        return value

    def end(self) -> None:
        for name in self._options:
            if name not in self._asked:
                detail = f"is unknown; accepted keys: {', '.join(self._asked)}"
                raise ConfigurationError(detail, where=f"{self._key}.{name}")
