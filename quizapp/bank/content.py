"""What a version keeps: the author's text beside the safe HTML that pages show."""

from typing import Any

import msgspec
import nh3
from markdown_it import MarkdownIt

from quizapp.bank.item_files import ItemText

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_BLOCKS = {"p", "ul", "ol", "li", "strong", "em", "code", "table", "thead", "tbody", "tr", "th", "td", "br"}
_INLINE = {"strong", "em", "code"}


def content_of(text: ItemText) -> dict[str, Any]:
    """The JSON content of a version: everything the item says, with stem_html, html and rationale_html added."""
    content: dict[str, Any] = msgspec.to_builtins(text)
    content["stem_html"] = _block(text.stem)
    for entry, option in zip(content["options"], text.options, strict=True):
        entry["html"] = _inline(option.text)
        entry["rationale_html"] = _inline(option.rationale)
    return content


def text_of(content: dict[str, Any]) -> ItemText:
    """What the author wrote, back from a version's content."""
    plain = {name: value for name, value in content.items() if not name.endswith("html")}
    options = [
        {name: value for name, value in option.items() if not name.endswith("html")} for option in content["options"]
    ]
    return msgspec.convert({**plain, "options": options}, ItemText)


def _block(source: str) -> str:
    return nh3.clean(_MARKDOWN.render(source), tags=_BLOCKS, attributes={}).strip()


def _inline(source: str) -> str:
    return nh3.clean(_MARKDOWN.renderInline(source), tags=_INLINE, attributes={}).strip()
