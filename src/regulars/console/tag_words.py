"""Where a member's tags came from, in words."""

from regulars.console import formats
from regulars.console.asked import person
from regulars.console.house import rule_names
from regulars.engine.tagging import Origin, origins
from regulars.members.contracts import MemberProfile
from regulars.programme.contracts import Programme


def tag_lines(member: MemberProfile, programme: Programme) -> list[tuple[str, str]]:
    """Each tag with since when and by what: a rule, a person; empty where the log does not tell."""
    found = origins(member.id, member.tags) if member.tags else {}
    rule_name = rule_names(programme)

    def said(origin: Origin | None) -> str:
        if origin is None:
            return ""
        by = rule_name(origin.rule) if origin.rule else person(origin.by) if origin.by else ""
        return " · ".join(part for part in (formats.day(origin.at), by) if part)

    return [(tag, said(found.get(tag))) for tag in member.tags]
