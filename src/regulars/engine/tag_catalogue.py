"""Tags of the catalogue: what stands in the way of renaming, merging or deleting one, and the audiences that can be
taken along. The members themselves are changed one by one, by events (`insight.bulk`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from regulars.audiences import queries
from regulars.audiences.contracts import Wish
from regulars.engine import audiences as work
from regulars.engine.tagging import checked
from regulars.kit.problems import Problem
from regulars.language.problems import words
from regulars.programme import tag_uses
from regulars.programme.tag_uses import How, TagUse


class TagInUse(Problem):
    """Something puts the tag on, or asks for it."""

    status = 409
    code = "tag_in_use"
    title = words("正在使用", "正在使用", "In use")

    def __init__(self, tag: str, uses: Sequence[TagUse]) -> None:
        self.uses = tuple(uses)
        named = ", ".join(dict.fromkeys(f"{one.use.kind} {one.use.id}" for one in self.uses[:10]))
        super().__init__(
            words(
                f"标签“{tag}”还在使用中（{named}）：请先改这些地方。",
                f"標籤「{tag}」仍在使用中（{named}）：請先修改這些地方。",
                f"The tag “{tag}” is in use ({named}): change that first.",
            )
        )


class SameTag(Problem):
    """A tag can't become itself."""

    status = 422
    code = "same_tag"

    def __init__(self) -> None:
        super().__init__(
            words(
                "新标签与原标签相同，请换一个。",
                "新標籤與原標籤相同，請換一個。",
                "This is the tag itself: choose another one.",
            )
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What names a tag that is to go, or to become another. `hindering` must be changed by hand first; `along` are
    audiences, which can ask for both tags from now on."""

    uses: tuple[TagUse, ...]
    hindering: tuple[TagUse, ...]
    along: tuple[TagUse, ...]


def look(tag: str, into: str = "") -> Standing:
    """How things stand to `tag` becoming `into`; nothing: to its being deleted. Raises BadTag, SameTag."""
    if into:
        [into] = checked([into])
        if into == tag:
            raise SameTag
    uses = tag_uses.of_tag(tag)
    hindering = [one for one in uses if one.hinders(tag, into)]
    along = [one for one in hindering if into and one.use.kind == "audience" and one.how is How.ASKS]
    return Standing(tuple(uses), tuple(one for one in hindering if one not in along), tuple(along))


def clear(tag: str, into: str = "", by: str = "") -> None:
    """Nothing stands in the way any more: audiences that ask for `tag` ask for `into` as well from now on. Raises
    TagInUse, and as `look`."""
    standing = look(tag, into)
    if standing.hindering:
        raise TagInUse(tag, standing.hindering)
    with transaction.atomic():
        for one in standing.along:
            found = queries.get(one.use.id)
            wider = tag_uses.widened(found.condition, tag, into)
            work.change(found.id, found.revision, Wish(found.names, found.kind, wider, found.note), by)
