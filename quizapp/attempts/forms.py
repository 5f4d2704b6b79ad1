"""What starts an attempt: a selection of the bank, and a token that makes starting idempotent."""

from typing import Any

from wtforms import HiddenField, IntegerField, SelectMultipleField
from wtforms.validators import UUID, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.bank.queries import Selection
from quizapp.bank.tags import Tags
from quizapp.web import BaseForm

MOST_ITEMS = 200


def place_named(text: str) -> int | None:
    """The place on a form that a button names, or None if that is no number of a place."""
    return int(text) if text.isdecimal() and len(text) <= 4 else None


class CheckboxesField(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StartForm(BaseForm):
    """The same form sent twice starts one attempt."""

    start_token = HiddenField(validators=[InputRequired(), UUID()])


class SelectionForm(StartForm):
    """Which items, and how many; what is left open does not narrow."""

    domains = CheckboxesField("Domains")
    areas = CheckboxesField("Areas")
    topics = CheckboxesField("Topics")
    item_count = IntegerField(
        "Number of items",
        validators=[InputRequired("Say how many items."), NumberRange(1, MOST_ITEMS, f"From 1 to {MOST_ITEMS} items.")],
    )

    def __init__(self, tags: Tags, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.domains.choices = tags.domain_names
        self.areas.choices = tags.area_names
        self.topics.choices = list(tags.topic_names.items())

    @property
    def selection(self) -> Selection:
        """What was chosen."""
        return Selection(tuple(self.domains.data or ()), tuple(self.areas.data or ()), tuple(self.topics.data or ()))
