"""Handing over to services that take, refuse, postpone, hang, drip and hang up."""

import json
import logging
import socket
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hospice.channels import post
from hospice.channels.rules import SCHEMES, Answer, Outcome
from tests.channels.servers import Script, cuts, drips, hangs, says, service
from tests.reminders.servers import free_port

NTFY = SCHEMES["ntfys"]
TEXT = "周日 14:00, Ward 1 https://a.example/r/x"


def to(host: str, *, is_paid: bool = False, is_own_host: bool = True, **limits: Any) -> Answer:
    """Hand a message to Vera over a server of our own."""
    found = post.hand_over(
        NTFY,
        f"ntfy://tk_hushhush@{host}/{{to}}",
        "vera-topic",
        TEXT,
        is_paid=is_paid,
        is_own_host=is_own_host,
        **limits,
    )
    assert found is not None
    return found


ANSWERS: list[tuple[Script, Outcome, Outcome]] = [  # script, free, paid
    (says(200), Outcome.TAKEN, Outcome.TAKEN),
    (says(400, '{"error": "no vera-topic for tk_hushhush"}'), Outcome.REFUSED, Outcome.REFUSED),
    (says(401), Outcome.DENIED, Outcome.DENIED),
    (says(429), Outcome.LATER, Outcome.LATER),
    (says(500), Outcome.LATER, Outcome.UNKNOWN),
    (says(503), Outcome.LATER, Outcome.LATER),
    (says(504), Outcome.UNKNOWN, Outcome.UNKNOWN),
    (cuts, Outcome.UNKNOWN, Outcome.UNKNOWN),
]


def test_what_a_service_answers_is_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with service(says(200)) as server:
        for script, free, paid in ANSWERS:
            server.script = script
            for is_paid, expected in ((False, free), (True, paid)):
                found = to(server.host, is_paid=is_paid)
                assert found.outcome is expected, (found, script)
                assert "vera-topic" not in found.detail
                assert "tk_hushhush" not in found.detail
    assert len(server.asked) == 2 * len(ANSWERS)
    sent = json.loads(server.asked[0][1])
    assert (sent["topic"], sent["message"]) == ("vera-topic", TEXT)
    kept = [record.getMessage() for record in caplog.records]
    assert not any("vera-topic" in words or "tk_hushhush" in words for words in kept)


def test_a_service_that_never_answers_may_have_taken_it() -> None:
    with service(hangs) as server:
        began = time.monotonic()
        assert to(server.host, timeout=0.2) == Answer(Outcome.UNKNOWN, "it did not answer in time")
        server.script = drips
        assert to(server.host, limit=0.4).outcome is Outcome.UNKNOWN
        assert time.monotonic() - began < 4


def test_nobody_there_means_that_nothing_was_handed_over() -> None:
    found = to(f"127.0.0.1:{free_port()}")
    assert found == Answer(Outcome.UNREACHABLE, "Connection refused")


def test_no_machine_of_this_network_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback in every disguise, by a name that leads inside, and by a redirect."""
    with service(says(200)) as server, service(says(200)) as inner:
        port = server.host.partition(":")[2]
        lookup = socket.getaddrinfo

        def lead_inside(host: Any, *rest: Any, **more: Any) -> Any:
            return lookup("127.0.0.1" if host == "push.example.org" else host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", lead_inside)
        for host in (
            "127.0.0.1",
            "localhost",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "push.example.org",
        ):
            found = to(f"{host}:{port}", is_own_host=False)
            assert found.outcome in {Outcome.DENIED, Outcome.REFUSED, Outcome.UNREACHABLE}, host
        assert server.asked == []

        def redirect(line: Any) -> None:
            line.send_response(307)
            line.send_header("Location", f"http://{inner.host}/inside")
            line.send_header("Content-Length", "0")
            line.end_headers()

        server.script = redirect
        assert to(server.host).outcome is Outcome.REFUSED
        assert (len(server.asked), inner.asked) == (1, [])


def test_a_refused_certificate_stops_it() -> None:
    with service(says(200)) as server:  # speaks no TLS at all
        found = post.hand_over(
            NTFY,
            f"ntfys://{server.host}/{{to}}",
            "vera-topic",
            TEXT,
            is_paid=True,
            is_own_host=True,
        )
    assert found is not None
    assert found.outcome is Outcome.UNREACHABLE
    assert server.asked == []


def test_what_is_not_true_any_more_is_not_said_on_a_line_that_is_there() -> None:
    """Making the line may take seconds; a death recorded meanwhile still counts."""
    times: list[str] = []

    def still() -> bool:
        times.append("asked")
        return False

    def fails() -> bool:
        raise LookupError("the database is away")

    with service(says(200)) as server:
        hand = partial(
            post.hand_over,
            NTFY,
            f"ntfy://{server.host}/{{to}}",
            "vera-topic",
            TEXT,
            is_paid=True,
            is_own_host=True,
        )
        assert hand(still=still) is None
        with pytest.raises(LookupError):
            hand(still=fails)
        assert server.asked == []
        assert times == ["asked"]
        assert hand(still=lambda: True) == Answer(Outcome.TAKEN)


FILLED = {
    "twilio": f"twilio://AC{'a' * 32}:{'b' * 32}@+15551234567/{{to}}",
    "vonage": "vonage://abcd1234:bbbbbbbbbbbbbbbb@15551234567/{to}",
    "plivo": f"plivo://{'A' * 25}@{'a' * 40}/+15551234567/{{to}}",
    "sinch": f"sinch://{'a' * 32}:{'b' * 32}@+15551234567/{{to}}",
    "msgbird": f"msgbird://{'a' * 25}/15551234567/{{to}}",
    "clicksend": "clicksend://someone:AAAA-BBBB@{to}",
    "bulksms": "bulksms://someone:secret-words@{to}",
    "seven": f"seven://{'k' * 30}/{{to}}",
    "46elks": "46elks://someone:secret-words@+15551234567/{to}",
    "atalk": f"atalk://someone@{'a' * 40}/{{to}}",
    "whatsapp": f"whatsapp://{'d' * 32}@123456789012/{{to}}",
    "signals": "signals://push.example.org/+15551234567/{to}",
    "wechat": f"wechat://ww{'a' * 16}:{'b' * 43}@1000002/{{to}}",
    "wxpusher": f"wxpusher://AT_{'a' * 32}/{{to}}",
    "tgram": f"tgram://123456789:{'a' * 35}/{{to}}",
    "line": f"line://{'c' * 60}/{{to}}",
    "ntfys": "ntfys://push.example.org/{to}",
    "wecombot": "wecombot://aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb",
    "dingtalk": f"dingtalk://{'a' * 64}",
    "feishu": "feishu://aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb",
    "lark": "lark://aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "discord": f"discord://{'1' * 18}/{'b' * 68}",
    "mmosts": f"mmosts://chat.example.org/{'a' * 26}",
}


def test_every_service_of_the_list_is_understood() -> None:
    assert FILLED.keys() == SCHEMES.keys()
    assert [name for name, url in FILLED.items() if not post.is_readable(SCHEMES[name], url)] == []
    # two recipients, or none, are no address of one person
    assert not post.is_readable(SCHEMES["twilio"], FILLED["twilio"] + "/+15557654321")
    assert not post.is_readable(SCHEMES["twilio"], "twilio://who:knows@nobody/{to}")
    assert not post.is_readable(replace(SCHEMES["tgram"]), "tgram://{to}")


def test_apprise_waits_until_it_is_needed() -> None:
    """Whoever starts the web server must not pay 25 MiB for what most never use."""
    code = (
        "import sys; from hospice import create_app; "
        "print({'apprise', 'requests', 'urllib3'} & set(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "set()"
