"""Late events restate what they touch, up to a limit, and that is told."""

from tests.tale import Tale, scorecard

BREADTH = scorecard({"measure": {"kind": "breadth", "within_days": 3}})
RESTATED = (
    "select account_id, properties ->> '$.since_on', properties ->> '$.days', properties ->> '$.before',"
    " properties ->> '$.score' from events where kind = 'signal' and name = 'restated' order by arrival"
)


def _with_use_on(day: int, *, restate_days: int) -> Tale:
    tale = Tale("acme", BREADTH, restate_days=restate_days)
    tale.joins("ada").uses("export").on_day(1).uses("export").on_day(3).uses("export").on_day(6).uses(
        "export"
    )
    tale.on_day(10).uses("export").round()
    return tale.uses("share", on=day)


def test_late_use_restates_the_days_that_it_touches_and_says_so() -> None:
    tale = _with_use_on(8, restate_days=30)
    assert [tale.scores()[day] for day in (7, 8, 9)] == [50.0, 100.0, 50.0]
    assert tale.rows(RESTATED) == [("acme", "2026-08-11", "2", "0.0", "50.0")], (
        "two days; the last went from 0 to 50"
    )


def test_what_is_older_than_the_limit_waits_for_a_replay() -> None:
    tale = _with_use_on(1, restate_days=4)
    assert [tale.scores()[day] for day in (1, 2, 3)] == [50.0] * 3
    tale.workspace.replay()
    assert [tale.scores()[day] for day in (1, 2, 3, 4)] == [100.0, 100.0, 100.0, 50.0]


def test_the_day_after_the_limit_tells_late_data_as_such_and_still_adds_up() -> None:
    tale = _with_use_on(6, restate_days=2)
    assert [tale.scores()[day] for day in (6, 7, 8, 9)] == [50.0, 50.0, 100.0, 0.0]
    assert tale.ledger(8) == [("", "", "late", 50.0)]
    assert tale.ledger(9) == [("breadth", "export", "left", -50.0), ("breadth", "share", "left", -50.0)]


def test_little_is_not_worth_telling_and_neither_is_today() -> None:
    tale = _with_use_on(10, restate_days=30)
    tale.round()
    tale.by("ben").uses("export", on=6)
    assert tale.rows(RESTATED) == []


def test_new_rules_are_no_late_data() -> None:
    tale = _with_use_on(10, restate_days=30)
    tale.round()
    tale.publishes({**BREADTH, "hysteresis_points": 3})
    assert tale.rows(RESTATED) == []
