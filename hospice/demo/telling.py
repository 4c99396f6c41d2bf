"""What the made-up hospice says in its own words, and the papers its volunteers bring."""

from datetime import timedelta

from hospice.demo.rows import Rows
from hospice.reminders.models import MessageWording
from hospice.reminders.rules import Kind
from hospice.reminders.wording.rules import Case, Medium

_ADMINISTRATOR = 1

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


def add(rows: Rows) -> None:
    """Add words of one's own."""
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
