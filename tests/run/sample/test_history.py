import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from waypost.run.sample import Manifest

Made = tuple[Path, Manifest]


@pytest.fixture(scope="module")
def facts(made: Made) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (made[0] / "facts.ndjson").read_text("utf-8").splitlines()]


def test_every_intervention_answers_a_signal_that_came_before_it(facts: list[dict[str, Any]]) -> None:
    signals = {fact["event_id"]: fact for fact in facts if fact["kind"] == "signal"}
    decided = [fact for fact in facts if fact["kind"] == "intervention"]
    assert decided
    for fact in decided:
        cause = signals[fact["properties"]["signal_id"]]
        assert cause["happened_at"] < fact["happened_at"]
        assert cause.get("person_id") == fact.get("person_id")


def test_nobody_held_out_was_ever_written_to(facts: list[dict[str, Any]]) -> None:
    held_out = {
        fact["properties"]["intervention_id"]
        for fact in facts
        if fact["kind"] == "intervention" and fact["properties"]["held_out"]
    }
    delivered = {fact["properties"].get("intervention_id") for fact in facts if fact["kind"] == "delivery"}
    assert held_out
    assert not held_out & delivered


def test_some_plays_have_many_cases_and_one_has_too_few(facts: list[dict[str, Any]]) -> None:
    cases = Counter(fact["properties"]["play"] for fact in facts if fact["kind"] == "intervention")
    assert cases["first_week_back"] > 25
    assert cases["set_a_schedule"] > 25
    assert 0 < cases["renewal_at_risk"] <= 3


def test_a_return_is_told_once_a_person_and_milestone(facts: list[dict[str, Any]]) -> None:
    ids = [fact["event_id"] for fact in facts]
    assert len(set(ids)) == len(ids)
