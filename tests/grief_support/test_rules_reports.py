"""A share of nothing is no number, and what is shared points at nobody."""

from hospice.grief_support.rules.plans import Way
from hospice.grief_support.rules.reports import Due, Ratio, shareable, together


def test_a_share_of_nothing_is_no_number() -> None:
    assert Ratio(0, 0).percent is None
    assert (Ratio(0, 7).percent, Ratio(7, 7).percent) == (0, 100)
    assert (Ratio(1, 1000).percent, Ratio(999, 1000).percent) == (1, 99), "not none, and not all"
    assert together([], "in_time").percent is None
    assert together([Due(Way.CALL, due=3, in_time=2), Due(Way.CARD, due=1)], "in_time") == (
        Ratio(2, 4)
    )


def test_small_numbers_are_kept_back_and_cannot_be_worked_out() -> None:
    assert [Ratio(*one).is_few for one in ((0, 0), (0, 9), (9, 9), (2, 30), (30, 32), (9, 20))] == [
        False,
        False,
        False,
        True,
        True,
        False,
    ]
    # due, in time, later, not done; the last line is the sum
    shown = shareable([[20, 12, 8, 0], [30, 28, 2, 0], [50, 40, 10, 0]])
    for line in [*shown, *zip(*shown, strict=True)]:
        assert list(line).count(None) != 1, f"one alone can be worked out: {line}"
    assert shown[1][2] is None
    assert shareable([[20, 12, 8], [20, 12, 8]]) == [[20, 12, 8], [20, 12, 8]]
    assert shareable([]) == []


def test_reached_is_whoever_answered() -> None:
    row = Due(Way.CALL, due=9, talked=3, named_time=2, asked_to_stop=1, no_answer=2)
    assert (row.tried, row.reached) == (8, 6), "not now is an answer"
