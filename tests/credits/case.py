"""One worked example of a credential's rules: what was logged, and what must come out. All amounts are minutes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOUR = 60
FIFTY = 50  # A point of the AAMA and a CEU of CCB are 50 minutes.


@dataclass(frozen=True)
class Logged:
    """An activity: the day that it ended, its minutes and credit tags. Equal courses are the same course again."""

    day: str
    minutes: int
    tags: frozenset[str]
    delivery: str = "unknown"
    course: str = ""


@dataclass(frozen=True)
class Case:
    """What one holder's activities come to in one cycle, worked out by hand from the rule.

    `cycles_ago` counts back from the cycle that holds `today`. `credentials` are those of the same body that are held.
    `carried` came from the cycle before. Expected: the cycle's first and last day; `required`, all that is asked, with
    what stands beside the total; `counted`, what of it is done; `short`, by slug every requirement that is not met and
    what it lacks by itself (of occasions their number); `held_back`, what a maximum or a repeated course keeps from
    counting; `surplus`, what counts beyond the total; `carries`, what of it the next cycle may have.
    """

    name: str
    rules: str
    certified_on: str
    today: str
    first_day: str
    last_day: str
    required: int
    counted: int
    logged: tuple[Logged, ...] = ()
    short: Mapping[str, int] = field(default_factory=dict)
    held_back: int = 0
    surplus: int = 0
    carries: int = 0
    carried: int = 0
    cycles_ago: int = 0
    credentials: int = 1
    birth_month: int | None = None
    due_on: str | None = None

    @property
    def credential(self) -> str:
        """`cmm` of `cmm 12-months`."""
        return self.rules.split()[0]

    @property
    def version(self) -> str:
        """`12-months` of `cmm 12-months`."""
        return self.rules.split()[1]


def live(day: str, minutes: int, *tags: str, course: str = "") -> Logged:
    """A live activity."""
    return Logged(day, minutes, frozenset(tags), "live", course)


def self_paced(day: str, minutes: int, *tags: str, course: str = "") -> Logged:
    """A self-paced activity."""
    return Logged(day, minutes, frozenset(tags), "self-paced", course)


def either(day: str, minutes: int, *tags: str, course: str = "") -> Logged:
    """An activity of which it is not known whether it was live."""
    return Logged(day, minutes, frozenset(tags), "unknown", course)
