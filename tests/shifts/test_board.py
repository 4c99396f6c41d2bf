import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.shifts.models import Offer
from hospice.shifts.queries import board, totals
from hospice.shifts.queries.board import Scope
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import Show, summed
from hospice.shifts.rules.states import AssignmentState, OfferState, ShiftState, ToldKind
from hospice.shifts.views import grid
from tests import builders
from tests.conftest import Browser, Statements
from tests.shifts.sundays import change, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState
AFTERNOON = Series(6, time(14), time(17))


def places(page: str) -> Counter[str]:
    """Count the places that the table shows, by state."""
    table = page[page.index('<table class="board') : page.index("</table>")]
    return Counter(re.findall(r'class="place s-(\w+)', table))


def counters(page: str) -> dict[str, int]:
    """Return the numbers of the four counters."""
    found = re.findall(r'class="counter s-(\w+)".*?<b>(\d+)</b>', page)
    return {state: int(number) for state, number in found}


def scope(now: datetime, **values: object) -> Scope:
    days = tuple(sunday(week) for week in range(1, 7))
    spans = tuple(clock.span(day, time(14), time(17), builders.ZONE) for day in days)
    return Scope(days, now, AFTERNOON, spans, **values)  # type: ignore[arg-type]


def crowd() -> None:
    """Two wards and six Sundays with every state in them."""
    people = [builders.volunteer(f"Vera {number}") for number in range(5)]
    for ward in (builders.place("Ward 1"), builders.place("Ward 2")):
        _weekly, dates = series(ward, wanted=3)
        told(dates[0], people[0], is_leader=True)
        told(dates[0], people[1], S.WAITING)
        told(dates[0], people[2], S.DECLINED, reason="Family visit.")
        told(dates[1], people[0], S.DECLINED)
        told(dates[1], people[1], S.DECLINED)
        for who in people[2:4]:
            builders.assignment(dates[1], who, S.DRAFT)
        for who in people[:3]:
            told(dates[2], who)
        told(dates[2], people[3], S.DECLINED)  # the place was filled all the same
        told(dates[3], people[0], S.REMOVED)  # must hear of it
        told(dates[3], people[1], S.REMOVED, ToldKind.CANCELLED)  # has heard of it
        told(dates[3], people[2], told_starts_at=dates[3].starts_at - timedelta(hours=1))
        told(dates[4], people[0], S.CANCELLED)
        change(dates[4], state=ShiftState.CANCELLED)


# --- what it shows --------------------------------------------------------------------------------


def test_board_shows_the_next_six_of_the_most_used_series(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 2", second_name="River")
    series(ward)
    series(builders.place("Ward 1"))
    builders.weekly_shift(ward, weekday=2, starts=time(9), ends=time(11))
    page = browser(builders.cora()).get("/roster")
    assert "<h1>Sunday afternoons</h1>" in page
    assert "14:00–17:00 Shanghai time. 24 places open over 6 Sundays." in page
    assert page.count('scope="col"') == 7
    assert page.index(">Ward 1<") < page.index(">Ward 2<")
    day = sunday(1)
    label = f"Open place, Ward 2, Sunday {day.day} {day:%B}, 14:00 to 17:00"
    assert f'aria-label="{label}"' in page


def test_counters_equal_what_the_table_shows(app: Flask, browser: Open) -> None:
    crowd()
    cora = browser(builders.cora())
    page = cora.get("/roster")
    shown = places(page)
    assert counters(page) == {
        "open": shown["open"],
        "waiting": shown["waiting"],
        "cover": shown["cover"],
        "draft": shown["draft"],
    }
    assert shown["cover"] == 2 * (1 + 1)
    assert shown["cant"] == 2 * (1 + 1)
    for state, number in counters(page).items():
        only = cora.get(f"/roster?show={state}")
        assert places(only) == Counter({state: number})
        assert counters(only) == counters(page)  # the other three stay within reach


def test_publish_button_counts_every_change(app: Flask, browser: Open) -> None:
    crowd()
    # In each ward: two drafts, one taken off, one moved, one whose shift is cancelled.
    assert "Publish 10 changes" in browser(builders.cora()).get("/roster")


def test_totals_in_sql_equal_those_of_the_rows(either_app: Flask) -> None:
    crowd()
    now = builders.real_now()
    asked = scope(now)
    rows, has_more = board.shifts_by_place(asked, 1)
    people = board.people_on([row.id for row in rows])
    shown = grid.shown_on(rows, people.on, now)
    found = totals.summary(asked)
    assert not has_more
    assert found.days == summed(rows, shown, people.changes)
    assert (found.places, found.shifts, found.others) == (2, 10, 0)
    assert (totals.summary(scope(now, show=Show.COVER)).places) == 2
    assert (totals.summary(scope(now, show=Show.COVER)).shifts) == 4
    ward_1 = rows[0].place_id
    assert totals.summary(scope(now, place_id=ward_1)).places == 1


def test_series_takes_in_single_shifts_of_its_hours_and_counts_the_others(
    either_app: Flask,
) -> None:
    ward = builders.place("Ward 1")
    weekly, dates = series(ward, weeks=2)
    builders.shift(ward, sunday(1))
    builders.shift(builders.place("Hall"), sunday(2))
    builders.shift(ward, sunday(1), starts=time(9), ends=time(10))
    builders.shift(ward, sunday(1) + timedelta(days=1))
    moved_day = sunday(2) - timedelta(days=1)
    starts_at, ends_at = clock.span(moved_day, time(10), time(13), builders.ZONE)
    change(dates[1], local_day=moved_day, starts_at=starts_at, ends_at=ends_at)
    rows, _more = board.shifts_by_place(scope(builders.real_now()), 1)
    assert [(row.place, row.day, row.local_day) for row in rows] == [
        ("Hall", sunday(2), sunday(2)),
        ("Ward 1", sunday(1), sunday(1)),
        ("Ward 1", sunday(1), sunday(1)),
        ("Ward 1", sunday(2), moved_day),  # stays in the column of its pattern
    ]
    assert {row.others for row in rows} == {1}
    assert totals.summary(scope(builders.real_now())).others == 1
    assert weekly.id


def test_moved_shift_says_its_day_and_hours(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=2)
    moved_day = sunday(2) - timedelta(days=1)
    starts_at, ends_at = clock.span(moved_day, time(10), time(13), builders.ZONE)
    change(dates[1], local_day=moved_day, starts_at=starts_at, ends_at=ends_at)
    page = browser(builders.cora()).get("/roster")
    assert f"Sat {moved_day.day} {moved_day:%b}, 10:00–13:00" in page


def test_cancelled_shift_says_so_and_has_no_places(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=2)
    change(dates[0], state=ShiftState.CANCELLED)
    page = browser(builders.cora()).get("/roster")
    assert "Cancelled" in page
    assert places(page) == Counter(open=2)


def test_open_place_says_how_many_were_asked(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1, wanted=1)
    for name in ("Vera", "Will"):
        builders.save(
            Offer(
                shift_id=dates[0].id,
                volunteer_id=builders.volunteer(name).id,
                state=OfferState.OPEN,
                asked_at=builders.real_now(),
                accepted=[],
            )
        )
    assert "2 asked" in browser(builders.cora()).get("/roster")


def test_patient_is_named_only_to_those_who_see_patients(app: Flask, browser: Open) -> None:
    ward = builders.place("Home visits")
    series(ward, weeks=1)
    builders.shift(ward, sunday(1), patient_id=builders.patient("Mrs Wang", at=ward).id)
    assert "Mrs Wang" in browser(builders.cora()).get("/roster")
    leader = builders.user("Lee Lind", Role.LEADER)
    assert "Mrs Wang" not in browser(leader).get("/roster")


def test_week_month_and_list_show_every_shift(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    told(dates[0], builders.volunteer("Vera Vance"))
    saturday = sunday(1) - timedelta(days=1)
    builders.shift(ward, saturday, starts=time(9), ends=time(10), wanted=1)
    cora = browser(builders.cora())
    week = cora.get(f"/roster?view=week&from={saturday}")
    assert ("09:00–10:00" in week, "14:00–17:00" in week, "Vera Vance" in week) == (True,) * 3
    month = cora.get(f"/roster?view=month&from={saturday}")
    assert f'href="/roster?view=list&amp;from={saturday}&amp;days=1"' in month
    assert "1 of 2" in month
    found = cora.get(f"/roster?view=list&from={saturday}&days=1")
    assert "09:00–10:00" in found
    assert "Vera Vance" not in found


def test_list_puts_gaps_first(app: Flask, browser: Open) -> None:
    full, gap = builders.place("Ward 1"), builders.place("Ward 2")
    told(builders.shift(full, sunday(1), starts=time(9), wanted=1), builders.volunteer())
    builders.shift(gap, sunday(1))
    page = browser(builders.cora()).get(f"/roster?view=list&from={sunday(1)}&days=1")
    assert page.index("<b>Ward 2</b>") < page.index("<b>Ward 1</b>")


def test_rows_of_volunteers_show_where_each_is(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=2)
    told(dates[0], builders.volunteer("Vera Vance"))
    builders.volunteer("Will Wood")
    cora = browser(builders.cora())
    page = cora.get("/roster?rows=volunteers")
    assert page.index("Vera Vance") < page.index("Will Wood")
    assert places(page) == Counter(confirmed=1)
    waiting = cora.get("/roster?rows=volunteers&show=waiting")
    assert "Vera Vance" not in waiting


def test_place_filter_keeps_to_one_place(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    series(ward)
    series(builders.place("Ward 2"))
    page = browser(builders.cora()).get(f"/roster?place={ward.id}")
    assert counters(page)["open"] == 12
    assert page.count('scope="row"') == 1


def test_thirty_places_a_page(app: Flask, browser: Open) -> None:
    for number in range(31):
        series(builders.place(f"Ward {number:02}"), weeks=1, wanted=1)
    cora = browser(builders.cora())
    first = cora.get("/roster")
    assert first.count('scope="row"') == 30
    assert counters(first)["open"] == 31  # over all pages
    assert "Page 1 of 2" in first
    second = cora.get("/roster?page=2")
    assert second.count('scope="row"') == 1
    assert ">Ward 30<" in second


def test_over_shift_has_no_gaps(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    weekly, _dates = series(ward, weeks=1)
    past = builders.shift(
        ward, sunday(-1), weekly_shift_id=weekly.id, occurrence_on=sunday(-1), wanted=2
    )
    told(past, builders.volunteer("Vera Vance"))
    page = browser(builders.cora()).get(f"/roster?from={sunday(-1)}")
    assert places(page)["done"] == 1
    assert counters(page)["open"] == 2  # of the next Sunday alone


def test_empty_roster_says_what_to_do(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    assert "No shifts on these days." in cora.get("/roster")
    assert "No shifts on these days." in cora.get("/roster?view=list")
    series(builders.place("Ward 1"), weeks=1)
    assert "Nothing matches." in cora.get("/roster?show=draft")


def test_public_holiday_stands_in_the_column(app: Flask, browser: Open) -> None:
    new_year = date(sunday(1).year + 1, 1, 1)
    builders.shift(builders.place("Ward 2"), new_year)
    cora = browser(builders.cora())
    assert "New Year" in cora.get(f"/roster?view=week&from={new_year}")
    after = new_year + timedelta(days=21)
    builders.shift(builders.place("Ward 3"), after)
    assert "New Year" not in cora.get(f"/roster?view=week&from={after}")


def test_board_speaks_chinese(app: Flask, browser: Open) -> None:
    series(builders.place("一病区"), weeks=6)
    page = browser(builders.cora(locale="zh_Hans")).get("/roster")
    assert "<h1>周日下午</h1>" in page
    assert "14:00–17:00（上海时间）。这6个周日还缺 12 人。" in page
    day = sunday(1)
    assert f'aria-label="缺人，一病区，{day.month}月{day.day}日（周日），14:00至17:00"' in page


# --- who, how much, and odd addresses -------------------------------------------------------------


def test_leader_sees_and_cannot_change(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    lee = browser(builders.user("Lee Lind", Role.LEADER))
    page = lee.get(f"/roster?fill={dates[0].id}&hold=1")
    assert "People who fit" not in page
    assert "#fit" not in page  # an open place leads to its shift
    assert 'method="post"' not in page
    for path in (
        "/roster/undo",
        "/roster/copy",
        "/roster/publish",
        "/roster/selected",
        f"/shifts/{dates[0].id}/assign",
        f"/shifts/{dates[0].id}/cancel",
        f"/shifts/{dates[0].id}/reopen",
    ):
        lee.post(path, status=404)


def test_auditor_reads(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    otto = browser(builders.user("Otto Audit", Role.AUDITOR))
    for path in ("/roster", "/roster/print", "/roster/export", f"/shifts/{dates[0].id}"):
        otto.get(path)
    otto.post(f"/shifts/{dates[0].id}/assign", {"place": "1"}, status=404)


def test_volunteer_does_not_see_the_roster(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    vera, _record = builders.vera()
    for path in ("/roster", "/roster/export", f"/shifts/{dates[0].id}"):
        browser(vera).get(path, status=404)


@pytest.mark.parametrize("query", ["", "?view=week", "?view=list", "?rows=volunteers"])
def test_statements_do_not_grow_with_the_places(
    app: Flask, browser: Open, statements: Statements, query: str
) -> None:
    vera = builders.volunteer("Vera Vance")
    _weekly, dates = series(builders.place("Ward 00"), weeks=2)
    told(dates[0], vera)
    if query == "?view=week":
        query += f"&from={sunday(1)}"
    cora = browser(builders.cora())
    cora.get(f"/roster{query}")
    statements.seen.clear()
    cora.get(f"/roster{query}")
    one = len(statements)
    for number in range(1, 30):
        _weekly, dates = series(builders.place(f"Ward {number:02}"), weeks=2)
        told(dates[0], builders.volunteer(f"Will {number:02}"))
    statements.seen.clear()
    cora.get(f"/roster{query}")
    assert len(statements) == one
    assert one <= 8


def test_more_than_a_page_of_places_costs_one_statement_more(
    app: Flask, browser: Open, statements: Statements
) -> None:
    for number in range(32):
        series(builders.place(f"Ward {number:02}"), weeks=1)
    cora = browser(builders.cora())
    for query in ("", "?show=open", "?page=2", "?page=2&show=open", "?place=1"):
        cora.get(f"/roster{query}")
        statements.seen.clear()
        cora.get(f"/roster{query}")
        assert len(statements) <= 8, query


def test_page_of_five_wards_stays_small(app: Flask, browser: Open) -> None:
    people = [builders.volunteer(f"Vera Vance-Wood {number}") for number in range(3)]
    for number in range(5):
        _weekly, dates = series(builders.place(f"Ward {number}"), wanted=4)
        for date_ in dates:
            for who in people:
                told(date_, who)
    assert len(browser(builders.cora()).get("/roster").encode()) <= 70_000


@pytest.mark.parametrize(
    "query",
    [
        "view=nothing&series=sun-9999-9999&from=2026-13-45&rows=x&show=y&place=-1&page=0",
        "page=999999999999999999999&place=99999999999999&fill=99999999999&hold=9999999999999",
        "from=0001-01-01&view=week",
        "from=2200-12-31&view=month",
        "from=1900-01-01&view=month",
        "view=list&days=0&from=9999-99-99",
        "view=list&days=99999&page=50",
        "series=mon-0000-0000",
        "series=%00%F0%9F%98%80&q=%ED%A0%80%00<script>&fill=1",
        "fill=1&hold=1&q=%F0%9F%98%80",
        "fill=999999&hold=999999",
        "rows=volunteers&page=77&show=open",
        "show=cover&page=9",
        "view=month&rows=volunteers&show=draft",
        "view=series&view=list&from=&from=2026-11-29",
        "lang=zh&from=2026-11-29",
    ],
)
def test_odd_addresses_show_a_page(app: Flask, browser: Open, query: str) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    told(dates[0], builders.volunteer("Vera Vance", places=[ward]))
    cora = browser(builders.cora())
    page = cora.get(f"/roster?{query}")
    assert "<script>&" not in page
    for path in ("/roster/print", "/roster/export", "/roster/publish"):
        cora.get(f"{path}?{query}")
