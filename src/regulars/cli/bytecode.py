"""What Python makes of its sources, kept where nobody else keeps it.

Starting takes two thousand modules. Where Python was told to write no bytecode (`PYTHONDONTWRITEBYTECODE`, usual in
images of containers) or can't write beside the packages, it compiles all of them at every start: seven seconds of
processor for each command and each of the processes of `regulars up`. There the data folder keeps it, in `cache`.
"""

import os
import sys
from importlib.util import cache_from_source, find_spec
from pathlib import Path


def keep() -> None:
    """Use the data folder's cache from here on, in this process and those that it starts. Changes nothing where the
    packages have their bytecode beside them or will get it, where somebody chose another place, or where there is no
    data folder yet."""
    folder = Path(os.environ.get("REGULARS_DATA") or "data").absolute()
    if sys.pycache_prefix or not folder.is_dir() or _beside_the_packages():
        return
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "cache" / "bytecode")
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _beside_the_packages() -> bool:
    """Whether the largest of them, Django, has its bytecode beside it, or Python may put it there."""
    found = find_spec("django")
    if found is None or found.origin is None:
        return True
    source = Path(found.origin)
    return Path(cache_from_source(str(source))).exists() or (
        not sys.dont_write_bytecode and os.access(source.parent, os.W_OK)
    )
