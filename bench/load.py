"""A small HTTP client for loads: many keep-alive connections in one thread, so that it takes little from the server."""

import heapq
import itertools
import selectors
import socket
import statistics
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator
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


def request(method: str, path: str, *, token: str = "", key: str = "", body: bytes = b"", **headers: str) -> bytes:
    """`headers` are further ones, with _ for -."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
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


@dataclass(eq=False)
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
        self.buffer = b""
        assert self.ask
        return Answer(self.ask.name, *whole, self.ask.sent, time.perf_counter())


class Lines:
    """The open connections, and which of them has an answer."""

    def __init__(self, port: int) -> None:
        self.port, self.count = port, 0
        self.selector = selectors.DefaultSelector()

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        self.selector.close()

    def open(self, ask: Ask | None = None) -> Line:
        """One more, with a request under way. Raises OSError when nobody takes the call."""
        line = Line(self.port)
        if ask:
            line.send(ask)
        self.selector.register(line.plug, selectors.EVENT_READ, line)
        self.count += 1
        return line

    def close(self, line: Line) -> None:
        self.selector.unregister(line.plug)
        line.plug.close()
        self.count -= 1

    def answered(self, seconds: float) -> Iterator[tuple[Line, Answer | None]]:
        """Whoever was answered within the time; without an answer where the connection broke."""
        for key, _events in self.selector.select(seconds):
            line: Line = key.data
            try:
                answer = line.receive()
            except OSError:
                yield line, None
                continue
            if answer:
                yield line, answer


def closed_loop(port: int, asks: Iterable[Ask], *, clients: int, seconds: float = 1e9) -> list[Answer]:
    """Each client sends the next request when it has its answer, until the time or the requests are over."""
    return closed_loops(port, itertools.repeat(iter(asks), clients), seconds=seconds)


def closed_loops(port: int, clients: Iterable[Iterable[Ask]], *, seconds: float = 1e9) -> list[Answer]:
    """The same for clients that have requests of their own."""
    answers = []
    until = time.perf_counter() + seconds
    with Lines(port) as lines:
        own = {lines.open(ask): asks for asks in map(iter, clients) if (ask := next(asks, None))}
        while lines.count:
            for line, answer in lines.answered(30):
                assert answer, "the server hung up"
                answers.append(answer)
                go_on(lines, line, next(own[line], None) if answer.got < until else None)
    return answers


def go_on(lines: Lines, line: Line, ask: Ask | None) -> None:
    if ask:
        line.send(ask)
    else:
        lines.close(line)


def retried_loop(port: int, asks: Iterable[Ask], *, clients: int, refused: Collection[int] = ()) -> list[Answer]:
    """As the closed loop, but a request whose connection broke is sent again, as it was, until it is answered.

    So is one whose status is among `refused`; that answer is returned, too.
    """
    queue, answers = Retries(asks, refused), []
    with Lines(port) as lines:
        queue.send(lines, clients)
        while lines.count or queue.again:
            for line, answer in lines.answered(0.02):
                lines.close(line)
                answers += queue.got(line, answer)
            queue.send(lines, clients)
    return answers


class Retries:
    """Requests that wait: those whose pause is over come first."""

    PAUSE = 0.05  # seconds

    def __init__(self, asks: Iterable[Ask], refused: Collection[int]) -> None:
        self.fresh, self.refused, self.order = iter(asks), refused, itertools.count()
        self.again: list[tuple[float, int, Ask]] = []

    def got(self, line: Line, answer: Answer | None) -> list[Answer]:
        """The answer, or nothing: then what the line was to carry is sent again, and so after a refusal."""
        if line.ask and (answer is None or answer.status in self.refused):
            self.put_off(line.ask)
        return [answer] if answer else []

    def put_off(self, ask: Ask) -> None:
        heapq.heappush(self.again, (time.perf_counter() + self.PAUSE, next(self.order), ask))

    def next_due(self) -> Ask | None:
        if self.again and self.again[0][0] <= time.perf_counter():
            return heapq.heappop(self.again)[2]
        return next(self.fresh, None)

    def send(self, lines: Lines, clients: int) -> None:
        """As many as there are clients; none of them when nobody takes the call."""
        while lines.count < clients and (ask := self.next_due()):
            if not opened(lines, ask):
                return self.put_off(ask)
        return None


def opened(lines: Lines, ask: Ask) -> bool:
    try:
        lines.open(ask)
    except OSError:
        return False
    return True


def at_rate(port: int, asks: Iterable[Ask], *, clients: int) -> list[Answer]:
    """Send each request when it is due, whether or not earlier ones are answered; `sent` is when it was due."""
    waiting = deque(sorted(asks, key=lambda ask: ask.due))
    answers: list[Answer] = []
    with Lines(port) as lines:
        idle = deque(lines.open() for _client in range(clients))
        began = time.perf_counter()
        while waiting or len(idle) < clients:
            while waiting and idle and began + waiting[0].due <= time.perf_counter():
                ask, line = waiting.popleft(), idle.popleft()
                line.send(ask)
                ask.sent = began + ask.due
            pause = max(0.0, began + waiting[0].due - time.perf_counter()) if waiting and idle else 5
            for line, answer in lines.answered(pause):
                assert answer, "the server hung up"
                answers.append(answer)
                idle.append(line)
    return answers


def per_second(answers: list[Answer]) -> float:
    return len(answers) / (max(a.got for a in answers) - min(a.sent for a in answers))


def percentile(answers: Iterable[Answer], share: float) -> float:
    """Milliseconds."""
    ordered = sorted(answer.seconds for answer in answers)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Iterable[float]) -> float:
    return statistics.median(list(values))
