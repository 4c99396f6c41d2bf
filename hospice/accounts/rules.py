"""Who may do what: roles, permissions, and the limits of passwords and sign-ins."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hospice.core.errors import Objection

# NIST SP 800-63B rev. 4: 15 characters where the password is the only factor.
PASSWORD_MINIMUM = 15
PASSWORD_MAXIMUM = 256

STAFF_IDLE = timedelta(minutes=30)
# That a sign-in is in use is noted this often, so it may end this much earlier than it seems.
SEEN_EVERY = timedelta(minutes=1)
WARNED_BEFORE = timedelta(minutes=2)  # WCAG 2.2.1 asks for 20 seconds at least
STAFF_ABSOLUTE = timedelta(hours=12)
KEPT_ON_PHONE = timedelta(days=30)
# Names of patients and notes need a sign-in this fresh, even on a phone that stays signed in.
FRESH = timedelta(hours=12)

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(minutes=10)  # ASVS 5.0 V6.5.5

THROTTLE_WINDOW = timedelta(minutes=15)


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
    SEE_TASKS = "see_tasks"
    KEEP_TASKS = "keep_tasks"
    SEE_GRIEF = "see_grief"
    KEEP_GRIEF = "keep_grief"
    SEE_CASES = "see_cases"
    KEEP_CASES = "keep_cases"
    RECORD_DEATH = "record_death"
    CONFIRM_DEATH = "confirm_death"
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
    Permission.SEE_TASKS,
    Permission.SEE_GRIEF,
    Permission.SEE_CASES,
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
    Permission.KEEP_TASKS,
    Permission.KEEP_GRIEF,
    Permission.KEEP_CASES,
    Permission.RECORD_DEATH,
    Permission.CONFIRM_DEATH,
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
            Permission.SEE_GRIEF,
            Permission.KEEP_GRIEF,
            Permission.SEE_CASES,
            Permission.KEEP_CASES,
            Permission.CONFIRM_DEATH,
            Permission.SEE_TASKS,
            Permission.KEEP_TASKS,
            Permission.OWN_ACCOUNT,
            Permission.VOLUNTEER,
        }
    ),
    Role.LEADER: frozenset(
        {Permission.VOLUNTEER, Permission.SEE_ROSTER, Permission.SEE_PLACES, Permission.OWN_ACCOUNT}
    ),
    Role.VOLUNTEER: frozenset({Permission.VOLUNTEER, Permission.OWN_ACCOUNT}),
    # reads, never writes; but a password must be one's own to change
    Role.AUDITOR: frozenset(_SEEING | {Permission.OWN_ACCOUNT}),
}

READ_ONLY_ROLES = frozenset({Role.AUDITOR})


class Door(StrEnum):
    """Where a stranger may try: each door counts for itself."""

    SIGN_IN = "sign_in"
    RESET = "reset"


@dataclass(frozen=True)
class Limit:
    """How many tries within the throttling window."""

    per_account: int
    per_address: int


# A ward full of volunteers shares one address, so an address has more tries than an account.
LIMITS = {
    Door.SIGN_IN: Limit(per_account=10, per_address=50),
    Door.RESET: Limit(per_account=3, per_address=20),
}


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


@dataclass(frozen=True)
class HospiceFacts:
    """What an administrator may change about the hospice."""

    name: str
    timezone: str
    locale: str
    country: str
    office_phone: str
    office_hours: str


@dataclass(frozen=True)
class VisitSettings:
    """What an administrator may change about visits; every number is counted from the shift."""

    seen_before_hours: int
    seen_after_hours: int
    check_in_before_minutes: int
    check_in_after_hours: int
    asks_by_itself: bool
    lone_volunteer_minutes: int
    lone_leader_minutes: int
    lone_on_call_minutes: int
    on_call_name: str
    on_call_phone: str
    on_call_email: str


def settings_objections(settings: VisitSettings) -> list[Objection]:
    """Return what contradicts itself: each call for help comes after the one before it."""
    found = []
    if settings.lone_leader_minutes <= settings.lone_volunteer_minutes:
        found.append(
            Objection(
                "help_order",
                facts={"minutes": settings.lone_volunteer_minutes},
                field="lone_leader_minutes",
            )
        )
    if settings.lone_on_call_minutes <= settings.lone_leader_minutes:
        found.append(
            Objection(
                "help_order",
                facts={"minutes": settings.lone_leader_minutes},
                field="lone_on_call_minutes",
            )
        )
    return found


@dataclass(frozen=True)
class PersonFacts:
    """What an administrator may change about a user."""

    name: str
    email: str
    role: Role
    locale: str


@dataclass(frozen=True)
class LookFacts:
    """How a person likes their pages."""

    locale: str
    theme: Theme
    text_size: int
    large_mode: bool


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


def normal_password(password: str) -> str:
    """Return the form in which a password is compared.

    A Chinese keyboard may send full-width letters and digits; they mean the same (NIST SP
    800-63B asks for NFKC).
    """
    return unicodedata.normalize("NFKC", password)


def password_objections(password: str, *, email: str, name: str) -> list[str]:
    """Return why a password will not do: `short`, `long`, `common` (empty when it will)."""
    objections = []
    password = normal_password(password)
    if len(password) < PASSWORD_MINIMUM:
        objections.append("short")
    if len(password) > PASSWORD_MAXIMUM:
        objections.append("long")
    elif _is_guessable(password.casefold(), own_words(email, name)):
        objections.append("common")
    return objections


def own_words(email: str, name: str) -> set[str]:
    """Return the words that a stranger would try first for a person."""
    parts = normal_email(email).replace("@", " ").replace(".", " ").split()
    words = {_letters(word) for word in [*parts, *name.casefold().split()]}
    return {word for word in words if len(word) > 2}


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _is_guessable(password: str, own: set[str]) -> bool:
    """Tell whether a password is one that lists of leaked ones hold, however it is lengthened.

    Length is demanded instead of odd signs, so the guesses to fear are long ones: a common word
    repeated or filled up with digits, a run along the keyboard, one short piece over and over.
    """
    if len(set(password)) < 5:
        return True
    if any(password == (password[:size] * len(password))[: len(password)] for size in range(1, 8)):
        return True
    left = _letters(password)
    for word in sorted({*_COMMON, *own}, key=len, reverse=True):
        left = left.replace(word, "")
    for run in _RUNS:
        for size in range(min(len(left), len(run)), 2, -1):
            for start in range(len(run) - size + 1):
                left = left.replace(run[start : start + size], "")
    return len(left) < 5


_RUNS = (
    "12345678901234567890",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)
_COMMON = (  # noqa: SIM905 - a line a word would drown the rest of this page
    "password passwort passw0rd p@ssw0rd letmein welcome iloveyou woaini admin administrator "
    "changeme default dragon football login master monkey princess qwerty secret shadow "
    "sunshine superman test trustno user hospice alongside volunteer zaishenbian"
).split()


_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("harmonyos", "HarmonyOS"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("cros", "Chromebook"),
    ("linux", "Linux"),
)
_BROWSERS = (
    ("micromessenger", "WeChat"),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("samsungbrowser", "Samsung Internet"),
    ("opr/", "Opera"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)


def device_name(user_agent: str) -> str:
    """Return what a person would call the device, such as "Chrome, Android"; empty if unknown."""
    told = user_agent.casefold()[:500]
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return ", ".join(part for part in (browser, system) if part)


def link_path(kind: TicketKind, token: str) -> str:
    """Return the path of a single-use link; put the configured address of the app before it."""
    return f"/{_LINK_PATHS[kind]}/{token}"


_LINK_PATHS = {
    TicketKind.FIRST_RUN: "first-run",
    TicketKind.INVITATION: "invitation",
    TicketKind.RESET: "reset-password",
}
