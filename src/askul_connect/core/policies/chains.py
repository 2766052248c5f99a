"""Sealing of append-only records (AUTH-10, AUTH-17; facts Q-LOG-1).

Each seal covers the record, its place and the seal before it, under a key that lies outside the database: whoever can
write the database can neither change an entry nor make a whole chain anew. A cut end is noticed by a head that was
exported before.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from attrs import frozen

from askul_connect.core.domain.audit import ChainHead
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.canonical import content_hash


@frozen(kw_only=True)
class Break:
    """One place at which a chain does not hold.

    Attributes:
        sequence: Of the entry that is wrong, or behind which one is missing.
        what: For a person.
    """

    chain: str
    sequence: int
    what: str


def seal(key: Secret, head: ChainHead | None, chain: str, content: Sequence[object]) -> ChainHead:
    """The next head of a chain.

    Args:
        key: From outside the database.
        head: The head so far, None for the first entry.
        chain: Name of the chain.
        content: The entry's values, in a fixed order; place and seal are not among them.
    """
    sequence = head.sequence + 1 if head else 1
    text = content_hash((chain, sequence, head.seal if head else "", tuple(content)))
    digest = hmac.new(key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()
    return ChainHead(chain=chain, sequence=sequence, seal=digest)


def check_chain(
    key: Secret,
    chain: str,
    entries: Iterable[tuple[int, str, Sequence[object]]],
    *,
    stored: ChainHead | None,
    exported: ChainHead | None = None,
) -> tuple[Break, ...]:
    """Where a chain does not hold; empty when it does.

    Args:
        key: As when the entries were sealed.
        chain: Name of the chain.
        entries: Sequence, seal and content of every entry, in order. Entries without a seal at the beginning are
            from before there were seals; whether there may be any is for the caller to judge.
        stored: The head that the database names.
        exported: A head that was kept elsewhere; the chain must have an entry of that place and seal.
    """
    breaks: list[Break] = []
    head: ChainHead | None = None
    met = exported is None
    for sequence, found, content in entries:
        if not found and (head is None or not head.seal) and sequence == (head.sequence + 1 if head else 1):
            # from before there were seals; only the beginning of a chain can be
            head = ChainHead(chain=chain, sequence=sequence, seal="")
            continue
        expected = seal(key, head, chain, content)
        if sequence != expected.sequence:
            breaks.append(
                Break(
                    chain=chain,
                    sequence=expected.sequence,
                    what=f"entry {expected.sequence} is missing or moved; found {sequence}",
                )
            )
            head = ChainHead(chain=chain, sequence=sequence, seal=found)
            continue
        if not hmac.compare_digest(found.encode(), expected.seal.encode()):
            breaks.append(
                Break(chain=chain, sequence=sequence, what=f"entry {sequence} is not as it was sealed")
            )
        head = ChainHead(chain=chain, sequence=sequence, seal=found)
        met = met or head == exported
    if head != stored:
        last = head.sequence if head else 0
        breaks.append(
            Break(
                chain=chain,
                sequence=last,
                what=f"the chain ends at {last} and its head says {stored.sequence if stored else 0}",
            )
        )
    if not met and exported is not None:
        breaks.append(
            Break(
                chain=chain,
                sequence=exported.sequence,
                what=f"entry {exported.sequence} of the exported head is cut off or was made anew",
            )
        )
    return tuple(breaks)
