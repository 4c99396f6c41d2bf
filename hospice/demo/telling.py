"""What the made-up hospice says in its own words, and the papers its volunteers bring."""

from datetime import timedelta

from hospice.demo.rows import Rows
from hospice.reminders.models import MessageWording
from hospice.reminders.rules import Kind
from hospice.reminders.wording.rules import Case, Medium
from hospice.volunteers.models import Credential, Volunteer
from hospice.volunteers.rules import CredentialKind, VolunteerState

_ADMINISTRATOR = 1
_COORDINATOR = 2

_ENGLISH = (
    "A short reminder of your shift:\n\n{shift}\n\n"
    "Tea and biscuits are in the volunteers’ room, next to the lift.\n\n"
    "If something has come up, tell us on this page now, so that we can find someone else.\n\n"
    "{link}"
)
_CHINESE = (
    "提醒您的班次：\n\n{shift}\n\n志愿者休息室（电梯旁）备有茶水点心。\n\n"
    "如果临时有事，请现在就在这个页面告诉我们，方便另找人。\n\n{link}"
)
_OWN = (
    ("en", "See you on {day}, {hours}", _ENGLISH),
    ("zh_Hans", "{day}{hours}，我们等您来", _CHINESE),
)


# (the how-manieth active volunteer, kind, days from today or no end, needed)
_PAPERS: tuple[tuple[int, CredentialKind, int | None, bool], ...] = (
    (2, CredentialKind.TRAINING, 300, True),
    (2, CredentialKind.HEALTH, 25, False),
    (4, CredentialKind.HEALTH, 55, False),
    (8, CredentialKind.BACKGROUND, None, True),
    (9, CredentialKind.TRAINING, 120, True),
)


def add(rows: Rows) -> None:
    """Add words of one's own, and papers."""
    _add_papers(rows)
    for language, subject, text in _OWN:
        rows.add(
            MessageWording,
            kind=Kind.TWO_DAYS,
            case=Case.ANSWERED,
            medium=Medium.EMAIL,
            language=language,
            subject=subject,
            text=text,
            changed_at=rows.now - timedelta(days=40),
            changed_by_id=_ADMINISTRATOR,
        )


def _add_papers(rows: Rows) -> None:
    people = rows.of(Volunteer)
    active = [one["id"] for one in people if one["state"] == VolunteerState.ACTIVE]
    resting = [one["id"] for one in people if one["state"] == VolunteerState.ON_BREAK]
    found = [(active[number], kind, days, needed) for number, kind, days, needed in _PAPERS]
    # run out while its holder is on a break: to be renewed when they are back
    found += [(one, CredentialKind.HEALTH, -20, True) for one in resting[:1]]
    for volunteer_id, kind, days, needed in found:
        rows.add(
            Credential,
            volunteer_id=volunteer_id,
            kind=kind,
            note="",
            valid_until=None if days is None else rows.today + timedelta(days=days),
            is_required=needed,
            noted_by_id=_COORDINATOR,
            noted_at=rows.now - timedelta(days=200),
        )
