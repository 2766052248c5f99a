"""Calls of a Tryton server over its JSON-RPC."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from attrs import frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    NotAuthenticated,
    NotFound,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    ValueInvalid,
)
from askul_connect.core.ports.transport import HttpRequest, Transport
from askul_connect_tryton import wire

#: A record as its fields by name; a dotted field is a nested one below the name with a point: ``{"party.": {...}}``.
Record = Mapping[str, Any]

_PAGE = 500
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 401, 403, 404, 429, 500
_OK = 200
_READING = frozenset({"read", "search", "search_read", "search_count", "get_preferences"})


@frozen(kw_only=True)
class Access:
    """Where a Tryton is and who we are there.

    Attributes:
        address: Of the server: ``https://`` and its host, without the database.
        database: Its name.
        user: Login of a user made for this job, with the access it needs.
    """

    address: str
    database: str
    user: str
    password: Secret


class TrytonClient:
    """One session of one user; not thread-safe.

    Args:
        access: Where and who.
        transport: Carries the requests; closed with this.
        context: What every call is made with, for instance the company.
    """

    def __init__(
        self, access: Access, transport: Transport, context: Mapping[str, Any] | None = None
    ) -> None:
        self._access = access
        self._transport = transport
        self._authorization = ""
        self.context: dict[str, Any] = dict(context or {})
        self._url = f"{access.address.rstrip('/')}/{quote(access.database, safe='')}/rpc/"

    @property
    def place(self) -> str:
        """Database and server, for messages."""
        return f"{self._access.database} at {self._access.address}"

    def call(self, method: str, *params: object, context: Mapping[str, Any] | None = None) -> Any:
        """Call a method such as ``model.party.party.read``; the context is added.

        Raises:
            NotAuthenticated: The user or password is not accepted.
            PartnerUnreachable: Tryton was not there; nothing was done.
            OutcomeUnknown: It may have been done.
            ValueInvalid: Tryton says no to what is asked: a missing or wrong value, a rule of its own.
            AccessDenied: The user may not do that.
            PartnerRefused: It warns and wants a person to decide, or is too busy.
            PartnerAnswerInvalid: What came is no answer.
        """
        if not self._authorization:
            self._log_in()
        sent = [*params, {**self.context, **(context or {})}]
        try:
            return self._sent(method, sent)
        except NotAuthenticated:
            # the session has ended; whether the password is still right is another question
            self._log_in()
            return self._sent(method, sent)

    def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> Sequence[Record]:
        """Records by id."""
        return list(self.call(f"model.{model}.read", list(ids), list(fields))) if ids else []

    def find(
        self, model: str, domain: Sequence[object], fields: Sequence[str], *, order: str = "id"
    ) -> Iterator[Record]:
        """Records of a domain, page by page in a stable order."""
        offset = 0
        ordered = [[order, "ASC"]] if order == "id" else [[order, "ASC"], ["id", "ASC"]]
        while True:
            page = self.call(f"model.{model}.search_read", list(domain), offset, _PAGE, ordered, list(fields))
            yield from page
            if len(page) < _PAGE:
                return
            offset += _PAGE

    def one(self, model: str, domain: Sequence[object], fields: Sequence[str], *, what: str) -> Record:
        """The only record of a domain.

        Raises:
            NotFound: There is none, or there are several.
        """
        found = self.call(f"model.{model}.search_read", list(domain), 0, 2, [["id", "ASC"]], list(fields))
        if len(found) != 1:
            count = "several" if found else "none"
            raise NotFound(f"Tryton has {count} of what there has to be one: {what}", where=self.place)
        record: Record = found[0]
        return record

    def create(self, model: str, values: Sequence[Mapping[str, Any]]) -> list[int]:
        """New records, all or none, with nested ones; their ids."""
        return [int(one) for one in self.call(f"model.{model}.create", [dict(each) for each in values])]

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, Any]) -> None:
        """Change records."""
        self.call(f"model.{model}.write", list(ids), dict(values))

    def preferences(self) -> Record:
        """What a session of the user begins with: company, language."""
        context_only = True
        found: Record = self.call("model.res.user.get_preferences", context_only)
        return found

    def close(self) -> None:
        """End the session and release the connection."""
        try:
            if self._authorization:
                self._sent("common.db.logout", [])
        except AskulConnectError:
            # it ends by itself
            pass
        finally:
            self._authorization = ""
            self._transport.close()

    def _log_in(self) -> None:
        self._authorization = ""
        answer = self._sent(
            "common.db.login", [self._access.user, {"password": self._access.password.reveal()}, "en"]
        )
        if not isinstance(answer, list) or len(answer) < 2:  # noqa: PLR2004 -- a user's id and a token
            raise NotAuthenticated("Tryton does not let the user in", where=self.place)
        session = f"{self._access.user}:{answer[0]}:{answer[1]}"
        self._authorization = f"Session {base64.b64encode(session.encode()).decode()}"

    def _sent(self, method: str, params: Sequence[object]) -> Any:
        headers = {
            "content-type": "application/json",
            # 8.2 says of every longer answer that it is packed, also to those who cannot read that
            "accept-encoding": "gzip",
        }
        if self._authorization:
            headers["authorization"] = self._authorization
        body = wire.encode({"id": 0, "method": method, "params": params})
        try:
            response = self._transport.send(
                HttpRequest(method="POST", url=self._url, headers=headers, body=body)
            )
        except OutcomeUnknown as error:
            if method.rpartition(".")[2] in _READING:
                raise PartnerUnreachable(error.detail, where=self.place) from error
            raise
        if response.status != _OK:
            raise self._failed(response.status, method)
        answer = wire.decode(response.body, where=self.place)
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise PartnerAnswerInvalid("the answer has neither a result nor an error", where=self.place)
        if answer.get("error"):
            raise self._refused(answer["error"], method)
        return answer.get("result")

    def _failed(self, status: int, method: str) -> AskulConnectError:
        if status == _UNAUTHORIZED:
            return NotAuthenticated("Tryton does not accept user and password", where=self.place)
        if status == _FORBIDDEN:
            return AccessDenied(f"Tryton has no {method} for this user", where=self.place)
        if status == _NOT_FOUND:
            return PartnerUnreachable("there is no such database, or no Tryton", where=self.place)
        if status == _TOO_MANY or status > _SERVER_ERROR:
            return PartnerRefused(f"Tryton is too busy: status {status}", where=self.place)
        return PartnerAnswerInvalid(f"Tryton answered {method} with status {status}", where=self.place)

    def _refused(self, error: object, method: str) -> AskulConnectError:
        kind, rest = (error[0], error[1:]) if isinstance(error, list) and error else ("", [])
        said = rest[0] if rest else ""
        text = str(said[0] if isinstance(said, list) and said else said) or str(kind)
        match kind:
            case "UserError":
                return ValueInvalid(text, where=method)
            case "UserWarning":
                wanted = said[1] if isinstance(said, list) and len(said) > 1 else text
                return PartnerRefused(f"Tryton warns and wants a person to decide: {wanted}", where=method)
            case "ConcurrencyException":
                return PartnerUnreachable("somebody else has just changed it in Tryton", where=method)
            case "LoginException":
                return NotAuthenticated("Tryton does not accept user and password", where=self.place)
        # whatever else it is, its first line; what follows is a traceback
        first = str(kind).partition("\n")[0][:200]
        return PartnerAnswerInvalid(f"Tryton failed at {method}: {first}", where=self.place)
