"""The shape of a credential's rules as their holder writes them down."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import SplitResult, urlsplit

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import TextInput

from quizapp.credits.credential_forms import AnyDayField
from quizapp.credits.credit_tags import CreditTags
from quizapp.credits.custom import check, kinds_in
from quizapp.credits.written_rules import (
    LEAST,
    MOST,
    REST,
    BadRulesError,
    Row,
    WrittenRules,
    amount_at,
    at,
    own_tag,
    rows_in,
)
from quizapp.rules.credit_words import plain_number
from quizapp.web import BaseForm

ROWS = 5
TENTHS = re.compile(r"\d{1,5}(\.\d)?")
KIND_CHOICES = {
    "anniversary": "From the day of certification",
    "month-end": "To the end of the month of certification",
    "birth-month": "To the end of the holder's birth month",
    "common": "The same days for all holders, such as the calendar year",
    "due-date": "To a day that the body tells me",
}
SURPLUS_CHOICES = {
    "lost": "It is lost",
    "carried": "Some of it is carried to the next cycle",
    "not-stated": "Not known",
}
TWICE_CHOICES = {"once": "In one row only; choose this if you do not know", "each": "In every row that it fits"}
LIMIT_CHOICES = {LEAST: "At least", MOST: "At most"}
DELIVERY_CHOICES = {"": "live or not", "live": "live only", "self-paced": "self-paced only"}


def _number(most: int) -> list[Any]:
    return [
        InputRequired("Enter a whole number."),
        NumberRange(1, most, f"Enter a whole number from 1 to {most}."),
    ]


class WholeNumberField(IntegerField):
    """A whole number, with a sentence for what is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a whole number.") from error

    def pre_validate(self, _form: Any) -> None:
        """What is no number is not measured."""
        if self.process_errors and any(self.raw_data or []):
            raise StopValidation


class TenthsField(Field):
    """An amount with at most one decimal; a comma is as good as a point. Empty is None."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        text = (valuelist[0] if valuelist else "").strip().replace(",", ".")
        self.data = None
        if text and not TENTHS.fullmatch(text):
            raise ValueError("Enter a number such as 20 or 3.5.")
        if text:
            self.data = Decimal(text)

    def pre_validate(self, _form: Any) -> None:
        """What is no number is not measured."""
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        return plain_number(self.data) if self.data is not None else " ".join(self.raw_data or [])


class RowForm(Form):
    """One minimum or maximum; without an amount the row says nothing."""

    limit = SelectField("Limit", choices=LIMIT_CHOICES)
    amount = TenthsField(
        "Amount",
        [Optional(), NumberRange(0, 10_000, "Enter a number up to 10000.")],
        render_kw={"placeholder": "how many", "inputmode": "decimal"},
    )
    tag = SelectField("Kind of activity")
    own = StringField(
        "Or a kind in your own words",
        [Length(max=40, message="At most 40 characters.")],
        render_kw={"placeholder": "or in your own words"},
    )
    delivery = SelectField("Delivery", choices=DELIVERY_CHOICES)

    def validate_own(self, field: Field) -> None:
        """A row is about one kind."""
        if field.data and self.tag.data:
            raise ValidationError("Choose a kind, or name one in your own words; not both.")


class CustomForm(BaseForm):
    """A credential whose rules are not known here."""

    id = HiddenField()
    name = StringField("Name", [DataRequired("Enter what the credential is called."), Length(max=150)])
    short_name = StringField("Short name", [DataRequired("Enter its letters or a short name."), Length(max=30)])
    body = StringField("Body", [DataRequired("Enter who gives the credential."), Length(max=100)])
    web_page = StringField("Web page of its rules", [Optional(), Length(max=300)])
    unit = StringField(
        "It counts in", [DataRequired("Enter what it counts in, such as hour."), Length(max=30)], default="hour"
    )
    unit_minutes = WholeNumberField("Minutes of one", _number(6000), default=60)
    kind = RadioField("Cycles run", [InputRequired("Say how cycles run.")], choices=KIND_CHOICES)
    months = WholeNumberField("Months of a cycle", _number(120))
    anchor = AnyDayField("First day of one of those cycles", [Optional()])
    total = TenthsField(
        "How many in a cycle",
        [
            InputRequired("Enter a number such as 20 or 3.5."),
            NumberRange(Decimal("0.1"), 10_000, "Enter a number from 0.1 to 10000."),
        ],
    )
    surplus = RadioField("What becomes of more than that?", choices=SURPLUS_CHOICES, default="not-stated")
    carried = TenthsField("How many are carried at most", [Optional(), NumberRange(0, 10_000)])
    asks_certificate = BooleanField("Each activity needs its certificate", default=True)
    twice = RadioField("An hour that fits two rows counts", choices=TWICE_CHOICES, default="once")
    rows = FieldList(FormField(RowForm), min_entries=ROWS, max_entries=ROWS)

    def __init__(self, *, tags: CreditTags, now: datetime, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tags, self.now, self.today = tags, now, today
        choices = {"In general": {"": "of any kind", REST: "all that no other row takes"}}
        choices |= {group.question: {tag.slug: tag.name for tag in group.tags} for group in tags.groups}
        for row in self.rows:
            row.form.tag.choices = choices

    def validate_web_page(self, field: Field) -> None:
        """An address of the web; what it begins with may be left out."""
        address = field.data if "://" in field.data else f"https://{field.data}"
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = SplitResult("", "", "", "", "")
        if parts.scheme not in {"http", "https"} or "." not in parts.netloc or len(address.split()) > 1:
            raise ValidationError("Enter an address such as www.example.org.")
        field.data = address

    def validate_months(self, field: Field) -> None:
        """A month of birth comes once a year."""
        if self.kind.data == "birth-month" and (field.data or 0) % 12:
            raise ValidationError("Cycles that end with a birth month last whole years: 12, 24 or 36 months.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the rules can be reckoned with."""
        is_valid = super().validate(extra_validators)
        if self.kind.data == "common" and not self.anchor.data and not self.anchor.errors:
            self.anchor.errors = ["Enter a first day, such as 1 January of a year."]
            is_valid = False
        if self.surplus.data == "carried" and not self.carried.data and not self.carried.errors:
            self.carried.errors = ["Enter how many."]
            is_valid = False
        return is_valid and self._can_be_reckoned_with()

    def _can_be_reckoned_with(self) -> bool:
        try:
            check(self.written(), self.now, self.today)
        except BadRulesError as error:
            self.twice.errors = [str(error)]
            return False
        return True

    def written(self) -> WrittenRules:
        """What the form says; only once its fields are valid."""
        return WrittenRules(
            name=self.name.data or "",
            short_name=self.short_name.data or "",
            body=self.body.data or "",
            web_page=self.web_page.data or "",
            unit=self.unit.data or "",
            unit_minutes=self.unit_minutes.data or 0,
            kind=self.kind.data,
            months=self.months.data or 0,
            anchor=self.anchor.data,
            total=self.total.data or Decimal(0),
            surplus=self.surplus.data,
            carried=self.carried.data or Decimal(0),
            asks_certificate=self.asks_certificate.data,
            counts_in_each=self.twice.data == "each",
            rows=tuple(self._row(row.form) for row in self.rows if row.form.amount.data is not None),
            kinds={own_tag(row.form.own.data): row.form.own.data for row in self.rows if row.form.own.data},
        )

    def _row(self, row: RowForm) -> Row:
        tag, delivery = row.tag.data or "", row.delivery.data or ""
        kind = "from anything else" if tag == REST else self.tags.names.get(tag, "")
        if row.own.data:
            tag, kind = own_tag(row.own.data), row.own.data
        name = " ".join(filter(None, (delivery, _begun_small(kind))))
        return Row(row.limit.data, row.amount.data or Decimal(0), tag, delivery, name)


def _begun_small(name: str) -> str:
    """practice management, but HR or leadership, PAHCOM approved."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def form_data_in(content: Any) -> dict[str, object]:
    """The newest version of stored rules as the form has it: all that can be read, also where a check refuses them."""
    version: Any = at(content, dict, "versions", 0) or {}
    kinds = kinds_in(content)
    rows: list[dict[str, object]] = [
        {
            "limit": row.limit,
            "amount": row.amount,
            "tag": "" if row.tag in kinds else row.tag,
            "own": kinds.get(row.tag, ""),
            "delivery": row.delivery,
        }
        for row in rows_in(version)
    ]
    return {
        **{name: at(content, str, name) for name in ("name", "short_name", "body")},
        "web_page": at(version, str, "source", "address"),
        "unit": at(version, str, "unit", "one"),
        "unit_minutes": at(version, int, "unit", "minutes"),
        "kind": at(version, str, "cycle", "kind"),
        "months": at(version, int, "cycle", "months"),
        "anchor": _day(at(version, str, "cycle", "anchor")),
        "total": amount_at(version, "total", "amount"),
        "surplus": at(version, str, "surplus", "kind"),
        "carried": amount_at(version, "surplus", "most") or None,
        "asks_certificate": bool(at(version, list, "proof")),
        "twice": "each" if at(version, list, "across") else "once",
        "rows": (rows + [{} for _ in range(ROWS)])[:ROWS],
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
