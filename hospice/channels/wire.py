"""The only connections that services get: to machines they may go to, watched, and cut in time.

Loaded with the first message to a service, since requests and urllib3 cost what few pages need.
What is guarded: every address that a name resolves to must be public, and the connection goes to
the very address that was looked at, so that a name which changes meanwhile leads nowhere else;
redirects, numbers in disguise and IPv4 dressed as IPv6 end the same way. An administrator may allow
one channel a machine of this network, expressly.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import requests.sessions
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from hospice.channels.rules import Cut, host_of, is_public, looks_public


class Watch:
    """What is heard while one message is handed over."""

    def __init__(self, *, is_own_host: bool, still: Callable[[], bool]) -> None:
        self.is_own_host = is_own_host
        self._still = still
        self.is_gone = False  # it is not true any more, so nothing was said
        self.failure: Exception | None = None  # why that could not be asked
        self.heard: list[int | Cut] = []
        self.words = ""
        self.is_forbidden = False
        self.is_connected = False
        self.lines: list[socket.socket] = []

    def allowed(self, host: str, port: int) -> str:
        """Return the address to connect to; raise OSError when a host leads where it must not."""
        if self.is_own_host:
            return host
        found = [
            str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        ]
        # one inner address among public ones is how a name is made to lead inside
        if not found or not all(is_public(address) for address in found):
            self.forbid()
        return found[0]

    def look(self) -> None:
        """Ask at the last moment whether it is true still; raise OSError when it is not."""
        try:
            self.is_gone = not self._still()
        except Exception as error:
            self.failure = error
            raise OSError("it could not be asked") from error
        if self.is_gone:
            raise OSError("it is not true any more")

    def forbid(self) -> None:
        """Refuse a connection."""
        self.is_forbidden = True
        raise OSError("it is a machine of this network, which its channel does not allow")


_present: ContextVar[Watch | None] = ContextVar("present", default=None)


@contextmanager
def watched(watch: Watch, limit: float) -> Iterator[None]:
    """Let services connect inside, and cut their lines after so many seconds in all.

    A timeout alone a slow drip outlasts.
    """

    def cut() -> None:
        for line in watch.lines:
            with suppress(OSError):  # it is closed already
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit, cut)
    timer.daemon = True
    timer.start()
    token = _present.set(watch)
    try:
        yield
    finally:
        _present.reset(token)
        timer.cancel()


def _opened(connection: Any, open_line: Callable[[], socket.socket]) -> socket.socket:
    watch = _present.get()
    if watch is None:
        raise OSError("nobody watches")
    name = connection._dns_host
    # the certificate and the Host header still go by the name
    connection._dns_host = watch.allowed(name, connection.port)
    try:
        line = open_line()
    finally:
        connection._dns_host = name
    watch.lines.append(line)
    return line


def _connected() -> None:
    watch = _present.get()
    if watch is not None:
        # The line is there, and nothing was said on it yet: to make it may have taken seconds.
        watch.look()
        watch.is_connected = True


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self, super()._new_conn)

    def connect(self) -> None:
        super().connect()
        _connected()


class _Tls(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self, super()._new_conn)

    def connect(self) -> None:
        super().connect()
        _connected()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _Adapter(HTTPAdapter):
    """What every session of requests speaks through; in this process only services use requests."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        watch = _present.get()
        if watch is None:
            raise RequestException("nobody watches")
        try:
            if select_proxy(request.url or "", proxies):
                # it connects for us, wherever the name leads; how far that got it does not say
                watch.look()
                watch.is_connected = True
                if not watch.is_own_host and not looks_public(host_of(request.url or "")):
                    watch.forbid()
            # whatever an address asks for, only a server that proves its name is spoken to
            response = super().send(request, False, timeout, verify or True, cert, proxies)
            response.content  # noqa: B018 - read here, where a line that is cut is noticed
        except (RequestException, OSError) as error:
            watch.words = _said(error)
            if watch.is_forbidden:
                watch.heard.append(Cut.FORBIDDEN)
            else:
                watch.heard.append(Cut.AFTER if watch.is_connected else Cut.BEFORE)
            raise
        watch.heard.append(response.status_code)
        return response


def _said(error: Exception) -> str:
    """Return why a line was lost, without the addresses that libraries put into it."""
    causes: list[object] = [error]
    for cause in causes:
        if isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__:
            return "it did not answer in time"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        found = getattr(cause, "reason", None)
        inner = [found, *getattr(cause, "args", ()), getattr(cause, "__cause__", None)]
        causes += [one for one in inner if isinstance(one, Exception) and one not in causes]
    plain = [str(cause) for cause in causes if type(cause) is OSError]
    return plain[0] if plain else "the line was cut"


logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it logs paths, which hold keys
requests.sessions.HTTPAdapter = _Adapter  # type: ignore[attr-defined]
