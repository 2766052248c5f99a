"""The language a person is spoken to in."""

from __future__ import annotations

import os

from askul_connect.core.errors import Text

#: Those that POSIX asks for messages, the strongest first.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def japanese() -> bool:
    """Whether the environment asks for Japanese."""
    chosen = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    return chosen.lower().startswith("ja")


def spoken(text: Text) -> str:
    """The sentence in the language of the environment."""
    return text.ja if japanese() else text.en
