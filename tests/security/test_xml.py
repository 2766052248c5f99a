"""The one parser: nothing opened, nothing expanded, nothing beyond its limits."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters import _xml
from askul_connect.core.errors import DocumentError, DocumentForbidden, DocumentTooLarge

WATCHED = frozenset({"open", "socket.connect", "socket.getaddrinfo", "urllib.Request", "os.open"})
seen: list[str] = []
watching = False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if watching and event in WATCHED:
        seen.append(f"{event} {arguments[:1]}")


sys.addaudithook(watch)


@contextmanager
def nothing_opened() -> Iterator[None]:
    global watching  # noqa: PLW0603 -- an audit hook cannot be taken away again
    seen.clear()
    watching = True
    try:
        yield
    finally:
        watching = False
    assert not seen


DOCTYPES = {
    "internal entity": '<!DOCTYPE a [<!ENTITY b "secret">]><a>&b;</a>',
    "file entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "network entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:9/">]><a>&b;</a>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
    "external subset": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "public id": '<!DOCTYPE a PUBLIC "-//X//Y//EN" "http://127.0.0.1:9/x.dtd"><a/>',
    "attribute default": '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
    "billion laughs": "<!DOCTYPE a [<!ENTITY x0 'ha'>"
    + "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><a>&x11;</a>",
    "after a comment": "<!-- <a/> --><?pi?>\n<!DOCTYPE a><a/>",
    "bare": "<!DOCTYPE a><a/>",
}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le", "cp932"]
)
@pytest.mark.parametrize("text", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_doctype_is_refused_in_every_encoding(text: str, encoding: str) -> None:
    declared = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'

    data = (declared + text).encode(encoding)
    data.decode(encoding)  # Python loads a codec's module from its file once

    with nothing_opened(), pytest.raises(DocumentForbidden):
        _xml.parse(data)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-',
        b'<?xml version="1.0"' + b" " * 5_000 + b'encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-',
        b'<?xml version="1.0" encoding="IBM037"?><a/>',
        b'<?xml version="1.0" encoding="rot13"?><a/>',
    ],
)
def test_an_encoding_in_which_markup_hides_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentForbidden, match="encoding"):
        _xml.parse(data)


def test_what_looks_like_a_doctype_within_the_text_is_text() -> None:
    root = _xml.parse(b"<!-- <!DOCTYPE x> --><a><![CDATA[<!DOCTYPE x>]]><!-- gone --><?gone?>!</a>")

    assert root.text == "<!DOCTYPE x>!"
    assert len(root) == 0


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp932", "euc-jp"]
)
def test_honest_documents_of_every_encoding_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><品目>表計算</品目>'

    assert _xml.parse(text.encode(encoding)).text == "表計算"


def test_xinclude_and_schema_locations_stay_inert() -> None:
    data = (
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"'
        b' x:schemaLocation="u file:///etc/passwd"><xi:include href="file:///etc/passwd" parse="text"/></a>'
    )
    with nothing_opened():
        root = _xml.parse(data)

    assert len(root) == 1
    assert not "".join(root.itertext())


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "order.xml, line 1"),
        (b"<a>\n\n<b></a>", "order.xml, line 3"),
        (b"<a>&undefined;</a>", "order.xml, line 1"),
        (b"<a>\x00</a>", "order.xml, line 1"),
        (b"<a>\n\xff</a>", "order.xml, line 2"),
        (gzip.compress(b"<a/>", mtime=0), "order.xml, line 1"),
        (b"/etc/passwd", "order.xml, line 1"),
    ],
)
def test_broken_documents_name_the_line(data: bytes, place: str) -> None:
    with nothing_opened(), pytest.raises(DocumentError) as caught:
        _xml.parse(data, where="order.xml")

    assert caught.value.where == place


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 257 + b"</a>" * 257,
        b"<a>" + b"<b/>" * 200_000 + b"</a>",
        b"<a>" + b"<!---->" * 200_000 + b"</a>",
        b"<a " + b" ".join(b'b%d=""' % n for n in range(250_001)) + b"/>",
        b"<a>" + b"x" * 10_000_000 + b"</a>",
    ],
    ids=["depth", "elements", "comments", "attributes", "size"],
)
def test_limits(data: bytes) -> None:
    with pytest.raises(DocumentTooLarge):
        _xml.parse(data)


def test_limits_can_be_set() -> None:
    with pytest.raises(DocumentTooLarge, match="deeper than 3"):
        _xml.parse(b"<a><a><a><a/></a></a></a>", limits=_xml.XmlLimits(depth=3))
    assert _xml.parse(b"<a><a><a/></a></a>", limits=_xml.XmlLimits(depth=3)).tag == "a"
    assert _xml.parse(b"<a>" * 256 + b"</a>" * 256).tag == "a"


BOMBS = {
    "elements": "b'<a>' + b'<b/>' * 199_000 + b'</a>'",
    "long elements": "b'<a>' + b'<b>12345678901234567890123456789012345678</b>' * 199_000 + b'</a>'",
    "comments": "b'<a>' + b'<!---->' * 1_400_000 + b'</a>'",
    "attributes": "b'<a ' + b' '.join(b'b%d=\"\"' % n for n in range(249_000)) + b'/>'",
    "namespaces": "b'<a ' + b' '.join(b'xmlns:b%d=\"u\"' % n for n in range(249_000)) + b'/>'",
    "character references": "b'<a>' + b'&#65;' * 1_990_000 + b'</a>'",
    "instructions": "b'<?a?>' * 199_000 + b'<a/>'",
    "spaces": "b' ' * 9_990_000",
}
MEASURED = """
import resource, sys, time
from askul_connect.adapters import _xml
from askul_connect.core.errors import DocumentError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = {bomb}
started = time.process_time()
try:
    root = _xml.parse(data)
except DocumentError:
    pass
used = time.process_time() - started
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(used, grown)
"""


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_less_than_a_second_and_150_megabytes(bomb: str) -> None:
    source = Path(_xml.__file__).parents[2]
    program = f"import sys; sys.path.insert(0, {str(source)!r})\n" + MEASURED.format(bomb=bomb)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split()

    assert float(seconds) < 1
    assert int(megabytes) < 150


@given(st.binary(max_size=200) | st.text(alphabet="<>/a=\"'!-[]&;? \n", max_size=80).map(str.encode))
def test_any_bytes_end_in_a_tree_or_a_typed_error(data: bytes) -> None:
    with suppress(DocumentError):
        assert _xml.parse(data) is not None
