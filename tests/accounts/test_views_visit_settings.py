"""The settings around a visit: when patients are seen, when one checks in, who is on call."""

from typing import Any

import pytest
from flask import Flask

from hospice.accounts import queries
from tests import builders
from tests.accounts.test_views_settings import version

VISITS = {
    "seen_before_hours": "24",
    "seen_after_hours": "12",
    "check_in_before_minutes": "30",
    "check_in_after_hours": "6",
    "asks_by_itself": "",
    "lone_volunteer_minutes": "10",
    "lone_leader_minutes": "20",
    "lone_on_call_minutes": "40",
    "on_call_name": "Sister Tan",
    "on_call_phone": "021 5555 0199",
    "on_call_email": "oncall@example.org",
}


@pytest.fixture
def ada(app: Flask, browser: Any) -> Any:
    return browser(builders.ada())


def kept() -> dict[str, str]:
    hospice = queries.hospice()
    assert hospice is not None
    found = {name: getattr(hospice, name) for name in VISITS}
    return {name: "" if value is False else str(value) for name, value in found.items()}


def test_a_new_hospice_has_the_usual_numbers(ada: Any):
    page = ada.get("/settings/visits")
    assert 'name="seen_before_hours"' in page
    assert kept()["seen_before_hours"] == "48"
    assert kept()["lone_on_call_minutes"] == "45"
    assert kept()["asks_by_itself"] == "True"


def test_they_are_saved_and_enter_the_history(ada: Any):
    page = ada.get("/settings/visits")
    assert ada.post("/settings/visits", {**VISITS, "version": version(page)}) == "/settings/visits"
    assert kept() == VISITS
    page = ada.get("/settings/visits")
    assert "hours before a shift: from 48 to 24" in page
    assert "from yes to no" in page


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("seen_before_hours", "", "Enter a number"),
        ("seen_before_hours", "0", "Enter a number from 1 to 336"),
        ("seen_before_hours", "9" * 1000, "Enter a whole number"),
        ("lone_leader_minutes", "10", "Enter more than 10: help is called step by step"),
        ("lone_on_call_minutes", "20", "Enter more than 20: help is called step by step"),
        ("on_call_email", "nobody", "Enter an email address"),
        ("on_call_phone", "<b>", "Enter a telephone number"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(ada: Any, field: str, value: str, message: str):
    typed = {**VISITS, field: value, "version": version(ada.get("/settings/visits"))}
    page = ada.post("/settings/visits", typed, status=422)
    assert message in page
    assert f'id="{field}-error"' in page
    assert "Sister Tan" in page
    assert kept()["on_call_name"] == ""


def test_second_editor_is_told_and_loses_nothing(ada: Any):
    old = version(ada.get("/settings/visits"))
    ada.post("/settings/visits", {**VISITS, "version": old})
    page = ada.post(
        "/settings/visits", {**VISITS, "on_call_name": "Otto", "version": old}, status=422
    )
    assert 'value="Otto"' in page
    assert "Sister Tan" in page
