"""What a secret address may be, which machines it may reach, and what an answer means."""

import pytest

from hospice.channels.rules import (
    SCHEMES,
    Addressed,
    filled,
    is_public,
    looks_public,
    masked,
    normal_address,
    own_form,
    secret_objections,
    shown,
)

TWILIO, NTFY, FEISHU = SCHEMES["twilio"], SCHEMES["ntfys"], SCHEMES["feishu"]
NEVER = "json jsons xml xmls form forms syslog rsyslog file dbus windows macosx exec shell mailto"


def kinds(scheme: str, secret: str, *, is_own_host: bool = False) -> list[str]:
    found = secret_objections(SCHEMES[scheme], secret, is_own_host=is_own_host)
    return [one.kind for one in found]


def test_the_list_holds_only_services_that_were_looked_at() -> None:
    assert not set(NEVER.split()) & SCHEMES.keys()
    for scheme in SCHEMES.values():
        assert ("{to}" in scheme.form) is (scheme.addressed is not Addressed.GROUP)
        assert scheme.form.startswith(f"{scheme.name}://")


@pytest.mark.parametrize(
    ("scheme", "secret", "kind"),
    [
        ("twilio", "json://evil.example/{to}", "wrong_form"),
        ("twilio", "twilio://", "wrong_form"),
        ("twilio", "twilio://a:b@c/{to}?template=/etc/passwd", "has_options"),
        ("twilio", "twilio://a:b@c/{to}#x", "has_options"),
        ("twilio", "twilio://a:b@c/{to} +15550000000", "has_options"),
        ("twilio", "twilio://a:b@c/+15550000000", "no_to"),
        ("twilio", "twilio://a:b@c/{to}/{to}", "no_to"),
        ("feishu", "feishu://token/{to}", "to_in_group"),
        ("ntfys", "ntfys://10.0.0.7/{to}", "private_host"),
        ("ntfys", "ntfys://router/{to}", "private_host"),
        ("ntfys", "ntfys://chat.local/{to}", "private_host"),
        ("ntfys", "ntfys://2130706433/{to}", "private_host"),
        ("ntfys", "ntfy://push.example.org/{to}", "plain_host"),
    ],
)
def test_a_secret_that_could_do_harm_is_refused(scheme: str, secret: str, kind: str) -> None:
    assert kinds(scheme, secret) == [kind]


def test_a_machine_of_our_own_must_be_allowed_expressly() -> None:
    assert kinds("ntfys", "ntfys://push.example.org/{to}") == []
    assert kinds("ntfys", "ntfy://10.0.0.7/{to}", is_own_host=True) == []
    # but never an option, whatever is allowed
    assert kinds("ntfys", "ntfy://10.0.0.7/{to}?attach=x", is_own_host=True) == ["has_options"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "nonsense",
    ],
)
def test_inner_addresses_are_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)
    assert not looks_public(address)


def test_addresses_of_the_internet_are_public() -> None:
    assert all(is_public(one) for one in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"))
    assert looks_public("api.example.org")
    assert looks_public("api.example.org.")


def test_what_a_groups_page_shows_may_be_pasted() -> None:
    token = "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
    copied = f"https://open.feishu.cn/open-apis/bot/v2/hook/{token}"
    assert own_form(FEISHU, copied) == f"feishu://{token}"
    assert own_form(FEISHU, copied + "?x=1") == copied + "?x=1"  # and then it is refused
    assert own_form(TWILIO, copied) == copied


def test_an_address_cannot_add_to_the_rest() -> None:
    assert normal_address(TWILIO, "+86 (138) 0000-0142") == "+8613800000142"
    assert normal_address(TWILIO, "0086 138 0000 0142") == "+8613800000142"
    for typed in (
        "",
        "12",
        "13800000142",
        "021 5555 0142",
        "+1555,+1666",
        "13800000142;13900000142",
        "１３８００００",
        "a" * 20,
    ):
        assert normal_address(TWILIO, typed) is None
    assert normal_address(NTFY, "vera.v-1") == "vera.v-1"
    for typed in ("a/b", "a b", "a,b", "a?x=1", "ab\n", "微信"):
        assert normal_address(NTFY, typed) in {None, typed.strip() if typed == "ab\n" else None}
    assert filled("ntfys://h/{to}", "a/../b?c@d") == "ntfys://h/a%2F..%2Fb%3Fc%40d"


def test_little_of_a_secret_or_an_address_is_shown() -> None:
    secret = f"twilio://AC{'a' * 32}:{'b' * 28}4f2a@+15005550006/{{to}}"
    assert shown(secret) == "4f2a"
    assert shown("feishu://abcd") == "abcd"
    assert masked("+8613800000142") == "…0142"
    assert masked("vera@example.org") == "v…@example.org"
    assert masked("12345") == "…"
