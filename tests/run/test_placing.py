"""Who is on which journey when: audiences, entries and exits as they were on each day."""

from typing import Any

import pytest

from tests.laws.state import differences, state_of
from tests.tale import ANALYST, TIERS, Tale
from waypost.core import Document

FIRST_7 = ANALYST["milestones"][0]
EVERYBODY: Document = {**ANALYST, "key": "everybody", "rank": 200}
CHAMPIONS: Document = {
    "kind": "segment", "key": "champions", "name": "Champions", "of": "people",
    "where": [{"champion": True}, {"segment": "rich"}],
}  # fmt: skip
RICH: Document = {
    "kind": "segment", "key": "rich", "name": "Rich", "where": [{"value_at_least": 1000}],
}  # fmt: skip
MINES: Document = {
    "kind": "segment", "key": "mines", "name": "Mines", "where": [{"trait": "trade.name", "is": "mining"}],
}  # fmt: skip


def _tale(*segments: Document, **changes: Any) -> Tale:  # noqa: ANN401 -- parts of a document
    return Tale("acme", {**ANALYST, **changes}, EVERYBODY, *segments).joins("ada")


def _spells(tale: Tale, journey: str = "analyst", person: str | None = "ada") -> list[tuple[int, int | None]]:
    """Return from which day until which somebody was on a journey."""
    rows = tale.frame("select * from every_standing order by since_on").filter(
        journey=journey, account_id="acme"
    )
    found: list[tuple[int, int | None]] = []
    for since, until, who in rows.select("since_on", "until_on", "person_id").rows():
        begins, ends = tale.number(since), None if until is None else tale.number(until)
        if who == person and found and found[-1][1] == begins:
            found[-1] = (found[-1][0], ends)
        elif who == person:
            found.append((begins, ends))
    _live_is_a_replay(tale)
    return found


def _live_is_a_replay(tale: Tale) -> None:
    live = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}


def test_another_tier_is_another_path_from_its_day_on_and_restates_nothing_before() -> None:
    tale = _tale(audience={"tiers": ["enterprise"]}).on_day(9)
    assert tale.standing(journey="everybody") == "strayed"
    tale.on_day(10).signs(value=60_000).on_day(12)
    assert _spells(tale, "everybody") == [(0, 10)]
    assert _spells(tale) == [(10, None)]
    tale.on_day(20).by_nobody("group", "group", tier="self_serve").on_day(21)
    assert _spells(tale) == [(10, 20)]
    assert _spells(tale, "everybody") == [(0, 10), (20, None)]


def test_word_of_an_earlier_contract_that_comes_late_restates_the_days_since() -> None:
    tale = _tale(audience={"tiers": ["enterprise"]}).on_day(9)
    tale.round()
    tale.signs(on=4, value=60_000)
    assert _spells(tale) == [(4, None)]


def test_other_thresholds_of_tiers_hold_for_all_days() -> None:
    tale = _tale(audience={"tiers": ["enterprise"]}).signs(value=60_000).on_day(9)
    assert _spells(tale) == [(0, None)]
    lower, *rest = TIERS["tiers"]
    tale.publishes({**TIERS, "tiers": [{**lower, "value_at_least": 70_000}, *rest]})
    assert _spells(tale) == []


def test_a_plan_is_the_newest_word_of_a_group_call_or_a_contract() -> None:
    tale = _tale(audience={"plans": ["pro"]}).on_day(3).by_nobody("group", "group", plan="pro")
    tale.on_day(6).signs(plan="free").on_day(9).by_nobody("contract", "changed", value=5).on_day(10)
    assert _spells(tale) == [(3, 6)]


def test_a_segment_of_people_and_accounts_holds_while_its_facts_do() -> None:
    tale = _tale(CHAMPIONS, RICH, audience={"segments": ["champions"]}).on_day(2).signs(value=2000)
    tale.on_day(4).tells("membership", "role_changed", champion=True)
    tale.on_day(8).by_nobody("contract", "changed", value=10).on_day(9)
    assert _spells(tale) == [(4, 8)]


def test_a_segment_may_hang_on_any_trait_of_the_account() -> None:
    tale = _tale(MINES, audience={"segments": ["mines"]}).on_day(2)
    tale.by_nobody("group", "group", trade={"name": "mining"}, seen="now").on_day(3)
    tale.by_nobody("group", "group", trade={"name": "mining"}, seen="later").on_day(5)
    tale.by_nobody("group", "group", trade={"name": "sailing"}).on_day(6)
    assert _spells(tale) == [(2, 5)]
    eras = tale.rows("select since_on from account_eras where account_id = 'acme'")
    assert len(eras) == 3, "what nobody asks about opens no era"


def test_another_rule_of_the_segment_is_another_audience() -> None:
    tale = _tale(RICH, audience={"segments": ["rich"]}).signs(value=500).on_day(9)
    assert _spells(tale) == []
    tale.publishes({**RICH, "where": [{"value_at_least": 400}]})
    assert _spells(tale) == [(0, None)]
    tale.workspace.definitions.withdraw("segment", "rich", now=tale.clock.at, today=tale.workspace.today)
    tale.workspace._rules = None
    assert _spells(tale) == [], "a segment that is not there holds nobody"


@pytest.mark.parametrize(
    ("entry", "begins"),
    [
        ({"feature": "share"}, 5),
        ({"event": "ticket/solved"}, 6),
        ({"event": "contract/signed"}, 7),
        ({"contract": True}, 11),
        ({"segment": "rich"}, 7),
        ({}, 0),
    ],
)
def test_somebody_enters_on_the_day_of_the_entry(entry: dict[str, Any], begins: int) -> None:
    tale = _tale(RICH, entry=entry).on_day(5).uses("share", 2).on_day(6)
    tale.tells("ticket", "opened", ticket_id="t").tells("ticket", "solved", ticket_id="t").on_day(7)
    tale.signs(value=2000, starts_on="2026-08-14").on_day(10)
    tale.round()
    tale.on_day(16)
    assert _spells(tale) == [(begins, None)]
    [first, *_] = tale.standings()
    assert first[0] == begins
    due = tale.rows("select min(due_on) from standings where journey = 'analyst'")[0][0]
    assert tale.number(due) == begins + 7, "the day of entry is day 0"


def test_who_never_enters_stays_on_the_other_journey() -> None:
    tale = _tale(entry={"feature": "share"}).on_day(9)
    assert (_spells(tale), _spells(tale, "everybody")) == ([], [(0, None)])


def test_use_before_the_entry_counts_for_no_clause() -> None:
    tale = _tale(entry={"feature": "share"}).uses("export").on_day(3).uses("share").on_day(11)
    assert tale.standing() == "strayed"


@pytest.mark.parametrize(
    ("leaving", "ends"),
    [
        ({"feature": "share"}, 35),
        ({"event": "ticket/solved"}, 36),
        ({"segment": "rich"}, 37),
        ({"after_days": 31}, 31),
        ({"after_days": 40, "feature": "share"}, 35),
        ({"after_days": 99}, None),
    ],
)
def test_somebody_leaves_on_the_day_of_the_exit(leaving: dict[str, Any], ends: int | None) -> None:
    tale = _tale(RICH, exit=leaving).on_day(35).uses("share").on_day(36)
    tale.tells("ticket", "solved", ticket_id="t").on_day(37).signs(value=2000).on_day(45)
    assert _spells(tale) == [(0, ends)]
    assert _spells(tale, "everybody") == ([] if ends is None else [(ends, None)])


def test_who_comes_back_enters_anew() -> None:
    tale = _tale(entry={"feature": "share"}, exit={"after_days": 31}).on_day(1).uses("share").on_day(3)
    tale.leaves().on_day(10).joins("ada").on_day(12).uses("share").on_day(50)
    assert _spells(tale) == [(1, 3), (12, 43)]


def test_an_account_enters_with_whatever_anybody_there_does() -> None:
    team = {"of": "accounts", "entry": {"feature": "share"}, "exit": {"event": "ticket/solved"}}
    tale = _tale(**team).on_day(2).by("ben").uses("share").on_day(8)
    tale.tells("ticket", "solved", ticket_id="t").on_day(9)
    assert _spells(tale, person=None) == [(2, 8)]


def test_what_is_said_of_nobody_is_said_of_everybody_there() -> None:
    tale = _tale(entry={"event": "contract/renewed"}).on_day(4)
    tale.round()
    tale.by_nobody("contract", "renewed", value=3).on_day(5)
    assert _spells(tale) == [(4, None)]
    tale.by("ben").uses("export").tells("ticket", "solved", ticket_id="t").on_day(6)
    assert _spells(tale, person="ben") == [], "a renewal before Ben came is none of his"
