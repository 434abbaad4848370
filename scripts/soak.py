"""`make soak`: attack the books for hours, and name the seed and the one command when something breaks.

Round after round, until SOAK_MINUTES (60) are over: random lives against the pure core and against PostgreSQL, raids
of a hundred threads, kill -9 of server, worker and PostgreSQL under load, and replays of the journal. Every round
has a seed of its own. SEED=… does the one round of that seed again, PARTS="core kills" only these parts of it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from random import SystemRandom

ROOT = Path(__file__).parents[1]
PARTS: dict[str, tuple[str, dict[str, str]]] = {
    "core": ("test_core.py", {"BOOKS_RUNS": "3000", "BOOKS_STEPS": "30"}),
    "postgres": ("test_postgres.py", {"BOOKS_RUNS": "300", "BOOKS_STEPS": "40"}),
    "attacks": ("test_attacks.py", {"BOOKS_ROUNDS": "12"}),
    "replay": ("test_replay.py", {"BOOKS_STEPS": "500"}),
    "kills": ("test_kills.py", {"BOOKS_KILLS": "30"}),
}
"""Part → its tests, and how long they are at it."""


def main() -> int:
    """0: nothing broke; 1: something did."""
    minutes = float(os.environ.get("SOAK_MINUTES") or 60)
    parts = (os.environ.get("PARTS") or " ".join(PARTS)).split()
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]}; there are: {' '.join(PARTS)}.", file=sys.stderr)
        return 2
    again = os.environ.get("SEED", "")
    deadline, rounds = time.monotonic() + 60 * minutes, 0
    while not rounds or (not again and time.monotonic() < deadline):
        rounds += 1
        seed = int(again) if again else SystemRandom().randrange(1, 10**9)
        for part in parts:
            if not _held(part, seed):
                print(f"\nBroken: {part}, seed {seed}. Again: make soak SEED={seed} PARTS={part}", flush=True)
                return 1
            if not again and time.monotonic() > deadline and rounds > 1:
                break
    print(f"Nothing broke in {rounds} rounds.")
    return 0


def _held(part: str, seed: int) -> bool:
    """Do one part; whether it held."""
    file, lengths = PARTS[part]
    print(f"{time.strftime('%H:%M:%S')}  {part:10} seed {seed}", flush=True)
    environment = {**os.environ, **lengths, "BOOKS_SEED": str(seed)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", f"tests/books/{file}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
