"""The one place that loads modules by name: those of the command that was asked for alone, so that `--help` answers at
once and nobody waits for what only another command needs."""

import importlib
from types import ModuleType


def loaded(name: str) -> ModuleType:
    """`regulars.cli.<name>`, loaded now."""
    return importlib.import_module(f"regulars.cli.{name}")
