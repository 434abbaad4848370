"""Where a member's tags came from, and what names a tag, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from regulars.console import formats
from regulars.console.asked import person
from regulars.console.audience_words import UseLine
from regulars.console.audience_words import use_lines as lines_of
from regulars.console.house import rule_names
from regulars.engine.tag_catalogue import Standing
from regulars.engine.tagging import Origin, origins
from regulars.members.contracts import MemberProfile
from regulars.programme.contracts import Programme
from regulars.programme.tag_uses import How, TagUse

HOWS = {
    How.PUTS: gettext_lazy("puts it on"),
    How.TAKES: gettext_lazy("takes it off"),
    How.ASKS: gettext_lazy("asks for it"),
    How.GROUPS: gettext_lazy("has it among its tags"),
    How.DRAFTED: gettext_lazy("names it, not published yet"),
}


@dataclass(frozen=True, slots=True)
class TagUseLine:
    """Something that names a tag: what it is, what it does with the tag, whether it must be changed first."""

    line: UseLine
    how: str
    hinders: bool


def use_lines(uses: Iterable[TagUse], standing: Standing) -> list[TagUseLine]:
    """All that names a tag, what stands in the way first."""
    found = [
        TagUseLine(line, str(HOWS[one.how]), one in standing.hindering)
        for one in uses
        for line in lines_of([one.use])
    ]
    return sorted(found, key=lambda one: not one.hinders)


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
