"""Items as pages show them: without the key while an answer may still be given, with everything afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from quizapp.attempts.queries import PlaceState
from quizapp.bank.models import ItemVersion
from quizapp.bank.queries import ReviewedVersion
from quizapp.rules.answer_log import LETTERS, option_of


@dataclass(frozen=True)
class OpenOption:
    """An option as it may be shown before the answer: a letter and a text, nothing else."""

    letter: str
    html: Markup
    is_chosen: bool


@dataclass(frozen=True)
class OpenItem:
    """An item as it may be shown before the answer."""

    position: int
    stem_html: Markup
    options: list[OpenOption]
    is_flagged: bool
    certainty: str
    note: str


@dataclass(frozen=True)
class ExplainedOption:
    """An option with its rationale."""

    letter: str
    html: Markup
    rationale_html: Markup
    is_key: bool
    is_chosen: bool


@dataclass(frozen=True)
class ExplainedItem:
    """An item with its key, every rationale, its sources, and how far its review can be relied on."""

    position: int
    item_id: str
    stem_html: Markup
    options: list[ExplainedOption]
    is_flagged: bool
    is_answered: bool
    is_correct: bool
    cites: list[Mapping[str, str]]
    checked: Mapping[str, Any]
    review_by: date
    level: str
    domain: str
    due_since: date | None
    is_read: bool


def open_item(place: PlaceState, version: ItemVersion) -> OpenItem:
    """What an exam room may show. The key and the rationales do not leave this function."""
    content = version.content
    options = [
        OpenOption(LETTERS[n], _safe(content["options"][int(index)]["html"]), LETTERS[n] == place.answer)
        for n, index in enumerate(place.option_order)
    ]
    return OpenItem(place.position, _safe(content["stem_html"]), options, place.is_flagged, place.certainty, place.note)


def explained_item(place: PlaceState, reviewed: ReviewedVersion, today: date) -> ExplainedItem:
    """What a review may show, once the answer can no longer change; `today` decides what is due for review."""
    version, content = reviewed.version, reviewed.version.content
    chosen = option_of(place.answer, place.option_order)
    options = []
    for n, index in enumerate(int(digit) for digit in place.option_order):
        option = content["options"][index]
        options.append(
            ExplainedOption(
                letter=LETTERS[n],
                html=_safe(option["html"]),
                rationale_html=_safe(option["rationale_html"]),
                is_key=index == version.key_option,
                is_chosen=index == chosen,
            )
        )
    return ExplainedItem(
        position=place.position,
        item_id=place.item_id,
        stem_html=_safe(content["stem_html"]),
        options=options,
        is_flagged=place.is_flagged,
        is_answered=chosen is not None,
        is_correct=chosen == version.key_option,
        cites=content["cites"],
        checked=content["checked"],
        review_by=reviewed.review_by,
        level=content["level"],
        domain=place.domain,
        due_since=reviewed.due_since(today),
        is_read=reviewed.is_read,
    )


def _safe(html: str) -> Markup:
    # The HTML was made from Markdown without raw HTML and cleaned with an allow-list when the item was loaded.
    return Markup(html)  # noqa: S704  # nosec B704
