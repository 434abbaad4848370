"""Groups of tags: read, and which tags go when another comes. Pure."""

from collections.abc import Mapping

from regulars.language.problems import Errors, words
from regulars.members.contracts import TagGroup
from regulars.programme.document import Document


def read_tag_groups(document: Document, errors: Errors) -> dict[str, TagGroup]:
    """All groups. Refused is a tag that stands in two groups, or twice in one."""
    found: dict[str, TagGroup] = {}
    homes: dict[str, str] = {}
    for group_id, part in document.tag_groups.items():
        for at, tag in enumerate(part.tags):
            if tag in homes:
                home = homes[tag]
                errors.add(
                    ("tag_groups", group_id, "tags", at),
                    words(
                        f"标签“{tag}”已在标签组 {home} 中，一个标签只能属于一个组",
                        f"標籤「{tag}」已在標籤組 {home} 中，一個標籤只能屬於一個組",
                        f"the tag “{tag}” is in the group {home} already: a tag is in one group, once",
                    ),
                )
            homes[tag] = group_id
        found[group_id] = TagGroup(group_id, part.name, tuple(part.tags), part.exclusive)
    return found


def rivals_in(groups: Mapping[str, TagGroup]) -> dict[str, frozenset[str]]:
    """Tag → the other tags of its exclusive group."""
    return {
        tag: frozenset(group.tags) - {tag}
        for group in groups.values()
        if group.exclusive
        for tag in group.tags
    }
