"""The build hook: what it makes is what the pages ask for, and it rests while nothing changes."""

import gzip
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from regulars.console import assets, icons

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The build hook, on a front end of its own."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "frontend/src").mkdir(parents=True)
    (tmp_path / "frontend/node_modules").mkdir()
    (tmp_path / "frontend/package-lock.json").write_text("{}")
    (tmp_path / "frontend/src/console.ts").write_text("export {};")
    (tmp_path / "dist").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FRONT_END", tmp_path / "frontend")
    monkeypatch.setattr(module, "DIST", tmp_path / "dist")
    return module


def test_it_builds_once_and_again_only_when_a_source_changes(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(hook, "run", lambda _what, *command: ran.append(command[1].rsplit("/", 1)[-1]))
    hook.build_front_end()
    hook.build_front_end()
    assert ran == ["npm-cli.js", "vite.js"]
    (tmp_path / "frontend/src/console.ts").write_text("export { };")
    hook.build_front_end()
    assert ran == ["npm-cli.js", "vite.js", "vite.js"]


def test_an_unreachable_registry_is_one_clear_sentence(hook: ModuleType) -> None:
    program = [sys.executable, "-c", "import sys; sys.exit('npm error code ENOTFOUND')"]
    with pytest.raises(hook.BuildError, match=r"registry cannot be reached \(ENOTFOUND\)"):
        hook.run("npm could not install the console's packages", *program)


def test_the_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    wanted = json.loads((ROOT / "frontend/package.json").read_text())
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_what_pages_ask_for_is_built_and_calls_no_other_host() -> None:
    urls = [assets.script(), *assets.styles()]
    for url in urls:
        path = assets.DIST / url.split("/dist/")[1]
        text = path.read_bytes()
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == text
        assert not re.findall(rb"url\(['\"]?https?:|@import ['\"]?https?:", text)


def test_every_icon_that_is_named_was_taken_in() -> None:
    folder = ROOT / "src/regulars/console"
    named: set[str] = set()
    for page in folder.rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text()))
    assert named
    for name in named:
        assert "<path" in icons.icon(name)
