"""Words for the ways beside email: what each is, why it was refused, and its history."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.channels.models import Channel
from hospice.channels.rules import Addressed, Answer, Outcome, Sort, shown
from hospice.core.errors import Objection
from hospice.journal.words import Field, Sentence

SORT_LABELS: dict[Sort, Any] = {
    Sort.SMS: _l("Text messages"),
    Sort.CHAT: _l("Chat, to each person"),
    Sort.GROUP: _l("A group of the office"),
}

ADDRESS_LABELS: dict[Addressed, Any] = {
    Addressed.PHONE: _l("Mobile number"),
    Addressed.USER: _l("Their name or number there"),
}

LABELS: dict[str, Any] = {
    "name": _l("What people call it"),
    "secret": _l("Secret address"),
    "is_paid": _l("Each message costs money"),
    "is_own_host": _l("It runs on a machine of our own network"),
}

_OUTCOMES: dict[Outcome, Any] = {
    Outcome.TAKEN: _l("The service took the test message. Look whether it arrived."),
    Outcome.REFUSED: _l("The service refused the test message"),
    Outcome.DENIED: _l("The service does not accept us"),
    Outcome.LATER: _l("The service asks to try again later"),
    Outcome.UNREACHABLE: _l("The service could not be reached"),
    Outcome.UNKNOWN: _l("The service did not answer to the end. It may have arrived"),
}

_OBJECTIONS: dict[str, Any] = {
    "wrong_form": _l("Write it in the form that stands above"),
    "has_options": _l("Leave out spaces and everything after a question mark"),
    "no_to": _l("Write {to} once, where the person’s number or name goes"),
    "to_in_group": _l("A group has one address; leave out {to}"),
    "private_host": _l(
        "This host is not one of the internet. If it is a machine of your own, tick the box below"
    ),
    "plain_host": _l(
        "Without encryption only a machine of your own may be used. If it is one, tick the box below"
    ),
    "unreadable": _l("The service would not understand this. Compare it with its own page"),
    "stale": _l("This has just been changed. Look again, then decide"),
    "bad_phone": _l("Enter a mobile number with its country code, such as +86 138 0000 0142"),
    "bad_user": _l("Enter the name or number that the service gave them"),
}


def channel_sort(sort: str) -> str:
    """Return what kind of service it is."""
    return str(SORT_LABELS[Sort(sort)])


def channel_address(addressed: str) -> str:
    """Return what the address of a person is called there."""
    return str(ADDRESS_LABELS[Addressed(addressed)])


def channel_secret(channel: Channel) -> str:
    """Return what is shown of a channel's secret: "…4f2a"."""
    if channel.is_unreadable:
        return gettext("Enter it again")
    return f"…{shown(channel.secret)}"


def outcome_words(found: Answer) -> str:
    """Return what became of a test message."""
    said = str(_OUTCOMES[found.outcome])
    if found.outcome is Outcome.TAKEN:
        return said
    if not found.detail:
        return gettext("%(sentence)s.", sentence=said)
    return gettext("%(said)s: %(detail)s", said=said, detail=found.detail)


def objection_words(objection: Objection) -> str:
    """Return why a channel was not saved."""
    if objection.kind == "name_taken":
        return gettext(
            "There is already a way called %(name)s. Use another name",
            name=objection.facts["name"],
        )
    return str(_OBJECTIONS[objection.kind])


GLOBALS: dict[str, Callable[..., Any]] = {
    "channel_sort": channel_sort,
    "channel_address": channel_address,
    "channel_secret": channel_secret,
}

VERBS: dict[str, Sentence] = {
    "channel.added": lambda _facts: gettext("set up this way of sending"),
    "channel.changed_secret": lambda _facts: gettext("changed its secret address"),
    "channel.switched_on": lambda _facts: gettext("switched it on"),
    "channel.switched_off": lambda _facts: gettext("switched it off"),
    "channel.tested": lambda _facts: gettext("sent a test message, which was taken"),
    "channel.tested_in_vain": lambda _facts: gettext("sent a test message, which was not taken"),
}

FIELDS: dict[str, Field] = {f"channel.{name}": Field(label) for name, label in LABELS.items()}
