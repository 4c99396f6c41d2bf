"""Who only reads Today is shown no button that would lead nowhere."""

from collections.abc import Callable
from datetime import timedelta

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.shifts.rules.states import AssignmentState
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import DAY, shift_in, told

Open = Callable[[User | None], Browser]


def test_an_auditor_sees_what_is_needed_and_no_button_for_it(browser: Open) -> None:
    ward = builders.place("Ward 1")
    shift = shift_in(ward, 4 * DAY, wanted=1)
    told(
        shift,
        builders.volunteer("Tang Rui", places=[ward]),
        AssignmentState.DECLINED,
        answered_at=shift.starts_at - timedelta(days=5),
        reason="Family visit.",
    )
    link = f'href="/shifts/{shift.id}/assign"'
    assert link in browser(builders.cora()).get("/today")
    page = browser(builders.user("Rita Rhys", Role.AUDITOR)).get("/today")
    assert "Tang Rui" in page
    assert link not in page


def test_a_leader_finds_the_pages_of_a_volunteer_first(browser: Open) -> None:
    account = builders.user("Lena Lead", Role.LEADER)
    builders.volunteer("Lena Lead", user_id=account.id)
    page = browser(account).get("/me")
    places = [page.index(f'href="{path}"') for path in ("/me", "/open-shifts", "/me/notes")]
    assert places == sorted(places)
    assert 'href="/roster"' in page
