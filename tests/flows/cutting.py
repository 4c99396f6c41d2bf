"""A line between browser and server that can be cut at any point, as signal is in a corridor."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass
class Cut:
    """Where a line breaks: at which request, and how far that one came.

    `request` and `answer` are the shares of them that still pass; an answer that does not begin
    to pass was all the same made by the server.
    """

    at: re.Pattern[bytes]
    skips: int = 0  # so many such requests pass unharmed
    request: float = 1.0
    answer: float = 0.0
    stays_down: bool = False


class Line:
    """A TCP line to a server, which tests cut and mend."""

    def __init__(self, port: int) -> None:
        self.upstream = ("127.0.0.1", port)
        self.is_up = True
        self.cut: Cut | None = None
        self.cuts = 0
        self.blocked: re.Pattern[bytes] | None = None  # what never passes, while all else does
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.is_up = False
        self._socket.close()

    def mend(self) -> None:
        self.cut, self.blocked, self.is_up = None, None, True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """Carry one request and its answer; each has a line of its own."""
        with client, suppress(OSError):
            client.settimeout(30)
            asked = self._whole(client)
            is_blocked = self.blocked is not None and self.blocked.match(asked)
            if not asked or is_blocked or not self.is_up:
                return _break(client)
            cut = self._cut_for(asked)
            with socket.create_connection(self.upstream, timeout=30) as server:
                if cut is not None and cut.request < 1:
                    server.sendall(asked[: int(len(asked) * cut.request)])
                    return _break(client)
                server.sendall(asked)
                answer = b"".join(iter(lambda: server.recv(65536), b""))
            if self._is_down():  # since, by another thread
                return _break(client)
            if cut is not None:
                client.sendall(answer[: int(len(answer) * cut.answer)])
                return _break(client)
            client.sendall(answer)
        return None

    def _is_down(self) -> bool:
        return not self.is_up

    def _whole(self, client: socket.socket) -> bytes:
        """Read one request, and ask that the line be closed after its answer."""
        data = b""
        while _HEAD_END not in data:
            part = client.recv(65536)
            if not part:
                return b""
            data += part
        head, _, body = data.partition(_HEAD_END)
        length = _LENGTH.search(head)
        while length is not None and len(body) < int(length[1]):
            body += client.recv(65536)
        head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head) + b"\r\nConnection: close"
        return head + _HEAD_END + body

    def _cut_for(self, asked: bytes) -> Cut | None:
        with self._lock:
            cut = self.cut
            if cut is None or not cut.at.match(asked):
                return None
            if cut.skips:
                cut.skips -= 1
                return None
            self.cut, self.cuts = None, self.cuts + 1
            self.is_up = not cut.stays_down
            return cut


def _break(client: socket.socket) -> None:
    """End a line as a lost signal does: without a good-bye."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    """Put a line before a server."""
    line = Line(int(url.rsplit(":", 1)[1]))
    try:
        yield line
    finally:
        line.close()
