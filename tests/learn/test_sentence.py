from dataclasses import replace

import pytest

from waypost.learn import Effect, Group, Telling, sentence

STRAYS = Telling(subjects="strays", treated="written to", reached="came back", within_days=14)


def group(people: int, reached: int, *, waiting: int = 0, contacted: int | None = None) -> Group:
    got = people if contacted is None else contacted
    return Group(people=people, accounts=people // 2, reached=reached, contacted=got, waiting=waiting)


FOUND = Effect(
    treated=group(46, 21),
    held_out=group(51, 12, contacted=0),
    enough=True,
    difference=0.221,
    low=0.041,
    high=0.402,
    groups_p=0.4,
)
TOO_FEW = Effect(treated=group(12, 5, waiting=3), held_out=group(4, 1, waiting=1), enough=False, weeks_left=5)


def test_a_result_is_said_with_its_counts_and_interval() -> None:
    assert sentence(FOUND, STRAYS) == (
        "Of 46 strays written to, 21 came back within 14 days; of 51 held out, 12. "
        "Difference +22 points (+4 to +40)."
    )


def test_those_whom_nothing_reached_count_and_are_named() -> None:
    some = replace(FOUND, treated=group(46, 21, contacted=41), difference=-0.03, low=-0.25, high=0.001)
    assert sentence(some, replace(STRAYS, within_days=1)) == (
        "Of 46 strays to be written to (41 were), 21 came back within 1 day; of 51 held out, 12. "
        "Difference −3 points (−25 to 0)."
    )


def test_unequal_groups_are_doubted_aloud() -> None:
    assert sentence(replace(FOUND, groups_p=1e-6), STRAYS).endswith(
        "But the groups are not as they were drawn; find out why before you trust this."
    )


def test_too_little_says_what_is_needed_and_when() -> None:
    assert sentence(TOO_FEW, STRAYS) == (
        "Not enough yet: 12 strays written to and 4 held out have had their 14 days, 4 more have not. "
        "A comparison needs 20 people at 8 accounts in each group, some who came back and some who did not: "
        "about 5 more weeks at this rate."
    )


@pytest.mark.parametrize(
    ("weeks", "end"), [(1, ": about 1 more week at this rate."), (None, "not."), (500, "not.")]
)
def test_weeks_are_told_when_they_can_be(weeks: int | None, end: str) -> None:
    none_waiting = replace(TOO_FEW, treated=group(12, 5), held_out=group(4, 1), weeks_left=weeks)
    said = sentence(none_waiting, STRAYS)
    assert said.endswith(end)
    assert "their 14 days. " in said


def test_a_play_that_chose_nobody_says_so() -> None:
    nobody = Effect(treated=group(0, 0), held_out=group(0, 0), enough=False)
    assert sentence(nobody, STRAYS) == "Nobody has been chosen yet."
    assert nobody.treated.share is None


def test_a_play_that_holds_nobody_out_has_nothing_to_compare_with() -> None:
    alone = Effect(treated=group(40, 20), held_out=group(0, 0), enough=False)
    assert sentence(alone, STRAYS).startswith("Nothing to compare with: none of the strays")
