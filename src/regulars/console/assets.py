"""Where the built style sheet and script lie: names carry their content's hash, the manifest knows them."""

import json
from pathlib import Path

from django.templatetags.static import static

from regulars.kit.errors import CliError

DIST = Path(__file__).parent / "static/console/dist"


class _Manifest:
    """Read once, and again when a new build has been made."""

    def __init__(self) -> None:
        self.seen = 0
        self.entries: dict[str, dict[str, object]] = {}

    def entry(self, name: str) -> dict[str, object]:
        path = DIST / "manifest.json"
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            raise CliError("The console's assets are not built; run: python hatch_build.py") from None
        if changed != self.seen:
            self.entries, self.seen = json.loads(path.read_text()), changed
        return self.entries[name]


_manifest = _Manifest()


def script(name: str = "src/console.ts") -> str:
    """The URL of a built script."""
    return static(f"console/dist/{_manifest.entry(name)['file']}")


def styles(name: str = "src/console.ts") -> list[str]:
    """The URLs of the style sheets that belong to it."""
    sheets = _manifest.entry(name).get("css", [])
    return [static(f"console/dist/{sheet}") for sheet in sheets] if isinstance(sheets, list) else []
