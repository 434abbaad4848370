"""Bytecode is kept in the data folder where Python would make it anew at every start, and nowhere else."""

import os
import sys
from pathlib import Path

import pytest

from regulars.cli import bytecode


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(bytecode, "cache_from_source", lambda _: "/nowhere/django.pyc")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")


def test_where_none_is_written_the_data_folder_keeps_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path))
    bytecode.keep()
    assert sys.pycache_prefix == os.environ["PYTHONPYCACHEPREFIX"] == str(tmp_path / "cache" / "bytecode")
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_where_it_is_beside_the_packages_or_there_is_no_folder_nothing_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "none"))
    bytecode.keep()
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path))
    monkeypatch.setattr(bytecode, "cache_from_source", lambda _: __file__)
    bytecode.keep()
    assert sys.pycache_prefix is None
    assert sys.dont_write_bytecode
    assert list(tmp_path.iterdir()) == []
