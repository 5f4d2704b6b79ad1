"""What of plain data does not fit a struct: every place, and in an author's words what to write there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct, inspect


@dataclass(frozen=True)
class Misfit:
    """A place, as a path such as `$[3].options[0].text`, and what is wrong with it."""

    path: str
    reason: str


def misfits(data: Any, kind: Any, path: str = "$") -> list[Misfit]:
    """Every place in `data` that does not fit the type `kind`, from the outside in; none if all fits.

    A type says what its pattern asks for by `Meta(extra={"write": "what to write, such as this"})`. What a struct
    refuses as a whole is told in the struct's own words.
    """
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        return list(_within(data, _bare(_given(data, kind)), path)) or [_whole(data, kind, path, str(error))]
    return []


def _given(data: Any, kind: Any) -> Any:
    """What an optional type is where there is something."""
    if get_origin(_bare(kind)) in (Union, UnionType) and data is not None:
        others = [one for one in get_args(_bare(kind)) if one is not NoneType]
        return _given(data, others[0]) if len(others) == 1 else kind
    return kind


def _bare(kind: Any) -> Any:
    """The type without its annotations."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def _within(data: Any, kind: Any, path: str) -> Iterator[Misfit]:
    if isinstance(data, dict) and isinstance(kind, type) and issubclass(kind, Struct):
        yield from _fields(data, kind, path)
    elif isinstance(data, list) and get_origin(kind) is list:
        for number, each in enumerate(data):
            yield from misfits(each, get_args(kind)[0], f"{path}[{number}]")
    elif isinstance(data, dict) and get_origin(kind) is dict:
        for name, each in data.items():
            yield from misfits(each, get_args(kind)[1], f"{path}.{name}")


def _fields(data: dict[Any, Any], kind: type[Struct], path: str) -> Iterator[Misfit]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    missing = [name for name, field in fields.items() if field.required and name not in data]
    for name in data:
        if name in fields:
            yield from misfits(data[name], fields[name].type, f"{path}.{name}")
            continue
        near = get_close_matches(str(name), set(fields) - set(data), 1)
        missing = [other for other in missing if other not in near]
        yield Misfit(f"{path}.{name}", f"there is no field {name!r}{f'; is it {near[0]!r}?' if near else ' here'}")
    yield from (Misfit(path, f"the field {name!r} is missing") for name in missing)


def _whole(data: Any, kind: Any, path: str, said: str) -> Misfit:
    write = _to_write(data, kind)
    if not write or (isinstance(data, dict) and "fields" in write):
        reason, _, inner = said.partition(" - at `")
        return Misfit(path + inner.rstrip("`").removeprefix("$"), reason)
    return Misfit(path, f"{_name(path)} {_state(data, write)}: write {write}")


def _to_write(data: Any, kind: Any) -> str:
    """What the type asks for; nothing where that has no words."""
    kind = _given(data, kind)
    if get_origin(_bare(kind)) is Literal:
        return "one of " + ", ".join(map(str, get_args(_bare(kind))))
    info: Any = inspect.type_info(kind)
    hint: dict[str, str] = {}
    if isinstance(info, inspect.Metadata):
        info, hint = info.type, info.extra or {}
    return hint.get("write") or _WRITE.get(type(info), lambda _info, _data: "")(info, data)


def _name(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0].replace("$", "this")


def _state(data: Any, write: str) -> str:
    if data is None or data == "":
        return "is empty"
    if isinstance(data, str) and "characters" in write:
        return f"has {len(data)} characters"
    if isinstance(data, list):
        return f"is a list of {len(data)}"
    if isinstance(data, dict):
        return "is a group of fields"
    return f"cannot be {_shown(data)}"


def _shown(data: Any) -> str:
    if isinstance(data, bool):
        return str(data).lower()
    text = repr(data)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text(info: inspect.StrType, data: Any) -> str:
    if isinstance(data, bool | int | float):
        return f"it in quotes, '{_shown(data)}'"
    if isinstance(data, str) and info.pattern:
        return f"what fits {info.pattern}"
    least = f"{info.min_length} to" if info.min_length and info.min_length > 1 else "at most"
    return f"a text of {least} {info.max_length} characters" if info.max_length else "a text"


def _number(info: inspect.FloatType | inspect.IntType, _data: Any) -> str:
    bounds = [("above", info.gt), ("from", info.ge), ("below", info.lt), ("to", info.le)]
    kind = "a whole number" if isinstance(info, inspect.IntType) else "a number"
    return " ".join([kind, *(f"{word} {bound}" for word, bound in bounds if bound is not None)])


def _list(info: inspect.ListType, data: Any) -> str:
    if isinstance(data, str):
        return f"a list, [{data}]"
    least, most = info.min_length, info.max_length
    if least and most:
        return f"a list of {least} to {most}"
    return f"a list of at least {least}" if least else "a list"


def _struct(info: inspect.StructType, _data: Any) -> str:
    return "the fields " + ", ".join(field.encode_name for field in info.fields)


_WRITE: dict[type, Callable[[Any, Any], str]] = {
    inspect.BoolType: lambda _info, _data: "true or false",
    inspect.DateType: lambda _info, _data: "a day of the calendar, as 2028-11-21",
    inspect.StrType: _text,
    inspect.FloatType: _number,
    inspect.IntType: _number,
    inspect.ListType: _list,
    inspect.StructType: _struct,
    inspect.DictType: lambda _info, _data: "a group of fields",
}
