"""Ladders crossed with attributes (横×纵): how many members are in every cell, each leading to their list."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from regulars.console.filters import cell_value
from regulars.console.shell import page, programme_of
from regulars.insight.freshness import kept
from regulars.insight.matrices import Crossed, crossed
from regulars.language.text import say
from regulars.programme.contracts import Matrix, Programme
from regulars.programme.vocabulary.member import cell_name
from regulars.tiers.contracts import Level

DARKEST = 32
"""How much of the colour, in percent, the fullest cell has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """So many members, where to see them, and what the cell is called where it has a name of its own."""

    members: int
    url: str
    name: str
    label: str
    shade: int


@dataclass(frozen=True, slots=True)
class Line:
    """One level, from the first choice to those who have not chosen."""

    level: Level
    cells: list[Cell]
    members: int


@dataclass(frozen=True, slots=True)
class Table:
    """One matrix, the highest level first."""

    matrix: Matrix
    ladder: str
    attribute: str
    choices: tuple[str, ...]
    lines: list[Line]
    sums: list[int]
    members: int


@page()
def index(request: HttpRequest) -> HttpResponse:
    """All matrices of the programme in force."""
    programme = programme_of(request)
    tables = []
    for matrix in programme.matrices.values():
        count = partial(crossed, programme, matrix)
        found = kept(("matrix", programme.number, matrix.id), count)
        tables.append((_table(programme, found.value), found.at))
    choosing = [one for one in programme.attributes.values() if one.choices]
    context = {
        "part": "programme",
        "tab": "matrices",
        "tables": tables,
        "ladder": next(iter(programme.ladders.values()), None),
        "attribute": choosing[0] if choosing else None,
    }
    return render(request, "console/matrices.html", context)


def _table(programme: Programme, found: Crossed) -> Table:
    matrix, language = found.matrix, get_language() or "en"
    ladder, attribute = programme.ladders[matrix.ladder], programme.attributes[matrix.attribute]
    choices = (*attribute.choices, "")
    lines = []
    for level in reversed(ladder.levels):
        cells = [_cell(found, level, choice, language) for choice in choices]
        lines.append(Line(level, cells, sum(cell.members for cell in cells)))
    sums = [sum(line.cells[place].members for line in lines) for place in range(len(choices))]
    return Table(
        matrix,
        say(ladder.name, language),
        say(attribute.name, language),
        attribute.choices,
        lines,
        sums,
        sum(sums),
    )


def _cell(found: Crossed, level: Level, choice: str, language: str) -> Cell:
    members = found.cells.get((level.id, choice), 0)
    named = found.matrix.cells.get((level.id, choice))
    query = urlencode({"cell": cell_value(found.matrix.id, level.id, choice)})
    return Cell(
        members,
        f"{reverse('console:members')}?{query}",
        say(named, language) if named else "",
        say(cell_name(found.matrix, level, choice), language) if choice else "",
        members * DARKEST // found.most if choice and found.most else 0,
    )
