"""The shapes of what people enter about credentials and activities."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, Field, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.credits.credit_tags import CreditTags
from quizapp.rules import credit_units, credit_words
from quizapp.web import BaseForm

EARLIEST_DAY = date(1990, 1, 1)
AMOUNT = re.compile(r"\d{1,5}([.,]\d{1,2})?")
SHORT = Length(max=200, message="At most 200 characters.")
UNIT_CHOICES = {
    "hours": "Hours",
    "minutes": "Minutes",
    "pahcom-ceu": "PAHCOM CEU (1 is 1 hour)",
    "iacet-ceu": "IACET CEU (1 is 10 hours; 0.6 is 6 hours)",
}
DELIVERY_CHOICES = {"live": "Live", "self-paced": "Self-paced", "unknown": "Not sure"}
MEMBER_CHOICES = {"yes": "Yes, my membership is continuous", "no": "No"}


class DayField(DateField):
    """A calendar day between 1990 and the visitor's today, which the form knows as `today`."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, with a sentence for what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a day such as 2026-03-14.") from error

    def pre_validate(self, form: Any) -> None:
        """Refuse days that cannot be meant."""
        if self.data is None:
            return
        if self.data > form.today:
            raise ValidationError("This day is still to come. Log it when it is over.")
        if self.data < EARLIEST_DAY:
            raise ValidationError("Enter a day from 1990 on.")


class AmountField(StringField):
    """A positive number with up to two decimals; a comma is as good as a point."""

    amount: Decimal | None = None

    def pre_validate(self, _form: Any) -> None:
        """Read the number."""
        text = self.data or ""
        if not text:
            return
        if not AMOUNT.fullmatch(text):
            raise ValidationError("Enter a number with up to two decimals, such as 1.5.")
        self.amount = Decimal(text.replace(",", "."))


class CredentialForm(BaseForm):
    """When a credential was earned, and how it is kept."""

    certified_on = DayField("Certified on", [DataRequired("Enter the day of your certification.")])
    is_member = RadioField(
        "Are you a member of PAHCOM?", [InputRequired("Say whether you are a member.")], choices=MEMBER_CHOICES
    )
    version = RadioField("Rules for the present cycle", [InputRequired("Choose the rules.")])

    def __init__(self, *, today: date, versions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.version.choices = versions


class ActivityForm(BaseForm):
    """Something learned, as its certificate says it."""

    id = HiddenField()
    title = StringField("Title", [DataRequired("Enter what it was called."), SHORT])
    provider = StringField("Provider", [DataRequired("Enter who gave it."), SHORT])
    started_on = DayField("Date", [DataRequired("Enter the day.")])
    ended_on = DayField("Last day, if later", [Optional()])
    amount = AmountField("How much", [DataRequired("Enter how long it was.")])
    unit = RadioField("Whose unit is that?", [InputRequired("Say what the number counts.")], choices=UNIT_CHOICES)
    delivery = RadioField("Live or self-paced?", choices=DELIVERY_CHOICES, default="unknown")
    tags = SelectMultipleField("What it was", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    index_number = StringField("Index number", [SHORT])
    note = TextAreaField("Note", [Length(max=2000, message="At most 2,000 characters.")])

    def __init__(self, *, today: date, tags: CreditTags, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.tags.choices = list(tags.names.items())

    @property
    def last_day(self) -> date:
        """The day that it ended on: the start, unless a later one was entered."""
        return self.ended_on.data or self.started_on.data  # type: ignore[return-value]

    @property
    def minutes(self) -> int:
        """The length in minutes; only once the form is valid."""
        return credit_units.minutes_of(self.amount.amount or Decimal(0), self.unit.data)

    def validate_ended_on(self, field: Field) -> None:
        """The end is not before the start."""
        if self.started_on.data and field.data and field.data < self.started_on.data:
            raise ValidationError("The last day lies before the first.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the length fits into its days."""
        return super().validate(extra_validators) and self._fits_its_days()

    def _fits_its_days(self) -> bool:
        problem = ""
        if self.amount.amount == 0 or self.minutes == 0:
            problem = "Enter at least one minute."
        elif credit_units.is_impossible(self.minutes, self.started_on.data, self.last_day):  # type: ignore[arg-type]
            equation = credit_words.equation_text(self.amount.amount, self.unit.data, self.minutes)  # type: ignore[arg-type]
            problem = f"{equation}, more than its days have. Look again whose unit it is, or give the last day."
        if problem:
            self.amount.errors = [*self.amount.errors, problem]
        return not problem
