"""Support plans: what is planned for whom, what a change leaves alone, and when to give up."""

from datetime import UTC, date, datetime, timedelta

from hospice.grief_support.rules.plans import (
    DEFAULT_STEPS,
    LONGEST_DAYS,
    FollowUpState,
    Kept,
    Outcome,
    PlanState,
    Span,
    Step,
    Try,
    Way,
    changes,
    follow_up_state,
    follow_ups,
    may_become,
    next_states,
    step_objections,
    unreachable_objections,
)

DIED = date(2026, 3, 1)
SHANGHAI = "Asia/Shanghai"


def kept(number: int, key: str, day: date, **values: object) -> Kept:
    """A follow-up as it stands, untouched."""
    plain: dict[str, object] = {
        "way": Way.CALL,
        "opens_on": day - timedelta(days=7),
        "due_on": day,
        "state": FollowUpState.PLANNED,
        "is_moved": False,
        "tries": 0,
    }
    return Kept(id=number, key=key, **{**plain, **values})  # type: ignore[arg-type]


def test_each_tier_adds_to_the_one_below() -> None:
    plans = [{one.key for one in follow_ups(DIED, DEFAULT_STEPS, tier)} for tier in (1, 2, 3)]
    assert plans[0] < plans[1] < plans[2]
    assert plans[2] == {step.key for step in DEFAULT_STEPS}
    calls = [one.key for one in follow_ups(DIED, DEFAULT_STEPS, 1) if one.way is Way.CALL]
    assert calls == ["condolence", "assessment"], "who needs little is not called every month"


def test_the_days_of_a_plan() -> None:
    days = {one.key: (one.opens_on, one.due_on) for one in follow_ups(DIED, DEFAULT_STEPS, 3)}
    assert days["condolence"] == (date(2026, 3, 2), date(2026, 3, 4))
    assert days["assessment"] == (date(2026, 3, 22), date(2026, 4, 5))  # days 21 to 35
    assert days["three_months_letter"] == (date(2026, 5, 25), date(2026, 6, 8))
    assert days["before_anniversary"] == (date(2027, 2, 15), date(2027, 2, 25))
    assert days["closing_letter"] == (date(2027, 3, 15), date(2027, 4, 1))
    for tier in (1, 2, 3):
        found = follow_ups(DIED, DEFAULT_STEPS, tier)
        assert found == sorted(found, key=lambda one: one.due_on)
        assert max((one.due_on - DIED).days for one in found) <= LONGEST_DAYS


def test_a_month_after_the_last_of_a_month_stays_in_its_month() -> None:
    assert Span(1).after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert Span(1).after(date(2024, 1, 31)) == date(2024, 2, 29)
    assert Span(13).after(date(2025, 12, 31)) == date(2027, 1, 31)
    assert Span(12, -4).after(date(2024, 2, 29)) == date(2025, 2, 24)
    assert Span(0, 3).after(date(2026, 12, 30)) == date(2027, 1, 2)


def test_lines_of_the_template_that_make_no_sense() -> None:
    def kinds(opens: tuple[int, int], closes: tuple[int, int]) -> list[str]:
        step = Step("one", Way.CALL, 1, Span(*opens), Span(*closes))
        return [one.kind for one in step_objections(step)]

    assert kinds((1, 0), (1, 0)) == []
    assert kinds((2, 0), (1, 0)) == ["closes_before_opens"]
    assert kinds((0, -3), (1, 0)) == ["before_death"]
    assert kinds((0, 0), (60, 0)) == ["too_late"]
    for step in DEFAULT_STEPS:
        assert step_objections(step) == []


def test_trap_04_a_corrected_date_moves_what_nobody_touched() -> None:
    before = follow_ups(DIED, DEFAULT_STEPS, 1)
    after = follow_ups(DIED + timedelta(days=2), DEFAULT_STEPS, 1)
    standing = [
        kept(number, one.key, one.due_on, way=one.way, opens_on=one.opens_on)
        for number, one in enumerate(before)
    ]
    standing[0] = kept(0, before[0].key, before[0].due_on, state=FollowUpState.DONE, tries=1)
    standing[1] = kept(1, before[1].key, before[1].due_on, is_moved=True)
    found = changes(standing, after)
    assert found.add == ()
    assert found.drop == ()
    assert {number for number, _planned in found.move} == set(range(2, len(before)))
    assert dict(found.move)[2].due_on == before[2].due_on + timedelta(days=2)


def test_another_tier_adds_and_drops_only_what_nobody_touched() -> None:
    three, one = (follow_ups(DIED, DEFAULT_STEPS, tier) for tier in (3, 1))
    standing = [
        kept(number, item.key, item.due_on, way=item.way, opens_on=item.opens_on)
        for number, item in enumerate(three)
    ]
    touched = next(item.id for item in standing if item.key == "two_weeks_call")
    standing[touched] = kept(
        touched, "two_weeks_call", standing[touched].due_on, state=FollowUpState.ATTEMPTED, tries=1
    )
    down = changes(standing, one)
    assert (down.add, down.move) == ((), ())
    assert touched not in down.drop
    dropped = {standing[number].key for number in down.drop}
    assert dropped == {item.key for item in three} - {item.key for item in one} - {"two_weeks_call"}
    up = changes([], three)
    assert list(up.add) == three
    assert changes(standing, three).move == (), "what stands already stays as it is"


def test_the_states_of_a_plan() -> None:
    assert may_become(PlanState.ACTIVE, PlanState.PAUSED)
    assert may_become(PlanState.PAUSED, PlanState.ACTIVE)
    assert not may_become(PlanState.DRAFT, PlanState.ACTIVE), "it is offered first"
    assert not may_become(PlanState.CLOSED, PlanState.PAUSED)
    for state in PlanState:
        assert next_states(state), f"{state} is a dead end"
        assert state not in next_states(state)


def test_not_now_is_never_a_failure() -> None:
    assert follow_up_state(Outcome.NOT_NOW) is FollowUpState.CALLBACK
    assert follow_up_state(Outcome.TALKED) is FollowUpState.DONE
    assert follow_up_state(Outcome.STOP) is FollowUpState.DECLINED
    assert follow_up_state(Outcome.LEFT_MESSAGE) is FollowUpState.ATTEMPTED


def test_trap_19_nobody_is_unreachable_after_one_call() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=UTC) - timedelta(hours=8)  # Shanghai's hours

    def why(*tries: Try) -> list[str]:
        return [one.kind for one in unreachable_objections(tries, SHANGHAI)]

    monday = Try(at(2, 10), Way.CALL, Outcome.NO_ANSWER)
    assert why(monday) == ["too_few_tries", "one_way_only", "same_time_only"]
    again = [Try(at(day, 10), Way.CALL, Outcome.NO_ANSWER) for day in (3, 4)]
    assert why(monday, *again) == ["one_way_only", "same_time_only"]
    letter = Try(at(4, 11), Way.LETTER, Outcome.NO_ANSWER)
    assert why(monday, again[0], letter) == ["same_time_only"]
    evening = Try(at(5, 19), Way.CALL, Outcome.LEFT_MESSAGE)
    assert why(monday, letter, evening) == []
    # whoever answered since is not unreachable, whatever was tried before
    talked = Try(at(6, 10), Way.CALL, Outcome.NOT_NOW)
    assert "too_few_tries" in why(monday, letter, evening, talked)
