"""Libraries that take long to load and are seldom needed: loaded when something of them is first used, so that every
process starts without them."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any


class Later:
    """Stands for a module until it is needed. Safe for threads, as importing is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def later(name: str) -> Any:
    """The module of that name, when it is needed. Raises `ModuleNotFoundError` at once where there is none."""
    if find_spec(name) is None:
        raise ModuleNotFoundError(name)
    return Later(name)
