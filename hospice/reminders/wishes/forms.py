"""The form in which a person, or the office for them, says how they want to be written to."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from hospice.channels.models import Channel
from hospice.channels.rules import Addressed, normal_address
from hospice.core.errors import Objection
from hospice.reminders.rules import EMAIL, USUAL_HOURS, Hours, Topic, Way, Wishes
from hospice.reminders.wishes.words import end_words, objection_words, topic_label
from hospice.web.forms import (
    BooleanField,
    Field,
    VersionedForm,
    chips_field,
    choice_field,
    text_field,
    zone_choices,
)
from hospice.web.pages import clock_time

_STARTS = [time(0), *(time(hour) for hour in range(5, 17))]
_ENDS = [*(time(hour) for hour in range(11, 24)), time(0)]
_LEAST_HOURS = 2


class WishesForm(VersionedForm):
    """When, about what, and by which way first."""

    is_silent = BooleanField(_l("No messages at all: the office phones instead"))
    topics = chips_field(_l("Which messages are wanted?"))
    quiet_until = choice_field(_l("From"))
    quiet_from = choice_field(_l("Until"))
    zone = choice_field(
        _l("By the clocks of"), hint=_l("For someone who lives in another time zone.")
    )

    # set by `wishes_form`
    channels: Sequence[Channel] = ()
    order: Sequence[str] = (EMAIL,)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then the hours and the addresses."""
        is_right = super().validate(extra_validators)
        objections = [*self._hours_objections(), *self._address_objections()]
        self.object_to(objections, objection_words)
        return is_right and not objections

    def _hours_objections(self) -> list[Objection]:
        hours = self._hours()
        if hours is None or hours.quiet_until == hours.quiet_from:
            return []
        starts, ends = hours.quiet_until.hour, hours.quiet_from.hour or 24
        if ends - starts >= _LEAST_HOURS:
            return []
        return [Objection("hours_order", field="quiet_from")]

    def _address_objections(self) -> list[Objection]:
        return [
            Objection(f"bad_{one.service.addressed}_address", field=f"address_{one.id}")
            for one in self.channels
            if self._typed(one) and normal_address(one.service, self._typed(one)) is None
        ]

    def address_field(self, channel: Channel) -> Field:
        """Return the field of a person's address there."""
        return self[f"address_{channel.id}"]

    def _typed(self, channel: Channel) -> str:
        return str(self.address_field(channel).data or "")

    def _hours(self) -> Hours | None:
        try:
            chosen = Hours(
                time.fromisoformat(self.quiet_until.data), time.fromisoformat(self.quiet_from.data)
            )
        except (TypeError, ValueError):
            return None
        return None if chosen == USUAL_HOURS else chosen

    @property
    def is_moving(self) -> bool:
        """Tell whether a way is only moved up or down: nothing is saved yet."""
        return self.is_submitted() and bool({"up", "down"} & set(request.form))

    def move(self) -> None:
        """Move the way whose button was pressed by one."""
        order = list(self.order)
        for name, step in (("up", -1), ("down", 1)):
            way = request.form.get(name, "")
            if way in order:
                at = order.index(way)
                to = min(max(at + step, 0), len(order) - 1)
                order[at], order[to] = order[to], order[at]
        self.order = order

    def wishes(self, topics: Sequence[Topic]) -> Wishes:
        """Return what was chosen among some topics."""
        wanted = set(self.topics.data or [])
        by_way = {one.way: one for one in self.channels}
        ways = [
            Way(EMAIL)
            if way == EMAIL
            else Way(way, normal_address(by_way[way].service, self._typed(by_way[way])) or "")
            for way in self.order
        ]
        ways = [one for one in ways if one.channel == EMAIL or one.address]
        return Wishes(
            zone=self.zone.data or "",
            hours=self._hours(),
            topics_off=frozenset(one for one in topics if one.value not in wanted),
            is_silent=bool(self.is_silent.data),
            ways=tuple(ways) if len(ways) > 1 else (),
        )


def wishes_form(
    wishes: Wishes, topics: Sequence[Topic], channels: Sequence[Channel], *, version: int, zone: str
) -> WishesForm:
    """Return the form, filled with what someone wishes now; `zone` is that of the hospice."""
    made: type[WishesForm] = type(
        "WishesForm", (WishesForm,), {f"address_{one.id}": _address(one) for one in channels}
    )
    hours = wishes.hours or USUAL_HOURS
    by_way = {one.channel: one.address for one in wishes.ways}
    form = made(
        data={
            "version": str(version),
            "is_silent": wishes.is_silent,
            "topics": [one.value for one in topics if one not in wishes.topics_off],
            "quiet_until": f"{hours.quiet_until:%H:%M}",
            "quiet_from": f"{hours.quiet_from:%H:%M}",
            "zone": wishes.zone,
            **{f"address_{one.id}": by_way.get(one.way, "") for one in channels},
        }
    )
    form.topics.choices = [(one.value, topic_label(one)) for one in topics]
    starts = sorted({*_STARTS, hours.quiet_until})
    ends = sorted({*_ENDS, hours.quiet_from}, key=lambda at: (at.hour or 24, at.minute))
    form.quiet_until.choices = [(f"{at:%H:%M}", clock_time(at)) for at in starts]
    form.quiet_from.choices = [(f"{at:%H:%M}", end_words(at)) for at in ends]
    form.zone.choices = [
        ("", _l("The place of the shift")),
        *zone_choices(*dict.fromkeys((wishes.zone, zone))),
    ]
    form.channels = channels
    form.order = _order([one.channel for one in wishes.ways], channels)
    return form


def _address(channel: Channel) -> Any:
    is_phone = channel.service.addressed is Addressed.PHONE
    return text_field(
        _l("Mobile number") if is_phone else _l("Name or number there"),
        maximum=80,
        inputmode="tel" if is_phone else "text",
        autocomplete="tel" if is_phone else "off",
        autocapitalize="none",
        spellcheck="false",
    )


def _order(kept: Sequence[str], channels: Sequence[Channel]) -> list[str]:
    """Return the ways in their order, as the page sent it or else as it is kept."""
    offered = [EMAIL, *(one.way for one in channels)]
    given = request.form.getlist("order")[:100] if request.form else []
    return list(dict.fromkeys(one for one in [*given, *kept, *offered] if one in offered))
