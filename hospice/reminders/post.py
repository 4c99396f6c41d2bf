"""Handing mail to the SMTP server, and saying exactly how far that went."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from hospice.reminders.rules import Reason, Result

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT = 20.0  # seconds without a word from the server
ROOM = 1 << 18  # bytes that are taken off our hands at once: a letter never waits for the line
LIMIT = 60.0  # seconds for one message in all; half the lease, so that nobody takes it meanwhile


@dataclass(frozen=True)
class Server:
    """Where mail is handed over: what `SMTP_URL` says."""

    host: str
    port: int
    user: str
    password: str
    is_wrapped: bool  # smtps: encrypted from the first byte

    @property
    def is_loopback(self) -> bool:
        """Tell whether it is this machine itself, where nobody listens on the way."""
        return self.host in _LOOPBACK


def server(url: str) -> Server:
    """Read `smtp://user:password@host:587` or `smtps://…`; raise ValueError with the reason."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must be like smtp://user:password@host:587")
    is_wrapped = parts.scheme == "smtps"
    usual = 465 if is_wrapped else 587 if parts.username else 25
    return Server(
        host=parts.hostname,
        port=parts.port or usual,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_wrapped=is_wrapped,
    )


class _Stop(Exception):
    """Handing over ended early; carries what to write down."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.result = Result(reason, _one_line(detail))


@contextmanager
def _always() -> Iterator[bool]:
    yield True


# Those in use; a line that is being opened is not theirs yet, so it stands here as well.
_open: set["Post"] = set()


def hang_up() -> None:
    """Cut every line of this process; each message is settled by how far it had come."""
    for post in list(_open):
        post.cut()


Look = Callable[[], AbstractContextManager[bool]]


class Post:
    """One connection to the mail server, opened when needed and used for many messages."""

    def __init__(
        self,
        url: str,
        mail_from: str,
        *,
        local_name: str = "localhost",
        timeout: float = TIMEOUT,
        limit: float = LIMIT,
    ) -> None:
        self._url = url
        self._sender = parseaddr(mail_from)[1]
        self._local_name = local_name
        self._timeout = timeout
        self._limit = limit
        self._smtp: smtplib.SMTP | None = None
        self._busy: smtplib.SMTP | None = None  # the one that talks or is being opened
        self._is_used = False

    def __enter__(self) -> Self:
        _open.add(self)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()
        _open.discard(self)

    def reach(self) -> Result | None:
        """Open the connection where there is none; return why that failed, or None."""
        try:
            if self._smtp is None:
                self._connect()
        except _Stop as stop:
            return stop.result
        return None

    def send(self, mail: EmailMessage, still: Look = _always) -> Result | None:
        """Hand over one message to its one recipient; None when it is not true any more.

        `still` is asked at the last moment: the server has agreed to take the message, which may
        have cost it half a minute, and waits for its text. While it is open the text is handed
        over. Where it says no the line is cut, and a server throws away what had no end
        (RFC 5321 4.1.1.4).
        """
        address = str(mail["To"].addresses[0].addr_spec)
        was_used = self._is_used
        try:
            return self._send(mail, address, still)
        except _Stop as stop:
            self._drop()
            # A connection kept from the message before may have been closed meanwhile; before the
            # sender was named, nothing was handed over, so another one may be opened.
            if stop.result.reason is not Reason.UNREACHABLE or not was_used:
                return stop.result
        try:
            return self._send(mail, address, still)
        except _Stop as stop:
            self._drop()
            return stop.result

    def _send(self, mail: EmailMessage, address: str, still: Look) -> Result | None:
        smtp = self._smtp or self._connect()
        self._is_used = True
        watch = self._watch(smtp)
        try:
            return self._hand_over(smtp, mail, address, still)
        except _Stop:
            raise
        except BaseException:  # in the middle of a conversation, which nobody would go on with
            self._drop()
            raise
        finally:
            watch.cancel()

    def _hand_over(
        self, smtp: smtplib.SMTP, mail: EmailMessage, address: str, still: Look
    ) -> Result | None:
        is_ascii = address.isascii()
        if not is_ascii and not smtp.has_extn("smtputf8"):
            return Result(Reason.BAD_ADDRESS, "the mail server takes only plain letters in it")
        options = [] if is_ascii else ["SMTPUTF8", "BODY=8BITMIME"]
        policy = SMTP if is_ascii else SMTPUTF8
        content = re.sub(rb"(?m)^\.", b"..", mail.as_bytes(policy=policy))
        if not content.endswith(b"\r\n"):
            content += b"\r\n"
        code, words = _ask(lambda: smtp.mail(self._sender, options), Reason.UNREACHABLE)
        if code != 250:
            # about us, not about this message: no other would be taken either
            raise _Stop(Reason.UNREACHABLE, f"{code} {words}")
        code, words = _ask(lambda: smtp.rcpt(address), Reason.LATER)
        if code not in {250, 251}:
            return self._refused(smtp, code, words)
        code, words = _ask(lambda: smtp.docmd("DATA"), Reason.LATER)
        if code != 354:
            return self._refused(smtp, code, words)
        with still() as is_true:
            if not is_true:
                self._drop()
                return None
            _ask(lambda: _push(smtp, content + b".\r\n"), Reason.LATER)
        # From here on it may have arrived, whatever happens to the line.
        code, words = _ask(smtp.getreply, Reason.UNKNOWN)
        return Result() if code == 250 else self._refused(smtp, code, words)

    def _refused(self, smtp: smtplib.SMTP, code: int, words: str) -> Result:
        reason = Reason.REFUSED if code >= 500 else Reason.LATER
        if code == 421:  # it is about to hang up
            raise _Stop(reason, f"{code} {words}")
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return Result(reason, _one_line(f"{code} {words}"))

    def _connect(self) -> smtplib.SMTP:
        try:
            where = server(self._url)
        except ValueError as error:
            raise _Stop(Reason.UNREACHABLE, str(error)) from error
        smtp = self._open(where)
        watch = self._watch(smtp)
        try:
            code, words = smtp.connect(where.host, where.port)
            if code != 220:
                raise _Stop(Reason.UNREACHABLE, f"{code} {words.decode(errors='replace')}")
            self._greet(smtp, where)
            if smtp.sock is not None:
                smtp.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        except _Stop:
            smtp.close()
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            raise _Stop(Reason.UNREACHABLE, _said(error)) from error
        finally:
            watch.cancel()
        self._smtp, self._is_used = smtp, False
        return smtp

    def _open(self, where: Server) -> smtplib.SMTP:
        if where.is_wrapped:
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                local_hostname=self._local_name, timeout=self._timeout, context=_tls(where)
            )
        else:
            made = smtplib.SMTP(local_hostname=self._local_name, timeout=self._timeout)
        # smtplib learns the name for the certificate only when the constructor connects; we
        # connect afterwards, so that a server that drips its greeting can be cut off.
        made._host = where.host  # type: ignore[attr-defined]
        return made

    def _greet(self, smtp: smtplib.SMTP, where: Server) -> None:
        smtp.ehlo_or_helo_if_needed()
        is_safe = where.is_wrapped or where.is_loopback
        if not where.is_wrapped and smtp.has_extn("starttls"):
            smtp.starttls(context=_tls(where))
            smtp.ehlo()
            is_safe = True
        if where.user and not is_safe:
            raise _Stop(Reason.UNREACHABLE, "it offers no encryption, so the password was not sent")
        if where.user:
            smtp.login(where.user, where.password)

    def _watch(self, smtp: smtplib.SMTP) -> threading.Timer:
        """Cut the line when all of it takes too long; a timeout alone a slow drip outlasts."""

        self._busy = smtp
        timer = threading.Timer(self._limit, self.cut)
        timer.daemon = True
        timer.start()
        return timer

    def cut(self) -> None:
        """Cut the line under whoever is talking on it."""
        line = self._busy.sock if self._busy is not None else None
        if line is not None:
            with suppress(OSError):  # it is closed already
                line.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _tls(where: Server) -> ssl.SSLContext:
    """Return how to encrypt: a password goes only to a server that proves its name.

    Without a password encryption is a courtesy (RFC 7435), which a certificate that proves
    nothing must not turn into no mail at all.
    """
    context = ssl.create_default_context()
    if where.is_loopback or (not where.user and not where.is_wrapped):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _ask(step: Callable[[], tuple[int, bytes]], reason: Reason) -> tuple[int, str]:
    """Do one step of the conversation; raise _Stop with this reason when the line is lost."""
    try:
        code, words = step()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _Stop(reason, _said(error)) from error
    return code, words.decode(errors="replace")


def _push(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Write all of it to the line; an error means that the last of it, the dot, was not."""
    smtp.send(content)
    return 0, b""


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        return f"{error.smtp_code} {text}"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or type(error).__name__


def _one_line(text: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.split())[:200]
