import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.run.sample.conftest import TODAY
from waypost.run.sample import Manifest
from waypost.run.sample.world import World

Made = tuple[Path, Manifest]


@pytest.fixture(scope="module")
def facts(made: Made) -> list[dict[str, Any]]:
    lines = (made[0] / "facts.ndjson").read_text("utf-8").splitlines()
    return [fact for fact in map(json.loads, lines) if fact.get("account_id") == "halcyon-freight"]


@pytest.fixture(scope="module")
def messages(made: Made) -> list[dict[str, Any]]:
    lines = (made[0] / "segment.ndjson").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if '"groupId":"halcyon-freight"' in line]


def _on(fact: dict[str, Any]) -> date:
    return date.fromisoformat(str(fact.get("happened_at", fact.get("timestamp")))[:10])


def test_exports_fell_to_less_than_a_third_when_eight_analysts_stopped(
    messages: list[dict[str, Any]],
) -> None:
    exports = [each for each in messages if each.get("event") == "Report Exported"]
    before = [each for each in exports if 14 <= (TODAY - _on(each)).days < 42]
    after = [each for each in exports if (TODAY - _on(each)).days < 14]
    assert 25 < len(before) / 4 < 60
    assert len(after) / 2 < 0.45 * len(before) / 4
    assert len({each["userId"] for each in before}) - len({each["userId"] for each in after}) >= 6


def test_scheduled_reports_were_switched_on_for_three_depots(
    messages: list[dict[str, Any]], told: World
) -> None:
    switched = [each for each in messages if '"scheduled_reports"' in json.dumps(each.get("properties"))]
    assert [_on(each) for each in switched] == [TODAY - timedelta(days=11)] * 3
    assert {each["userId"] for each in switched} == {told.who.ids[told.halcyon("Ana")]}


def test_the_champion_left(facts: list[dict[str, Any]]) -> None:
    left = [fact for fact in facts if fact["name"] == "left" and fact["properties"]["champion"]]
    assert [fact["properties"]["name"] for fact in left] == ["Priya Raman"]
    assert _on(left[0]) == TODAY - timedelta(days=9)


def test_two_urgent_tickets_have_been_open_for_more_than_five_days(facts: list[dict[str, Any]]) -> None:
    opened = {
        f["properties"]["ticket_id"]: f for f in facts if f["kind"] == "ticket" and f["name"] == "opened"
    }
    solved = {f["properties"]["ticket_id"] for f in facts if f["kind"] == "ticket" and f["name"] == "solved"}
    still = {key: fact for key, fact in opened.items() if key not in solved}
    assert set(still) == {"HF-2291", "HF-2304"}
    assert all(fact["properties"]["priority"] == "urgent" for fact in still.values())
    assert all((TODAY - _on(fact)).days > 5 for fact in still.values())


def test_the_signer_answered_nine_in_spring_and_six_yesterday(
    facts: list[dict[str, Any]], told: World
) -> None:
    tom = told.halcyon("Tom")
    answers = [f for f in facts if f["kind"] == "survey" and f.get("person_id") == told.who.ids[tom]]
    assert [(_on(f).month, f["properties"]["score"]) for f in answers] == [(5, 9), (11, 6)]
    assert "spreadsheet" in answers[-1]["properties"]["comment"]
    assert told.who.signs_renewal[tom]


def test_six_people_finished_the_admin_training_together(messages: list[dict[str, Any]]) -> None:
    day = TODAY - timedelta(days=6)
    trained = [m for m in messages if m.get("event") == "Training Finished" and _on(m) == day]
    assert len({each["userId"] for each in trained}) >= 6


def test_people_stand_at_every_part_of_the_path(told: World) -> None:
    here = (told.who.account == 0) & (told.who.left > len(told.days.dates))
    tenure = len(told.days.dates) - 1 - told.who.joined[here]
    first, second, third = ((tenure < 8).sum(), ((tenure >= 8) & (tenure < 31)).sum(), (tenure >= 31).sum())
    assert (first >= 12, second >= 24, third >= 150) == (True, True, True)
    assert np.isin(told.who.family[here], ["Sousa", "Ebert", "Haddad", "Weber", "Zając"]).sum() >= 5
