"""Saying afterwards what activities were: those of the present cycles, and the credit tags that the rules ask for."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from quizapp.credits.actions import Retagging
from quizapp.credits.credit_tags import CreditTag, CreditTags, TagGroup
from quizapp.credits.effects import tag_groups
from quizapp.credits.models import Activity
from quizapp.credits.queries import Holding, Standings

PAGE_LENGTH = 50


@dataclass(frozen=True)
class TagTable:
    """One page of activities, newest first, and the tags that are asked of each; `untagged` carry none, on any page."""

    groups: Sequence[TagGroup]
    activities: Sequence[Activity]
    count: int
    untagged: int
    number: int
    last: int

    @property
    def tags(self) -> list[CreditTag]:
        """The tags of all groups, in the order of display."""
        return [tag for group in self.groups for tag in group.tags]


def asking(standings: Standings) -> list[Holding]:
    """The credentials held whose present rules ask for any tag."""
    return [holding for holding in standings.holdings if holding.present.cycle.rules.tags]


def only(standings: Standings, holding: Holding) -> Standings:
    """The same with one of the credentials alone."""
    return replace(standings, holdings=[holding])


def tag_table(standings: Standings, tags: CreditTags, number: int) -> TagTable:
    """The page of so high a number, or the last one, of the activities that lie in present cycles that ask for tags."""
    fitting = _in_present_cycles(standings)
    last = max(1, -(-len(fitting) // PAGE_LENGTH))
    number = min(max(1, number), last)
    return TagTable(
        groups=tag_groups(standings, tags)[0],
        activities=fitting[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH],
        count=len(fitting),
        untagged=len(untagged(standings)),
        number=number,
        last=last,
    )


def untagged(standings: Standings) -> list[Activity]:
    """The activities of present cycles that carry none of the tags that the rules of these cycles ask for."""
    return [each for each in _in_present_cycles(standings) if standings.tags.isdisjoint(each.tags)]


def _in_present_cycles(standings: Standings) -> list[Activity]:
    ids = {key for holding in asking(standings) for key in holding.present.entries}
    return [each for each in standings.activities if str(each.id) in ids]


def retaggings_of(shown: Iterable[str], ticked: Iterable[str], known: Container[str]) -> Mapping[UUID, Retagging]:
    """What somebody changed in a table, by the activity: nothing is said of boxes that were left as they stood.

    `shown` holds a line for each activity with the tags that were ticked on the page, `ticked` one for each box that
    is ticked now. Raises ValueError for lines that the page did not make.
    """
    was = {UUID(key): frozenset(tags) for key, *tags in map(str.split, shown)}
    pairs = [(UUID(key), tag) for key, tag in map(str.split, ticked)]
    if any(tag not in known or key not in was for key, tag in pairs):
        raise ValueError("a box that the page does not have")
    found = {}
    for key, before in was.items():
        now = [tag for each, tag in pairs if each == key]
        change = Retagging(tuple(tag for tag in now if tag not in before), before.difference(now))
        if change.added or change.removed:
            found[key] = change
    return found
