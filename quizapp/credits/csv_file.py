"""Logged activities as a table that a spreadsheet opens."""

import csv
from collections.abc import Iterable
from io import StringIO

from quizapp.credits.models import Activity
from quizapp.rules.credit_units import UNITS
from quizapp.rules.credit_words import hundredths, plain_number

HEADINGS = (
    "Title",
    "Provider",
    "First day",
    "Last day",
    "Amount",
    "Unit",
    "Minutes",
    "Delivery",
    "Tags",
    "Index number",
    "Note",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_of(activities: Iterable[Activity]) -> bytes:
    """RFC 4180 in UTF-8, with the mark at the start by which Excel knows UTF-8."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for each in activities:
        writer.writerow(
            (
                guarded(each.title),
                guarded(each.provider),
                each.started_on.isoformat(),
                each.ended_on.isoformat(),
                plain_number(hundredths(each.amount_hundredths)),
                UNITS[each.unit].many,
                each.minutes,
                each.delivery,
                "; ".join(each.tags),
                guarded(each.index_number),
                guarded(each.note),
            )
        )
    return text.getvalue().encode("utf-8-sig")
