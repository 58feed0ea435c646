"""The words for a reason, kind by kind."""

from datetime import datetime
from typing import Any

import pytest

from tests.score.cards import card
from waypost.score import LedgerRow, Names
from waypost.score.phrases import phrase

NAMES = Names(
    people={"ada": "Ada Berg", "ben": "Ben Ode"},
    features={"export": "Reports exported"},
    settings={"schedule": "Scheduled reports"},
)


def said(
    measure: dict[str, Any] | None,
    points: float,
    *,
    cause: str = "entered",
    item: str = "x",
    detail: str = "",
    people: tuple[str, ...] = (),
    before: dict[str, float] | None = None,
    after: dict[str, float] | None = None,
    values: tuple[float | None, float | None] = (0.5, 0.25),
) -> tuple[str, str, str]:
    chief = LedgerRow(
        on_day=datetime(2026, 8, 3).date(), input="it", item=item, cause=cause, points=points,  # noqa: DTZ001
        value_before=values[0], value_after=values[1], happened_at=datetime(2026, 8, 3), person_id=None,  # noqa: DTZ001
        detail=detail,
    )  # fmt: skip
    made_by = (
        card({"key": "it", "name": "Health of it", "family": "Family", "measure": measure}).inputs[0]
        if measure
        else None
    )
    states = ({"it": before or {}}, {"it": after or {}})
    words = phrase(chief, made_by, people, (points, states, NAMES))
    return words.title, words.evidence, words.family


@pytest.mark.parametrize(
    ("cause", "title", "family"),
    [
        ("rules", "The rules of the score changed", "Rules"),
        ("late", "Late data changed earlier days", "Data"),
        ("resumed", "The score came back", "Data"),
    ],
)
def test_what_no_input_did(cause: str, title: str, family: str) -> None:
    found = said(None, -4, cause=cause)
    assert (found[0], found[2]) == (title, family)


def test_an_input_that_became_known_or_is_known_no_longer() -> None:
    assert said({"kind": "breadth"}, 4, cause="known")[0] == "Health of it became known"
    assert said({"kind": "breadth"}, 4, cause="unknown")[0] == "Health of it is no longer known"


@pytest.mark.parametrize(
    ("points", "people", "title"),
    [
        (-5, ("ada",), "Ada Berg strayed"),
        (-5, ("ada", "zed"), "2 people strayed"),
        (5, ("zed",), "zed is on the path"),
        (5, ("ada", "ben"), "2 people are on their path"),
        (5, (), "More people are on a journey"),
        (-5, (), "Fewer people are on a journey"),
    ],
)
def test_adoption(points: float, people: tuple[str, ...], title: str) -> None:
    found = said({"kind": "adoption"}, points, people=people, before={"value": 0.5})
    assert found == (title, "On path: 50% to unknown of people.", "Family")


def test_seats_in_use() -> None:
    measure = {"kind": "seat_use", "within_days": 14}
    fell = said(measure, -3, before={"n": 8, "d": 10}, after={"n": 6, "d": 10})
    assert fell == ("Active people fell from 8 to 6", "Of 10 seats, within 14 days.", "Family")
    assert (
        said(measure, 3, before={"n": 6, "d": 10}, after={"n": 8, "d": 10})[0]
        == "Active people rose from 6 to 8"
    )
    assert said(measure, -3, before={"n": 6}, after={"n": 6, "d": 12})[0] == "Seats in the contract changed"


def test_the_pace_of_a_feature() -> None:
    measure = {"kind": "feature_trend", "feature": "export", "recent_days": 28}
    fell = said(measure, -9, before={"n": 164}, after={"n": 6, "value": 0.3})
    assert fell == (
        "Reports exported fell from 41 to 1.5 a week", "Now 30% of this account's usual pace.", "Family",
    )  # fmt: skip
    assert said(measure, 9, before={"n": 4}, after={"n": 8})[:2] == (
        "Reports exported rose from 1 to 2 a week",
        "",
    )
    assert (
        said(measure, 9, before={"n": 4}, after={"n": 4})[0] == "Reports exported rose against the usual pace"
    )
    assert (
        said(measure, -9, before={"n": 4}, after={"n": 4})[0]
        == "Reports exported fell against the usual pace"
    )
    assert said({"kind": "feature_trend"}, -9, before={"n": 4})[0] == "Health of it fell from 1 to 0 a week"


def test_features_in_use() -> None:
    before, after = {"n": 3.0}, {"n": 2.0, "d": 5.0}
    lost = said({"kind": "breadth"}, -2, item="export", before=before, after=after)
    assert lost == ("Reports exported: no longer used", "3 to 2 of 5 in use.", "Family")
    found = said({"kind": "breadth"}, 2, item="export", before=before, after=after)
    assert found[0] == "Reports exported: in use again"


def test_settings() -> None:
    measure = {"kind": "setting_coverage"}
    off = said(measure, -5, item="schedule", detail="on", people=("ada",))
    assert off == ("Scheduled reports switched off", "Changed by Ada Berg.", "Family")
    assert said(measure, 5, item="schedule", detail="on")[:2] == (
        "Scheduled reports switched on", "Changed in the product.",
    )  # fmt: skip
    assert said(measure, -5, item="schedule", detail="wanted")[0] == (
        "Scheduled reports counts among the recommended settings"
    )


def test_tickets() -> None:
    measure = {"kind": "open_tickets", "older_than_days": 3}
    more = said(measure, -5, detail="Export fails", before={"n": 1}, after={"n": 3})
    assert more == ("2 urgent tickets open for more than 3 days", "Export fails. 1 to 3 open.", "Family")
    assert (
        said(measure, -5, before={"n": 0}, after={"n": 1})[0] == "1 urgent ticket open for more than 3 days"
    )
    assert said(measure, 5, before={"n": 1}, after={"n": 0})[0] == "Old urgent tickets were solved"


def test_answers() -> None:
    measure = {"kind": "latest_answer", "survey": "nps"}
    given = said(measure, -5, item="ada", detail="4.0", values=(None, 4))
    assert given == ("Ada Berg answered NPS with 4", "Mean of the latest answers: unknown to 4.0.", "Family")
    aged = said(measure, 5, item="zed", detail="4.5", cause="left")
    assert aged[0] == "Somebody’s NPS answer of 4.5 is too old to count"


def test_the_team() -> None:
    measure = {"kind": "team_changes", "half_life_days": 30}
    assert said(measure, -5, detail="champion left", people=("ben",))[0] == "Champion left: Ben Ode"
    assert said(measure, -5, detail="signer left")[0] == "Signer left: somebody"
    faded = said(measure, 1, cause="faded")
    assert faded[:2] == ("Earlier team changes fade", "A change weighs half after 30 days.")


def test_a_kind_without_words_of_its_own() -> None:
    assert said({"kind": "weather"}, -5) == ("Health of it went down", "0.5 to 0.2.", "Family")
    assert said({"kind": "weather"}, 5)[0] == "Health of it went up"
