"""What people type about their accounts: shapes only."""

from datetime import date
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from quizapp.accounts import addresses, passwords, zones
from quizapp.web import BaseForm, now

ENTER_ADDRESS = "Enter your email address."
ENTER_IT = "Enter your password."
CHOOSE_IT = "Choose a password."
NOT_TOO_LONG = Length(max=passwords.MAX_LENGTH, message=f"A password has at most {passwords.MAX_LENGTH} characters.")


class AddressForm(BaseForm):
    """An email address, brought into its one spelling."""

    email = EmailField("Email address", [DataRequired(ENTER_ADDRESS), Length(max=addresses.MAX_LENGTH)])

    def validate_email(self, field: EmailField) -> None:
        """Say what is wrong with it."""
        try:
            field.data = addresses.normal(field.data or "")
        except addresses.BadAddressError as error:
            raise ValidationError(str(error)) from error


class SignInForm(AddressForm):
    """Who, and the proof."""

    password = PasswordField("Password", [DataRequired(ENTER_IT), NOT_TOO_LONG])


class RegisterForm(AddressForm):
    """What an account needs, and no more."""

    password = PasswordField("Password", [DataRequired(CHOOSE_IT)])
    time_zone = SelectField("Time zone", choices=zones.by_region, default=zones.DEFAULT)

    def validate_password(self, field: PasswordField) -> None:
        """Say what speaks against it."""
        object_to(field, self.email.data or "")


class NewPasswordForm(BaseForm):
    """A new password for the account with the address `email`."""

    password = PasswordField("New password", [DataRequired(CHOOSE_IT)])
    email = ""

    def validate_password(self, field: PasswordField) -> None:
        """Say what speaks against it."""
        object_to(field, self.email)


class ChangePasswordForm(NewPasswordForm):
    """A new password from somebody who knows the old one."""

    current = PasswordField("Current password", [DataRequired(ENTER_IT), NOT_TOO_LONG])


class NewAddressForm(AddressForm):
    """Another address for the account with the address `current`, and the proof."""

    email = EmailField("New email address", [DataRequired(ENTER_ADDRESS), Length(max=addresses.MAX_LENGTH)])
    password = PasswordField("Password", [DataRequired(ENTER_IT), NOT_TOO_LONG])
    current = ""

    def validate_email(self, field: EmailField) -> None:
        """Another one than the present one, whatever its capitals."""
        super().validate_email(field)
        if field.data == self.current:
            raise ValidationError("That is the address of your account already.")


class SettingsForm(BaseForm):
    """What a person says about themselves."""

    display_name = StringField("Name", [Length(max=100, message="Use at most 100 characters.")])
    time_zone = SelectField("Time zone", choices=zones.by_region)
    exam_date = DateField("Exam date", [Optional()])
    target_percent = IntegerField(
        "Target in percent",
        [InputRequired("Enter a number from 50 to 100."), NumberRange(50, 100, "Enter a number from 50 to 100.")],
    )
    wants_reminders = BooleanField("Mail me about credit deadlines")

    def validate_exam_date(self, field: DateField) -> None:
        """A day to come; one that was right when it was entered may stay."""
        if field.data and field.data != field.object_data and field.data < self.today():
            raise ValidationError("Enter today or a day to come, or leave it empty.")

    def today(self) -> date:
        """The calendar day in the zone that is being chosen."""
        return now().astimezone(ZoneInfo(zones.known_or_default(self.time_zone.data))).date()


class PasswordForm(BaseForm):
    """The password, asked before something that cannot be undone."""

    password = PasswordField("Password", [DataRequired(ENTER_IT), NOT_TOO_LONG])


def object_to(field: PasswordField, email: str) -> None:
    """Refuse a new password that is too short, too long or easy to guess."""
    objection = passwords.objection(field.data or "", email)
    if objection:
        raise ValidationError(objection)
