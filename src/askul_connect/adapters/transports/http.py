"""Outbound HTTP: the one place where the package opens connections to partners.

TLS is verified, redirects are not followed, nothing comes from the environment (no proxy, no ``.netrc``),
answers are read up to a limit. What went wrong before the request was sent is told from what went wrong
after.
"""

from __future__ import annotations

import threading
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from attrs import field, frozen
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from askul_connect.adapters.transports.deadline import DeadlineAdapter
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerUnreachable,
)
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

_CHUNK = 65_536
_PROXY_LOGIN = 407


@frozen(kw_only=True)
class HttpSettings:
    """How a partner is connected to.

    Attributes:
        connect_timeout: Seconds until a connection stands.
        read_timeout: Seconds without a byte of the answer.
        longest_answer: Seconds for the whole answer: one that comes byte by byte keeps every read time-out.
        maximum_answer: Bytes of the body, unpacked.
        ca_bundle: Path of the certificates that are trusted instead of the built-in ones.
        proxy: URL of a proxy; it may hold a password.
    """

    connect_timeout: float = 10
    read_timeout: float = 60
    longest_answer: float = 300
    maximum_answer: int = 20_000_000
    ca_bundle: str = ""
    proxy: str = field(default="", repr=False)


class HttpTransport:
    """A ``Transport`` over HTTPS, or HTTP on this machine; thread-safe."""

    def __init__(self, settings: HttpSettings = HttpSettings()) -> None:
        self._settings = settings
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send one request.

        Raises:
            ConfigurationError: The address is no ``https://`` one, and not on this machine; nothing was sent.
            PartnerUnreachable: No connection came to stand, or its certificate is not trusted; nothing was
                sent.
            OutcomeUnknown: The request may have arrived, and there is no whole answer.
            PartnerAnswerInvalid: The answer is larger than allowed.
        """
        place = _checked_address(request.url)
        try:
            response = self._session().request(
                request.method,
                request.url,
                headers={"accept-encoding": "identity", **request.headers},
                data=request.body or None,
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                allow_redirects=False,
                stream=True,
            )
            with response:
                if self._settings.proxy and response.status_code == _PROXY_LOGIN:
                    raise ConfigurationError("the proxy does not accept our login", where=place)
                body = self._body(response, place)
        except requests.RequestException as error:
            raise _failure(error, place) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(status=response.status_code, headers=headers, body=body)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()
            self._local = threading.local()

    def _session(self) -> requests.Session:
        """A session of its own for each thread: requests does not promise that one can be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _new_session(self._settings)
            self._local.session = session
            with self._lock:
                self._sessions.append(session)
        return session

    def _body(self, response: requests.Response, place: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > self._settings.maximum_answer:
                raise PartnerAnswerInvalid(
                    f"the answer is larger than {self._settings.maximum_answer} bytes", where=place
                )
            parts.append(part)
        return b"".join(parts)


def _new_session(settings: HttpSettings) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = settings.ca_bundle or True
    session.headers["user-agent"] = "askul-connect"
    if settings.proxy:
        session.proxies = {"http": settings.proxy, "https": settings.proxy}
    for prefix in ("https://", "http://"):
        session.mount(prefix, DeadlineAdapter(settings.longest_answer))
    return session


def _checked_address(url: str) -> str:
    """Scheme, host and port, for messages; never the query, and never a user and password."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("an address holds no user and password", where=place)
    if parts.scheme == "https" and host:
        return place
    if parts.scheme == "http" and is_loopback(host):
        return place
    raise ConfigurationError(
        "the address has to begin with https:// (http:// only on this machine)", where=place
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _failure(error: requests.RequestException, place: str) -> AskulConnectError:
    if isinstance(error, requests.exceptions.ProxyError):
        return _proxy_failure(error, place)
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return PartnerUnreachable(f"no connection: {_kind(error)}", where=place)
    if isinstance(error, requests.ConnectionError) and _never_connected(error):
        return PartnerUnreachable(f"no connection: {_kind(error)}", where=place)
    return OutcomeUnknown(f"no whole answer came: {_kind(error)}", where=place)


def _proxy_failure(error: requests.exceptions.ProxyError, place: str) -> AskulConnectError:
    """The proxy's own refusal: nothing has reached the partner."""
    refusal = getattr(getattr(error.args[0] if error.args else None, "reason", None), "original_error", None)
    text = str(refusal or "")
    if str(_PROXY_LOGIN) in text:
        return ConfigurationError("the proxy does not accept our login", where=place)
    return PartnerUnreachable(
        f"no connection through the proxy: {type(refusal or error).__name__}", where=place
    )


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _kind(error: requests.RequestException) -> str:
    """What happened, without the URL and headers that requests puts into its texts."""
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", None) or cause
    return type(reason).__name__ if isinstance(reason, BaseException) else type(error).__name__
