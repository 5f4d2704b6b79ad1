"""A cycle on paper, as the pages offer it, and the name that is asked for first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from quizapp.credits.cycle_records import CountedActivity, RecordedActivity
from quizapp.web import BaseForm


class HolderForm(BaseForm):
    """The name that a transcript bears."""

    display_name = StringField(
        "Your name, as it is to stand on the transcript",
        [DataRequired("Enter your name."), Length(max=100, message="Use at most 100 characters.")],
    )


@dataclass(frozen=True)
class Papers:
    """What can be taken along of a cycle: how many activities stand on paper, how many do not, and whose they are."""

    held_id: UUID
    start: date
    counting: int
    left_out: int
    holder: str
    form: HolderForm


def papers_of(
    held_id: UUID, start: date, activities: Iterable[CountedActivity | RecordedActivity], holder: str
) -> Papers:
    """The papers of a cycle with these activities; `holder` is empty where no name is set."""
    counts = [activity.counts_here for activity in activities]
    return Papers(held_id, start, sum(counts), len(counts) - sum(counts), holder, HolderForm(display_name=holder))
