"""Load over HTTP that never gives up: every request is repeated under its key until it is answered."""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

PATIENCE_SECONDS = 90.0
PEOPLE = 4
"""Members of each thread: so one thread alone knows what its members should have."""


@dataclass
class Deed:
    """One request and what was answered: `units` to the member if it was done."""

    path: str
    key: str
    body: dict[str, Any]
    who: str
    units: int
    done: bool = False
    attempts: int = 0
    answer: dict[str, Any] = field(default_factory=dict)


class Unanswered(Exception):
    """Nobody said whether it was done: it may have been."""


def asked(port: int, secret: str, deed: Deed) -> tuple[int, dict[str, Any]]:
    """One attempt; status and answer. Raises Unanswered."""
    deed.attempts += 1
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
            "Accept-Language": "en",
        }
        if "id" not in deed.body:
            headers["Idempotency-Key"] = deed.key
        line.request("POST", f"/api/v1{deed.path}", json.dumps(deed.body), headers)
        response = line.getresponse()
        text = response.read()
        if response.status >= 500:
            raise Unanswered(response.status)
        found: dict[str, Any] = json.loads(text)
        return response.status, found
    except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
        raise Unanswered(repr(error)) from error
    finally:
        line.close()


class Storm:
    """Threads that buy and spend until they are told to stop."""

    def __init__(self, port: int, secret: str, seed: int, threads: int = 6) -> None:
        self.port, self.secret = port, secret
        self.stopping = threading.Event()
        self.deeds: list[list[Deed]] = [[] for _ in range(threads)]
        self.wrong: list[str] = []
        self.threads = [
            threading.Thread(target=self._blow, args=(number, Random(f"{seed}:{number}")), daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        for one in self.threads:
            one.start()

    def stop(self) -> None:
        """Every request that is under way is still brought to its answer."""
        self.stopping.set()
        for one in self.threads:
            one.join(PATIENCE_SECONDS)
            assert not one.is_alive(), "a request found no answer"
        assert not self.wrong, self.wrong[:5]

    @property
    def all(self) -> list[Deed]:
        return [deed for some in self.deeds for deed in some]

    def _blow(self, number: int, chance: Random) -> None:
        try:
            count = 0
            while not self.stopping.is_set():
                count += 1
                deed = self._deed(number, count, chance)
                self.deeds[number].append(deed)
                self._settle(deed)
        except Exception as error:
            self.wrong.append(repr(error))

    def _deed(self, number: int, count: int, chance: Random) -> Deed:
        who, key = f"s{number}-{chance.randrange(PEOPLE)}", f"{number}-{count}"
        known = {deed.who for deed in self.deeds[number] if deed.done}
        if who in known and chance.random() < 0.5:
            units = chance.randint(1, 80)
            return Deed(f"/members/pos:{who}/spends", key, {"asset": "points", "amount": units}, who, -units)
        units = chance.randint(1, 60)
        data = {"order_id": key, "total": f"{units}.00", "currency": "CNY"}
        body = {
            "id": key, "source": "pos", "type": "order.paid", "member": {"pos": who},
            "time": datetime.now(UTC).isoformat(), "data": data,
        }  # fmt: skip
        return Deed("/events", key, body, who, units)

    def _settle(self, deed: Deed) -> None:
        """Ask until there is an answer."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                status, answer = asked(self.port, self.secret, deed)
            except Unanswered:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                continue
            break
        self._note(deed, status, answer)

    def _note(self, deed: Deed, status: int, answer: dict[str, Any]) -> None:
        if deed.path == "/events":
            (answer,) = answer["results"]
        deed.done = answer.get("status") in ("processed", "duplicate")
        if answer.get("status") == "duplicate" and deed.attempts == 1:
            self.wrong.append(f"{deed.key} was known before it was sent")
        codes = [one.get("code") for one in answer.get("errors", ())]
        if not deed.done and codes != ["insufficient"]:
            self.wrong.append(f"{deed.path} {deed.key}: {status} {answer}")
        deed.answer = answer


def held(deeds: Sequence[Deed]) -> dict[str, int]:
    """What every member should have."""
    sums: dict[str, int] = {}
    for deed in deeds:
        if deed.done:
            sums[deed.who] = sums.get(deed.who, 0) + deed.units
    return sums
