import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import Told, keep, link, member
from waypost.core import Actor, Kind

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
EXPORTED = Told(
    about="mixpanel",
    raw=b'{"event":"Report Exported"}',
    kind=Kind.TRACK,
    name="Report Exported",
    event_id="i1",
    happened_at=NOON - timedelta(hours=1),
    person_id="ada",
    properties={"rows": 12, "name": "Größe 📈"},
)


def gathering() -> Gathering:
    return Gathering("web", NOON)


def test_what_is_sound_becomes_an_event_of_its_source() -> None:
    gathered = gathering()
    assert keep(EXPORTED, gathered) is None
    (event,) = gathered.events
    assert (event.event_id, event.source, event.kind, event.name) == (
        "mixpanel:i1",
        "web",
        "track",
        "Report Exported",
    )
    assert (event.happened_at, event.received_at) == (NOON - timedelta(hours=1), NOON)
    assert json.loads(bytes(event.properties)) == {"rows": 12, "name": "Größe 📈"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"raw": b"x" * 32_769}, TurnedAway.TOO_LARGE),
        ({"name": ""}, TurnedAway.NO_NAME),
        ({"person_id": None}, TurnedAway.NO_ID),
        ({"person_id": None, "account_id": "acme"}, TurnedAway.NO_ID),
        ({"person_id": "a" * 501}, TurnedAway.TOO_LONG),
        ({"account_id": "a\0"}, TurnedAway.BAD_TEXT),
        ({"name": "\ud83d"}, TurnedAway.BAD_TEXT),
        ({"properties": {"said": "\ud83d"}}, TurnedAway.BAD_TEXT),
        ({"properties": {"rows": object()}}, TurnedAway.WRONG_TYPE),
        ({"happened_at": datetime(1999, 12, 31, tzinfo=UTC)}, TurnedAway.IMPOSSIBLE_TIME),
    ],
)
def test_what_cannot_be_an_event_is_refused_by_name_and_kept_as_a_sample(
    changed: dict[str, Any], why: TurnedAway
) -> None:
    gathered = gathering()
    assert keep(replace(EXPORTED, **changed), gathered) is why
    assert (gathered.events, gathered.refused) == ([], {why.value: 1})
    assert [one.reason for one in gathered.samples] == [why.value]


def test_nesting_that_no_reader_could_follow_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"in": deep}
    assert keep(replace(EXPORTED, properties=deep), gathering()) is TurnedAway.TOO_DEEP


def test_machines_and_descriptions_of_accounts_need_no_person() -> None:
    gathered = gathering()
    of_acme = replace(EXPORTED, person_id=None, account_id="acme")
    assert keep(replace(of_acme, actor=Actor.AUTOMATED), gathered) is None
    assert keep(replace(of_acme, kind=Kind.GROUP), gathered) is None


def test_no_time_and_a_time_to_come_are_the_time_of_receipt() -> None:
    gathered = gathering()
    keep(replace(EXPORTED, happened_at=None), gathered)
    keep(replace(EXPORTED, happened_at=NOON + timedelta(days=1)), gathered)
    in_india = datetime(2026, 6, 3, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    keep(replace(EXPORTED, happened_at=in_india), gathered)
    assert [event.happened_at for event in gathered.events] == [NOON, NOON, in_india]
    assert gathered.events[-1].happened_at.tzinfo is UTC


@given(rows=some.integers(0, 3), person=some.sampled_from(["ada", "ben"]), seconds=some.integers(0, 3))
def test_without_an_id_the_content_is_the_id(rows: int, person: str, seconds: int) -> None:
    gathered = gathering()
    told = replace(EXPORTED, event_id=None)
    changed = replace(
        told,
        person_id=person,
        properties={**told.properties, "rows": 12 + rows},
        happened_at=NOON - timedelta(hours=1, seconds=seconds),
    )
    keep(told, gathered)
    keep(changed, gathered)
    one, other = gathered.events
    assert (one.event_id == other.event_id) == (person == "ada" and rows == 0 and seconds == 0)


def test_a_link_and_a_further_account_are_said_once_for_each_pair() -> None:
    both = replace(EXPORTED, anonymous_id="visitor-1")
    later = replace(both, event_id="i2", happened_at=NOON)
    assert link(both).event_id == link(later).event_id
    assert link(both).event_id != link(replace(both, person_id="ben")).event_id
    assert member(both, "acme").event_id == member(later, "acme").event_id
    assert member(both, "acme").event_id != member(both, "beta").event_id
    gathered = gathering()
    assert keep(link(both), gathered) is None
    assert keep(member(both, "beta"), gathered) is None
    joined, belongs = gathered.events
    assert (joined.kind, joined.person_id, joined.anonymous_id) == ("identify", "ada", "visitor-1")
    assert (belongs.kind, belongs.person_id, belongs.account_id) == ("group", "ada", "beta")
    assert belongs.actor == EXPORTED.actor
