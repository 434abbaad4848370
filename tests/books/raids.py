"""Several processes of many threads that fall on the tests' database at one word."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]
PROCESSES = 2
ROUNDS = int(os.environ.get("BOOKS_ROUNDS", 2))
"""How often each attack is made: through the engine's gate and past it, in turns."""

Job = dict[str, Any]
Result = dict[str, Any]
_keys = count(1)


def command(name: str, member: UUID, *, key: str = "", **said: Any) -> Job:
    """A command for a raider to give."""
    plain = {field: str(value) if isinstance(value, UUID) else value for field, value in said.items()}
    return {"do": name, "member": str(member), "key": key or f"raid{next(_keys)}", "said": plain}


class Raiders:
    """Processes that are kept from raid to raid."""

    def __init__(self, running: Sequence["subprocess.Popen[str]"]) -> None:
        self.pipes = [(one.stdin, one.stdout) for one in running if one.stdin and one.stdout]

    def raid(self, jobs: Sequence[Job], gate: bool) -> list[Result]:
        """All jobs at once, shared out among the processes; the results in the jobs' order."""
        portions = [list(jobs[number :: len(self.pipes)]) for number in range(len(self.pipes))]
        for (into, _), portion in zip(self.pipes, portions, strict=True):
            print(json.dumps({"jobs": portion, "gate": gate}), file=into, flush=True)
        for _, out in self.pipes:
            assert out.readline() == "ready\n"
        for into, _ in self.pipes:
            print("go", file=into, flush=True)
        answers = [json.loads(out.readline()) for _, out in self.pipes]
        return [answers[number % len(answers)][number // len(answers)] for number in range(len(jobs))]


@contextmanager
def raiders(processes: int = PROCESSES) -> Iterator[Raiders]:
    """As many processes, gone afterwards."""
    database = connection.settings_dict
    host = quote(str(database["HOST"] or database["OPTIONS"].get("host", "")), safe="/")
    place = f"host={host}&port={database['PORT'] or 5432}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?{place}",
        "REGULARS_DATA": str(settings.DATA),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.books.raider"], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(processes)
    ]  # fmt: skip
    try:
        yield Raiders(running)
    finally:
        for one in running:
            one.kill()
            one.communicate()


def told(results: Iterable[Result]) -> dict[str, int]:
    """How many were done, and refused for what."""
    return dict(Counter(result["code"] or result["status"] for result in results))
