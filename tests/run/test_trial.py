"""Trials over a real workspace: what rules come to, without anything being changed."""

from typing import Any

from tests.tale import ANALYST, Tale, day
from waypost.journey import Journey
from waypost.run.trial import Trials


def _journey(**changes: Any) -> Journey:  # noqa: ANN401 -- parts of a document
    return Journey.from_document({**ANALYST, **changes}, where="draft")


def _asking(times: int, by_day: int = 7) -> Journey:
    clause = {"feature": "export", "at_least": times, "says": "Export reports"}
    first = {**ANALYST["milestones"][0], "by_day": by_day, "clauses": [clause]}
    return _journey(milestones=[first, *ANALYST["milestones"][1:]])


def _tale() -> Tale:
    tale = Tale("acme").joins("ada").joins("ben").joins("dora")
    tale.on_day(4).by("ada").uses("export").on_day(6).by("ben").uses("export").on_day(10)
    tale.round()
    return tale


def test_a_trial_counts_strays_by_its_own_rules() -> None:
    tale = _tale()
    trials = Trials(tale.workspace)
    assert [
        (t.people, t.strays) for t in map(trials.of, (_asking(1), _asking(2), _asking(1, by_day=12)))
    ] == [
        (3, 1),
        (3, 3),
        (3, 0),
    ]


def test_a_trial_of_the_published_rules_counts_the_strays_there_are() -> None:
    tale = _tale()
    there = tale.rows("select count(*) from standings where until_on is null and standing = 'strayed'")
    assert Trials(tale.workspace).of(_journey()).strays == there[0][0] == 1


def test_a_trial_changes_nothing() -> None:
    tale = _tale()
    before = tale.frame("select * from standings").sort("person_id", "since_on")
    Trials(tale.workspace).of(_asking(2))
    assert (
        tale.workspace.warehouse.look("select * from standings").sort("person_id", "since_on").equals(before)
    )
    assert tale.round().signals == 0


def test_silence_of_60_days_and_an_ended_contract_are_being_lost() -> None:
    tale = Tale("acme").joins("ada").uses("export").on_day(3).uses("export").on_day(70)
    found = Trials(tale.workspace)
    tale.round()
    tried = found.of(_journey())
    assert (tried.strays, tried.lost_since) == (1, 1), "strayed on day 31, silent for 60 days on day 63"
    assert tried.whole.lead_days == 63 - 31
    gone = Tale("beta").joins("cleo").uses("export").signs(contract_id="c1", starts_on=day(0).isoformat())
    gone.on_day(40).by_nobody("contract", "ended", contract_id="c1").on_day(41)
    gone.round()
    tried = Trials(gone.workspace).of(_journey())
    assert (tried.strays, tried.lost_since) == (1, 1)
    assert tried.whole.lead_days == 40 - 31


def test_of_too_many_people_whole_accounts_are_drawn_and_always_the_same() -> None:
    tale = Tale("acme")
    for account in ("acme", "beta", "corvid"):
        tale.at(account).joins(f"ada at {account}").joins(f"ben at {account}")
    tale.on_day(9)
    tale.round()
    found = Trials(tale.workspace, most_people=2).of(_journey())
    assert (found.looked_at, found.of_all, found.strays) == (2, 6, 2)
    people = Trials(tale.workspace, most_people=2).times(_journey())["account_id"].unique().to_list()
    assert len(people) == 1, "both of one account"


def test_others_keep_their_own_journeys() -> None:
    clerk = {**ANALYST, "key": "clerk", "audience": {"roles": ["clerk"]}, "rank": 1}
    tale = Tale("acme", ANALYST, clerk).joins("ada").joins("ben", "clerk").on_day(10)
    tale.round()
    found = Trials(tale.workspace)
    assert found.of(_journey()).people == 1
    assert found.of(_journey(rank=0)).people == 2, "before the clerks' journey, it takes theirs too"


def test_times_tell_when_each_milestone_was_met_and_how_long_others_have_been_seen() -> None:
    tale = _tale()
    rows = Trials(tale.workspace).times(_journey()).filter(milestone="first_7").sort("person_id")
    assert rows.select("person_id", "days", "met").rows() == [
        ("ada", 4, True),
        ("ben", 6, True),
        ("dora", 10, False),
    ]


def test_who_left_has_been_seen_until_then() -> None:
    tale = Tale("acme").joins("ada").on_day(5).leaves().on_day(9)
    tale.round()
    rows = Trials(tale.workspace).times(_journey()).filter(milestone="first_7")
    assert rows.select("days", "met").rows() == [(4, False)]


def test_journeys_of_accounts_are_tried_on_accounts() -> None:
    tale = _tale()
    found = Trials(tale.workspace).of(_journey(of="accounts"))
    assert (found.people, found.strays, found.of_all) == (1, 0, 1), "somebody at Acme exported in time"
