"""Reading the bank's YAML: YAML 1.2 scalars, duplicate keys refused, every problem with its file and line."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from quizapp.bank.misfits import misfits

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, and where: file (relative to the bank), line (from 1) and reason."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class BadFileError(Exception):
    """Files that cannot be used, with every problem found in them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


_TAG = "tag:yaml.org,2002:"
_ADVICE = {
    "mapping values are not allowed": "a text with a colon and a space in it needs quotes, or >- before it",
    "alphabetic or numeric character": "a text that begins with * or & needs quotes",
    "undefined alias": "a text that begins with * needs quotes",
    "cannot start any token": "a text that begins with %, @ or ` needs quotes, and lines are indented by spaces",
    "tab character": "lines are indented by spaces, not by tabs",
    "could not determine a constructor": "a text that begins with ! needs quotes",
    "expected key": "is it indented like its neighbors? A text that begins with a quotation mark is quoted whole",
    "unexpected end of stream": "is a quotation mark or a bracket still open?",
    "expected ',' or": "is a bracket still open, or a comma missing?",
    "another document": "a file is one list, without --- between its entries",
}


class _Loader(yaml.CSafeLoader):
    """The safe loader without YAML 1.1's surprises: `no` is a text, 12:30:00 is a text, a date is a text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML reads it as a plain class attribute
    yaml_constructors = {  # noqa: RUF012 - as above
        tag: yaml.CSafeLoader.yaml_constructors[tag] for tag in (None, _TAG + "str", _TAG + "seq", _TAG + "map")
    }


def _scalar(make: Callable[[str], Any]) -> Callable[[_Loader, ScalarNode], Any]:
    def construct(_loader: _Loader, node: ScalarNode) -> Any:
        try:
            return make(node.value)
        except (LookupError, TypeError, ValueError) as error:
            # An explicit tag can claim anything, and a number can be too long to read.
            raise ConstructorError(None, None, f"this is no {node.tag.rpartition(':')[2]}", node.start_mark) from error

    return construct


_Loader.add_implicit_resolver(_TAG + "bool", re.compile(r"^(true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_TAG + "null", re.compile(r"^(null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(_TAG + "int", re.compile(r"^-?(0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(_TAG + "float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))
_Loader.add_constructor(_TAG + "bool", _scalar({"true": True, "false": False}.__getitem__))
_Loader.add_constructor(_TAG + "null", _scalar(lambda _text: None))
_Loader.add_constructor(_TAG + "int", _scalar(int))
_Loader.add_constructor(_TAG + "float", _scalar(float))


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data, able to say on which line a path into it stands."""

    file: str
    data: Any
    node: Node
    lines: list[str] = field(default_factory=list, repr=False)

    def line_of(self, path: str = "$") -> int:
        """The line (from 1) of a msgspec path such as `$[3].options[0].text`; the nearest parent if it is missing."""
        node = self.node
        for name, index in re.findall(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]", path):
            child = _child(node, name, index)
            if child is None:
                break
            node = child
        return node.start_mark.line + 1

    def problem(self, path: str, reason: str) -> Problem:
        """A problem at a path in this file."""
        return Problem(self.file, self.line_of(path), reason)

    def cut_texts(self, names: Collection[str]) -> list[Problem]:
        """The texts under fields of these names that a # ends: YAML takes what follows for a remark."""
        if not any(" #" in line for line in self.lines):
            return []
        return [
            Problem(self.file, node.end_mark.line + 1, f"{name} ends before the #: put it in quotes, or >- before it")
            for name, node in _named_scalars(self.node)
            if name in names and not node.style and self._rest_after(node).startswith("#")
        ]

    def _rest_after(self, node: ScalarNode) -> str:
        mark = node.end_mark
        return self.lines[mark.line][mark.column :].lstrip() if mark.line < len(self.lines) else ""


def read_document(folder: Path, file: str) -> Document:
    """Read one file. Raises BadFileError for what is no YAML, repeats a key, or uses aliases."""
    try:
        text = (folder / file).read_text(encoding="utf-8")
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise BadFileError([Problem(file, 1, "the file is empty")])
        problems = [Problem(file, line, reason) for line, reason in dict.fromkeys(_misuses(node, set()))]
        if problems:
            raise BadFileError(problems)
        return Document(file, loader.construct_document(node), node, text.split("\n"))
    except yaml.MarkedYAMLError as error:
        raise BadFileError([_unreadable(file, error)]) from error
    except RecursionError as error:
        raise BadFileError([Problem(file, 1, "the file is nested too deeply")]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadFileError([Problem(file, line, "the file is not written in UTF-8")]) from error
    except (OSError, yaml.YAMLError) as error:
        raise BadFileError([Problem(file, 1, str(error))]) from error


def convert(document: Document, data: Any, kind: type[T], path: str = "$") -> T:
    """Plain data as a struct of `kind`. Raises BadFileError with the lines of everything that does not fit."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise BadFileError([document.problem(one.path, one.reason) for one in misfits(data, kind, path)]) from error


def read_struct(folder: Path, file: str, kind: type[T]) -> T:
    """Read one file into a struct of `kind`."""
    document = read_document(folder, file)
    return convert(document, document.data, kind)


def _unreadable(file: str, error: yaml.MarkedYAMLError) -> Problem:
    """The parser's words, what most often is behind them, and where that began if it was lines before."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    said = str(error.problem or error.context)
    advice = next((advice for words, advice in _ADVICE.items() if words in said), "")
    since = f" (begun in line {begun.line + 1})" if begun and mark and begun.line < mark.line else ""
    return Problem(file, mark.line + 1 if mark else 1, said + since + (f": {advice}" if advice else ""))


def _child(node: Node, name: str, index: str) -> Node | None:
    if name and isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == name), None)
    if index and isinstance(node, SequenceNode) and int(index) < len(node.value):
        child: Node = node.value[int(index)]
        return child
    return None


def _named_scalars(node: Node) -> Iterator[tuple[str, ScalarNode]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(value, ScalarNode):
                yield key.value, value
            else:
                yield from _named_scalars(value)
    elif isinstance(node, SequenceNode):
        for child in node.value:
            yield from _named_scalars(child)


def _misuses(node: Node, seen: set[int]) -> list[tuple[int, str]]:
    """Keys that stand twice or are no texts, and aliases: a few lines of them can stand for more than anybody reads."""
    if id(node) in seen:
        return [(node.start_mark.line + 1, "an alias (*) stands for this: write it out where it is meant")]
    seen.add(id(node))
    found = []
    if isinstance(node, MappingNode):
        names = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                found.append((key.start_mark.line + 1, "a key must be a text"))
                continue
            if key.value in names:
                found.append((key.start_mark.line + 1, f"the key {key.value!r} stands twice"))
            names.add(key.value)
            found += _misuses(value, seen)
    elif isinstance(node, SequenceNode):
        for child in node.value:
            found += _misuses(child, seen)
    return found
