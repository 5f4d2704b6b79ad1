"""Highlights: ranges of a text's characters, marked in its HTML."""

from html import escape

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.content import content_of
from quizapp.rules.highlights import marked, ranges_of
from tests.make import item_text


def text_of(html: str) -> str:
    """textContent, as a browser has it."""
    return "".join(html5lib.parseFragment(html, namespaceHTMLElements=False).itertext())


def marked_text(html: str) -> str:
    """What is inside marks, as a browser parses them."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return "".join("".join(mark.itertext()) for mark in tree.iter("mark"))


TEXTS = st.text(st.sampled_from("ab <&>\"' é\n"), max_size=12).map(escape)
INLINE = st.recursive(
    TEXTS,
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["strong", "em", "code"]), inner).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        )
        | TEXTS
        | st.just("<br>"),
        max_size=3,
    ).map("".join),
    max_leaves=5,
)
FRAGMENTS = st.lists(INLINE.map(lambda inner: f"<p>{inner}</p>"), max_size=3).map("\n".join)
RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4)


def value_of(ranges: list[tuple[int, int]]) -> str:
    return ",".join(f"{start}-{end}" for start, end in ranges)


def test_ranges_are_read_in_order_without_overlaps() -> None:
    assert ranges_of("") == []
    assert ranges_of("40-52,10-25") == [(10, 25), (40, 52)]
    assert ranges_of("10-25,20-30,30-31") == [(10, 31)]
    assert ranges_of("9-9,8-3") == []


@pytest.mark.parametrize(
    ("html", "value", "expected"),
    [
        ("<p>Alpha</p>", "", "<p>Alpha</p>"),
        ("<p>Alpha</p>", "1-3", "<p>A<mark>lp</mark>ha</p>"),
        ("<p>Alpha</p>", "3-99", "<p>Alp<mark>ha</mark></p>"),
        ("<p>Alpha</p>", "7-9", "<p>Alpha</p>"),
        ("<p>a&amp;b</p>", "1-2", "<p>a<mark>&amp;</mark>b</p>"),
        ("<p>a&#233;b</p>", "2-3", "<p>a&#233;<mark>b</mark></p>"),
        ("<p>a<em>b</em>c</p>", "0-3", "<p><mark>a</mark><em><mark>b</mark></em><mark>c</mark></p>"),
        ("<p>a</p>\n<p>b</p>", "0-3", "<p><mark>a</mark></p>\n<p><mark>b</mark></p>"),
        ("<p>a b</p>", "0-3", "<p><mark>a b</mark></p>"),
        ("a<br>b", "0-2", "<mark>a</mark><br><mark>b</mark>"),
    ],
)
def test_a_range_is_wrapped_in_a_mark(html: str, value: str, expected: str) -> None:
    assert marked(html, value) == expected


def test_a_character_outside_the_basic_plane_counts_as_two_as_in_a_browser() -> None:
    assert marked("<p>😀ab</p>", "2-3") == "<p>😀<mark>a</mark>b</p>"
    assert marked("<p>😀ab</p>", "1-2") == "<p><mark>😀</mark>ab</p>"


def test_a_mark_never_stands_between_the_rows_of_a_table() -> None:
    text = item_text(stem="Given:\n\n| Aged | Sum |\n|---|---|\n| 30 days | $5 & more |\n\nWhich?")
    html = str(content_of(text)["stem_html"])
    result = marked(html, f"0-{len(text_of(html))}")
    assert result.replace("<mark>", "").replace("</mark>", "") == html
    assert text_of(result) == text_of(html)
    assert "".join(marked_text(result).split()) == "".join(text_of(html).split())


@given(FRAGMENTS, RANGES)
def test_marks_leave_the_markup_and_the_text_as_they_were(html: str, ranges: list[tuple[int, int]]) -> None:
    result = marked(html, value_of(ranges))
    assert result.replace("<mark>", "").replace("</mark>", "") == html
    assert text_of(result) == text_of(html)


@given(INLINE, RANGES)
def test_what_is_marked_is_what_the_ranges_say(inner: str, ranges: list[tuple[int, int]]) -> None:
    html = f"<p>{inner}</p>"
    expected = "".join(text_of(html)[start:end] for start, end in ranges_of(value_of(ranges)))
    assert marked_text(marked(html, value_of(ranges))) == expected
