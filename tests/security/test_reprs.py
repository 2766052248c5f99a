"""No `repr` of a message, an entity or a setting shows a secret or leads to a person (SRV-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin

import attrs
import pytest

from askul_connect.core.domain import accounts as account_entities
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages import accounts, documents, login, ordering
from askul_connect.core.services.buyer import onboarding
from askul_connect.core.services.supplier import opening
from askul_connect.settings import values as settings_values


def classes(*modules: ModuleType) -> list[type[Any]]:
    return [
        cls
        for module in modules
        for cls in vars(module).values()
        if isinstance(cls, type) and attrs.has(cls) and cls.__module__ == module.__name__
    ]


def filled(kind: Any, name: str, plant: Callable[[str], str]) -> Any:
    """Some value of a field's type; every text and secret is a canary."""
    made: Any
    if get_origin(kind) is tuple:
        made = (filled(get_args(kind)[0], name, plant),)
    elif type(None) in get_args(kind):
        made = filled(next(one for one in get_args(kind) if one is not type(None)), name, plant)
    elif get_origin(kind) is not None:
        made = {name: plant(name)}
    elif attrs.has(kind):
        attrs.resolve_types(kind)
        given = {
            one.name: filled(one.type, f"{kind.__name__}.{one.name}", plant) for one in attrs.fields(kind)
        }
        made = kind(**given)
    elif name in _SHAPED:
        made = _SHAPED[name]
    elif kind in {str, Secret}:
        made = plant(name) if kind is str else Secret(plant(f"secret {name}"))
    else:
        made = next(iter(kind)) if issubclass(kind, Enum) else _EXAMPLES[kind]
    return made


#: Texts that are refused unless they have a form, which no canary has.
_SHAPED = {"DeliveryArea.postcodes": "150"}
_EXAMPLES: dict[Any, Any] = {
    bool: False,
    int: 1,
    Decimal: Decimal(1),
    date: date(2026, 10, 31),
    datetime: datetime(2026, 10, 31, tzinfo=UTC),
    time: time(18),
    Path: Path("/srv/askul"),
}
#: Fields that lead to a person, or that a password or token could be told from.
PRIVATE = {
    *("email", "email_key", "phone", "representative", "login_id", "user_name", "password_hash", "options"),
    *("old_password_hashes", "token_hash", "secret_hash", "administrator_name", "administrator_email"),
    *("buyer_name", "buyer_email"),
}
_NAMES_OF_PEOPLE = {"AddUserRequest", "UserSummary", "User", "Account", "AccountOpening"}


@pytest.mark.spec("SRV-5")
@pytest.mark.parametrize(
    "cls",
    classes(
        *(accounts, login, ordering, documents),
        account_entities,
        settings_values,
        opening,
        onboarding,
    ),
    ids=lambda cls: cls.__name__,
)
def test_no_repr_shows_a_secret_or_a_person(cls: type[Any]) -> None:
    planted: dict[str, str] = {}

    def plant(name: str) -> str:
        bird = f"kanari{len(planted)}x"
        planted[bird] = name
        return bird

    shown = repr(filled(cls, "", plant))

    seen = [name.rpartition(".") for bird, name in planted.items() if bird in shown]
    assert not [field for _, _, field in seen if field in PRIVATE]
    assert not [holder for holder, _, field in seen if field == "name" and holder in _NAMES_OF_PEOPLE]
    assert not [holder for holder, _, _ in seen if holder.startswith("secret ")]
