"""Which bucket a minute counts in, where it fits several: a minimum-cost flow up the tree of buckets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quizapp.rules.credit_rules import Bucket

# Costs of one minute on an arc, each far above what all lesser ones of one path can add up to: a minimum that is left
# unfilled, a minute still to be earned, one that has to be of a certain kind (once for each bucket that it lies in), a
# minute that counts; the least prefers buckets that stand first in the file.
_UNFILLED = 10**13
_STILL_TO_EARN = 10**9
_OF_A_KIND = 10**7
_COUNTS = 10**4
_ENDLESS = 10**9


@dataclass(frozen=True)
class Supply:
    """Minutes of activities that are alike: each may go into any of `entries`, the slugs of buckets."""

    minutes: int
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Allocation:
    """Minutes of each supply by the bucket that they enter, and how many more minutes meet every minimum."""

    entered: tuple[Mapping[str, int], ...]
    missing: int


@dataclass
class _Network:
    """Arcs in pairs, each followed by its reverse; nodes are numbers."""

    heads: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    tails: list[int] = field(default_factory=list)

    def arc(self, tail: int, head: int, room: int, cost: int) -> int:
        self.tails += (tail, head)
        self.heads += (head, tail)
        self.room += (room, 0)
        self.costs += (cost, -cost)
        return len(self.heads) - 2

    def flow(self, arc: int) -> int:
        return self.room[arc ^ 1]

    def send(self, source: int, sink: int, nodes: int) -> None:
        """Augment along the cheapest path as long as it costs less than nothing (Bellman and Ford; no cycle does)."""
        while True:
            cost, via = self._cheapest(source, nodes)
            if cost[sink] >= 0:
                return
            path = []
            node = sink
            while node != source:
                path.append(via[node])
                node = self.tails[via[node]]
            minutes = min(self.room[arc] for arc in path)
            for arc in path:
                self.room[arc] -= minutes
                self.room[arc ^ 1] += minutes

    def _cheapest(self, source: int, nodes: int) -> tuple[list[int], list[int]]:
        far = _UNFILLED * nodes
        cost, via = [far] * nodes, [-1] * nodes
        cost[source] = 0
        is_better = True
        while is_better:
            is_better = False
            for arc, head in enumerate(self.heads):
                if self.room[arc] and cost[self.tails[arc]] < far:
                    offer = cost[self.tails[arc]] + self.costs[arc]
                    if offer < cost[head]:
                        cost[head], via[head] = offer, arc
                        is_better = True
        return cost, via


def allocate(total: Bucket, supplies: Sequence[Supply]) -> Allocation:
    """The allocation that leaves least to be earned, of that least of certain kinds, then counts most.

    What is left open by that prefers buckets that stand first.

    No bucket takes more than its maximum, none of its parts' minutes are counted elsewhere, and what is still to be
    earned may be of any kind. Supplies' entries are slugs of the tree. A tree whose maximums leave no room for the
    minimums within them is for the file's check to refuse.
    """
    walked = list(total.walk())
    numbers = {bucket.slug: number for number, (bucket, _) in enumerate(walked, start=2)}
    source, sink, nodes = 0, 1, len(walked) + len(supplies) + 3
    future = nodes - 1
    network = _Network()
    # In the order in which minutes flow, so that a path is found at the first look.
    entries = []
    for number, supply in enumerate(supplies, start=len(walked) + 2):
        network.arc(source, number, supply.minutes, -_COUNTS)
        entries.append({slug: network.arc(number, numbers[slug], _ENDLESS, numbers[slug]) for slug in supply.entries})
    network.arc(source, future, _ENDLESS, 0)
    earned = [
        network.arc(future, numbers[bucket.slug], _ENDLESS, _STILL_TO_EARN + len(above) * _OF_A_KIND)
        for bucket, above in walked
        if bucket.is_open
    ]
    for bucket, above in reversed(walked):
        number, head = numbers[bucket.slug], numbers[above[0].slug] if above else sink
        most = bucket.maximum.minutes if bucket.maximum else _ENDLESS
        needed = min(bucket.needed_minutes, most)
        network.arc(number, head, needed, -_UNFILLED)
        network.arc(number, head, most - needed, 0)
    network.send(source, sink, nodes)
    entered = tuple({slug: network.flow(arc) for slug, arc in arcs.items()} for arcs in entries)
    return Allocation(entered, sum(map(network.flow, earned)))
