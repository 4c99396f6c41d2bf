"""Whatever is typed ends as clean text within its limits, or as a message beside the field."""

from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from hospice.accounts.rules import Role
from hospice.core.errors import Objection
from hospice.web import forms


class Everything(forms.Form):
    name = forms.text_field("Name", maximum=10)
    words = forms.long_field("Words", maximum=20)
    email = forms.email_field("Email")
    phone = forms.phone_field("Phone")
    number = forms.number_field("Number", low=1, high=9)
    day = forms.day_field("Day")
    at = forms.clock_field("At")
    role = forms.choice_field("Role", [(r.value, r.value) for r in Role], coerce=Role)
    one = forms.choice_field("One", [(1, "1"), (2, "2")], coerce=forms.small_int, as_radio=True)
    some = forms.chips_field("Some", [("a", "A"), ("b", "B")])


def typed(app: Flask, **values: Any) -> Everything:
    """Return the form as it is after someone sent these values."""
    with app.test_request_context("/", method="POST"):
        form = Everything(MultiDict(values), meta={"csrf": False})
        form.validate()
        return form


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("name", "  Vera  ", "Vera"),
        ("name", "a\x00b\x07c", "abc"),
        ("name", "one\r\ntwo", "one two"),
        ("name", "a\u2028b", "a b"),
        ("name", "王芳 😀", "王芳 😀"),
        ("name", "<b>&\"'", "<b>&\"'"),
        ("words", "one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("words", "\ud800x", "?x"),
        ("phone", "+86 (21) 5555-0142", "+86 (21) 5555-0142"),
        ("phone", "130 5555 0100 x12", "130 5555 0100 x12"),
        ("number", " 7 ", 7),
        ("day", "2026-11-29", date(2026, 11, 29)),
        ("at", "14:00", time(14)),
        ("at", "14:00:30", time(14, 0, 30)),
        ("role", "leader", Role.LEADER),
        ("one", "2", 2),
    ],
)
def test_what_is_good_is_kept_clean(app: Flask, field: str, value: str, kept: Any):
    form = typed(app, **{field: value})
    assert form.errors == {}
    assert form[field].data == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 11),
        ("name", "x" * 1_000_000),
        ("words", "x" * 21),
        ("email", "x"),
        ("email", "a@b"),
        ("email", "a b@example.org"),
        ("email", "ß" * 60 + "@" + "example." * 24 + "org"),
        ("phone", "12"),
        ("phone", "call 12345"),
        ("number", "0"),
        ("number", "10"),
        ("number", "1.5"),
        ("number", "99999999999999999999"),
        ("number", "--1"),
        ("number", "１２"),
        ("number", "²"),
        ("day", "31/02/2026"),
        ("day", "2026-02-30"),
        ("day", "0001-01-01"),
        ("day", "9999-12-31"),
        ("at", "25:00"),
        ("at", "noon"),
        ("role", "king"),
        ("role", "\x00"),
        ("one", "3"),
        ("one", "9" * 30),
        ("some", "c"),
    ],
)
def test_what_is_bad_is_one_message_in_our_words(app: Flask, field: str, value: str):
    form = typed(app, **{field: value})
    assert list(form.errors) == [field]
    messages = [str(message) for message in form.errors[field]]
    assert len(messages) == 1
    lowered = messages[0].lower()
    assert not any(word in lowered for word in ("invalid", "coerce", "valid choice", "oops"))


def test_objections_stand_beside_their_field_or_on_top(app: Flask):
    with app.test_request_context("/", method="POST"):
        form = Everything(MultiDict(), meta={"csrf": False})
        form.object_to([Objection("a", field="name"), Objection("b")], lambda o: o.kind.upper())
        assert form.name.errors == ["A"]
        assert form.form_errors == ["B"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "1.5", "9" * 20, "²", "\x00"])
def test_odd_version_is_none_that_was_seen(app: Flask, seen: str):
    with app.test_request_context("/", method="POST"):
        form = forms.VersionedForm(MultiDict({"version": seen}), meta={"csrf": False})
        assert form.seen_version == 0


@pytest.mark.parametrize(
    ("query", "number", "day"),
    [
        ("n=3&d=2026-11-29", 3, date(2026, 11, 29)),
        ("n=-3&d=2026-13-29", 1, None),
        ("n=²&d=", 1, None),
        ("n=99999999999&d=0001-01-01", 1, None),
        ("n=5000&d=2026-11-29T00:00", 1000, date(2026, 11, 29)),
    ],
)
def test_addresses_are_read_with_care(app: Flask, query: str, number: int, day: date | None):
    with app.test_request_context(f"/?{query}"):
        assert forms.number_arg("n", 1, low=1, high=1000) == number
        assert forms.day_arg("d") == day
