"""Rows of somebody's table as what the form of an activity takes: which column is what, and how people write it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from quizapp.rules.credit_units import UNITS

NOT_MAPPED = -1
DAY_SHAPES = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y",
    "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d",
)  # fmt: skip
TIME_OF_DAY = re.compile(r"[T ] ?\d{1,2}:\d{2}.*$", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """Something that a table may say of an activity, and the headings by which it is known."""

    slug: str
    name: str
    headings: tuple[str, ...]
    is_needed: bool = False


COLUMNS = (
    Column(
        "title",
        "Title",
        ("title", "activity", "course", "course title", "event", "description", "name"),
        is_needed=True,
    ),
    Column(
        "provider", "Provider", ("provider", "sponsor", "vendor", "organization", "issuer", "given by"), is_needed=True
    ),
    Column(
        "started_on",
        "First day",
        ("first day", "date", "start", "start date", "from", "date completed", "completed", "completion date"),
        is_needed=True,
    ),
    Column("ended_on", "Last day", ("last day", "end", "end date", "to", "until")),
    Column(
        "amount",
        "Amount",
        ("amount", "hours", "ceus", "ceu", "credits", "credit", "units", "pdcs", "points", "contact hours"),
        is_needed=True,
    ),
    Column("unit", "Unit", ("unit", "whose unit", "unit of amount", "credit type")),
    Column("delivery", "Live or self-paced", ("delivery", "live or self-paced", "live", "format", "mode")),
    Column("tags", "What it was", ("tags", "what it was", "categories", "category", "approved by")),
    Column("domains", "Domains", ("domains", "domain", "exam domains")),
    Column("index_number", "Index number", ("index number", "index", "approval number", "certificate number")),
    Column("cost", "Cost", ("cost", "price", "fee", "amount paid")),
    Column("note", "Note", ("note", "notes", "comment", "comments", "remarks")),
)
UNIT_NAMES = {name: unit.slug for unit in UNITS.values() for name in unit.names}
FREE = {"free", "no cost", "no charge", "none", "included"}
AMBIGUOUS_UNITS = {"ceu", "ceus", "credit", "credits", "unit", "units"}
DELIVERY_NAMES = {
    "live": "live", "in person": "live", "in-person": "live", "live webinar": "live", "yes": "live",
    "self-paced": "self-paced", "self paced": "self-paced", "self-study": "self-paced", "self study": "self-paced",
    "recorded": "self-paced", "on demand": "self-paced", "on-demand": "self-paced", "no": "self-paced",
    "true": "live", "false": "self-paced",
    "unknown": "unknown", "not sure": "unknown", "": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The names by which credit tags and domains are known, each with its slug."""

    tags: Mapping[str, str]
    domains: Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """A row as the form's fields take it, and what could not be read, a sentence by field.

    `remark` is a sentence about what was taken otherwise than it stands there; empty where nothing was.
    """

    values: Mapping[str, str | list[str]]
    problems: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""


def guess_columns(headings: Sequence[str]) -> dict[str, int]:
    """Which column is what by its heading; each is taken once, the better-known heading first."""
    known = [" ".join(heading.casefold().replace("_", " ").split()) for heading in headings]
    columns: dict[str, int] = {}
    for column in COLUMNS:
        fitting = [known.index(name) for name in column.headings if name in known]
        columns[column.slug] = next((place for place in fitting if place not in columns.values()), NOT_MAPPED)
    return columns


def unit_of_heading(heading: str) -> str:
    """The unit that the heading of the amounts names, such as Hours; empty where it names none for certain."""
    return UNIT_NAMES.get(" ".join(heading.casefold().split()), "")


def read_row(row: Sequence[str], columns: Mapping[str, int], words: Vocabulary, *, unit_elsewhere: str = "") -> Reading:
    """A row with its days, units and names as the form knows them.

    `unit_elsewhere` is the unit of rows that name none. A bare "CEU" is refused: whose CEU it is, is a factor of ten.
    A webinar may be live or recorded, so a way that is not known is taken as not sure.
    """
    texts = {slug: row[place] if 0 <= place < len(row) else "" for slug, place in columns.items()}
    problems: dict[str, str] = {}
    values: dict[str, str | list[str]] = dict(texts)
    for slug in ("started_on", "ended_on"):
        day = day_of(texts.get(slug, ""))
        if texts.get(slug) and day is None:
            is_serial = re.fullmatch(r"\d{5}(\.\d+)?", texts[slug])
            how = (
                "Excel's number for a day. Format the column as dates"
                if is_serial
                else "no day. Write 2026-03-14 or 3/14/2026"
            )
            problems[slug] = f"“{texts[slug]}” is {how}."
        values[slug] = day.isoformat() if day else ""
    values["unit"], problem = _unit(texts.get("unit", ""), unit_elsewhere)
    if problem:
        problems["unit"] = problem
    delivery = DELIVERY_NAMES.get(texts.get("delivery", "").casefold())
    values["delivery"] = delivery or "unknown"
    remark = "" if delivery else f"“{texts['delivery']}” may be live or self-paced: taken as not sure."
    if texts.get("cost", "").casefold() in FREE:
        values["cost"] = "0"
    for slug, known in (("tags", words.tags), ("domains", words.domains)):
        named = [name.strip() for name in re.split(r"[;|\n]", texts.get(slug, "")) if name.strip()]
        strangers = [name for name in named if name.casefold() not in known]
        if strangers:
            problems[slug] = f"“{'”, “'.join(strangers)}” is not known here."
        values[slug] = [known[name.casefold()] for name in named if name.casefold() in known]
    return Reading(values, problems, remark)


def _unit(text: str, elsewhere: str) -> tuple[str, str]:
    name = " ".join(text.casefold().split())
    if not name:
        return elsewhere, "" if elsewhere else "Say what the number counts: give the column of units, or one for all."
    if name in AMBIGUOUS_UNITS:
        return "", f"“{text}”: whose? A PAHCOM CEU is 1 hour, an IACET CEU is 10."
    if name in UNIT_NAMES:
        return UNIT_NAMES[name], ""
    return "", f"“{text}” is no unit that is known here."


def day_of(text: str) -> date | None:
    """A day as people write it, with or without a time; numbers with slashes or hyphens are month, day, year."""
    day = TIME_OF_DAY.sub("", text).strip()
    for shape in DAY_SHAPES if day else ():
        try:
            return datetime.strptime(day, shape).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return None
