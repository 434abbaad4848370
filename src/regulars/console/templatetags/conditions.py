"""The editor of conditions in a template: {% load conditions %}{% conditions "when" condition on="member" %}."""

import json
from typing import Any

from django import template

from regulars.console import editing

register = template.Library()


@register.inclusion_tag("console/_conditions.html")
def conditions(
    name: str, value: Any = None, on: str = "member", scope: str = "facts", counted: bool = True
) -> dict[str, Any]:
    """The editor, with the condition (as YAML and JSON have it; None: none) in a hidden input of this name.

    `on` is the type of event whose fields are offered, `schedule`, or `member`; `scope="line"` a condition on one
    order line. Unless `counted` is False the sentence and how many members it fits stand under it. The page needs a
    CSRF token.
    """
    return {
        "name": name,
        "value": "" if value is None else json.dumps(value, ensure_ascii=False, default=str),
        "on": on,
        "scope": scope,
        "counted": counted,
        "words": editing.words(),
    }
