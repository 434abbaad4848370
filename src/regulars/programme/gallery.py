"""The programmes that come with Regulars: ready ones to begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regulars
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.loader import InvalidProgramme, load

PACKAGED = Path(regulars.__file__).parent / "programmes"
CHECKOUT = Path(regulars.__file__).parents[2] / "programmes"


@dataclass(frozen=True, slots=True)
class Card:
    """One of them: what it is good for, and its parts in numbers (part → how many; of ladders their levels)."""

    id: str
    programme: Programme
    about: Text
    parts: dict[str, int]


COUNTED = ("assets", "wallets", "ladders", "plans", "benefits", "campaigns", "rules", "templates")


def template(name: str) -> str:
    """The YAML of the programme `name`. KeyError where none is called so."""
    path = _paths().get(name)
    if path is None:
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


def cards() -> Sequence[Card]:
    """Every programme that is here and sound, by its id."""
    return [card for name in sorted(_paths()) if (card := _card(name)) is not None]


@lru_cache(maxsize=200)
def _card(name: str) -> Card | None:
    try:
        programme = load(template(name), 1)
    except InvalidProgramme:
        return None
    return Card(name, programme, programme.about or _head(template(name)), _numbers(programme))


def _numbers(programme: Programme) -> dict[str, int]:
    found = {part: len(getattr(programme, part, ())) for part in COUNTED}
    found["ladders"] = sum(len(ladder.levels) for ladder in programme.ladders.values())
    return {part: number for part, number in found.items() if number}


def _head(source: str) -> Text:
    """The comment on top of the file."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    said = " ".join(lines)
    return words(said, said, said)


def _paths() -> dict[str, Path]:
    found = {}
    for folder in (CHECKOUT, PACKAGED):
        if folder.is_dir():
            found.update({path.stem: path for path in folder.glob("*.yaml")})
    return found
