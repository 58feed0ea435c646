"""Drafts: every journey goes into the form and comes out the same, and every difference is said."""

from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from waypost.core import DefinitionError
from waypost.journey import Journey
from waypost.measure import Catalogue
from waypost.show.pages.journey_editor_checks import checked
from waypost.show.pages.journey_editor_draft import Draft
from waypost.show.pages.journey_editor_words import Wording, changes

WORDING = Wording(
    Catalogue.from_document(
        {
            "kind": "catalogue",
            "key": "catalogue",
            "features": [{"key": key, "name": key, "match": [{"event": key}]} for key in ("export", "share")],
            "settings": [{"key": "sync", "name": "Sync", "match": [{"event": "set", "value": "to"}]}],
        },
        where="catalogue",
    )
)


def _joined(*parts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


TEXT = st.sampled_from(["Do it", "Nothing done", "Say “this”", "ä & b"])
WITHIN: Any = st.one_of(st.just({}), st.fixed_dictionaries({"in_days": st.integers(7, 90)}))
COUNTED = st.one_of(
    st.fixed_dictionaries({"feature": st.sampled_from(["export", "share"]), "at_least": st.integers(1, 99)}),
    st.fixed_dictionaries(
        {
            "feature": st.just("export"),
            "quantity_at_least": st.floats(0.25, 8).map(lambda each: round(each, 2)),
        }
    ),
    st.fixed_dictionaries({"active_days": st.integers(1, 7)}),
)
WORDS = st.fixed_dictionaries({"says": TEXT}, optional={"missed": TEXT})
LEAVES = st.one_of(
    st.builds(_joined, COUNTED, WITHIN, WORDS),
    st.builds(lambda words: {**words, "setting": "sync", "is": "on"}, WORDS),
)
CLAUSES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda words, word, parts: {**words, word: parts},
        WORDS,
        st.sampled_from(["any_of", "all_of"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


ENTRIES: list[dict[str, Any]] = [
    {}, {"feature": "share"}, {"event": "ticket/solved"}, {"segment": "rich"}, {"contract": True},
]  # fmt: skip
EXITS: list[dict[str, Any]] = [
    {}, {"feature": "share"}, {"event": "survey/nps", "after_days": 200}, {"segment": "rich"}, {"after_days": 91},
]  # fmt: skip


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    days = sorted(draw(st.sets(st.integers(0, 90), min_size=1, max_size=3)))
    milestones: list[dict[str, Any]] = [
        {
            "key": f"m{nr}",
            "name": draw(TEXT),
            "by_day": day,
            "clauses": draw(st.lists(CLAUSES, min_size=1, max_size=3)),
        }
        for nr, day in enumerate(days)
    ]
    if draw(st.booleans()):
        milestones.append({"key": "habit", "name": "Habit", "rolling_days": 28, "clauses": [draw(LEAVES)]})
    extra = {**draw(LEAVES), "optional": True}
    milestones[0]["clauses"] = [*milestones[0]["clauses"], extra]
    document = {
        "kind": "journey",
        "key": "path",
        "name": draw(TEXT),
        "audience": draw(
            st.sampled_from(
                [
                    {},
                    {"roles": ["analyst"]},
                    {"tiers": ["growth"], "roles": ["a", "b"]},
                    {"plans": ["pro"], "segments": ["rich", "eu"]},
                ]
            )
        ),
        "entry": draw(st.sampled_from(ENTRIES)),
        "exit": draw(st.sampled_from(EXITS)),
        "rank": draw(st.sampled_from([1, 100])),
        "milestones": milestones,
    }
    try:
        return Journey.from_document(document, where="made up")
    except DefinitionError:
        assume(condition=False)
        raise


@settings(deadline=None, max_examples=150)
@given(journeys())
def test_a_journey_goes_into_a_draft_and_comes_out_the_same(journey: Journey) -> None:
    draft = Draft.of_journey(journey)
    assert Draft.kept(draft.to_keep()) == draft
    found = checked(draft, WORDING)
    assert found.problems == {}
    assert found.journey == journey
    assert changes(journey, journey, WORDING) == []


@settings(deadline=None, max_examples=60)
@given(journeys(), journeys())
def test_every_difference_in_whom_a_journey_is_for_is_said(one: Journey, other: Journey) -> None:
    places = {each.place for each in changes(one, other, WORDING)}
    assert ("Plans" in places) == (one.audience.plans != other.audience.plans)
    assert ("In one of the segments" in places) == (one.audience.segments != other.audience.segments)
    assert ("Come to it" in places) == (one.entry != other.entry)
    assert ("Leave it" in places) == (one.exit != other.exit)


def test_what_a_part_of_a_group_says_is_part_of_what_changes() -> None:
    def path(missed: str) -> Journey:
        part = {"says": "Export", "feature": "export", "at_least": 1, "missed": missed}
        clause = {"says": "Get data out", "any_of": [part, {"says": "Sync", "setting": "sync", "is": "on"}]}
        milestone = {"key": "m0", "name": "First", "by_day": 7, "clauses": [clause]}
        return Journey.from_document(
            {"kind": "journey", "key": "path", "name": "Path", "milestones": [milestone]}, where="x"
        )

    [change] = changes(path("Never exported"), path("No export yet"), WORDING)
    assert "“Never exported” when missed" in change.was
    assert "“No export yet” when missed" in change.now


@settings(deadline=None, max_examples=150)
@given(journeys(), journeys())
def test_two_journeys_differ_when_and_only_when_a_change_is_said(one: Journey, other: Journey) -> None:
    # The order of roles and of tiers means nothing, and both journeys are made in one order.
    assert bool(changes(one, other, WORDING)) == (one != other)


@settings(deadline=None, max_examples=150)
@given(
    journeys(),
    st.lists(
        st.tuples(
            st.sampled_from(["clause", "group", "drop", "up", "down", "milestone", "nonsense"]),
            st.sampled_from(["", "m0", "m1", "m0.c0", "m0.c1", "m0.c0.c0", "m0.c0.c0.c1", "m9.c9", "m0.x"]),
        ),
        max_size=8,
    ),
)
def test_no_button_breaks_a_draft(journey: Journey, acts: list[tuple[str, str]]) -> None:
    draft = Draft.of_journey(journey)
    for word, place in acts:
        draft = draft.after(f"{word}:{place}" if place else word)
        found = checked(draft, WORDING)
        assert (found.journey is None) == bool(found.problems)
        assert Draft.kept(msgspec.json.decode(msgspec.json.encode(draft.to_keep()))) == draft


def test_up_and_down_undo_each_other() -> None:
    clause = {"feature": "export", "at_least": 1, "says": "Export"}
    other = {"feature": "share", "at_least": 1, "says": "Share"}
    milestone = {"key": "m", "name": "M", "by_day": 7, "clauses": [clause, other]}
    journey = Journey.from_document(
        {"kind": "journey", "key": "path", "name": "Path", "milestones": [milestone]}, where="it"
    )
    draft = Draft.of_journey(journey)
    assert draft.after("up:m0.c1").after("down:m0.c0") == draft
    assert draft.after("up:m0.c0") == draft, "the first stays where it is"
