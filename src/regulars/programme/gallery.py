"""The programmes that come with Regulars."""

from pathlib import Path

import regulars

PACKAGED = Path(regulars.__file__).parent / "programmes"
CHECKOUT = Path(regulars.__file__).parents[2] / "programmes"


def template(name: str) -> str:
    """The YAML of the programme `name`. KeyError where none is called so."""
    for folder in (PACKAGED, CHECKOUT):
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise KeyError(name)
