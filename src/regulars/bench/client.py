"""The load: keep-alive connections, each with one request under way. A process of its own, as lean as can be.

`python -m regulars.bench.client HOST PORT KEY CONNECTIONS EVENTS SECONDS MEMBERS SEED` prints JSON: requests
answered, seconds, the latencies in milliseconds (sorted), and how many answers were no 2xx. EVENTS is how many orders
a request holds; 0 asks for spendings of one point instead.
"""

import json
import random
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

LINES = (
    ("A1", "纯牛奶 1L", "乳品", "18.90"),
    ("B7", "全麦面包", "烘焙", "12.50"),
    ("C3", "富士苹果 1kg", "水果", "15.80"),
)


@dataclass
class Line:
    """One connection and the request under way on it."""

    sock: socket.socket
    sent: float = 0.0
    answer: bytearray = field(default_factory=bytearray)


def requests(host: str, key: str, events: int, members: int, seed: int) -> Iterator[bytes]:
    """Requests without end."""
    common = f"Host: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    if events:
        head = f"POST /api/v1/events HTTP/1.1\r\n{common}"
        for body in orders(events, members, seed):
            yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    chance, number = random.Random(seed), 0
    body = b'{"asset": "points", "amount": 1}'
    while True:
        number += 1
        path = f"/api/v1/members/phone:%2B86100{chance.randrange(members):08}/spends"
        yield (
            f"POST {path} HTTP/1.1\r\n{common}Idempotency-Key: {seed}-{number}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def orders(events: int, members: int, seed: int) -> Iterator[bytes]:
    """Bodies without end: orders of random members, each with a name of its own."""
    chance = random.Random(seed)
    number = 0
    while True:
        moment = datetime.now(UTC).isoformat()
        batch = []
        for _ in range(events):
            number += 1
            name = f"{seed}-{number}"
            lines = chance.sample(LINES, chance.randint(1, 3))
            cents = sum(int(price.replace(".", "")) for *_, price in lines)
            batch.append(
                {
                    "id": name,
                    "source": "bench",
                    "type": "order.paid",
                    "time": moment,
                    "member": {"phone": f"+86100{chance.randrange(members):08}"},
                    "data": {
                        "order_id": name,
                        "total": f"{cents // 100}.{cents % 100:02}",
                        "currency": "CNY",
                        "channel": "store",
                        "store": "S01",
                        "items": [
                            {"sku": sku, "name": what, "category": kind, "quantity": 1, "price": price}
                            for sku, what, kind, price in lines
                        ],
                    },
                }
            )
        yield json.dumps(batch[0] if events == 1 else {"events": batch}, ensure_ascii=False).encode()


def run(
    host: str, port: int, key: str, connections: int, events: int, seconds: float, members: int, seed: int
) -> dict[str, object]:
    """Keep every connection busy for so long."""
    source = requests(host, key, events, members, seed)
    ready = [next(source) for _ in range(min(20_000, int(4000 * seconds)) // (events or 1) or 1)]
    waiting = selectors.DefaultSelector()
    latencies: list[float] = []
    bad = 0

    def send(line: Line) -> None:
        request = ready.pop() if ready else next(source)
        line.sent = time.perf_counter()
        line.sock.sendall(request)

    start = time.perf_counter()
    for _ in range(connections):
        line = Line(socket.create_connection((host, port)))
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(line.sock, selectors.EVENT_READ, line)
        send(line)
    under_way, end = connections, start + seconds
    while under_way:
        for ready_key, _ in waiting.select(5):
            line = ready_key.data
            chunk = line.sock.recv(1 << 18)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            line.answer += chunk
            if not complete(line.answer):
                continue
            now = time.perf_counter()
            latencies.append((now - line.sent) * 1000)
            bad += not line.answer.startswith(b"HTTP/1.1 20")
            line.answer.clear()
            if now < end:
                send(line)
            else:
                under_way -= 1
                waiting.unregister(line.sock)
                line.sock.close()
    return {
        "requests": len(latencies),
        "seconds": time.perf_counter() - start,
        "latencies": sorted(latencies),
        "bad": bad,
    }


def complete(answer: bytearray) -> bool:
    """Whether a whole response with Content-Length has come."""
    split = answer.find(b"\r\n\r\n")
    if split < 0:
        return False
    head = bytes(answer[:split]).lower()
    at = head.index(b"content-length:") + 15
    return len(answer) - split - 4 >= int(head[at:].split(b"\r\n", 1)[0])


if __name__ == "__main__":
    host, port, key, connections, events, seconds, members, seed = sys.argv[1:]
    print(
        json.dumps(
            run(host, int(port), key, int(connections), int(events), float(seconds), int(members), int(seed))
        )
    )
