"""Whose turn it is, and who makes room: by how much was asked for, by whom, and from where.

Numbers alone say nothing: whoever likes can open seventy browsers. So each claim has a size, the
seconds of a run in the queue or its bytes on the disk, and those of one person, and of one address,
are added up.

The queue is fair queueing (Demers, Keshav and Shenker, 1989), twice: a claim's turn is when it
would be done if each person had a worker of their own, and again if each address had. So somebody's
second run waits for everybody's first, a short run passes long ones, and since the clock runs for
all that wait, none waits for ever. When the places are full, the last in this order makes room; it
may be the one that has just come.

On the disk the largest share gives way, of an address and in it of a person; of that person's, what
was looked at longest ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """What a job takes: its ``size`` since ``time``, both of any unit."""

    job: str
    owner: str
    address: str
    size: float
    time: float


def in_turn(waiting: Iterable[Claim], running: Iterable[Claim] = ()) -> list[str]:
    """The jobs that wait, in the order in which they are to be started."""
    taken_by: defaultdict[str, float] = defaultdict(float)
    taken_from: defaultdict[str, float] = defaultdict(float)
    for claim in running:
        taken_by[claim.owner] += claim.size
        taken_from[claim.address] += claim.size
    alone = _due(sorted(waiting, key=lambda claim: claim.time), lambda c: c.owner, taken_by)
    by_person = [claim for claim, _time in sorted(alone, key=lambda pair: pair[1])]
    together = _due(by_person, lambda claim: claim.address, taken_from)
    return [claim.job for claim, _time in sorted(together, key=lambda pair: pair[1])]


def _due(
    claims: Iterable[Claim], of: Callable[[Claim], str], taken: defaultdict[str, float]
) -> list[tuple[Claim, float]]:
    """When each would be done by a worker that serves nobody else, one after the other."""
    latest: dict[str, float] = {}
    found = []
    for claim in claims:
        party = of(claim)
        taken[party] += claim.size
        latest[party] = max(latest.get(party, claim.time), claim.time + taken[party])
        found.append((claim, latest[party]))
    return found


def making_room(kept: Iterable[Claim], most: int, most_size: float) -> list[str]:
    """The jobs that have to go until there are no more than ``most``, of no more than that size."""
    left, gone = list(kept), []
    while left and (len(left) > most or sum(claim.size for claim in left) > most_size):
        by_size = sum(claim.size for claim in left) > most_size
        found = _largest(_largest(left, lambda c: c.address, by_size), lambda c: c.owner, by_size)
        oldest = min(found, key=lambda claim: claim.time)
        left.remove(oldest)
        gone.append(oldest.job)
    return gone


def _largest(claims: list[Claim], of: Callable[[Claim], str], by_size: bool) -> list[Claim]:
    """The claims of the party that has most; among equals, of the one not seen for longest."""
    parties: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        parties[of(claim)].append(claim)

    def share(party: list[Claim]) -> tuple[float, float]:
        size = sum(claim.size for claim in party) if by_size else len(party)
        return size, -min(claim.time for claim in party)

    return max(parties.values(), key=share)
