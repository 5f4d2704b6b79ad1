"""Rule files: one credential's continuing-education rules as dated data, in question_bank/credentials/."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from quizapp.bank.yaml_files import BadFileError, Problem, read_struct
from quizapp.rules.credit_rules import LateWindow, Requirement, Retest, RuleVersion
from quizapp.rules.credit_words import partial_day_text

FOLDER = "credentials"

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
DAY_PATTERN = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
PartialDay = Annotated[str, Meta(pattern=f"^{DAY_PATTERN}$")]
Minutes = Annotated[int, Meta(ge=1, le=100_000)]
Days = Annotated[int, Meta(ge=0, le=366)]


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the rules were read, and how old that text is."""

    title: Text
    address: Annotated[str, Meta(pattern=r"^https://[^\s]+$")]
    age: Text


class CycleShape(Struct, frozen=True, forbid_unknown_fields=True):
    """How cycles follow each other: from anniversary to anniversary of the certification."""

    kind: Literal["anniversary"]
    months: Annotated[int, Meta(ge=1, le=120)]


class UnitText(Struct, frozen=True, forbid_unknown_fields=True):
    """What the body counts in, and how many minutes one of it is."""

    name: Text
    minutes: Minutes


class RequirementText(Struct, frozen=True, forbid_unknown_fields=True):
    """A total of everything, or a minimum of some kinds, and the proof that the body asks for."""

    slug: Slug
    name: Text
    kind: Literal["total", "minimum"]
    minutes: Minutes
    rule: Text
    approvals: list[Literal["approved", "recognized", "unknown"]] = []
    index_number: bool = False
    certificate: bool = False

    def __post_init__(self) -> None:
        """A total takes everything; a minimum names what it takes."""
        if (self.kind == "total") != (not self.approvals):
            raise ValueError("a minimum names its approvals, a total names none")


class RetestText(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may or must sit the examination again, and in how many days up to the anniversary."""

    who: Literal["non-members", "anybody"]
    window_days: Days | None
    rule: Text


class LateText(Struct, frozen=True, forbid_unknown_fields=True):
    """What a holder does who missed the date by up to `days`, and by more."""

    days: Days
    within: str
    after: Text


class Version(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules as one source gave them."""

    slug: Slug
    name: Text
    effective: Annotated[str, Meta(pattern=f"^({DAY_PATTERN}|unknown)$")]
    first_seen: PartialDay
    checked_on: PartialDay
    source: Source
    cycle: CycleShape
    unit: UnitText
    requirements: Annotated[list[RequirementText], Meta(min_length=1)]
    surplus: Literal["lost", "not-stated"]
    surplus_rule: Text
    retest: RetestText | None
    late: LateText | None
    notes: list[Text]
    unknown: list[Text]
    last_seen: PartialDay | None = None

    def __post_init__(self) -> None:
        """Days exist in the calendar. Raises ValueError."""
        for day in (self.effective, self.first_seen, self.checked_on, self.last_seen):
            if day and day != "unknown":
                partial_day_text(day)

    @property
    def checked_text(self) -> str:
        """in November 2026; on 21 November 2026."""
        preposition = "on" if self.checked_on.count("-") == 2 else "in"
        return f"{preposition} {partial_day_text(self.checked_on)}"

    @property
    def recorded(self) -> str:
        """in November 2026 (my.pahcom.com/decertification)."""
        return f"{self.checked_text} ({self.source.title})"

    @property
    def standing(self) -> str:
        """Since when the rules hold, as far as it is known."""
        if self.effective != "unknown":
            return f"In effect from {partial_day_text(self.effective)}."
        seen = f"first seen in {partial_day_text(self.first_seen)}"
        if self.last_seen:
            seen += f", last seen in {partial_day_text(self.last_seen)}"
        return f"The date from which these rules hold is not known; {seen}."

    @property
    def has_split(self) -> bool:
        """Whether approved and recognized activities are asked for separately."""
        return any(requirement.approvals for requirement in self.requirements)

    def rules(self) -> RuleVersion:
        """What the engine reckons with."""
        return RuleVersion(
            slug=self.slug,
            name=self.name,
            recorded=self.recorded,
            cycle_months=self.cycle.months,
            requirements=tuple(
                Requirement(each.slug, each.name, each.minutes, each.rule, frozenset(each.approvals))
                for each in self.requirements
            ),
            surplus=self.surplus,
            surplus_rule=self.surplus_rule,
            retest=Retest(self.retest.who, self.retest.window_days, self.retest.rule) if self.retest else None,
            late=LateWindow(self.late.days, self.late.within, self.late.after) if self.late else None,
        )


class CredentialRules(Struct, frozen=True, forbid_unknown_fields=True):
    """One credential with every version of its rules, newest first."""

    slug: Slug
    name: Text
    short_name: Text
    body: Text
    body_name: Text
    versions: Annotated[list[Version], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Versions are told apart by their slugs."""
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


def all_rules(bank_dir: Path) -> Mapping[str, CredentialRules]:
    """Every credential's rules by slug; read anew when a file has changed.

    Raises BadFileError with file, line and reason.
    """
    paths = sorted((bank_dir / FOLDER).glob("*.yaml"))
    return _read(bank_dir, tuple((path.name, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=8)
def _read(bank_dir: Path, files: tuple[tuple[str, int], ...]) -> Mapping[str, CredentialRules]:
    found = {}
    for name, _changed in files:
        file = f"{FOLDER}/{name}"
        rules = read_struct(bank_dir, file, CredentialRules)
        if rules.slug != Path(name).stem:
            raise BadFileError([Problem(file, 1, f"the slug is {rules.slug!r}, unlike the file's name")])
        found[rules.slug] = rules
    return found


def json_schema() -> dict[str, Any]:
    """What an editor checks a rule file against; question_bank/schema/credential.schema.json holds it."""
    return msgspec.json.schema(CredentialRules)
