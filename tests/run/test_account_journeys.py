"""Journeys of accounts: what everybody there does is the account's own."""

from typing import Any

from tests.laws.state import differences, state_of
from tests.tale import ANALYST, FIRST, Tale

TEAM: dict[str, Any] = {
    "kind": "journey",
    "key": "team",
    "name": "A team at work",
    "of": "accounts",
    "milestones": [
        {
            "key": "first_14",
            "name": "First two weeks",
            "by_day": 14,
            "clauses": [
                {"people": 2, "says": "Two people at work"},
                {"feature": "export", "at_least": 3, "says": "Export thrice"},
            ],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 14,
            "clauses": [{"people": 2, "feature": "export", "says": "Two people export every fortnight"}],
        },
    ],
}


def _team() -> Tale:
    return Tale("acme", ANALYST, TEAM).joins("ada").joins("ben").by("ada")


def _stood(tale: Tale) -> list[tuple[int, str, str]]:
    tale.round()
    found = tale.rows(
        "select since_on, standing, milestone from account_standings where account_id = 'acme' order by 1"
    )
    return [((since - FIRST).days, standing, milestone) for since, standing, milestone in found]


def test_what_several_people_do_counts_together() -> None:
    tale = _team().on_day(3).uses("export", 2).on_day(9).by("ben").uses("export").on_day(15)
    assert _stood(tale) == [
        (0, "not_started", "first_14"), (3, "on_path", "first_14"), (9, "on_path", "first_14"),
        (15, "sustained", "sustained"),
    ]  # fmt: skip


def test_the_busiest_person_is_still_one_person() -> None:
    tale = _team().on_day(3).uses("export", 9).on_day(15)
    assert _stood(tale)[-1] == (15, "strayed", "first_14")
    [missing] = tale.rows("select missing from account_standings where until_on is null")[0]
    assert "Two people at work" in missing
    assert "Export thrice" not in missing


def test_people_count_within_the_window_only() -> None:
    tale = _team().on_day(3).uses("export", 2).by("ben").uses("share").on_day(12).uses("export", 2)
    assert _stood(tale.on_day(16))[-1] == (15, "sustained", "sustained")
    assert _stood(tale.on_day(18))[-1] == (17, "lapsed", "sustained"), "Ada's last export was on day 3"
    assert _stood(tale.by("ada").uses("export").on_day(19))[-1] == (18, "sustained", "sustained")


def test_an_account_that_strays_is_told_of_without_a_person() -> None:
    tale = _team().lives_to(15)
    told = [
        (name, person, journey)
        for name, person, journey in tale.rows(
            "select name, person_id, properties ->> '$.journey' from events where kind = 'signal'"
        )
        if journey == "team"
    ]
    assert ("strayed", None, "team") in told
    assert all(person is None for _, person, _ in told)


def test_people_stand_on_their_own_journeys_beside() -> None:
    tale = _team().on_day(3).uses("export").on_day(8)
    assert tale.standing("ada") == "on_path"
    assert tale.standing("ben") == "strayed"
    assert tale.rows("select count(*) from standings where journey = 'team'") == [(0,)]


def test_a_seasonal_close_stops_the_clock_of_the_account() -> None:
    tale = _team().on_day(3).by_nobody("pause", "began").on_day(13).by_nobody("pause", "ended").on_day(24)
    assert _stood(tale)[-1][1] != "strayed"
    assert _stood(tale.on_day(25))[-1] == (25, "strayed", "first_14")


def test_rounds_and_a_replay_agree() -> None:
    tale = _team().on_day(2).uses("export").lives_to(9).by("ben").uses("export", 2).lives_to(20)
    tale.by("ada").uses("export", on=12).lives_to(24)
    lived = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(lived, state_of(tale.workspace)) == {}
