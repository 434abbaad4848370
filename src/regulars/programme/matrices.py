"""Ladders crossed with attributes (横×纵): which ones a programme file states."""

from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.programme.contracts import Matrix, Programme
from regulars.programme.document import Document, MatrixPart
from regulars.programme.shape import unknown_text


def read_matrices(document: Document, programme: Programme, errors: Errors) -> dict[str, Matrix]:
    """All matrices. Refused is one whose attribute has no choices, and a name for a cell that there is not."""
    return {one_id: _matrix(one_id, part, programme, errors) for one_id, part in document.matrices.items()}


def _matrix(one_id: str, part: MatrixPart, programme: Programme, errors: Errors) -> Matrix:
    place: Place = ("matrices", one_id)
    ladder, attribute = programme.ladders.get(part.ladder), programme.attributes.get(part.attribute)
    if ladder is None:
        errors.add((*place, "ladder"), unknown_text("ladder", programme.ladders))
    if attribute is None:
        errors.add((*place, "attribute"), unknown_text("attribute", programme.attributes))
    elif not attribute.choices:
        errors.add(
            (*place, "attribute"),
            words(
                "必须是 type: choice 且列出 choices 的资料字段",
                "必須是 type: choice 且列出 choices 的資料欄位",
                "must be an attribute of type: choice that lists its choices",
            ),
        )
    cells: dict[tuple[str, str], Text] = {}
    for written, name in part.cells.items():
        level, slash, choice = written.partition("/")
        levels = [one.id for one in ladder.levels] if ladder else []
        choices = attribute.choices if attribute else ()
        if ladder and attribute and (not slash or level not in levels or choice not in choices):
            known = [f"{one}/{other}" for one in levels for other in choices]
            errors.add((*place, "cells", written), unknown_text("cell", known))
        cells[level, choice] = name
    return Matrix(one_id, part.name, part.ladder, part.attribute, cells)
