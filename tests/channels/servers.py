"""A service on loopback that answers as it is told, and what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Service:
    """What a service on loopback heard; its script may be changed meanwhile."""

    script: Script
    host: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, body


@contextmanager
def service(script: Script) -> Iterator[Service]:
    """Run a service on loopback."""
    kept = Service(script)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            kept.asked.append((self.path, self.rfile.read(length).decode()))
            kept.script(self)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    kept.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: str = "{}") -> Script:
    """A script that answers with a status."""

    def script(line: BaseHTTPRequestHandler) -> None:
        line.send_response(status)
        line.send_header("Content-Length", str(len(body)))
        line.end_headers()
        line.wfile.write(body.encode())

    return script


def cuts(line: BaseHTTPRequestHandler) -> None:
    """Hang up instead of answering."""
    line.close_connection = True


def hangs(line: BaseHTTPRequestHandler) -> None:
    """Never answer."""
    line.connection.settimeout(5)
    try:
        while line.connection.recv(100):
            pass
    except OSError:
        pass


def drips(line: BaseHTTPRequestHandler) -> None:
    """Answer so slowly that no timeout strikes."""
    stop = threading.Event()
    try:
        while not stop.wait(0.05):
            line.wfile.write(b"H")
    except OSError:
        pass
