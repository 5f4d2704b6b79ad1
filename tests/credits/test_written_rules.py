"""Rules as their holder writes them down: rows, the buckets that they become, and what they say of shared hours."""

import msgspec
import pytest

from quizapp.credits import custom
from quizapp.credits.rule_files import Version
from quizapp.credits.written_rules import NOT_HELD_BACK, BadRulesError, Row, WrittenRules, rows_in
from quizapp.rules.credit_rules import Bucket
from tests import make


def written(*entries: Row, each: bool = False, total: int = 60) -> WrittenRules:
    return WrittenRules(
        name="Fellow",
        short_name="FC",
        body="Chapter",
        web_page="https://example.org",
        unit="hour",
        unit_minutes=60,
        kind="anniversary",
        months=12,
        anchor=None,
        total=total,
        surplus="lost",
        carried=0,
        asks_certificate=False,
        counts_in_each=each,
        rows=entries,
    )


def engine(rules: WrittenRules) -> Version:
    return msgspec.convert(rules.version("v", make.NOW.date()), Version)


def outline(bucket: Bucket) -> list[tuple[str, int, int | None, int | None]]:
    """Name, depth, minimum and maximum in hours of all that lies within a bucket."""
    return [
        (
            part.name,
            len(above),
            part.minimum.minutes // 60 if part.minimum else None,
            part.maximum.minutes // 60 if part.maximum else None,
        )
        for part, above in bucket.walk()
        if above
    ]


def test_a_row_within_another_is_a_part_of_it() -> None:
    rules = written(
        Row("least", 30, "mgma", "", "MGMA"),
        Row("least", 12, "mgma", "live", "live MGMA"),
        Row("most", 20, "otherwise", "", "from anything else"),
    )
    assert outline(engine(rules).rules().total) == [
        ("MGMA", 1, 30, None),
        ("live MGMA", 2, 12, None),
        ("from anything else", 1, None, 20),
    ]


def test_a_minimum_and_a_maximum_of_the_same_are_one_bucket() -> None:
    rules = written(Row("least", 5, "mgma", "", "MGMA"), Row("most", 10, "mgma", "", "MGMA"))
    assert outline(engine(rules).rules().total) == [("MGMA", 1, 5, 10)]


def test_rows_that_an_hour_may_share_stand_across_the_total() -> None:
    rules = written(Row("least", 5, "mgma", "", "MGMA"), Row("least", 9, "", "live", "live"), each=True)
    found = engine(rules).rules()
    assert [(bucket.name, bucket.needed_minutes) for bucket in found.across] == [("MGMA", 300), ("live", 540)]
    assert found.total.parts == ()


@pytest.mark.parametrize(
    ("entries", "each", "reason"),
    [
        ([Row("least", 1, "mgma"), Row("least", 2, "mgma")], False, "Two rows"),
        ([Row("least", 1)], False, "choose a kind, or live or self-paced"),
        ([Row("least", 61, "mgma")], False, "more than the total"),
        ([Row("most", 1, "mgma")], True, "one row only"),
        ([Row("least", 1, "otherwise")], True, "one row only"),
        (
            [Row("most", 1, "mgma", "", "MGMA"), Row("least", 2, "mgma", "live", "live")],
            False,
            "cannot be met together",
        ),
    ],
)
def test_rows_that_cannot_be_reckoned_with_are_refused(entries: list[Row], *, each: bool, reason: str) -> None:
    with pytest.raises(BadRulesError, match=reason):
        custom.check(written(*entries, each=each), make.NOW, make.NOW.date())


def test_rows_are_read_back_as_they_were_written() -> None:
    entries = [
        Row("least", 30, "mgma", "", "MGMA"),
        Row("least", 12, "mgma", "live", "live MGMA"),
        Row("most", 20, "otherwise", "", "from anything else"),
        Row("most", 9, "", "self-paced", "self-paced"),
    ]
    assert rows_in(written(*entries).version("v", make.NOW.date())) == entries
    across = [Row("least", 5, "mgma", "", "MGMA"), Row("least", 9, "", "live", "live")]
    assert rows_in(written(*across, each=True).version("v", make.NOW.date())) == across


@pytest.mark.parametrize(
    ("entries", "notes"),
    [
        (
            [Row("least", 5, "mgma", "", "MGMA"), Row("least", 9, "", "live", "live")],
            ["What is both MGMA and live counts in one of these rows only, where it helps most."],
        ),
        (
            [Row("least", 5, "mgma", "", "MGMA"), Row("most", 9, "", "self-paced", "self-paced")],
            [
                "What is both MGMA and self-paced counts in one of these rows only, where it helps most. "
                + NOT_HELD_BACK
            ],
        ),
        (
            [Row("least", 5, "mgma", "", "MGMA"), Row("least", 5, "compliance", "", "compliance")],
            ["What is both MGMA and compliance counts in one of these rows only, where it helps most."],
        ),
        ([Row("least", 5, "mgma", "", "MGMA"), Row("least", 2, "mgma", "live", "live MGMA")], []),
        ([Row("least", 2, "mgma", "live", "live MGMA"), Row("least", 5, "mgma", "", "MGMA")], []),
        ([Row("least", 5, "mgma", "", "MGMA"), Row("most", 9, "mgma", "", "MGMA")], []),
        ([Row("least", 5, "", "live", "live"), Row("most", 9, "", "self-paced", "self-paced")], []),
        ([Row("least", 5, "mgma", "", "MGMA"), Row("most", 9, "otherwise", "", "from anything else")], []),
    ],
    ids=["two kinds", "a maximum", "two tags", "one within", "one around", "one bucket", "never both", "the rest"],
)
def test_rows_that_share_an_hour_say_what_becomes_of_it(entries: list[Row], notes: list[str]) -> None:
    assert engine(written(*entries)).notes == notes
    if all(row.limit == "least" for row in entries):
        assert engine(written(*entries, each=True)).notes == []
