"""Rules as their holder writes them down: rows of minimums and maximums, and the version of a rule file they make."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any, TypeVar
from unicodedata import normalize

from quizapp.rules.credit_words import counted, plain_number

T = TypeVar("T")
OWN_KIND = "custom-"
LEAST, MOST = "least", "most"
REST = "otherwise"
NOT_HELD_BACK = "A maximum does not hold back what counts in the other row."


class BadRulesError(ValueError):
    """The rules cannot be reckoned with; the message says why."""


@dataclass(frozen=True)
class Row:
    """A minimum or maximum of the activities with a tag, delivered so; the tag REST is what no other row takes."""

    limit: str
    amount: Decimal | int
    tag: str = ""
    delivery: str = ""
    name: str = field(default="", compare=False)

    @property
    def takes(self) -> tuple[str, str]:
        """Which activities the row is about."""
        return self.tag, self.delivery

    def overlaps(self, other: "Row") -> bool:
        """Whether one activity may fit both, though neither row lies within the other. It may carry any two tags."""
        if REST in {self.tag, other.tag} or self.takes == other.takes or self.holds(other) or other.holds(self):
            return False
        return not self.delivery or not other.delivery or self.delivery == other.delivery

    def holds(self, other: "Row") -> bool:
        """Whether whatever fits the other row fits this one, and more."""
        if REST in {self.tag, other.tag} or self.takes == other.takes:
            return False
        return self.tag in {"", other.tag} and self.delivery in {"", other.delivery}


@dataclass(frozen=True)
class WrittenRules:
    """A credential's rules as its holder writes them down; amounts are in the body's unit, in tenths at most.

    `kinds` are the kinds of activities that the rows ask for in the holder's own words, by their tags.
    """

    name: str
    short_name: str
    body: str
    web_page: str
    unit: str
    unit_minutes: int
    kind: str
    months: int
    anchor: date | None
    total: Decimal | int
    surplus: str
    carried: Decimal | int
    asks_certificate: bool
    counts_in_each: bool
    rows: Sequence[Row] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def units(self) -> str:
        """The unit's plural: credits; CEU; of what was written as a plural, CEUs, the same."""
        return self.unit if self.unit.isupper() or self.unit.endswith("s") else f"{self.unit}s"

    def version(self, slug: str, today: date) -> dict[str, Any]:
        """A version of a rule file that says the same. Raises BadRulesError."""
        return {
            "slug": slug,
            "name": f"{self._text(self.total)} in {counted(self.months, 'month')}",
            "effective": "unknown",
            "first_seen": today.isoformat(),
            "checked_on": today.isoformat(),
            "source": {
                "title": "as its holder wrote it down",
                "address": self.web_page,
                "age": "Nobody else has checked it.",
                "kind": "secondary",
            },
            "cycle": {
                "kind": self.kind,
                "months": self.months,
                "anchor": self.anchor.isoformat() if self.anchor and self.kind == "common" else None,
            },
            "unit": {"one": self.unit, "many": self.units, "minutes": self.unit_minutes},
            "total": {
                "amount": _number(self.total),
                "rule": f"{self._text(self.total)} in {counted(self.months, 'month')}.",
            },
            **self._requirements(),
            "surplus": {
                "kind": self.surplus,
                "rule": {
                    "lost": "What is beyond the total is lost when the cycle ends.",
                    "not-stated": "Whether anything is carried to the next cycle is not known here.",
                    "carried": f"Carried to the next cycle: at most {self._text(self.carried)}.",
                }[self.surplus],
                "most": _number(self.carried) if self.surplus == "carried" else 0,
            },
            "repeats": {"kind": "not-stated", "rule": "Whether the same course counts twice is not written down here."},
            "retest": None,
            "late": None,
            "proof": ["certificate"] if self.asks_certificate else [],
            "notes": self._overlaps(),
            "unknown": [f"These rules are your own words. Check with {self.body} before you rely on them."],
        }

    def _overlaps(self) -> list[str]:
        """What becomes of an hour that two rows could take, where it counts in one of them only."""
        if self.counts_in_each:
            return []
        notes = []
        for one, other in combinations(self.rows, 2):
            if one.overlaps(other):
                both = (
                    f"What is both {one.name} and {other.name} counts in one of these rows only, where it helps most."
                )
                is_capped = MOST in {one.limit, other.limit}
                notes.append(f"{both} {NOT_HELD_BACK}" if is_capped else both)
        return list(dict.fromkeys(notes))

    def _requirements(self) -> dict[str, Any]:
        """Rows that count an hour each stand across the total; rows that share it out are a tree of buckets."""
        if len({(row.takes, row.limit) for row in self.rows}) < len(self.rows):
            raise BadRulesError("Two rows say how much of the same is needed.")
        if any(not row.tag and not row.delivery for row in self.rows):
            raise BadRulesError("A row is about certain activities: choose a kind, or live or self-paced.")
        if any(row.amount > self.total for row in self.rows if row.limit == LEAST):
            raise BadRulesError("A row asks for more than the total.")
        if not self.counts_in_each:
            return {"buckets": self._parts_of(None)}
        if any(row.limit == MOST or row.tag == REST for row in self.rows):
            raise BadRulesError(
                "With a maximum or a row for everything else, an hour can count in one row only. Choose that above."
            )
        return {"across": self._parts_of(None, is_flat=True)}

    def _parts_of(self, outer: Row | None, *, is_flat: bool = False) -> list[dict[str, Any]]:
        within: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if is_flat or self._around(row) == (outer.takes if outer else None):
                within.setdefault(row.takes, []).append(row)
        return [self._bucket(rows, is_flat=is_flat) for rows in within.values()]

    def _around(self, row: Row) -> tuple[str, str] | None:
        """The narrowest row around a row."""
        around = [other for other in self.rows if other.holds(row)]
        return max(around, key=lambda other: sum(map(bool, other.takes))).takes if around else None

    def _bucket(self, rows: Sequence[Row], *, is_flat: bool) -> dict[str, Any]:
        row = rows[0]
        limits = {each.limit: each.amount for each in rows}
        takes: dict[str, Any] = {"delivery": row.delivery or None}
        if row.tag == REST:
            takes["otherwise"] = True
        elif row.tag:
            takes["tags"] = [row.tag]
        return {
            "slug": "-".join(filter(None, ("row", row.tag, row.delivery))),
            "name": row.name,
            "takes": takes,
            "minimum": self._limit("At least", limits.get(LEAST), row.name),
            "maximum": self._limit("At most", limits.get(MOST), row.name),
            "parts": [] if is_flat else self._parts_of(row),
        }

    def _limit(self, words: str, amount: Decimal | int | None, name: str) -> dict[str, Any] | None:
        if amount is None:
            return None
        return {"amount": _number(amount), "rule": f"{words} {self._text(amount)} {name}."}

    def _text(self, amount: Decimal | int) -> str:
        """1 credit; 3.5 credits."""
        return f"{plain_number(Decimal(amount))} {self.unit if amount == 1 else self.units}"


def _number(amount: Decimal | int) -> float:
    """As a rule file writes it."""
    return int(amount) if amount == int(amount) else float(amount)


def own_tag(words: str) -> str:
    """The tag of a kind in somebody's own words: equal for the same words, whatever their case, marks and spaces."""
    plain = normalize("NFKD", words.casefold())
    found = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    found = found or [f"{ord(letter):x}" for letter in plain if letter.isalnum()] or ["kind"]
    return OWN_KIND + "-".join(found)[:60].strip("-")


# --- Back from what is stored -----------------------------------------------------------------------------------------


def rows_in(version: Any) -> list[Row]:
    """The rows from which a stored version was written, as far as it can be read."""
    rows = []
    for each in _walk([*(at(version, list, "buckets") or ()), *(at(version, list, "across") or ())]):
        tag = REST if at(each, bool, "takes", "otherwise") else "".join(at(each, list, "takes", "tags") or ())
        delivery = at(each, str, "takes", "delivery") or ""
        for limit, name in ((LEAST, "minimum"), (MOST, "maximum")):
            amount = amount_at(each, name, "amount")
            if amount is not None:
                rows.append(Row(limit, amount, tag, delivery))
    return rows


def _walk(buckets: Sequence[Any]) -> list[Any]:
    return [found for each in buckets for found in (each, *_walk(at(each, list, "parts") or ()))]


def amount_at(data: Any, *path: str | int) -> Decimal | None:
    """The number that lies at a path into plain data."""
    found: float | None = at(data, int, *path)
    found = at(data, float, *path) if found is None else found
    return None if found is None else Decimal(str(found))


def at(data: Any, kind: type[T], *path: str | int) -> T | None:
    """What lies at a path into plain data, if it is of that kind."""
    for name in path:
        try:
            data = data[name]
        except (LookupError, TypeError):
            return None
    return data if isinstance(data, kind) else None
