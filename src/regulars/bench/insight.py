"""Reports measured: histories of a hundredth, a tenth and all of the events, each made, counted and removed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from regulars.bench import history
from regulars.bench.counted import QUESTIONS
from regulars.kit.errors import CliError

MEMORY = "4GB"
COUNT = "import django; django.setup(); from regulars.bench import counted; counted.main()"
"""In a process of its own, for its peak memory; the reports need Django's models to be there."""
LEAST_EVENTS = 100_000
GIVE_UP_SECONDS = 3600


def measure(members: int, events: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Per size of history the seconds of each report, its ratio to hand-written SQL, and the peak memory.

    Refuses to begin where the disk can't hold it.
    """
    steps = sorted({max(events // 100, LEAST_EVENTS), max(events // 10, LEAST_EVENTS), events})
    with tempfile.TemporaryDirectory(prefix="regulars-history-") as folder:
        needed, free = history.Size(members, events).bytes, shutil.disk_usage(folder).free
        if needed > free * 0.9:
            raise CliError(
                f"{events:,} events take about {needed / 1e9:.0f} GB, and {folder} has {free / 1e9:.0f} GB."
            )
        return {
            "members": members,
            "cores": os.cpu_count(),
            "sizes": [_size(Path(folder) / str(step), members, step, tell) for step in steps],
        }


def _size(folder: Path, members: int, events: int, tell: Callable[[str], None]) -> dict[str, Any]:
    size = history.Size(members, events)
    folder.mkdir()
    tell(f"{events:,} events of {members:,} members are made (about {size.bytes / 1e9:.1f} GB)")
    began = time.monotonic()
    known = history.make(folder, size)
    made = time.monotonic() - began
    tell(f"{', '.join(question.name for question in QUESTIONS)} over {events:,} events")
    arguments = [str(folder), size.last_day.isoformat(), str(os.cpu_count() or 1), MEMORY]
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *arguments],
        capture_output=True, text=True, timeout=GIVE_UP_SECONDS, check=False,
        env={
            **os.environ, "DJANGO_SETTINGS_MODULE": "regulars.settings", "PYTHONWARNINGS": "ignore",
            "REGULARS_WAREHOUSE_FOLDER": str(folder),
        },
    )  # fmt: skip
    shutil.rmtree(folder)
    if done.returncode:
        raise CliError(f"The reports could not be counted: {done.stderr.strip()[-500:]}")
    return {
        "events": events,
        "made_seconds": round(made, 1),
        "disk_mb": sum(file.bytes for file in known.files) // 1_000_000,
        **json.loads(done.stdout.strip().splitlines()[-1]),
    }
