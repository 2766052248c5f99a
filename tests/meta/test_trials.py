"""Every command can be tried with --trial, or it says here why not (INT-10)."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from askul_connect.cli.application import application

_OWN_RECORDS = (
    "one step at once on records of the supplier that runs in this directory, made by its own people or an account's"
    " administrator; nothing elsewhere changes"
)
#: Commands without --trial, or groups of them, and why.
WITHOUT = {
    "serve": "a server: starting it changes nothing",
    "audit heads": "prints",
    "accounts view": "shows",
    "accounts login-attempt": "shows",
    "accounts duplicates": "lists",
    "accounts respond-to-leak": "accounts report-leak shows what it would do",
    "accounts": _OWN_RECORDS,
    "credentials": _OWN_RECORDS,
    "departments": _OWN_RECORDS,
    "login-settings": _OWN_RECORDS,
    "sessions": _OWN_RECORDS,
    "staff": _OWN_RECORDS,
    "status": _OWN_RECORDS,
    "users": _OWN_RECORDS,
}
#: Groups whose commands reach or change something beyond those records: no reason counts for them.
ALWAYS = ("run", "demo", "init", "sync", "outbox", "backup", "restore", "resume", "db", "catalog")


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, (*path, name))
    else:
        yield " ".join(path), command


def has_trial(command: click.Command) -> bool:
    return any("--trial" in parameter.opts for parameter in command.params)


def reason(name: str) -> str:
    words = name.split(" ")
    return next((why for n in range(len(words), 0, -1) if (why := WITHOUT.get(" ".join(words[:n])))), "")


@pytest.mark.spec("INT-10")
def test_every_command_has_a_trial_or_a_reason() -> None:
    without = [name for name, command in commands(application) if not has_trial(command)]

    assert [name for name in without if not reason(name)] == []
    assert [name for name in without if name.split(" ")[0] in ALWAYS] == []


def test_every_reason_is_needed() -> None:
    without = [name for name, command in commands(application) if not has_trial(command)]
    used = {
        max((given for given in WITHOUT if f"{name} ".startswith(f"{given} ")), key=len, default="")
        for name in without
    }

    assert set(WITHOUT) - used == set()


def test_a_command_without_either_is_found() -> None:
    @click.group()
    def group() -> None:
        pass

    group.command("send")(lambda: None)
    [(name, command)] = commands(group)

    assert (has_trial(command), reason(name)) == (False, "")
