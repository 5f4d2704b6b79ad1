"""A candidate's highlights: ranges of characters of a text, shown in its HTML."""

from html import unescape
from html.parser import HTMLParser

Range = tuple[int, int]

# White space between rows and cells is no text, and a mark there would be thrown out of the table by a browser.
_HOLDS_NO_TEXT = frozenset({"", "table", "thead", "tbody", "tr", "ul", "ol"})
_VOID = frozenset({"br", "hr", "img", "wbr"})


def ranges_of(value: str) -> list[Range]:
    """10-25,40-52 → [(10, 25), (40, 52)], in order, without overlaps; what is empty or turned round is left out."""
    pairs = (part.split("-") for part in value.split(",") if part)
    found: list[Range] = []
    for start, end in sorted((int(start), int(end)) for start, end in pairs):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def marked(html: str, value: str) -> str:
    """The HTML fragment with the ranges of its text inside <mark> elements.

    A range counts UTF-16 units of the text nodes in document order, as a browser's Range over textContent does; an
    entity is the character that it stands for. A range that reaches past the text is clipped. A mark never crosses a
    tag: it ends before one and begins again after it.
    """
    marker = _Marker(ranges_of(value))
    marker.feed(html)
    marker.close()
    return "".join(marker.out)


class _Marker(HTMLParser):
    """Writes what it reads, with marks around the characters that lie in a range."""

    def __init__(self, ranges: list[Range]) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._ranges = ranges
        self._at = 0
        self._open: list[str] = []
        self._is_marking = False

    def _write(self, raw: str, character: str) -> None:
        width = sum(2 if ord(each) > 0xFFFF else 1 for each in character)
        start, self._at = self._at, self._at + width
        while self._ranges and self._ranges[0][1] <= start:
            del self._ranges[0]
        is_inside = bool(self._ranges) and self._ranges[0][0] < self._at
        is_text = not character.isspace() or (self._open[-1] if self._open else "") not in _HOLDS_NO_TEXT
        self._turn(is_on=is_inside and is_text)
        self.out.append(raw)

    def _turn(self, *, is_on: bool) -> None:
        if is_on != self._is_marking:
            self.out.append("<mark>" if is_on else "</mark>")
            self._is_marking = is_on

    def _write_tag(self, raw: str) -> None:
        self._turn(is_on=False)
        self.out.append(raw)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        self._write_tag(self.get_starttag_text() or "")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        self._write_tag(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._write_tag(f"</{tag}>")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for character in data:
            self._write(character, character)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};", unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};", unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self._write_tag(f"<!--{data}-->")

    def close(self) -> None:
        super().close()
        self._turn(is_on=False)
