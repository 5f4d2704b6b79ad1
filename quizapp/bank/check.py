"""What is wrong with the bank beyond the form of its files: errors, which fail a build, and warnings, which do not."""

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from quizapp.bank.item_files import WITHOUT_LAW, ItemText, ReadItem
from quizapp.bank.yaml_files import Problem
from quizapp.rules import citations, item_flaws
from quizapp.rules.option_text import words
from quizapp.rules.twins import near_duplicates

# How many months after its check an item is looked at again, by stability; figures of a year last as long as the year.
MONTHS_UNTIL_REVIEW = {"S": 24, "R": 12, "C": 6, "N": 36}
NEAR_DUPLICATE = "near-duplicate"


@dataclass
class Findings:
    """Errors and warnings, each with file, line and reason; `flaws` counts the warnings of item writing by kind."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    flaws: dict[str, int] = field(default_factory=dict)


def check(items: Sequence[ReadItem], today: date, facts: Collection[str] = ()) -> Findings:
    """Look at every item that is not retired. Dates depend on `today`, and never make an error.

    Where the bank lists `facts`, items may name only those.
    """
    live = [read for read in items if read.text.status != "retired"]
    found = Findings()
    alike = _alike(live)
    for read in live:
        found.errors += [*_wrong_sources(read), *_same_words(read, alike), *_unknown_facts(read, facts)]
        found.warnings += _dates(read, today)
        _flaws(read, alike, found)
    found.errors.sort()
    found.warnings.sort()
    return found


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def latest_review(text: ItemText) -> date:
    """The latest day on which the item must be looked at again, by its stability."""
    if text.stability == "I":
        return date(text.checked.on.year, 12, 31)
    return months_later(text.checked.on, MONTHS_UNTIL_REVIEW[text.stability])


def _wrong_sources(read: ReadItem) -> Iterator[Problem]:
    text = read.text
    for number, cite in enumerate(text.cites):
        problem = citations.problem_of(cite.ref)
        if problem:
            yield read.problem(f"{cite.ref!r} is {problem}", f".cites[{number}].ref")
    if not text.rests_on_law:
        return
    if not text.cites_law:
        yield read.problem("a law item must cite CFR, USC, FR, an act, a rule, a manual or a case", ".cites")
    if text.checked.against in WITHOUT_LAW:
        against = text.checked.against
        reason = f"cites law, but was checked against {against}: read the law, or cite only what proves the key"
        yield read.problem(reason, ".checked")
    if text.checked.against == "knowledge" and text.status == "published":
        yield read.problem("a law item that rests on knowledge must stay a draft", ".checked")


def _alike(items: Sequence[ReadItem]) -> dict[str, list[ItemText]]:
    """The items that are too alike for one form, by id."""
    texts = {read.text.id: read.text for read in items}
    said = {item_id: [text.stem, *(option.text for option in text.options)] for item_id, text in texts.items()}
    alike: dict[str, list[ItemText]] = {}
    for one, other in near_duplicates(said):
        alike.setdefault(one, []).append(texts[other])
        alike.setdefault(other, []).append(texts[one])
    return alike


def _unknown_facts(read: ReadItem, facts: Collection[str]) -> Iterator[Problem]:
    for number, fact in enumerate(read.text.facts):
        if facts and fact not in facts:
            yield read.problem(f"there is no fact {fact!r} in facts.yaml", f".facts[{number}]")


def _said(text: ItemText) -> tuple[list[str], list[list[str]]]:
    return words(text.stem), sorted(words(option.text) for option in text.options)


def _same_words(read: ReadItem, alike: dict[str, list[ItemText]]) -> Iterator[Problem]:
    for other in alike.get(read.text.id, []):
        if _said(other) == _said(read.text):
            yield read.problem(f"says the same as {other.id}", ".stem")


def _dates(read: ReadItem, today: date) -> Iterator[Problem]:
    text = read.text
    if text.checked.on > today:
        yield read.problem(f"checked on {text.checked.on}, which is still to come", ".checked")
    if text.checked.text_of and str(text.checked.text_of) > text.checked.on.isoformat():
        yield read.problem(f"the text of {text.checked.text_of} is younger than the check of it", ".checked")
    if text.review_by < today:
        yield read.problem(f"the review was due by {text.review_by}", ".review_by")
    if text.review_by > latest_review(text):
        reason = f"stability {text.stability} asks for a review by {latest_review(text)}, not {text.review_by}"
        yield read.problem(reason, ".review_by")


def _flaws(read: ReadItem, alike: dict[str, list[ItemText]], found: Findings) -> None:
    """Flaws that the item does not dismiss become warnings; dismissing one that is not there is an error."""
    flaws = item_flaws.flaws(read.text.question)
    flaws += [
        item_flaws.Flaw(NEAR_DUPLICATE, f"nearly the same as {other.id}") for other in alike.get(read.text.id, [])
    ]
    for flaw in flaws:
        if flaw.kind not in read.text.dismissed:
            found.warnings.append(read.problem(f"{flaw.kind}: {flaw.reason}", _place(flaw)))
            found.flaws[flaw.kind] = found.flaws.get(flaw.kind, 0) + 1
    for kind in sorted(set(read.text.dismissed) - {flaw.kind for flaw in flaws}):
        known = kind in (*item_flaws.KINDS, NEAR_DUPLICATE)
        reason = f"dismisses {kind!r}, which it does not have" if known else f"there is no flaw {kind!r} to dismiss"
        found.errors.append(read.problem(reason, f".dismissed.{kind}"))
    for kind, reason in read.text.dismissed.items():
        if len(reason.split()) < 3:
            found.errors.append(read.problem(f"dismisses {kind!r} without a reason", f".dismissed.{kind}"))


def _place(flaw: item_flaws.Flaw) -> str:
    if flaw.option is None:
        return ".stem"
    return f".options[{flaw.option}].{'rationale' if flaw.kind == 'rationale-length' else 'text'}"
