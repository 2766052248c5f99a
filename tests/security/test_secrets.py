"""A secret shows nowhere but where it is asked for."""

import copy
import json
import logging
import pickle
import traceback

import pytest
from attrs import frozen

from askul_connect.core.domain.secrets import Secret

TEXT = "hunter2-hunter2"


@frozen
class Holder:
    """What holds one, as the requests of operations do."""

    password: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        "{}".format,
        "{!r:>40}".format,
        lambda secret: f"{secret}",
        lambda secret: f"{Holder(secret)}",
        lambda secret: f"{[secret]} { ({'password': secret}) }",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 -- the way of logging
        lambda secret: json.dumps({"password": secret}, default=str),
    ],
)
def test_no_way_of_showing_shows_it(shown: object) -> None:
    assert callable(shown)
    assert TEXT not in shown(Secret(TEXT))


def test_neither_a_log_nor_a_traceback_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(TEXT)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("askul_connect").debug("%s %r %s", secret, secret, Holder(secret))
    assert TEXT not in caplog.text
    with pytest.raises(ValueError, match=r"Secret\(\*{4}\)") as caught:
        raise ValueError(secret, Holder(secret))
    assert TEXT not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_written_out(copied: object) -> None:
    assert callable(copied)
    with pytest.raises(TypeError, match="not pickled"):
        copied(Secret(TEXT))


def test_whoever_asks_gets_it() -> None:
    assert Secret(TEXT).reveal() == TEXT
