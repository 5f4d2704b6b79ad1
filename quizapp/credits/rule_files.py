"""Rule files: one credential's continuing-education rules as dated data, in question_bank/credentials/."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from quizapp.rules import credit_rules as rules
from quizapp.rules.credit_checks import check_rules
from quizapp.rules.credit_words import last_day_of, partial_day_text

FOLDER = "credentials"
CUSTOM = "custom-"

Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=100,
        extra={"write": "small letters, digits and single hyphens, such as birth-month"},
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
DAY_PATTERN = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
PartialDay = Annotated[
    str, Meta(pattern=f"^{DAY_PATTERN}$", extra={"write": "a day, month or year in quotes, such as '2026-11'"})
]
Minutes = Annotated[int, Meta(ge=1, le=100_000)]
Amount = Annotated[float, Meta(ge=0, le=10_000)]
Months = Annotated[int, Meta(ge=1, le=120)]
Days = Annotated[int, Meta(ge=0, le=366)]
Proof = Literal["certificate", "index-number"]


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a rule file has in common: a name that it does not know is an error."""


class Source(_Part, frozen=True):
    """Where the rules were read, how old that text is, and whose; only people's own rules may have no address."""

    title: Text
    address: Annotated[
        str, Meta(pattern=r"^(https?://[^\s]+)?$", extra={"write": "an address that begins with https://"})
    ]
    age: Text
    kind: Literal["primary", "secondary"]


class CycleText(_Part, frozen=True):
    """How cycles follow each other; `anchor` is a first day, of a common cycle only."""

    kind: Literal["anniversary", "common", "month-end", "birth-month", "due-date"]
    months: Months
    anchor: str | None = None

    def __post_init__(self) -> None:
        """A common cycle says when one begins; birth months come once a year. Raises ValueError."""
        if (self.kind == "common") != (self.anchor is not None):
            raise ValueError("a common cycle, and no other, names its anchor")
        if self.kind == "birth-month" and self.months % 12:
            raise ValueError("a cycle that ends with the birth month lasts whole years")
        if self.anchor:
            date.fromisoformat(self.anchor)


class UnitText(_Part, frozen=True):
    """What the body counts in, and how many minutes one of it is."""

    one: Text
    many: Text
    minutes: Minutes


class TotalText(_Part, frozen=True):
    """What a cycle asks for in all; `with_credentials` by how many of the body's credentials are held."""

    amount: Annotated[float, Meta(ge=0.1, le=10_000)]
    rule: Text
    with_credentials: list[Amount] = []


class LimitText(_Part, frozen=True):
    """A minimum or maximum, in the body's units or as per cent of the total."""

    rule: Text
    amount: Amount | None = None
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None

    def __post_init__(self) -> None:
        """One of the two. Raises ValueError."""
        if (self.amount is None) == (self.percent is None):
            raise ValueError("a limit is either an amount or a percent")


class TakesText(_Part, frozen=True):
    """Which activities fit."""

    tags: list[Slug] = []
    delivery: Literal["live", "self-paced"] | None = None
    otherwise: bool = False

    def __post_init__(self) -> None:
        """What siblings leave over needs no tags. Raises ValueError."""
        if self.otherwise and self.tags:
            raise ValueError("what no sibling takes has no tags of its own")


class BucketText(_Part, frozen=True):
    """A minimum, a maximum or both, of the activities that fit."""

    slug: Slug
    name: Text
    takes: TakesText
    minimum: LimitText | None = None
    maximum: LimitText | None = None
    parts: "list[BucketText]" = []
    proof: list[Proof] = []

    def __post_init__(self) -> None:
        """A bucket asks for something. Raises ValueError."""
        if self.minimum is None and self.maximum is None and not self.parts:
            raise ValueError("a bucket has a minimum, a maximum or parts")


class OccasionText(_Part, frozen=True):
    """So many activities of a kind."""

    slug: Slug
    name: Text
    takes: TakesText
    at_least: Annotated[int, Meta(ge=1, le=100)]
    rule: Text


class StepText(_Part, frozen=True):
    """From so many months after the start of the cycle, these amounts by bucket."""

    from_months: Annotated[int, Meta(ge=0, le=120)]
    amounts: dict[str, Amount]


class ProrationText(_Part, frozen=True):
    """What is asked of who was certified within a cycle."""

    rule: Text
    steps: Annotated[list[StepText], Meta(min_length=1)]


class SurplusText(_Part, frozen=True):
    """What becomes of units beyond the total; `into` is the bucket in which carried ones count."""

    kind: Literal["lost", "not-stated", "carried"]
    rule: Text
    most: Amount = 0
    into: Slug | None = None

    def __post_init__(self) -> None:
        """What is carried has a most. Raises ValueError."""
        if (self.kind == "carried") != bool(self.most):
            raise ValueError("what is carried, and nothing else, says how much at most")
        if self.into and self.kind != "carried":
            raise ValueError("only what is carried counts in a bucket")


class RepeatsText(_Part, frozen=True):
    """Whether the same course counts again."""

    kind: Literal["once-a-cycle", "once", "not-stated"]
    rule: Text


class SharedMonthText(_Part, frozen=True):
    """Activities of a cycle's last month count to it or to the next."""

    rule: Text


class RetestText(_Part, frozen=True):
    """Who may or must sit the examination again, and in how many days up to the end of the cycle."""

    who: Literal["non-members", "anybody"]
    window_days: Days | None
    rule: Text


class LateText(_Part, frozen=True):
    """What a holder does who missed the date by up to `days`, and by more; then an examination may help."""

    days: Days
    within: str
    after: Text
    counts: bool = False
    examination: bool = False

    def __post_init__(self) -> None:
        """What holds within the days is said where there are any. Raises ValueError."""
        if bool(self.days) != bool(self.within):
            raise ValueError("what to do within the days is said, where there are days")


class MembershipText(_Part, frozen=True):
    """Membership without gaps of more than so many days."""

    gap_days: Days
    rule: Text


class Version(_Part, frozen=True):
    """The rules as one source gave them."""

    slug: Slug
    name: Text
    effective: Annotated[
        str,
        Meta(pattern=f"^({DAY_PATTERN}|unknown)$", extra={"write": "a day, month or year in quotes, or unknown"}),
    ]
    first_seen: PartialDay
    checked_on: PartialDay
    source: Source
    cycle: CycleText
    unit: UnitText
    total: TotalText
    surplus: SurplusText
    repeats: RepeatsText
    retest: RetestText | None
    late: LateText | None
    notes: list[Text]
    unknown: list[Text]
    last_seen: PartialDay | None = None
    buckets: list[BucketText] = []
    across: list[BucketText] = []
    beside: list[BucketText] = []
    occasions: list[OccasionText] = []
    proration: ProrationText | None = None
    shared_month: SharedMonthText | None = None
    membership: MembershipText | None = None
    proof: list[Proof] = []

    def __post_init__(self) -> None:
        """Days exist in the calendar, and the requirements can be met together. Raises ValueError."""
        for day in (self.effective, self.first_seen, self.checked_on, self.last_seen):
            if day and day != "unknown":
                partial_day_text(day)
        check_rules(self.rules())

    @property
    def checked_text(self) -> str:
        """in November 2026; on 21 November 2026."""
        return _when(self.checked_on)

    @property
    def recorded(self) -> str:
        """in November 2026 (my.pahcom.com/decertification)."""
        return f"{self.checked_text} ({self.source.title})"

    @property
    def standing(self) -> str:
        """Since when the rules hold, as far as it is known."""
        if self.effective != "unknown":
            return f"In effect from {partial_day_text(self.effective)}."
        seen = f"first seen {_when(self.first_seen)}"
        if self.last_seen:
            seen += f", last seen {_when(self.last_seen)}"
        return f"The date from which these rules hold is not known; {seen}."

    def may_hold_on(self, day: date) -> bool:
        """Whether a cycle may begin under these rules on a day: they were seen then or later, or no end is known."""
        return self.last_seen is None or last_day_of(self.last_seen) >= day

    def rules(self) -> rules.RuleVersion:
        """What the engine reckons with: amounts in minutes."""
        minutes = _minutes_of(self.unit)
        return rules.RuleVersion(
            slug=self.slug,
            name=self.name,
            recorded=self.checked_text,
            cycle=_shape(self.cycle),
            total=rules.Bucket(
                rules.TOTAL,
                "in all",
                minimum=rules.Limit(minutes(self.total.amount), self.total.rule),
                parts=tuple(_bucket(each, minutes) for each in self.buckets),
            ),
            surplus=rules.Surplus(
                self.surplus.kind, self.surplus.rule, minutes(self.surplus.most), self.surplus.into or ""
            ),
            unit=rules.BodyUnit(self.unit.one, self.unit.many, self.unit.minutes),
            totals_by_credentials=tuple(map(minutes, self.total.with_credentials)),
            across=tuple(_bucket(each, minutes) for each in self.across),
            beside=tuple(_bucket(each, minutes) for each in self.beside),
            occasions=tuple(
                rules.Occasion(each.slug, each.name, _takes(each.takes), each.at_least, each.rule)
                for each in self.occasions
            ),
            proration=_proration(self.proration, minutes),
            repeats=rules.Repeats(self.repeats.kind, self.repeats.rule),
            shared_month=self.shared_month.rule if self.shared_month else "",
            retest=rules.Retest(self.retest.who, self.retest.window_days, self.retest.rule) if self.retest else None,
            late=rules.LateWindow(*msgspec.structs.astuple(self.late)) if self.late else None,
            membership=rules.Membership(*msgspec.structs.astuple(self.membership)) if self.membership else None,
            proof=frozenset(self.proof),
            source=rules.Source(self.source.title, self.source.address),
        )


def _when(day: str) -> str:
    """in November 2026; on 21 November 2026."""
    return f"{'on' if day.count('-') == 2 else 'in'} {partial_day_text(day)}"


def _minutes_of(unit: UnitText) -> Callable[[float], int]:
    return lambda amount: round(amount * unit.minutes)


def _shape(text: CycleText) -> rules.CycleShape:
    return rules.CycleShape(text.kind, text.months, date.fromisoformat(text.anchor) if text.anchor else None)


def _takes(text: TakesText) -> rules.Takes:
    return rules.Takes(frozenset(text.tags), text.delivery, text.otherwise)


def _bucket(text: BucketText, minutes: Callable[[float], int]) -> rules.Bucket:
    return rules.Bucket(
        text.slug,
        text.name,
        _takes(text.takes),
        _limit(text.minimum, minutes),
        _limit(text.maximum, minutes),
        tuple(_bucket(part, minutes) for part in text.parts),
        frozenset(text.proof),
    )


def _limit(text: LimitText | None, minutes: Callable[[float], int]) -> rules.Limit | None:
    return rules.Limit(minutes(text.amount or 0), text.rule, text.percent) if text else None


def _proration(text: ProrationText | None, minutes: Callable[[float], int]) -> rules.Proration | None:
    if text is None:
        return None
    steps = sorted(text.steps, key=lambda step: step.from_months)
    return rules.Proration(
        text.rule,
        tuple((each.from_months, {slug: minutes(amount) for slug, amount in each.amounts.items()}) for each in steps),
    )


class CredentialRules(_Part, frozen=True):
    """One credential with every version of its rules, newest first."""

    slug: Slug
    name: Text
    short_name: Text
    body: Text
    body_name: Text
    versions: Annotated[list[Version], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Versions are told apart by their slugs. Raises ValueError."""
        slugs = [version.slug for version in self.versions]
        if len(slugs) != len(set(slugs)):
            raise ValueError("two versions have the same slug")

    @property
    def newest(self) -> Version:
        """The version that a new cycle takes."""
        return self.versions[0]

    def version(self, slug: str) -> Version:
        """The version of that name. Raises LookupError: versions in use must stay in the file."""
        for version in self.versions:
            if version.slug == slug:
                return version
        raise LookupError(f"{FOLDER}/{self.slug}.yaml has lost the version {slug!r}, under which a cycle runs.")


class OwnRules(CredentialRules, frozen=True):
    """Rules that a person wrote down; `kinds` are the kinds of activities in words of their own, by their tags."""

    kinds: dict[Slug, Text] = {}


def stored_rules(content: object) -> OwnRules | None:
    """A person's own rules as they are kept; None where a check that came later refuses them."""
    try:
        return msgspec.convert(content, OwnRules)
    except msgspec.ValidationError:
        return None


def json_schema() -> dict[str, Any]:
    """What an editor checks a rule file against; question_bank/schema/credential.schema.json holds it."""
    schema = msgspec.json.schema(CredentialRules)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rules of one credential", **schema}
