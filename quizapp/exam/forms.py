"""The form for a mock of one's own choosing."""

from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from quizapp.attempts.forms import SelectionForm

MOST_MINUTES = 600


class CustomForm(SelectionForm):
    """A selection with a time; no minutes is untimed."""

    minutes = IntegerField(
        "Minutes",
        validators=[Optional(), NumberRange(1, MOST_MINUTES, f"From 1 to {MOST_MINUTES} minutes, or none at all.")],
    )
