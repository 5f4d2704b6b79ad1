"""The shape of an activity as its form, its preview or a row of an import gives it; and of a planned one."""

import re
from collections.abc import Container, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import Field, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.credits.actions import Entry
from quizapp.credits.credit_tags import CreditTags
from quizapp.credits.forms import SHORT, AmountField, DayField
from quizapp.credits.models import Activity
from quizapp.rules import credit_units, credit_words
from quizapp.rules.credit_words import day_text
from quizapp.web import BaseForm

COST = re.compile(r"\$?(\d{1,3}(?:,\d{3})?|\d{1,6})(?:\.(\d{1,2}))?")
UNIT_CHOICES = {slug: unit.choice for slug, unit in credit_units.UNITS.items()}
DELIVERY_CHOICES = {"live": "Live", "self-paced": "Self-paced", "unknown": "Not sure"}
PLANNED_MOST_HOURS = 1000
# The fields of the form, and the columns that they fill.
COLUMNS = {
    "title": "title",
    "provider": "provider",
    "started_on": "started_on",
    "ended_on": "ended_on",
    "amount": "amount_hundredths",
    "unit": "unit",
    "delivery": "delivery",
    "tags": "tags",
    "domains": "domains",
    "index_number": "index_number",
    "cost": "cost_cents",
    "note": "note",
}


class ManyField(SelectMultipleField):
    """Several of a closed list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CostField(StringField):
    """An amount of dollars, with or without cents; empty is not known."""

    cents: int | None = None

    def pre_validate(self, _form: Any) -> None:
        """Read the number."""
        match = COST.fullmatch(self.data or "")
        if self.data and not match:
            raise ValidationError("Enter dollars up to 999,999, such as 49 or 49.50.")
        if match:
            whole, cents = match.groups()
            self.cents = int(whole.replace(",", "")) * 100 + int((cents or "").ljust(2, "0"))


class ActivityForm(BaseForm):
    """Something learned, as its certificate says it.

    `id` is made with the empty form, so that what is sent twice is stored once; `seen` is when the activity was last
    changed, as far as this page knows.
    """

    id = HiddenField()
    seen = HiddenField()
    title = StringField("Title", [DataRequired("Enter what it was called."), SHORT])
    provider = StringField("Provider", [DataRequired("Enter who gave it."), SHORT])
    started_on = DayField("Date", [DataRequired("Enter the day.")])
    ended_on = DayField("Last day, if later", [Optional()])
    amount = AmountField("How much", [DataRequired("Enter how long it was.")])
    unit = RadioField("Whose unit is that?", [InputRequired("Say what the number counts.")], choices=UNIT_CHOICES)
    delivery = RadioField("Live or self-paced?", choices=DELIVERY_CHOICES, default="unknown")
    tags = ManyField("What it was")
    domains = ManyField("Domains of the exam that it was about")
    index_number = StringField("Index number", [SHORT])
    cost = CostField("Cost in dollars", [SHORT])
    note = TextAreaField("Note", [Length(max=2000, message="At most 2,000 characters.")])

    def __init__(self, *, today: date, tags: CreditTags, domains: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.tags.choices = list(tags.names.items())
        self.domains.choices = list(domains.items())

    def offer_units(self, bodies: Container[str]) -> None:
        """Offer the units that anybody meets and those of some bodies; what was chosen stays, whoever counts in it."""
        self.unit.choices = {
            slug: unit.choice
            for slug, unit in credit_units.UNITS.items()
            if unit.body is None or unit.body in bodies or slug == self.unit.data
        }

    @property
    def last_day(self) -> date:
        """The day that it ended on: the start, unless a later one was entered."""
        return self.ended_on.data or self.started_on.data  # type: ignore[return-value]

    @property
    def minutes(self) -> int:
        """The length in minutes; only once the form is valid."""
        return credit_units.minutes_of(self.amount.amount or Decimal(0), self.unit.data)

    @property
    def can_be_reckoned(self) -> bool:
        """Whether days and length are there, whatever else is missing; only after validate()."""
        return not self.why_not_reckoned

    @property
    def why_not_reckoned(self) -> list[str]:
        """What is wrong with days and length; only after validate()."""
        needed = (self.started_on, self.ended_on, self.amount, self.unit)
        return [str(error) for field in needed for error in field.errors]

    def validate_ended_on(self, field: Field) -> None:
        """The end is not before the start."""
        if self.started_on.data and field.data and field.data < self.started_on.data:
            raise ValidationError("The last day lies before the first.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the length fits into its days."""
        is_valid = super().validate(extra_validators)
        return (not self.can_be_reckoned or self._fits_its_days()) and is_valid

    def _fits_its_days(self) -> bool:
        problem = ""
        amount = self.amount.amount or Decimal(0)
        if amount == 0 or self.minutes == 0:
            problem = "Enter at least one minute."
        elif credit_units.is_impossible(self.minutes, self.started_on.data, self.last_day):  # type: ignore[arg-type]
            equation = credit_words.equation_text(amount, self.unit.data, self.minutes)
            problem = f"{equation}, more than its days have. Look again whose unit it is, or give the last day."
        if problem:
            self.amount.errors = [*self.amount.errors, problem]
        return not problem

    def entry(self) -> Entry:
        """What the form says; only where it can be reckoned."""
        return Entry(
            title=self.title.data or "",
            provider=self.provider.data or "",
            started_on=self.started_on.data,  # type: ignore[arg-type]  # a form that can be reckoned has a day
            ended_on=self.last_day,
            amount=self.amount.amount or Decimal(0),
            unit=self.unit.data,
            delivery=self.delivery.data,
            tags=tuple(self.tags.data or ()),
            domains=tuple(self.domains.data or ()),
            index_number=self.index_number.data or "",
            cost_cents=self.cost.cents,
            # Browsers send a line's end as two characters; imports have one.
            note=(self.note.data or "").replace("\r\n", "\n"),
        )


def form_data_of(activity: Activity) -> dict[str, object]:
    """A stored activity as the form shows it."""
    return {
        "title": activity.title,
        "provider": activity.provider,
        "started_on": activity.started_on,
        "ended_on": activity.ended_on if activity.ended_on != activity.started_on else None,
        "amount": credit_words.plain_number(credit_words.hundredths(activity.amount_hundredths)),
        "unit": activity.unit,
        "delivery": activity.delivery,
        "tags": list(activity.tags),
        "domains": list(activity.domains),
        "index_number": activity.index_number,
        "cost": "" if activity.cost_cents is None else f"{credit_words.hundredths(activity.cost_cents):.2f}",
        "note": activity.note,
    }


def differences(form: ActivityForm, stored: Activity) -> list[tuple[str, str]]:
    """Labels of the fields in which a valid form says something else than the stored activity, with what that says."""
    said = form.entry().columns()
    shown = form_data_of(stored)
    return [
        (form[name].label.text, _shown(form[name], shown[name]))
        for name, column in COLUMNS.items()
        if said[column] != getattr(stored, column)
    ]


def _shown(field: Field, value: object) -> str:
    names = dict(getattr(field, "choices", None) or {})
    values = value if isinstance(value, list) else [value]
    texts = [day_text(each) if isinstance(each, date) else str(names.get(each, each or "")) for each in values]
    return ", ".join(text for text in texts if text) or "empty"


class PlannedDayField(DayField):
    """A day from today to the form's last day; today where none is given."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is over, and what no cycle is reckoned for."""
        if self.data and not form.today <= self.data <= form.last_day:
            raise ValidationError(
                f"Enter a day from today to {day_text(form.last_day)}, when the last next cycle ends."
            )


class PlannedForm(BaseForm):
    """A course that somebody thinks of, as the address of the what-if page gives it."""

    class Meta(BaseForm.Meta):
        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """Read what the address says: nothing is stored by it."""
            return formdata

    hours = AmountField("How many hours?", [InputRequired("Enter how many hours.")], default="6")
    ends_on = PlannedDayField("When would it end?", [Optional()])
    delivery = RadioField("Live or self-paced?", choices=DELIVERY_CHOICES, default="unknown")
    tags = ManyField("What it would be")

    def __init__(self, *, tags: CreditTags, today: date, last_day: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tags.choices = list(tags.names.items())
        self.today, self.last_day = today, last_day
        if not self.ends_on.raw_data or not self.ends_on.raw_data[0]:
            self.ends_on.data = today

    @property
    def minutes(self) -> int:
        """The length in minutes; only once the form is valid."""
        return credit_units.minutes_of(self.hours.amount or Decimal(0), "hours")

    def validate_hours(self, field: AmountField) -> None:
        """A course has a length, and an end."""
        if field.amount is not None and not Decimal("0.02") <= field.amount <= PLANNED_MOST_HOURS:
            raise ValidationError("Enter a number of hours from 0.02 to 1,000.")
