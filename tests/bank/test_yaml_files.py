"""What the bank's YAML means, and that nothing unreadable goes unsaid."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.bank.yaml_files import BadFileError, Problem, read_document, read_struct


class Shelf(msgspec.Struct, forbid_unknown_fields=True):
    """Something to read into."""

    name: str
    built: date
    books: list[dict[str, int]] = []


def read(folder: Path, text: str) -> Any:
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    return read_document(folder, "some.yaml").data


def problems_of(folder: Path, text: str) -> list[Problem]:
    try:
        read(folder, text)
    except BadFileError as error:
        return error.problems
    return []


def problem_of(folder: Path, text: str) -> str:
    (problem,) = problems_of(folder, text)
    return str(problem)


# --- What a scalar is -----------------------------------------------------------------------------------------------


LOOKS_LIKE = "no yes on off No TRUE y 2026-01-15 12:30:00 1:30 0x1F 010 1_000 1e3 .5 +1 1. NaN .inf << = Null NULL"


@pytest.mark.parametrize("text", [*LOOKS_LIKE.split(), "2026-01-15 12:30:00", "§ 164.524", "$400 favorable"])
def test_what_only_looks_like_something_else_stays_a_text(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"answer: {text}\n") == {"answer": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("200", 200),
        ("0.45", 0.45),
        ("-1.50", -1.5),
        ("'no'", "no"),
        ("'12'", "12"),
        ('"tab\\tulator"', "tab\tulator"),
    ],
)
def test_plain_values_are_what_yaml_1_2_says(tmp_path: Path, text: str, value: object) -> None:
    assert read(tmp_path, f"answer: {text}\n") == {"answer": value}


def test_a_block_keeps_its_paragraphs(tmp_path: Path) -> None:
    assert read(tmp_path, "stem: |-\n  One.\n\n  Two: three.\n") == {"stem": "One.\n\nTwo: three."}


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "some.yaml:1: the file is empty"),
        ("# Only a remark.\n", "some.yaml:1: the file is empty"),
        ("a: 1\nb: 2\na: 3\n", "some.yaml:3: the key 'a' stands twice"),
        ("- x: 1\n- deep:\n    - {y: 1,\n       y: 2}\n", "some.yaml:4: the key 'y' stands twice"),
        ("a: 1\n'a': 2\n", "some.yaml:2: the key 'a' stands twice"),
        ("a: b: c\n", "some.yaml:1: mapping values are not allowed in this context: a text with a colon"),
        ("- one\n- [two, three}\n- four\n", "some.yaml:2: did not find expected ',' or ']': is a bracket still open"),
        ("a: 'open\n", "some.yaml:2: found unexpected end of stream (begun in line 1): is a quotation mark"),
        ("a: *nothing\n", "some.yaml:1: found undefined alias: a text that begins with * needs quotes"),
        (
            "a: *all* devices\n",
            "some.yaml:1: did not find expected alphabetic or numeric character: a text that",
        ),
        ("a: 1\n---\nb: 2\n", "some.yaml:2: but found another document (begun in line 1): a file is one list"),
        ("\ta: 1\n", "some.yaml:1: found character that cannot start any token: a text that begins with %"),
        ("x: 1\n? [a, b]\n: 2\n", "some.yaml:2: a key must be a text"),
        ("a: !!int twelve\n", "some.yaml:1: this is no int"),
        ("a:\n  !!bool maybe\n", "some.yaml:2: this is no bool"),
        ("a: " + "9" * 5000, "some.yaml:1: this is no int"),
        ("a: &a [*a]\n", "some.yaml:1: an alias (*) stands for this"),
        ("x: 1\na: &a [x, x]\nb: &b [*a, *a]\n", "some.yaml:2: an alias (*) stands for this"),
        ("a: &a text\nb: *a\n", "some.yaml:1: an alias (*) stands for this"),
        ("[" * 3000 + "]" * 3000, "some.yaml:1: the file is nested too deeply"),
    ],
    ids=lambda text: text[:20],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert problem_of(tmp_path, text).startswith(problem)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!timestamp", "!!set", "!secret"])
def test_no_tag_makes_anything_but_plain_data(tmp_path: Path, tag: str) -> None:
    assert problem_of(tmp_path, f"- ok\n- {tag} [x]\n").startswith("some.yaml:2: could not determine a constructor")


def test_every_repeated_key_of_a_file_is_named(tmp_path: Path) -> None:
    assert [str(problem) for problem in problems_of(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n")] == [
        "some.yaml:2: the key 'a' stands twice",
        "some.yaml:3: the key 'c' stands twice",
    ]


def test_what_is_no_text_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_bytes(b"a: b\nc: \xff\xfe\n")
    with pytest.raises(BadFileError, match=r"^some\.yaml:2: the file is not written in UTF-8$"):
        read_document(tmp_path, "some.yaml")
    assert "some.yaml:1: unacceptable character #x0000" in problem_of(tmp_path, "a: \0\n")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"^other\.yaml:1: .*No such file"):
        read_document(tmp_path, "other.yaml")


TOKENS = [
    "- ",
    "? ",
    ": ",
    "a",
    "b",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\n",
    "\n  ",
    "&x ",
    "*x",
    "!!int ",
    "!!float ",
    "!!set ",
]
TOKENS += ["|\n", "> ", "'", '"', "#", "---\n", "...\n", "<<", "1", "0.5", "true", "~", "\t", "\0", "é", "%YAML 1.1\n"]


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
def test_any_text_is_either_read_or_refused_with_a_line(tmp_path: Path, text: str) -> None:
    for problem in problems_of(tmp_path, text):
        # What is missing at the end is said of the line after it.
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.reason


A_DAY = "write a day of the calendar, as 2028-11-21"


# --- Into structs ---------------------------------------------------------------------------------------------------


def test_dates_become_dates_where_the_struct_says_so(tmp_path: Path) -> None:
    (tmp_path / "shelf.yaml").write_text("name: 2026-01-15\nbuilt: 2026-01-15\n")
    assert read_struct(tmp_path, "shelf.yaml", Shelf) == Shelf("2026-01-15", date(2026, 1, 15))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "name: A\n\nbuilt: yesterday\n",
            f"shelf.yaml:3: built cannot be 'yesterday': {A_DAY}",
        ),
        (
            "name: A\nbuilt: 2026-02-30\n",
            f"shelf.yaml:2: built cannot be '2026-02-30': {A_DAY}",
        ),
        ("name: A\n", "shelf.yaml:1: the field 'built' is missing"),
        (
            "name: no\nbuilt: 2026-01-15\nbooks:\n- {a: 1}\n- b: x\n",
            "shelf.yaml:5: b cannot be 'x': write a whole number",
        ),
        ("name: A\nbuilt: 2026-01-15\ncolour: red\n", "shelf.yaml:3: there is no field 'colour' here"),
        ("- name: A\n", "shelf.yaml:1: this is a list of 1: write the fields name, built, books"),
        ("name: 12\nbuilt: 2026-01-15\n", "shelf.yaml:1: name cannot be 12: write it in quotes, '12'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "shelf.yaml").write_text(text)
    with pytest.raises(BadFileError) as caught:
        read_struct(tmp_path, "shelf.yaml", Shelf)
    assert str(caught.value) == problem
