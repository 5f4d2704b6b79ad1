"""What a version keeps for pages: Markdown as safe HTML, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.content import content_of
from quizapp.bank.item_files import OptionText
from tests import make

ALLOWED = {"p", "ul", "ol", "li", "strong", "em", "code", "table", "thead", "tbody", "tr", "th", "td", "br"}


def stem_html(stem: str) -> str:
    return str(content_of(make.item_text(stem=stem))["stem_html"])


def option_html(text: str) -> tuple[str, str]:
    """Of one text as an option, and as a rationale."""
    item = make.item_text()
    options = [OptionText(text, text, key=True), *item.options[1:]]
    entry = content_of(
        type(item)(**{name: getattr(item, name) for name in item.__struct_fields__} | {"options": options})
    )
    return str(entry["options"][0]["html"]), str(entry["options"][0]["rationale_html"])


@pytest.mark.parametrize(
    ("stem", "html"),
    [
        ("What now?", "<p>What now?</p>"),
        ("One.\n\nTwo?", "<p>One.</p>\n<p>Two?</p>"),
        ("**Not** this, *that*, `x`", "<p><strong>Not</strong> this, <em>that</em>, <code>x</code></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("$18 x 1,000 < $20,000 & more", "<p>$18 x 1,000 &lt; $20,000 &amp; more</p>"),
        ("Is <b>x</b> < y?", "<p>Is &lt;b&gt;x&lt;/b&gt; &lt; y?</p>"),
        ("45 CFR § 164.524 – “30 days”", "<p>45 CFR § 164.524 – “30 days”</p>"),
    ],
)
def test_a_stem_is_markdown_in_blocks(stem: str, html: str) -> None:
    assert stem_html(stem) == html


def test_a_stem_may_have_a_table() -> None:
    html = stem_html("| Payer | Days |\n|---|---:|\n| A | 30 |")
    assert re.findall(r"<(\w+)", html) == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert "style" not in html


def test_an_option_and_its_rationale_are_markdown_in_a_line() -> None:
    html = "<strong>Both</strong> of <em>them</em>, <code>837P</code>"
    assert option_html("**Both** of *them*, `837P`") == (html, html)
    assert option_html("- no list\n- here") == ("- no list\n- here",) * 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick='x'>b</b>",
        "[click](javascript:alert(1))",
        "[click](https://example.org)",
        "![picture](https://example.org/x.png)",
        "<https://example.org>",
        "<style>p{}</style>",
        "<!-- hidden -->",
        "# Heading",
        "> quote",
        "`<script>`",
        "&lt;script&gt; &#60;script&#62;",
    ],
)
def test_raw_html_links_and_pictures_come_to_nothing(text: str) -> None:
    for html in (stem_html(text), *option_html(text)):
        assert set(re.findall(r"</?(\w+)", html)) <= ALLOWED
        assert not re.search(r"<\w+ ", html)
        assert "href" not in html
        assert "src=" not in re.sub(r"&lt;.*?&gt;", "", html)


@given(st.text("<>/ab=\"'&;:#*`_[]()|-\n ", max_size=60))
def test_no_text_makes_an_element_or_attribute_that_is_not_allowed(text: str) -> None:
    for html in (stem_html(text + "?"), *option_html(text + "?")):
        assert set(re.findall(r"</?([\w!?]+)", html)) <= ALLOWED
        assert not re.search(r"<\w+\s", html)


def test_the_authors_own_words_are_kept_beside_the_html() -> None:
    text = make.item_text(key=2, stem="**What** now?")
    content = content_of(text)
    assert content["stem"] == "**What** now?"
    assert [option["text"] for option in content["options"]] == [option.text for option in text.options]
    assert [option["key"] for option in content["options"]] == [False, False, True, False]
    assert content["cites"] == [{"ref": "Source of fin-1", "proves": "What fin-1 asks."}]
    assert content["checked"]["on"] == "2026-01-15"
