"""The language of whoever sits at the terminal."""

import os

TRADITIONAL = ("TW", "HK", "MO", "HANT")


def language() -> str:
    """zh-hans, zh-hant or en, as LC_ALL, LC_MESSAGES or LANG say, in this order."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "").upper()
    if not locale.startswith("ZH"):
        return "en"
    return "zh-hant" if any(place in locale for place in TRADITIONAL) else "zh-hans"


def some(count: int, one: str, many: str = "") -> str:
    """1 member, 2,468 members. `many`: where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
