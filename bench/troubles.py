"""Trouble around the site: a way to PostgreSQL that stops, slows down or breaks, and a disk that is full."""

import contextlib
import io
import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import servers

DISK = 256 << 20  # bytes: the database, its log and what the site writes at its start


@dataclass
class Proxy:
    """Between the site and PostgreSQL: passes on, slows down, holds everything back, or hangs up."""

    upstream: Path
    pause: float = 0.0  # seconds before each piece
    is_open: threading.Event = field(default_factory=threading.Event)
    is_cut: bool = False
    plugs: list[socket.socket] = field(default_factory=list)

    def listen(self, listener: socket.socket) -> None:
        self.is_open.set()
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                try:
                    self.connect(client)
                except OSError:  # nobody is there: say so
                    client.close()

    def connect(self, client: socket.socket) -> None:
        if self.is_cut:
            raise ConnectionRefusedError
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.upstream))
        self.plugs += [client, server]
        for pair in ((client, server), (server, client)):
            threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.pause)
                self.is_open.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def cut(self, seconds: float) -> None:
        """Every connection ends in the middle of what it carries, and nobody gets a new one."""
        self.is_cut = True
        self.hang_up(socket.SHUT_RDWR)
        time.sleep(seconds)
        self.is_cut = False

    def slow(self, seconds: float) -> None:
        self.pause = 0.2
        time.sleep(seconds)
        self.pause = 0.0

    def silent(self, seconds: float) -> None:
        """Nothing arrives any more, and nobody says so."""
        self.is_open.clear()
        time.sleep(seconds)
        self.is_open.set()

    def half_close(self, seconds: float) -> None:
        """Again and again one direction of each connection ends."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.hang_up(socket.SHUT_RD)
            time.sleep(min(1, seconds))

    def hang_up(self, how: int) -> None:
        for plug in self.plugs:
            with contextlib.suppress(OSError):
                plug.shutdown(how)
        self.plugs.clear()


def write_all(file: io.FileIO, part: bytes) -> None:
    """The same part again and again, until there is no room."""
    with contextlib.suppress(OSError):
        while file.write(part):
            pass


class Tmpfs:
    """A small disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, _site: servers.Site, seconds: float) -> None:
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):  # the page of a tmpfs
                write_all(file, bytes(size))
        time.sleep(seconds)
        filler.unlink()


class Limited:
    """Files of the site may not grow: what there is without rights to mount."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, site: servers.Site, seconds: float) -> None:
        self.limit(site, 0)
        time.sleep(seconds)
        self.limit(site, resource.RLIM_INFINITY)

    def limit(self, site: servers.Site, size: int) -> None:
        assert site.process
        group = str(site.process.pid)
        found = subprocess.run(["pgrep", "-g", group], check=True, stdout=subprocess.PIPE, text=True).stdout
        for number in found.split():
            resource.prlimit(int(number), resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Tmpfs | Limited]:
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid():
        yield Limited(folder)
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # the last process of the site may not be gone
