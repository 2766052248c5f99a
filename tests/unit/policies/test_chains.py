"""Chains of sealed records: every kind of tampering is noticed (AUTH-10, Q-LOG-1)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.audit import ChainHead
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.policies.chains import Break, check_chain, seal

KEY = Secret("outside the database")
CHAIN = "audit:account-1"
Entry = tuple[int, str, tuple[str, ...]]


def sealed(contents: list[str], key: Secret = KEY) -> tuple[list[Entry], ChainHead | None]:
    entries: list[Entry] = []
    head = None
    for content in contents:
        head = seal(key, head, CHAIN, (content,))
        entries.append((head.sequence, head.seal, (content,)))
    return entries, head


def breaks(
    entries: list[Entry], stored: ChainHead | None, exported: ChainHead | None = None
) -> tuple[Break, ...]:
    return check_chain(KEY, CHAIN, entries, stored=stored, exported=exported)


contents = st.lists(st.text(max_size=5), min_size=2, max_size=12, unique=True)


@pytest.mark.spec("AUTH-10")
@given(contents, st.data())
def test_a_chain_holds_with_any_earlier_head(texts: list[str], data: st.DataObject) -> None:
    entries, head = sealed(texts)
    number = data.draw(st.integers(1, len(texts)))
    kept = ChainHead(chain=CHAIN, sequence=number, seal=entries[number - 1][1])
    assert breaks(entries, head) == ()
    assert breaks(entries, head, kept) == ()
    assert breaks([], None) == ()


@pytest.mark.spec("AUTH-10")
@given(contents, st.data())
def test_an_edited_a_deleted_and_a_swapped_entry_are_noticed(texts: list[str], data: st.DataObject) -> None:
    entries, head = sealed(texts)
    at = data.draw(st.integers(0, len(texts) - 1))
    edited = [*entries]
    edited[at] = (*entries[at][:2], (texts[at] + "x",))
    assert breaks(edited, head)[0].sequence == at + 1
    assert breaks(entries[:at] + entries[at + 1 :], head)
    other = data.draw(st.integers(0, len(texts) - 1).filter(lambda place: place != at))
    swapped = [*entries]
    swapped[at], swapped[other] = entries[other], entries[at]
    assert breaks(swapped, head)
    # the contents alone change places
    exchanged = [*entries]
    exchanged[at] = (*entries[at][:2], entries[other][2])
    exchanged[other] = (*entries[other][:2], entries[at][2])
    assert breaks(exchanged, head)


@pytest.mark.spec("AUTH-10")
@given(contents, st.data())
def test_a_cut_end_is_noticed_by_the_stored_and_by_an_exported_head(
    texts: list[str], data: st.DataObject
) -> None:
    entries, head = sealed(texts)
    left = data.draw(st.integers(0, len(texts) - 1))
    cut = entries[:left]
    assert breaks(cut, head)
    # whoever cuts the head too is found out by one that was kept elsewhere
    shorter = ChainHead(chain=CHAIN, sequence=left, seal=cut[-1][1]) if cut else None
    assert breaks(cut, shorter) == ()
    assert breaks(cut, shorter, head)


@pytest.mark.spec("AUTH-10")
@given(contents)
def test_a_chain_made_anew_without_the_key_is_noticed(texts: list[str]) -> None:
    _, kept = sealed(texts)
    forged, head = sealed(texts, Secret("guessed"))
    assert breaks(forged, head)
    # and one made by somebody who has the key, by a head that was kept elsewhere
    rewritten, other = sealed([text + "x" for text in texts])
    assert breaks(rewritten, other) == ()
    assert breaks(rewritten, other, kept)


@pytest.mark.spec("AUTH-10")
def test_another_chains_entries_do_not_fit() -> None:
    entries, head = sealed(["a", "b"])
    moved = evolve(head, chain="audit:account-2") if head else None
    assert check_chain(KEY, "audit:account-2", entries, stored=moved)


@pytest.mark.spec("AUTH-10")
def test_entries_from_before_there_were_seals_are_the_beginning_only() -> None:
    old: list[Entry] = [(1, "", ("a",)), (2, "", ("b",))]
    third = seal(KEY, ChainHead(chain=CHAIN, sequence=2, seal=""), CHAIN, ("c",))
    entries = [*old, (3, third.seal, ("c",))]
    assert breaks(entries, third) == ()
    fourth = seal(KEY, third, CHAIN, ("d",))
    assert breaks([*entries, (4, "", ("d",))], fourth)
    assert breaks([(1, "", ("a",)), (3, "", ("b",))], ChainHead(chain=CHAIN, sequence=3, seal=""))
