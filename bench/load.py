"""A small HTTP client for loads: many keep-alive connections in one thread, so that it takes little from the server."""

import heapq
import itertools
import selectors
import socket
import statistics
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(slots=True)
class Ask:
    """One request, as bytes; `name` is what the caller knows it by, `due` seconds after the start of the load."""

    raw: bytes
    name: Any = None
    due: float = 0.0
    sent: float = 0.0


@dataclass(slots=True)
class Answer:
    """`sent` and `got` are moments of time.perf_counter."""

    name: Any
    status: int
    body: bytes
    sent: float
    got: float

    @property
    def seconds(self) -> float:
        return self.got - self.sent


def request(method: str, path: str, *, token: str = "", key: str = "", body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    lines += ["Content-Type: application/json"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def complete(buffer: bytes) -> tuple[int, bytes] | None:
    """Status and body of an answer, once all of it is there."""
    head, found, body = buffer.partition(HEAD_END)
    if not found:
        return None
    lower = head.lower()
    start = lower.index(LENGTH) + len(LENGTH)
    length = int(lower[start:].split(b"\r\n", 1)[0])
    return (int(head[9:12]), body) if len(body) >= length else None


@dataclass
class Line:
    """One connection: at most one request under way."""

    port: int
    plug: socket.socket = field(init=False)
    ask: Ask | None = None
    buffer: bytes = b""

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        self.plug = socket.create_connection(("127.0.0.1", self.port), 10)
        self.plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, ask: Ask) -> None:
        self.ask, ask.sent = ask, time.perf_counter()
        self.plug.sendall(ask.raw)

    def receive(self) -> Answer | None:
        """The answer when it is complete. Raises ConnectionError when the other side went away."""
        part = self.plug.recv(65536)
        if not part:
            raise ConnectionError
        self.buffer += part
        if (whole := complete(self.buffer)) is None:
            return None
        ask, self.ask, self.buffer = self.ask, None, b""
        assert ask is not None
        return Answer(ask.name, *whole, ask.sent, time.perf_counter())


def closed_loop(port: int, asks: Iterable[Ask], *, clients: int, seconds: float = 1e9) -> list[Answer]:
    """Each client sends its next request when it has its answer, until the time or the requests are over."""
    waiting, answers = iter(asks), []
    until = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        under_way = 0
        for _client in range(clients):
            if ask := next(waiting, None):
                line = Line(port)
                selector.register(line.plug, selectors.EVENT_READ, line)
                line.send(ask)
                under_way += 1
        while under_way:
            for key, _events in selector.select(30):
                line = key.data
                if (answer := line.receive()) is None:
                    continue
                answers.append(answer)
                following = next(waiting, None) if answer.got < until else None
                if following is None:
                    selector.unregister(line.plug)
                    line.plug.close()
                    under_way -= 1
                else:
                    line.send(following)
    return answers


def retried_loop(port: int, asks: Iterable[Ask], *, clients: int, pause: float = 0.05) -> list[Answer]:
    """As the closed loop, but a request whose connection broke is sent again, as it was, until it is answered."""
    fresh, answers = iter(asks), []
    again: list[tuple[float, int, Ask]] = []
    counter, idle, is_open = itertools.count(), clients, True
    with selectors.DefaultSelector() as selector:
        while is_open or again or idle < clients:
            moment = time.perf_counter()
            while idle:
                if again and again[0][0] <= moment:
                    ask = heapq.heappop(again)[2]
                elif (found := next(fresh, None)) is not None:
                    ask = found
                else:
                    is_open = False
                    break
                try:
                    line = Line(port)
                    line.send(ask)
                except OSError:
                    heapq.heappush(again, (moment + pause, next(counter), ask))
                    break
                selector.register(line.plug, selectors.EVENT_READ, line)
                idle -= 1
            for key, _events in selector.select(0.02):
                line = key.data
                try:
                    answer = line.receive()
                except OSError:
                    heapq.heappush(again, (time.perf_counter() + pause, next(counter), line.ask))
                else:
                    if answer is None:
                        continue
                    answers.append(answer)
                selector.unregister(line.plug)
                line.plug.close()
                idle += 1
    return answers


def at_rate(port: int, asks: Iterable[Ask], *, clients: int) -> list[Answer]:
    """Send each request when it is due, whether or not earlier ones are answered; `sent` is when it was due."""
    waiting = deque(sorted(asks, key=lambda ask: ask.due))
    answers: list[Answer] = []
    with selectors.DefaultSelector() as selector:
        idle = deque(Line(port) for _client in range(clients))
        for line in idle:
            selector.register(line.plug, selectors.EVENT_READ, line)
        began, under_way = time.perf_counter(), 0
        while waiting or under_way:
            while waiting and idle and began + waiting[0].due <= time.perf_counter():
                ask, line = waiting.popleft(), idle.popleft()
                line.send(ask)
                ask.sent = began + ask.due
                under_way += 1
            pause = max(0.0, began + waiting[0].due - time.perf_counter()) if waiting and idle else 5
            for key, _events in selector.select(pause):
                if answer := key.data.receive():
                    answers.append(answer)
                    idle.append(key.data)
                    under_way -= 1
        for line in idle:
            line.plug.close()
    return answers


def per_second(answers: list[Answer]) -> float:
    return len(answers) / (max(a.got for a in answers) - min(a.sent for a in answers))


def percentile(answers: Iterable[Answer], share: float) -> float:
    """Milliseconds."""
    ordered = sorted(answer.seconds for answer in answers)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Iterable[float]) -> float:
    return statistics.median(list(values))
