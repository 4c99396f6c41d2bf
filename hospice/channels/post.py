"""Handing a short message to a service through apprise, and saying exactly how far that went."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from importlib import import_module
from typing import Any, Self
from urllib.parse import unquote

from hospice.channels.rules import (
    Answer,
    Cut,
    Outcome,
    Scheme,
    answer,
    filled,
    masked,
)

CONNECT = 5.0  # seconds for a connection
TIMEOUT = 15.0  # seconds without a word from the service
LIMIT = 45.0  # seconds for one message in all; less than half the lease

_LONGEST = 200
_NOBODY = {"tgram": "123456789", "wxpusher": "UID_somebody", "line": f"U{'0' * 32}"}


def is_readable(scheme: Scheme, secret: str) -> bool:
    """Tell whether a secret address makes sense to apprise, and leads to one recipient alone."""
    plugin = _plugin(scheme, filled(secret, _NOBODY.get(scheme.name, "+440000000000")))
    return plugin is not None and len(plugin) == 1


def reach(scheme: Scheme) -> None:
    """Load what speaks to a service, which may take a second the first time."""
    import_module("hospice.channels.wire")
    _kind(scheme)


def hand_over(
    scheme: Scheme,
    secret: str,
    address: str,
    text: str,
    *,
    is_paid: bool,
    is_own_host: bool,
    still: Callable[[], bool] = lambda: True,
    timeout: float = TIMEOUT,
    limit: float = LIMIT,
) -> Answer | None:
    """Hand one message to one recipient, or to the group that the secret names.

    `still` is asked once the line is there, before anything is said: None when it says no. What it
    raises is raised here.
    """
    wire = import_module("hospice.channels.wire")
    watch = wire.Watch(is_own_host=is_own_host, still=still)
    with _Listening() as listening, wire.watched(watch, limit):
        plugin = _plugin(scheme, filled(secret, address), timeout)
        if plugin is None or len(plugin) != 1:
            return Answer(Outcome.REFUSED, "the address was not understood")
        try:
            is_taken = bool(plugin.notify(body=text, title=""))
        except Exception as error:  # noqa: BLE001 - a plugin may stumble over an odd answer
            is_taken, listening.words = False, f"{type(error).__name__}: {error}"
            watch.heard += [Cut.AFTER] if watch.heard else []
    if watch.failure is not None:
        raise watch.failure
    if watch.is_gone:
        return None
    words = watch.words or listening.words
    return answer(is_taken, watch.heard, is_paid=is_paid, words=hushed(words, secret, address))


def _plugin(scheme: Scheme, url: str, timeout: float = TIMEOUT) -> Any:
    """Return what speaks to a service; None when an address makes no sense to it.

    Only the module of this service is loaded, not the 170 others, and it gets no more from the
    address than its parts: no options, no redirects, nothing kept on disk.
    """
    from apprise import AppriseAsset  # noqa: PLC0415 - 25 MiB that most processes never need

    kind = _kind(scheme)
    asset = AppriseAsset(
        app_id="Alongside", async_mode=False, storage_mode="memory", http_redirects=False
    )
    with _Listening():
        try:
            parts = kind.parse_url(url)
            return parts and kind(**{**parts, "asset": asset, "cto": CONNECT, "rto": timeout})
        except (TypeError, ValueError, AttributeError, KeyError):
            return None


def _kind(scheme: Scheme) -> Any:
    module, _, name = scheme.plugin.partition(":")
    return getattr(import_module(f"apprise.plugins.{module}"), name)


class _Listening:
    """What apprise complains of inside; `words` is the last of it."""

    def __init__(self) -> None:
        self.words = ""

    def __enter__(self) -> Self:
        logging.getLogger("apprise").addFilter(_overhear)  # once, however often
        self._token = _listening.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _listening.reset(self._token)


_listening: ContextVar[_Listening | None] = ContextVar("listening", default=None)


def _overhear(record: logging.LogRecord) -> bool:
    """Keep a complaint for whoever listens; it goes to no log, since it holds addresses."""
    present = _listening.get()
    if present is not None and record.levelno >= logging.WARNING:
        present.words = record.getMessage()
    return False


def hushed(words: str, secret: str, address: str) -> str:
    """Return words without what is secret in them, on one line."""
    parts = {unquote(part) for part in re.split(r"[:/@]+", secret.partition("://")[2])}
    private = {part for part in parts if len(part) > 5 and part != "{to}"}
    if address:
        private |= {address, address.lstrip("+")}
    for part in sorted(private, key=len, reverse=True):
        words = words.replace(part, masked(address) if part in address else "…")
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(plain.split())[:_LONGEST]
