"""What is chosen before a mock starts: its terms, and for one's own mock which items and how long."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import NumberRange, Optional

from quizapp.attempts.actions import Plan
from quizapp.attempts.forms import SelectionForm, StartForm
from quizapp.exam.actions import Terms
from quizapp.rules.timing import TIME_PERCENTS, allowed_with_extra_time
from quizapp.web import format_duration

MOST_MINUTES = 600
UNTIMED = "untimed"
TIMES = {
    "100": "Ordinary time",
    **{str(percent): f"Extra time × {percent / 100:g}" for percent in TIME_PERCENTS if percent > 100},
}
WITHOUT_CLOCK = "No clock. That is then no rehearsal of the time."
ORDINARY = (
    "Ordinary: an answer made in time counts if it arrives up to 24 hours later, and time that an outage took can be "
    "added, 30 minutes at most."
)
STRICT = "Strict: an answer made in time counts if it arrives up to 60 seconds later. No time is added for an outage."


class ChoiceField(RadioField):
    """One of several; a form that does not say means the first."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the default where nothing was sent."""
        super().process_formdata(valuelist or [self.default])


class TermsForm(StartForm):
    """On which terms."""

    time = ChoiceField("Time", choices={**TIMES, UNTIMED: WITHOUT_CLOCK}, default="100")
    rules = ChoiceField("Rules", choices={"ordinary": ORDINARY, "strict": STRICT}, default="ordinary")
    breaks = BooleanField("Breaks that stop the clock")

    @property
    def terms(self) -> Terms:
        """What was chosen."""
        percent = None if self.time.data == UNTIMED else int(self.time.data)
        return Terms(percent, is_strict=self.rules.data == "strict", allows_breaks=bool(self.breaks.data))

    def say_how_long(self, plan: Plan, item_count: int) -> None:
        """Put the time that each choice gives beside it."""
        seconds = plan.seconds_for(item_count)
        self.time.choices = {
            percent: f"{label}: {format_duration(allowed_with_extra_time(seconds, int(percent)) or 0)}"
            for percent, label in TIMES.items()
        } | {UNTIMED: WITHOUT_CLOCK}


class CustomForm(SelectionForm, TermsForm):
    """A selection with a time and terms; no minutes is untimed."""

    minutes = IntegerField(
        "Minutes",
        validators=[Optional(), NumberRange(1, MOST_MINUTES, f"From 1 to {MOST_MINUTES} minutes, or none at all.")],
    )
    time = ChoiceField("Extra time", choices={**TIMES, "100": "None"}, default="100")

    def offer(self, item_count: int, minutes: int | None) -> None:
        """Put the largest mock that can be filled into the fields, and say why."""
        for field, value in ((self.item_count, item_count), (self.minutes, minutes)):
            field.data = value
            field.raw_data = ["" if value is None else str(value)]
        time = f" in {minutes} minutes" if minutes else ""
        items = "1 item" if item_count == 1 else f"{item_count} items"
        self.item_count.errors = [f"The largest mock that can be drawn for this choice now has {items}{time}."]
