"""The shape of what people enter about a credential that they hold."""

from calendar import month_name
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wtforms import Field, IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, StopValidation, ValidationError

from quizapp.credits.credential_actions import WantedCredential
from quizapp.credits.forms import EARLIEST_DAY, AmountField, DayField
from quizapp.credits.rule_files import CredentialRules, Version
from quizapp.rules.credit_cycles import add_months
from quizapp.rules.credit_words import day_text, plain_number
from quizapp.web import BaseForm

LATEST_DAY = date(2099, 12, 31)
MEMBER_CHOICES = {"yes": "Yes", "no": "No"}
MONTH_CHOICES = {"": "Choose a month", **{str(number): month_name[number] for number in range(1, 13)}}
MOST_FURTHER = 20
# A first cycle may be longer than the others, as one that goes to the end of a birth month.
MONTHS_LONGER = 12


class AnyDayField(DayField):
    """A calendar day, past or to come."""

    def pre_validate(self, _form: Any) -> None:
        """Refuse days that cannot be meant."""
        if self.data and not EARLIEST_DAY <= self.data <= LATEST_DAY:
            raise StopValidation("Enter a day from 1990 to 2099.")


class CredentialForm(BaseForm):
    """When a credential was earned and how it is kept; it asks only what the rules of the credential rest on."""

    certified_on = AnyDayField("Certified on", [DataRequired("Enter the day of your certification.")])
    birth_month = SelectField("Your birth month", choices=MONTH_CHOICES)
    due_on = AnyDayField("Last day of your present cycle", [Optional()])
    is_member = RadioField(
        "Are you a member?", [InputRequired("Say whether you are a member.")], choices=MEMBER_CHOICES
    )
    member_until = AnyDayField("Member until", [Optional()])
    further_credentials = IntegerField(
        "Further credentials",
        [
            InputRequired("Enter a number; 0 if there are none."),
            NumberRange(0, MOST_FURTHER, f"Enter a number from 0 to {MOST_FURTHER}."),
        ],
        default=0,
    )
    carried_in = AmountField("Carried in", [Optional()])
    version = RadioField("Rules for the present cycle", [InputRequired("Choose the rules.")])

    def __init__(
        self,
        *,
        rules: CredentialRules,
        today: date,
        begun_on: date | None = None,
        carried_into: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rules, self.today, self.begun_on = rules, today, begun_on
        cycle = f"the cycle that holds {day_text(carried_into)}" if carried_into else "your present cycle"
        self.carried_in.label.text = f"Carried into {cycle}, in {rules.newest.unit.many}"
        self.version.choices = {version.slug: version.name for version in rules.versions}
        self.is_member.label.text = f"Are you a member of {rules.body}?"
        self.due_on.label.text = f"Last day of your present cycle, as {rules.body} tells you"
        self.further_credentials.label.text = (
            f"How many other credentials of {rules.body} do you hold that you do not track here?"
        )
        self.due_on.flags.required = all(version.cycle.kind == "due-date" for version in rules.versions)
        for name in self._not_asked():
            del self[name]

    def _not_asked(self) -> list[str]:
        """The fields on which no version of the rules rests."""
        versions = self.rules.versions
        membership = any(each.membership or (each.retest and each.retest.who == "non-members") for each in versions)
        asked = {
            "birth_month": any(each.cycle.kind == "birth-month" for each in versions),
            "is_member": membership,
            "member_until": membership,
            "further_credentials": any(each.total.with_credentials for each in versions),
            "carried_in": any(each.surplus.kind == "carried" for each in versions),
            "version": len(versions) > 1,
        }
        return [name for name, is_asked in asked.items() if not is_asked]

    @property
    def older(self) -> frozenset[str]:
        """The versions under which the present cycle cannot have begun, as far as is known: `begun_on`, if that is."""
        return frozenset(each.slug for each in self.rules.versions[1:] if not each.may_hold_on(self._begun_on(each)))

    def _begun_on(self, version: Version) -> date:
        return self.begun_on or add_months(self.today, -version.cycle.months - MONTHS_LONGER)

    @property
    def chosen(self) -> Version:
        """The version that was chosen, or the newest."""
        slug = self.version.data if "version" in self else None
        return next((version for version in self.rules.versions if version.slug == slug), self.rules.newest)

    def wanted(self) -> WantedCredential:
        """What the form says; only once it is valid."""
        return WantedCredential(
            certified_on=self.certified_on.data,  # type: ignore[arg-type]  # a valid form has a day
            version=self.chosen.slug,
            is_member=self.is_member.data != "no" if "is_member" in self else True,
            member_until=self.member_until.data if "member_until" in self else None,
            birth_month=int(self.birth_month.data) if "birth_month" in self and self.birth_month.data else None,
            due_on=self.due_on.data,
            further_credentials=self.further_credentials.data or 0 if "further_credentials" in self else 0,
            carried_in_minutes=self._carried_in_minutes,
        )

    @property
    def _carried_in_minutes(self) -> int:
        amount = self.carried_in.amount if "carried_in" in self else None
        return int(((amount or Decimal(0)) * self.rules.newest.unit.minutes).quantize(Decimal(1), ROUND_HALF_UP))

    def validate_certified_on(self, field: Field) -> None:
        """Nobody is certified tomorrow."""
        if field.data and field.data > self.today:
            raise ValidationError("This day is still to come. Add the credential when you hold it.")

    def validate_birth_month(self, field: Field) -> None:
        """Cycles that end with a birth month cannot be reckoned without it."""
        if self.chosen.cycle.kind == "birth-month" and not field.data:
            raise ValidationError("Choose the month: by these rules, your cycles end with it.")

    def validate_carried_in(self, field: AmountField) -> None:
        """No more than the rules let one carry."""
        surplus, unit = self.chosen.surplus, self.chosen.unit
        if not field.amount or self._carried_in_minutes <= surplus.most * unit.minutes:
            return
        if not surplus.most:
            raise ValidationError("By the rules that you chose below, nothing is carried to the next cycle.")
        most = f"{plain_number(Decimal(str(surplus.most)))} {unit.one if surplus.most == 1 else unit.many}"
        raise ValidationError(f"{self.rules.body} lets you carry at most {most} to the next cycle.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the last day suits the rules and the other days."""
        is_valid = super().validate(extra_validators)
        problem = "" if self.due_on.errors else self._problem_of_due_day()
        if problem:
            self.due_on.errors = [problem]
        return is_valid and not problem

    def _problem_of_due_day(self) -> str:
        due_on, body = self.due_on.data, self.rules.body
        if due_on is None:
            is_needed = self.chosen.cycle.kind == "due-date"
            return f"Enter the day that {body} shows for your renewal: by it your cycles are reckoned." * is_needed
        if self.certified_on.data and due_on < self.certified_on.data:
            return "This day lies before your certification."
        # A first cycle may be longer than the others, as one that goes to the end of a birth month.
        months = self.chosen.cycle.months
        if due_on > add_months(self.today, 2 * months):
            return f"This day is too far ahead: by these rules, a cycle has {months} months."
        return ""


class RetestForm(BaseForm):
    """The day on which somebody passed a retest, as the address of the page gives it."""

    class Meta(BaseForm.Meta):
        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """Read what the address says: nothing is stored by it."""
            return formdata

    passed_on = DayField("Passed on", [InputRequired("Enter the day on which you passed.")])

    def __init__(self, *, certified_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.certified_on, self.today = certified_on, today

    def validate_passed_on(self, field: DayField) -> None:
        """A retest comes after the certification."""
        if field.data and field.data <= self.certified_on:
            raise ValidationError(f"You were certified on {day_text(self.certified_on)}: a retest comes later.")
