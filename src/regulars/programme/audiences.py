"""What asks for an audience, wherever: so that none goes that is asked for."""

from regulars.audiences import queries
from regulars.audiences.contracts import Use
from regulars.audiences.logic import named
from regulars.programme import drafts
from regulars.programme.asking import conditions
from regulars.programme.service import current, current_number


def uses_of(audience: str) -> list[Use]:
    """All that asks for an audience: the programme in force, drafts of the next one, other audiences."""
    found = [use for use, asked in conditions(current()) if audience in asked] if current_number() else []
    for row in drafts.every():
        draft = drafts.check(row.source).programme
        if draft is not None and any(audience in asked for _, asked in conditions(draft)):
            found.append(Use("draft", row.name))
    for other in queries.every():
        if other.id != audience and audience in named(other.condition):
            found.append(Use("audience", other.id, other.names))
    return found
