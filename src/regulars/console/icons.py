"""The icons, drawn into the page: no font, no request. `npm run icons` in frontend/ adds one."""

import json
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

_SHAPES: dict[str, str] = json.loads(Path(__file__).with_name("icons.json").read_text())


def icon(name: str, extra: str = "") -> SafeString:
    """The icon `name` as SVG in the colour of the text around it. KeyError for one that was not taken in."""
    return mark_safe(
        f'<svg class="icon {extra}" width="20" height="20" viewBox="0 0 24 24" stroke-width="1.5"'
        ' stroke="currentColor" fill="none" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{_SHAPES[name]}</svg>"
    )
