from datetime import timedelta

import pytest

from waypost.measure import By, Rhythm
from waypost.show.source_words import how


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        (
            Rhythm(by=By.HOURS, slots=frozenset({9}), weeks=5),
            "By its rhythm: 1 hour of the week, in at least 5 of 5 weeks",
        ),
        (
            Rhythm(by=By.DAYS, slots=frozenset({4, 0}), weeks=8),
            "By its rhythm: Mon, Fri, in at least 7 of 8 weeks",
        ),
        (
            Rhythm(by=By.DAYS, slots=frozenset(range(7)), weeks=8),
            "By its rhythm: every day, in at least 7 of 8 weeks",
        ),
        (
            Rhythm(by=By.SILENCE, weeks=6, silence=timedelta(days=9)),
            "It comes irregularly: its longest silence in 6 weeks was 9 days",
        ),
        (Rhythm(known_days=3), "Not enough history (3 of 28 days): late after 26 hours of silence"),
    ],
)
def test_how_a_rhythm_was_found_is_said(rhythm: Rhythm, said: str) -> None:
    assert how(rhythm) == said
