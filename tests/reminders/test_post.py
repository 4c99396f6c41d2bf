"""Handing mail over to servers of every kind of manners."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from hospice.reminders.post import Post, server
from hospice.reminders.rules import Reason, Result
from tests.conftest import MailServer
from tests.reminders.servers import Line, drip, free_port, hang, scripted, text_of

FROM = "Osmanthus House <roster@example.org>"


def a_mail(to: str = "vera@example.org", text: str = "Can you come?\n") -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = FROM, to, "Sunday"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(text)
    return mail


def hand(post: Post, mail: EmailMessage) -> Result:
    """Hand over a mail that is true."""
    result = post.send(mail)
    assert result is not None
    return result


def send(url: str, **options: Any) -> tuple[Reason | None, str]:
    with Post(url, FROM, **{"timeout": 2, **options}) as post:
        result = hand(post, a_mail())
    return result.reason, result.detail


def test_a_mail_arrives_as_it_was_written(mail_server: MailServer) -> None:
    with Post(mail_server.url, FROM) as post:
        for text in ("您能来吗？\n", "first\n.\n..dots\n.end\n", "no line end"):
            assert hand(post, a_mail(text=text)).reason is None
    texts = [text_of(mail) for mail in mail_server.wait_for(3)]
    assert [text.replace("\r\n", "\n").strip() for text in texts] == [
        "您能来吗？",
        "first\n.\n..dots\n.end",
        "no line end",
    ]
    assert mail_server.envelopes[0].mail_from == "roster@example.org"
    assert mail_server.envelopes[0].rcpt_tos == ["vera@example.org"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False)),
        ("smtp://u:p@mail.example.org", ("mail.example.org", 587, "u", "p", False)),
        ("smtp://a%40b:p%3A%2F@mail:2525", ("mail", 2525, "a@b", "p:/", False)),
        ("smtps://u:p@mail.example.org", ("mail.example.org", 465, "u", "p", True)),
    ],
)
def test_urls_are_read(url: str, expected: tuple[Any, ...]) -> None:
    found = server(url)
    assert (found.host, found.port, found.user, found.password, found.is_wrapped) == expected


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x:port", "smtp://x:99999"])
def test_an_odd_url_is_said_to_be_odd(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        server(url)
    assert send(url)[0] is Reason.UNREACHABLE


def refusing(**answers: str) -> Callable[[Line], None]:
    """A script that gives these answers: mail, rcpt, data, end."""

    def script(line: Line) -> None:
        line.greet()
        while word := line.hear().upper():
            if word.startswith("MAIL"):
                line.say(answers.get("mail", "250 fine"))
            elif word.startswith("RCPT"):
                line.say(answers.get("rcpt", "250 fine"))
            elif word.startswith("DATA"):
                if "data" in answers:
                    line.say(answers["data"])
                    continue
                line.say("354 go on")
                while line.hear() != ".":
                    pass
                line.say(answers.get("end", "250 kept"))
            else:
                line.say("250 fine")

    return script


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, None),
        ({"rcpt": "550 no such user"}, Reason.REFUSED),
        ({"rcpt": "451 greylisted"}, Reason.LATER),
        ({"rcpt": "421 too many"}, Reason.LATER),
        ({"data": "554 no"}, Reason.REFUSED),
        ({"data": "451 later"}, Reason.LATER),
        ({"end": "550 spam"}, Reason.REFUSED),
        ({"end": "452 full"}, Reason.LATER),
        # about us, not about the message: every other would fare the same
        ({"mail": "553 sender not allowed"}, Reason.UNREACHABLE),
        ({"mail": "451 busy"}, Reason.UNREACHABLE),
    ],
)
def test_what_a_server_says_is_understood(answers: dict[str, str], expected: Reason | None) -> None:
    with scripted(refusing(**answers)) as one:
        reason, detail = send(one.url)
    assert reason is expected
    if answers:
        assert detail == next(iter(answers.values()))


def before_the_dot(line: Line) -> None:
    line.greet()
    line.envelope()
    line.hear()


def after_the_dot(line: Line) -> None:
    line.greet()
    line.envelope()
    line.content()


def silent_after_the_dot(line: Line) -> None:
    after_the_dot(line)
    hang(line)


def silent_at_the_recipient(line: Line) -> None:
    line.greet()
    line.hear()
    line.say("250 fine")
    hang(line)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (hang, Reason.UNREACHABLE),
        (drip, Reason.UNREACHABLE),
        (lambda line: line.say("554 go away"), Reason.UNREACHABLE),
        (lambda line: line.say("nonsense"), Reason.UNREACHABLE),
        (lambda line: None, Reason.UNREACHABLE),
        (silent_at_the_recipient, Reason.LATER),
        (before_the_dot, Reason.LATER),
        (after_the_dot, Reason.UNKNOWN),
        (silent_after_the_dot, Reason.UNKNOWN),
    ],
)
def test_a_server_that_hangs_drips_or_hangs_up(
    script: Callable[[Line], None], expected: Reason
) -> None:
    began = time.monotonic()
    with scripted(script) as one:
        assert send(one.url, timeout=0.5, limit=1.0)[0] is expected
    assert time.monotonic() - began < 4


def test_nobody_there() -> None:
    with scripted(hang) as one:
        url = one.url
    assert send(url)[0] is Reason.UNREACHABLE


def test_a_connection_that_was_closed_between_two_mails_is_opened_again() -> None:
    def once(line: Line) -> None:
        line.greet()
        line.envelope()
        line.content()
        line.say("250 kept")

    with scripted(once) as one, Post(one.url, FROM, timeout=2) as post:
        assert hand(post, a_mail()).reason is None
        assert hand(post, a_mail()).reason is None
        assert one.connections == 2


def test_one_refusal_leaves_the_connection_for_the_next() -> None:
    with scripted(refusing(rcpt="550 no")) as one, Post(one.url, FROM, timeout=2) as post:
        assert hand(post, a_mail()).reason is Reason.REFUSED
        assert hand(post, a_mail()).reason is Reason.REFUSED
        assert one.connections == 1


def test_what_a_server_says_stays_one_line() -> None:
    with scripted(refusing(rcpt="550-first\r\n550 se\x07cond")) as one:
        assert send(one.url)[1] == "550 first se cond"


# --- passwords and encryption ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: sudo apt install openssl")
    folder: Path = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(folder / "key"),
            "-out",
            str(folder / "cert"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


class Keeper:
    """Notes whether each mail came encrypted, and who signed in."""

    def __init__(self) -> None:
        self.encrypted: list[bool] = []
        self.signed_in: list[bytes] = []

    async def handle_DATA(self, _server: Any, session: Any, _envelope: Any) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None)
        return "250 kept"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        self.signed_in.append(data.login)
        return AuthResult(success=data.password == b"right word", handled=False)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def secure(keeper: Keeper, tls: ssl.SSLContext) -> Iterator[str]:
    """A server that wants encryption and a password; gives its host and port."""
    controller = Controller(
        keeper,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls,
        require_starttls=True,
        authenticator=keeper.authenticate,
        auth_required=True,
    )
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


def test_encryption_is_used_where_it_is_offered(keeper: Keeper, secure: str) -> None:
    assert send(f"smtp://vera:right%20word@{secure}") == (None, "")
    assert keeper.encrypted == [True]
    assert keeper.signed_in == [b"vera"]


def test_a_wrong_password_fails_no_message(keeper: Keeper, secure: str) -> None:
    reason, detail = send(f"smtp://vera:wrong@{secure}")
    assert reason is Reason.UNREACHABLE  # it waits until someone sets the right one
    assert detail.startswith("535")
    assert "wrong" not in detail


def test_a_password_is_not_sent_in_the_clear() -> None:
    with scripted(refusing()) as one:
        # by a name that is not known to be this machine
        url = one.url.replace("smtp://127.0.0.1", "smtp://vera:word@127.1")
        reason, detail = send(url)
        assert reason is Reason.UNREACHABLE
        assert "encryption" in detail
        assert not any("AUTH" in line for line in one.heard)


def test_a_password_goes_only_to_a_server_that_proves_its_name(secure: str, keeper: Keeper) -> None:
    reason, detail = send(f"smtp://vera:right%20word@{secure.replace('127.0.0.1', '127.1')}")
    assert reason is Reason.UNREACHABLE
    assert "certificate" in detail.lower()
    assert keeper.signed_in == []
