"""The item file format: what a file may say, checked against the closed lists, and its two hashes."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from quizapp.bank.tags import Tags
from quizapp.bank.yaml_files import BadFileError, Document, Problem, convert, read_document
from quizapp.rules import citations
from quizapp.rules.option_text import Question

Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(?!\n)$",
        max_length=100,
        extra={"write": "small letters, digits and single hyphens, such as breach-notification"},
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
TextDate = Annotated[
    Annotated[int, Meta(ge=1900, le=2100)]
    | Annotated[str, Meta(pattern=r"^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?(?!\n)$")],
    Meta(extra={"write": "a year, month or day, such as 2024-10"}),
]
WITHOUT_LAW = {"standard-work", "arithmetic"}
TEXT_FIELDS = {"stem", "text", "rationale", "ref", "proves"}


class OptionText(Struct, frozen=True, forbid_unknown_fields=True):
    """One option; exactly one of an item is the key."""

    text: Annotated[Text, Meta(description="At most 15 words, of the same kind, grammar and length as its neighbors.")]
    rationale: Annotated[
        Text, Meta(description="15 to 50 words: the rule and how the facts meet it, or the mistake behind the option.")
    ]
    key: Annotated[bool, Meta(description="true for the one best answer.")] = False


class Cite(Struct, frozen=True, forbid_unknown_fields=True):
    """A pinpoint source and what it proves."""

    ref: Annotated[Text, Meta(description="Such as 45 CFR 164.524(b)(2)(i): the paragraph that proves the key.")]
    proves: Annotated[Text, Meta(description="What it says, in a line.")]


class Checked(Struct, frozen=True, forbid_unknown_fields=True):
    """Against what the key was confirmed, truthfully, the date of that text if it is not current, and on which day."""

    against: Annotated[
        Literal["primary-text", "agency-page", "secondary", "arithmetic", "standard-work", "knowledge"],
        Meta(
            description="primary-text: the law or work itself. agency-page: what its agency says of it. secondary: "
            "what others say of it. arithmetic: the stem's own numbers and a definition. standard-work: a named book "
            "or body. knowledge: nothing was read; an item that rests on law then stays a draft."
        ),
    ]
    on: Annotated[date, Meta(description="The day of checking.")]
    text_of: Annotated[
        TextDate | None, Meta(description="How old the text is that was read, if it is not today's.")
    ] = None


class ItemText(Struct, frozen=True, forbid_unknown_fields=True):
    """An item as its author writes it; docs/items.md says how items are written, with one whole example."""

    id: Annotated[Slug, Meta(description="A name that no other item has or had.")]
    domain: Annotated[Slug, Meta(description="One of the domains in tags.yaml; the file stands in its folder.")]
    areas: Annotated[list[Slug], Meta(min_length=1, description="One or more of the areas in tags.yaml.")]
    topics: Annotated[list[Slug], Meta(min_length=1, description="One or more of the domain's topics in tags.yaml.")]
    level: Annotated[
        Literal["recall", "application", "analysis"],
        Meta(
            description="recall: the sentence in facts.yaml answers it. application: a rule meets a scene, a "
            "calculation or a next step. analysis: two rules meet."
        ),
    ]
    difficulty: Annotated[
        float,
        Meta(ge=0.05, le=0.99, description="The share of just qualified managers expected to be right, such as 0.6."),
    ]
    status: Annotated[
        Literal["draft", "published", "retired"],
        Meta(description="Only what is published is drawn; what is retired stays in its file."),
    ]
    stem: Annotated[
        Text, Meta(description="A scene, a blank line and one question; at most 80 words, most under 60. Use |-")
    ]
    options: Annotated[list[OptionText], Meta(min_length=3, max_length=4)]
    cites: Annotated[list[Cite], Meta(min_length=1)]
    checked: Checked
    stability: Annotated[
        Literal["S", "I", "R", "C", "N"],
        Meta(
            description="How long the key is safe, counted from the check. S: stable law, 24 months. R: recently "
            "changed, 12. C: contested or pending, 6. N: a norm, formula or theory, 36. I: indexed yearly, until "
            "31 December."
        ),
    ]
    review_by: Annotated[
        date,
        Meta(
            description="When it is looked at again: at the latest when its stability says, up to three months earlier."
        ),
    ]
    order: Annotated[
        Literal["natural", "shuffled"],
        Meta(description="natural: numbers, dates and the like, which ascend and keep their order."),
    ] = "shuffled"
    calculation: Annotated[bool, Meta(description="true where the key is computed.")] = False
    facts: Annotated[
        list[str], Meta(description="The facts in facts.yaml that the item rests on, such as BRN-04.")
    ] = []
    dismissed: Annotated[
        dict[str, str], Meta(description="Flaws that `bank check` sees and that are none here, each with its reason.")
    ] = {}

    @property
    def key_option(self) -> int:
        """The index of the key in the file's order."""
        return next(index for index, option in enumerate(self.options) if option.key)

    @property
    def question(self) -> Question:
        """What the rules of item writing look at."""
        texts = tuple(option.text for option in self.options)
        rationales = tuple(option.rationale for option in self.options)
        return Question(self.stem, texts, self.key_option, rationales, is_ordered=self.order == "natural")

    @property
    def rests_on_law(self) -> bool:
        """Whether law decides the key: the item cites law, or it is neither a norm, a formula or a theory (stability N)
        nor a named standard's word.
        """
        if self.cites_law:
            return True
        return self.stability != "N" and self.checked.against not in WITHOUT_LAW

    @property
    def cites_law(self) -> bool:
        """Whether one of its citations is to law."""
        return citations.is_law(cite.ref for cite in self.cites)

    @property
    def content_hash(self) -> str:
        """A hash over everything that the item says."""
        return _hash_of(msgspec.to_builtins(self))

    @property
    def scored_hash(self) -> str:
        """A hash over what is answered and scored: stem, options and key. A comma in a rationale leaves it alone."""
        return _hash_of([self.stem, [option.text for option in self.options], self.key_option])


@dataclass(frozen=True)
class ReadItem:
    """An item with the place that it was read from."""

    text: ItemText
    file: str
    line: int
    document: Document | None = field(default=None, compare=False, repr=False)
    path: str = field(default="$", compare=False, repr=False)

    def problem(self, reason: str, within: str = "") -> Problem:
        """A problem of this item, at the line of a path within it such as `.options[2].text`."""
        line = self.document.line_of(self.path + within) if self.document else self.line
        return Problem(self.file, line, f"{self.text.id}: {reason}")


def read_items(bank_dir: Path, tags: Tags) -> list[ReadItem]:
    """Every item under items/, in the order of files and lines.

    Raises BadFileError with every problem of every file: a bank with one bad item is not a bank.
    """
    folder = bank_dir / "items"
    items: list[ReadItem] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(bank_dir).as_posix()
        if path.is_dir() or path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.suffix != ".yaml":
            problems.append(Problem(file, 1, "is not read: the name of a file of items ends in .yaml"))
            continue
        try:
            read, found = _read_file(bank_dir, file, tags)
        except BadFileError as error:
            problems += error.problems
        else:
            items += read
            problems += found
    problems += _repeated_ids(items)
    if problems:
        raise BadFileError(sorted(problems))
    return items


def said(text: str) -> str:
    """A text without what readers do not see: line breaks, double spaces, capitals."""
    return " ".join(text.split()).casefold()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an item file, for editors."""
    schema = msgspec.json.schema(list[ItemText])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Items of the question bank", **schema}


def _read_file(bank_dir: Path, file: str, tags: Tags) -> tuple[list[ReadItem], list[Problem]]:
    document = read_document(bank_dir, file)
    if not isinstance(document.data, list):
        return [], [document.problem("$", "the file must be a list of items")]
    items = []
    problems = document.cut_texts(TEXT_FIELDS)
    for index, data in enumerate(document.data):
        path = f"$[{index}]"
        try:
            text = convert(document, data, ItemText, path)
        except BadFileError as error:
            problems += [_named(problem, _id_in(data)) for problem in error.problems]
            continue
        items.append(ReadItem(text, file, document.line_of(path), document, path))
        problems += [_named(problem, text.id) for problem in _misfits(document, path, text, tags)]
    return items, problems


def _named(problem: Problem, item_id: str) -> Problem:
    return Problem(problem.file, problem.line, f"{item_id}: {problem.reason}" if item_id else problem.reason)


def _id_in(data: Any) -> str:
    item_id = data.get("id") if isinstance(data, dict) else None
    return item_id.strip() if isinstance(item_id, str) else ""


def _misfits(document: Document, path: str, text: ItemText, tags: Tags) -> Iterable[Problem]:
    def problem(field: str, reason: str) -> Problem:
        return document.problem(f"{path}.{field}", reason)

    if text.domain not in tags.domains:
        yield problem("domain", f"there is no domain {text.domain!r}")
    elif Path(document.file).parent.name != text.domain:
        yield problem("domain", f"an item of {text.domain} must stand in items/{text.domain}/")
    else:
        topics = tags.domains[text.domain].topics
        yield from (problem("topics", f"{text.domain} has no topic {t!r}") for t in text.topics if t not in topics)
    yield from (problem("areas", f"there is no area {area!r}") for area in text.areas if area not in tags.areas)
    keys = sum(option.key for option in text.options)
    if keys != 1:
        yield problem("options", f"exactly one option must be the key, not {keys}")
    if len({said(option.text) for option in text.options}) < len(text.options):
        yield problem("options", "two options say the same")
    if text.review_by < text.checked.on:
        yield problem("review_by", "the review date lies before the day of the check")


def _repeated_ids(items: list[ReadItem]) -> list[Problem]:
    counts = Counter(item.text.id for item in items)
    return [
        Problem(item.file, item.line, f"{item.text.id}: the id stands {counts[item.text.id]} times in the bank")
        for item in items
        if counts[item.text.id] > 1
    ]


def _hash_of(data: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest()
