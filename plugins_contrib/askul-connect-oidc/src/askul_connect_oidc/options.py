"""The keys of a provider's table, checked."""

from __future__ import annotations

from typing import NoReturn

from attrs import field, frozen

from askul_connect import ConfigurationError, ProviderSettings

ALGORITHMS = ("RS256", "ES256")
_MOST_LEEWAY = 300
_MOST_AGE = 86_400
_KNOWN = (
    "issuer",
    "audience",
    "keys",
    "algorithms",
    "leeway_seconds",
    "most_age_seconds",
    "nonce_required",
    "trusted_audiences",
)


@frozen(kw_only=True)
class Options:
    """What is accepted of an ID token.

    Attributes:
        issuer: Its ``iss``, to the letter.
        audience: Our client id there, which has to be in its ``aud``.
        keys: Reference to the JSON Web Key Set (``file:`` or ``env:``); read anew for every token.
        algorithms: Signatures that are accepted, of those this plugin knows.
        leeway: Seconds by which the clocks may differ.
        most_age: Seconds after its ``iat`` that a token is accepted at most.
        nonce_required: Whether a login without a nonce is refused.
        trusted_audiences: Other audiences that a token may have beside ours.
    """

    issuer: str
    audience: str
    keys: str = field(repr=False)
    algorithms: tuple[str, ...]
    leeway: int
    most_age: int
    nonce_required: bool
    trusted_audiences: frozenset[str]


def read(settings: ProviderSettings) -> Options:
    """The options of a provider.

    Raises:
        ConfigurationError: One is missing, unknown or not accepted; names its key.
    """
    given = settings.options
    for name in given:
        if name not in _KNOWN:
            _wrong(settings, name, f"is unknown; accepted keys: {', '.join(_KNOWN)}")
    algorithms = _texts(settings, "algorithms", ALGORITHMS)
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        _wrong(settings, "algorithms", f"names one that is not accepted; accepted: {', '.join(ALGORITHMS)}")
    required = given.get("nonce_required", False)
    if type(required) is not bool:
        _wrong(settings, "nonce_required", "is no boolean; accepted: true or false")
    issuer = _text(settings, "issuer")
    if not issuer.startswith("https://"):
        _wrong(settings, "issuer", "is no https address, which every OpenID issuer is")
    return Options(
        issuer=issuer,
        audience=_text(settings, "audience"),
        keys=_text(settings, "keys"),
        algorithms=algorithms,
        leeway=_seconds(settings, "leeway_seconds", 60, _MOST_LEEWAY),
        most_age=_seconds(settings, "most_age_seconds", 600, _MOST_AGE),
        nonce_required=required is True,
        trusted_audiences=frozenset(_texts(settings, "trusted_audiences", ())),
    )


def _wrong(settings: ProviderSettings, name: str, detail: str) -> NoReturn:
    raise ConfigurationError(f"{name} {detail}", where=f"{settings.key}.{name}")


def _text(settings: ProviderSettings, name: str) -> str:
    value = settings.options.get(name)
    if not isinstance(value, str) or not value.strip():
        _wrong(settings, name, "is missing or no text")
    return value


def _texts(settings: ProviderSettings, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = settings.options.get(name)
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        _wrong(settings, name, "is no array of texts")
    return tuple(value)


def _seconds(settings: ProviderSettings, name: str, default: int, most: int) -> int:
    value = settings.options.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        _wrong(settings, name, f"is no whole number from 0 to {most}")
    return value
