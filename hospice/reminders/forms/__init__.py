"""What a list of messages is narrowed to, out of the address."""

from flask import request

from hospice.reminders.queries import GROUPS, Wanted
from hospice.reminders.rules import Kind
from hospice.web.forms import number_arg, text_arg


def wanted() -> Wanted:
    """Return the narrowing that the address asks for; what it misspells does not narrow."""
    group = request.args.get("state", "all")
    kind = request.args.get("kind", "")
    return Wanted(
        group=group if group in GROUPS else "all",
        kind=Kind(kind) if kind in set(Kind) else None,
        name=text_arg("who"),
        gap=number_arg("gap", 0, low=0) or None,
    )
