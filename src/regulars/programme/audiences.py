"""What asks for an audience, wherever: so that none goes that is asked for."""

from collections.abc import Iterable

from regulars.audiences import queries
from regulars.audiences.contracts import Use
from regulars.audiences.logic import named
from regulars.programme import drafts
from regulars.programme.asking import conditions
from regulars.programme.service import current, current_number


def uses_of(audience: str) -> list[Use]:
    """All that asks for an audience: the programme in force, drafts of the next one, other audiences."""
    return uses().get(audience, [])


def uses() -> dict[str, list[Use]]:
    """By audience, all that asks for it; those that nothing asks for are not there."""
    found: dict[str, list[Use]] = {}

    def note(use: Use, asked: Iterable[str]) -> None:
        for audience in asked:
            if use not in found.setdefault(audience, []):
                found[audience].append(use)

    if current_number():
        for use, asked in conditions(current()):
            note(use, asked)
    for row in drafts.every():
        draft = drafts.check(row.source).programme
        if draft is not None:
            note(Use("draft", row.name), {one for _, asked in conditions(draft) for one in asked})
    for other in queries.every():
        note(Use("audience", other.id, other.names), named(other.condition) - {other.id})
    return found
