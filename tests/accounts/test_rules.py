"""Roles, passwords, and how long a sign-in lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from hospice.accounts.rules import (
    PERMISSIONS,
    READ_ONLY_ROLES,
    Permission,
    Role,
    TicketKind,
    device_name,
    is_alive,
    is_fresh,
    link_path,
    normal_email,
    normal_password,
    password_objections,
)

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_every_role_has_permissions():
    assert set(PERMISSIONS) == set(Role)


def test_only_administrators_manage_accounts():
    for permission in (Permission.MANAGE_ACCOUNTS, Permission.EDIT_SETTINGS):
        assert {r for r in Role if permission in PERMISSIONS[r]} == {Role.ADMINISTRATOR}


def test_who_only_reads_holds_no_writing_permission():
    writing = {p for p in Permission if not p.value.startswith("see_")} - {Permission.OWN_ACCOUNT}
    for role in READ_ONLY_ROLES:
        assert not PERMISSIONS[role] & writing


def test_everyone_may_change_their_own_password():
    assert all(Permission.OWN_ACCOUNT in PERMISSIONS[role] for role in Role)


@pytest.mark.parametrize(
    ("password", "kinds"),
    [
        ("tea at four on the terrace", []),
        ("桂花树下的秋天很安静又温暖的呢啊", []),
        ("short words", ["short"]),
        ("x" * 257, ["long"]),
        ("x y " * 64, ["common"]),
        ("passwordpassword", ["common"]),
        ("password123456789", ["common"]),
        ("Password-1234-password", ["common"]),
        ("abcabcabcabcabcabc", ["common"]),
        ("111111111111111", ["common"]),
        ("qwertyuiopasdfghjk", ["common"]),
        ("woaini1234567890", ["common"]),
        ("ada@example.org123", ["common"]),
        ("AdaLovelace1234567", ["common"]),
        ("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", ["common"]),
    ],
)
def test_password_objections(password: str, kinds: list[str]):
    assert password_objections(password, email="ada@example.org", name="Ada Lovelace") == kinds


def test_full_width_letters_mean_the_same():
    assert normal_password("ｔｅａ ａｔ ４") == "tea at 4"


@pytest.mark.parametrize(
    ("role", "is_kept", "started", "seen", "alive"),
    [
        (Role.COORDINATOR, False, 1, 29, True),
        (Role.COORDINATOR, False, 1, 31, False),
        (Role.COORDINATOR, False, 12, 0, False),
        (Role.COORDINATOR, True, 1, 31, False),  # staff are never kept
        (Role.ADMINISTRATOR, True, 13, 0, False),
        (Role.VOLUNTEER, False, 1, 31, False),
        (Role.VOLUNTEER, True, 24 * 29, 60 * 24 * 20, True),
        (Role.VOLUNTEER, True, 24 * 30, 0, False),
        (Role.LEADER, True, 24 * 29, 60, True),
    ],
)
def test_sign_in_lasts(role: Role, is_kept: bool, started: int, seen: int, alive: bool):
    assert alive is is_alive(
        role=role,
        is_kept=is_kept,
        started_at=NOW - timedelta(hours=started),
        seen_at=NOW - timedelta(minutes=seen),
        now=NOW,
    )


def test_freshness_ends_after_twelve_hours():
    assert is_fresh(NOW - timedelta(hours=11, minutes=59), NOW)
    assert not is_fresh(NOW - timedelta(hours=12), NOW)


def test_addresses_are_compared_without_case_and_spaces():
    assert normal_email("  Ada@Example.ORG ") == "ada@example.org"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile Safari/537", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0 Chrome/107", "WeChat, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge, Windows"),
        ("curl/8", ""),
        ("<script>alert(1)</script>" * 100000, ""),
    ],
)
def test_device_is_named_as_people_say(agent: str, name: str):
    assert device_name(agent) == name


def test_links_have_their_paths():
    assert {link_path(kind, "t") for kind in TicketKind} == {
        "/first-run/t",
        "/invitation/t",
        "/reset-password/t",
    }
