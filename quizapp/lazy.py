"""Functions of heavy modules by name, so that a process loads such a module when it is first asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazily(name: str) -> Callable[..., Any]:
    """The function `package.module:function`, whose module is imported at its first call."""
    module, _, function = name.partition(":")

    def call(*arguments: Any, **keywords: Any) -> Any:
        return getattr(import_module(module), function)(*arguments, **keywords)

    return call
