"""Which rules hold on which day."""

from datetime import date

from tests.tale import ANALYST, CATALOGUE, Tale, day, scorecard
from waypost.measure import Catalogue
from waypost.run.rulebook import ALWAYS, NEVER

HEALTH = scorecard({"measure": {"kind": "breadth"}})
OTHER = {**HEALTH, "key": "another", "name": "Another"}


def _eras(tale: Tale) -> list[tuple[str, int, date, date]]:
    return [(e.rule.key, e.version, e.from_on, e.until_on) for e in tale.workspace.rules.scorecard_eras()]


def test_the_first_rules_of_a_workspace_hold_from_ever_and_later_ones_from_their_day() -> None:
    tale = Tale("acme", HEALTH).on_day(5).publishes({**HEALTH, "name": "Better"}, ANALYST)
    assert _eras(tale) == [("health", 1, ALWAYS, day(5)), ("health", 2, day(5), NEVER)]
    assert [each.from_on for each in tale.workspace.rules.journeys] == [day(5)]


def test_of_two_versions_of_a_day_the_newest_is_in_force() -> None:
    tale = (
        Tale("acme", HEALTH).on_day(5).publishes({**HEALTH, "name": "B"}).publishes({**HEALTH, "name": "C"})
    )
    assert _eras(tale) == [("health", 1, ALWAYS, day(5)), ("health", 3, day(5), NEVER)]


def test_a_withdrawn_rule_ends_on_its_day() -> None:
    tale = Tale("acme", HEALTH).on_day(5)
    workspace = tale.workspace
    workspace.definitions.withdraw("scorecard", "health", now=workspace.now, today=workspace.today)
    assert _eras(tale) == [("health", 1, ALWAYS, day(5))]
    assert workspace.rules.scorecard_on(day(5)) is None
    tale.on_day(9).publishes(HEALTH)
    assert _eras(tale) == [("health", 1, ALWAYS, day(5)), ("health", 3, day(9), NEVER)]


def test_of_two_scorecards_the_first_by_key_judges_and_hides_no_days_of_the_other() -> None:
    tale = Tale("acme", HEALTH).joins("ada").uses("export").on_day(5).publishes(OTHER).on_day(6)
    assert _eras(tale) == [("health", 1, ALWAYS, day(5)), ("another", 1, day(5), NEVER)]
    found = tale.rows("select on_day, scorecard from scores where score is not null order by 1")
    assert found[:4] == [(day(nr), "health") for nr in range(4)]
    assert tale.rows("select scorecard from scores where on_day >= '2026-08-08' order by on_day") == [
        ("another",), ("another",),
    ]  # fmt: skip


def test_new_rules_are_one_row_of_the_ledger_and_the_rest_is_the_customer_s() -> None:
    strict = scorecard({"measure": {"kind": "breadth"}, "curve": [[0, 0], [2, 1]]})
    tale = (
        Tale("acme", HEALTH).joins("ada").uses("export").on_day(2).publishes(strict).uses("share").on_day(3)
    )
    assert tale.scores() == {0: 50.0, 1: 50.0, 2: 50.0, 3: 50.0}
    assert tale.ledger(2) == [("", "", "rules", -25.0), ("breadth", "share", "entered", 25.0)]
    assert tale.ledger(3) == []


def test_everybody_on_a_path_goes_over_to_its_new_version_on_the_day() -> None:
    longer = {
        **ANALYST,
        "milestones": [{**ANALYST["milestones"][0], "by_day": 14}, *ANALYST["milestones"][1:]],
    }
    tale = Tale("acme").joins("ada").on_day(9).publishes(longer).on_day(10)
    assert tale.standings()[-2:] == [(8, "strayed", "first_7"), (9, "not_started", "first_7")]
    assert tale.rows("select distinct version from standings order by 1") == [(1,), (2,)]
    assert tale.workspace.rules.journey("analyst", 2) is not None
    assert tale.workspace.rules.journey("analyst", 3) is None


def test_another_path_s_new_version_interrupts_nobody() -> None:
    admin = {**ANALYST, "key": "admin", "audience": {"roles": ["admin"]}}
    tale = (
        Tale("acme", ANALYST, admin).joins("ada").on_day(3).publishes({**admin, "name": "Admins"}).on_day(5)
    )
    assert tale.standings() == [(0, "not_started", "first_7")]


def test_a_better_catalogue_shows_the_past_of_a_feature() -> None:
    tale = Tale("acme", HEALTH).joins("ada").tells("track", "download").on_day(3)
    assert tale.scores() == dict.fromkeys(range(4))
    share = {"key": "share", "name": "Shared", "group": "core", "match": [{"event": "download"}]}
    tale.publishes({**CATALOGUE, "features": [*CATALOGUE["features"][:2], share]})
    assert tale.scores() == dict.fromkeys(range(4), 50.0)


def test_a_workspace_without_definitions_has_an_empty_catalogue() -> None:
    tale = Tale("acme", HEALTH)
    workspace = tale.workspace
    for kind in ("catalogue", "tiers"):
        workspace.definitions.withdraw(kind, kind, now=workspace.now, today=workspace.today)
    assert workspace.rules.catalogue == Catalogue()
    assert workspace.rules.tiers.tiers == ()
    assert tale.joins("ada").uses("export").rows("select * from usage_daily") == []
