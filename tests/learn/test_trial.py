"""Trials: today's strays, the back-test by month, lead days, and what an open month can say."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.learn import LATER_DAYS, Cases, Trial, trial

TODAY = date(2026, 11, 22)
JUDGED = {
    "person_id": pl.String,
    "account_id": pl.String,
    "since_on": pl.Date,
    "until_on": pl.Date,
    "strayed": pl.Boolean,
}
LOST = {"person_id": pl.String, "account_id": pl.String, "lost_on": pl.Date}
Stretch = tuple[str, date, date | None, bool]


def _trial(stretches: list[Stretch], lost: dict[str, date]) -> Trial:
    judged = [(who, f"at {who}", since, until, strayed) for who, since, until, strayed in stretches]
    gone = [(who, f"at {who}", day) for who, day in lost.items()]
    cases = Cases.of(
        pl.DataFrame(judged, schema=JUDGED, orient="row"),
        pl.DataFrame(gone, schema=LOST, orient="row"),
        TODAY,
    )
    return trial(cases, of_all=len({who for who, *_ in stretches}))


def test_todays_strays_are_counted_and_those_lost_after_they_strayed() -> None:
    found = _trial(
        [
            ("ada", date(2026, 8, 1), None, False),
            ("ben", date(2026, 8, 1), date(2026, 9, 1), False),
            ("ben", date(2026, 9, 1), None, True),
            ("cleo", date(2026, 9, 1), None, True),
            ("left", date(2026, 3, 1), date(2026, 6, 1), True),
        ],
        {"ben": date(2026, 10, 5), "cleo": date(2026, 8, 20)},
    )
    assert (found.people, found.strays, found.lost_since) == (3, 2, 1)


def test_a_stray_stays_one_when_only_what_is_missing_changes() -> None:
    found = _trial(
        [
            ("ben", date(2026, 5, 1), date(2026, 6, 1), True),
            ("ben", date(2026, 6, 1), None, True),
        ],
        {"ben": date(2026, 6, 20)},
    )
    assert found.whole.strayed == 1
    assert found.whole.lead_days == 50
    assert (found.whole.lost_later.count, found.whole.lost_later.of) == (1, 1)


def test_who_was_lost_without_straying_in_the_90_days_before_was_missed() -> None:
    found = _trial(
        [
            ("ada", date(2026, 1, 1), None, False),
            ("ben", date(2026, 1, 1), date(2026, 2, 1), True),
            ("ben", date(2026, 2, 1), None, False),
        ],
        {"ada": date(2026, 7, 1), "ben": date(2026, 7, 2)},
    )
    assert (found.whole.missed.count, found.whole.missed.of) == (2, 2)
    assert found.whole.lead_days is None


def test_who_was_lost_before_straying_is_not_asked_about() -> None:
    found = _trial([("ben", date(2026, 5, 1), None, True)], {"ben": date(2026, 4, 1)})
    assert found.whole.strayed == 1
    assert found.whole.lost_later.of == 0
    assert found.whole.lost_later.share is None


def test_months_are_twelve_and_the_last_ones_are_open() -> None:
    found = _trial([("ben", date(2026, 10, 5), None, True)], {})
    assert [month.first_on for month in found.months][::11] == [date(2025, 12, 1), date(2026, 11, 1)]
    assert [month.is_open for month in found.months] == [False] * 8 + [True] * 4
    october = found.months[10]
    assert (october.people, october.outcome.strayed, october.outcome.lost_later.of) == (1, 1, 1)
    assert found.whole.lost_later.of == 0, "its 90 days are not over, so it says nothing yet"


def test_those_on_the_path_say_what_is_usual() -> None:
    stretches: list[Stretch] = [(f"p{n}", date(2025, 12, 1), None, False) for n in range(10)]
    found = _trial(stretches, {"p0": date(2026, 2, 10)})
    # Nine months have 90 days after them; p0 is there on the first of three, each within 90 days of being lost.
    assert (found.otherwise.count, found.otherwise.of) == (3, 9 * 9 + 3)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 400), st.integers(1, 60), st.booleans()), max_size=30
    ),
    st.dictionaries(st.integers(0, 5), st.integers(0, 400), max_size=6),
)
def test_months_add_up_to_the_year(raw: list[tuple[int, int, int, bool]], gone: dict[int, int]) -> None:
    begin = TODAY - timedelta(days=400)
    stretches: list[Stretch] = []
    ends: dict[int, int] = {}
    for who, wait, length, strayed in raw:
        since = ends.get(who, 0) + wait
        ends[who] = since + length
        if ends[who] <= 400:
            days = begin + timedelta(days=since), begin + timedelta(days=ends[who])
            stretches.append((f"p{who}", *days, strayed))
    lost = {f"p{who}": begin + timedelta(days=day) for who, day in gone.items()}
    found = _trial(stretches, lost)
    assert sum(month.outcome.strayed for month in found.months) == found.whole.strayed
    assert sum(month.outcome.missed.of for month in found.months) == found.whole.missed.of
    assert sum(month.outcome.missed.count for month in found.months) == found.whole.missed.count
    closed = sum(month.outcome.lost_later.of for month in found.months if not month.is_open)
    assert closed <= found.whole.lost_later.of
    assert found.whole.lost_later.count <= found.whole.lost_later.of
    assert found.whole.lead_days is None or found.whole.lead_days > 0
    assert LATER_DAYS == 90
