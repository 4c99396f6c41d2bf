"""Who may do what: roles, permissions, and the limits of passwords and sign-ins."""

from datetime import datetime, timedelta
from enum import StrEnum

# NIST SP 800-63B rev. 4: 15 characters where the password is the only factor.
PASSWORD_MINIMUM = 15
PASSWORD_MAXIMUM = 256

STAFF_IDLE = timedelta(minutes=30)
STAFF_ABSOLUTE = timedelta(hours=12)
KEPT_ON_PHONE = timedelta(days=30)
# Names of patients and notes need a sign-in this fresh, even on a phone that stays signed in.
FRESH = timedelta(hours=12)

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(minutes=10)  # ASVS 5.0 V6.5.5

THROTTLE_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50


class Role(StrEnum):
    """What a person does here; each has the permissions of `PERMISSIONS`."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    GRIEF_SUPPORT = "grief_support"
    LEADER = "leader"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that a role lets a person do."""

    SEE_TODAY = "see_today"
    SEE_ROSTER = "see_roster"
    PLAN_ROSTER = "plan_roster"
    SEE_VOLUNTEERS = "see_volunteers"
    EDIT_VOLUNTEERS = "edit_volunteers"
    SEE_RESTRICTED = "see_restricted"
    SEE_PATIENTS = "see_patients"
    EDIT_PATIENTS = "edit_patients"
    SEE_NOTES = "see_notes"
    ANSWER_NOTES = "answer_notes"
    SEE_PLACES = "see_places"
    EDIT_PLACES = "edit_places"
    SEE_MESSAGES = "see_messages"
    SEE_JOURNAL = "see_journal"
    MANAGE_ACCOUNTS = "manage_accounts"
    EDIT_SETTINGS = "edit_settings"
    VOLUNTEER = "volunteer"
    OWN_ACCOUNT = "own_account"


_SEEING = {
    Permission.SEE_TODAY,
    Permission.SEE_ROSTER,
    Permission.SEE_VOLUNTEERS,
    Permission.SEE_PATIENTS,
    Permission.SEE_NOTES,
    Permission.SEE_PLACES,
    Permission.SEE_MESSAGES,
    Permission.SEE_JOURNAL,
}
_COORDINATING = _SEEING | {
    Permission.PLAN_ROSTER,
    Permission.EDIT_VOLUNTEERS,
    Permission.SEE_RESTRICTED,
    Permission.EDIT_PATIENTS,
    Permission.ANSWER_NOTES,
    Permission.EDIT_PLACES,
    Permission.OWN_ACCOUNT,
}

# Whoever has a volunteer record may also use the volunteer's own pages: a coordinator or a leader
# often visits too. The pages ask for the record; VOLUNTEER only opens the door.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        _COORDINATING | {Permission.MANAGE_ACCOUNTS, Permission.EDIT_SETTINGS, Permission.VOLUNTEER}
    ),
    Role.COORDINATOR: frozenset(_COORDINATING | {Permission.VOLUNTEER}),
    Role.GRIEF_SUPPORT: frozenset(
        {
            Permission.SEE_PATIENTS,
            Permission.SEE_PLACES,
            Permission.OWN_ACCOUNT,
            Permission.VOLUNTEER,
        }
    ),
    Role.LEADER: frozenset(
        {Permission.VOLUNTEER, Permission.SEE_ROSTER, Permission.SEE_PLACES, Permission.OWN_ACCOUNT}
    ),
    Role.VOLUNTEER: frozenset({Permission.VOLUNTEER, Permission.OWN_ACCOUNT}),
    Role.AUDITOR: frozenset(_SEEING),
}

READ_ONLY_ROLES = frozenset({Role.AUDITOR})


class TicketKind(StrEnum):
    """What a single-use link opens."""

    FIRST_RUN = "first_run"
    INVITATION = "invitation"
    RESET = "reset"


class Theme(StrEnum):
    """The light the pages are drawn in; `system` follows the device."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def may(role: Role, permission: Permission) -> bool:
    """Tell whether a role holds a permission."""
    return permission in PERMISSIONS[role]


def is_kept_long(role: Role) -> bool:
    """Tell whether a phone may stay signed in for weeks; staff sign in every day."""
    return role in {Role.VOLUNTEER, Role.LEADER}


def is_alive(
    *, role: Role, is_kept: bool, started_at: datetime, seen_at: datetime, now: datetime
) -> bool:
    """Tell whether a sign-in still counts."""
    if is_kept and is_kept_long(role):
        return now - started_at < KEPT_ON_PHONE
    return now - started_at < STAFF_ABSOLUTE and now - seen_at < STAFF_IDLE


def is_fresh(started_at: datetime, now: datetime) -> bool:
    """Tell whether a sign-in is recent enough for names and notes of patients."""
    return now - started_at < FRESH


def normal_email(address: str) -> str:
    """Return the form under which an address is kept and compared."""
    return address.strip().casefold()


def password_objections(password: str, *, email: str, name: str) -> list[str]:
    """Return why a password will not do: `short`, `long`, `common` (empty when it will)."""
    objections = []
    if len(password) < PASSWORD_MINIMUM:
        objections.append("short")
    if len(password) > PASSWORD_MAXIMUM:
        objections.append("long")
    plain = password.casefold()
    parts = {normal_email(email), normal_email(email).partition("@")[0], name.casefold()}
    if len(set(plain)) < 5 or any(
        plain == part * (len(plain) // len(part)) for part in parts if part
    ) or any(plain.startswith(word) and len(plain) - len(word) < 5 for word in _COMMON):
        objections.append("common")
    return objections


_COMMON = (
    "passwordpassword",
    "password123456",
    "1234567890123",
    "qwertyuiopasdf",
    "qwertyuiop12345",
    "letmeinletmein",
    "iloveyouiloveyou",
    "adminadminadmin",
    "abcdefghijklm",
    "alongsidealongside",
)
