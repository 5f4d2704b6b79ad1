"""Fields that the forms about credits share."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, StringField
from wtforms.validators import Length, ValidationError

EARLIEST_DAY = date(1990, 1, 1)
AMOUNT = re.compile(r"\d{1,5}([.,]\d{1,2})?")
SHORT = Length(max=200, message="At most 200 characters.")


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
