"""The compiled evaluation of segments says what a slow and obvious one says, condition by condition and together."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.measure.segment_oracle import AUTOMATED, FEATURES, JOURNEYS, MILESTONES, TODAY, belong, world
from waypost.core import DefinitionError
from waypost.measure import ABOUT, STANDINGS, AsOf, Dated, Level, Roster, Segment, dated

WORLDS = 4
TIERS, ROLES, BANDS = ("enterprise", "growth", "none"), ("analyst", "clerk"), ("steady", "at_risk", "no_data")
SMALL = st.integers(0, 45)
FROM_ONE = st.integers(1, 45)


def some(*words: str) -> st.SearchStrategy[str | list[str]]:
    """One word, or a list of them."""
    return st.sampled_from(words) | st.lists(st.sampled_from(words), min_size=1, max_size=2)


def fixed(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


EITHER = (
    fixed(tier=some(*TIERS)),
    fixed(region=some("EU", "US")),
    fixed(owner=st.just("eva@x.test")),
    fixed(band=some(*BANDS)),
    st.just({"trait": "industry", "is": "Foods"}),
    st.just({"trait": "industry", "is": "Health's"}),
    st.just({"trait": "it's [odd]", "is": "x"}),
    fixed(value_at_least=st.sampled_from([100, 101, 50_000])),
    fixed(value_below=st.sampled_from([100, 101, 50_001])),
    fixed(renews_within_days=SMALL),
    fixed(moved=st.sampled_from(["fell", "rose", "band"]), in_days=FROM_ONE),
    fixed(strays_at_least=st.integers(1, 5)),
    fixed(unknown=st.sampled_from(["tier", "region", "owner", "band", "value", "renews_on"])),
    fixed(feature=st.sampled_from(FEATURES), at_least=st.integers(1, 9)),
    fixed(feature=st.sampled_from(FEATURES), at_most=st.integers(0, 4), in_days=FROM_ONE),
    fixed(active_days=st.integers(1, 4), in_days=st.integers(4, 40)),
    fixed(words=st.sampled_from(["a", "acme", "P1", "%", "_"])),
    fixed(segment=some("rich", "gone")),
    fixed(standing=some(*STANDINGS)),
    fixed(standing=st.just(["strayed", "lapsed"]), journey=st.sampled_from(JOURNEYS), within_days=SMALL),
    fixed(standing=some(*STANDINGS), milestone=st.sampled_from(MILESTONES), for_days=SMALL),
    fixed(journey=st.sampled_from(JOURNEYS), milestone=st.sampled_from(MILESTONES)),
    fixed(journey=st.sampled_from(JOURNEYS)),
    fixed(due_within_days=SMALL),
)
OF_ACCOUNTS = st.one_of(*EITHER, fixed(ids=st.lists(st.sampled_from(["a0", "a1", "zz"]), min_size=1)))
OF_PEOPLE = st.one_of(
    *EITHER,
    fixed(ids=st.lists(st.sampled_from([f"p{n}" for n in range(9)]), min_size=1)),
    fixed(segment=st.just(["strays", "rich"])),
    fixed(role=some(*ROLES)),
    fixed(champion=st.booleans()),
    fixed(signs_renewal=st.booleans()),
    fixed(seen_within_days=SMALL),
    fixed(provisioned_within_days=FROM_ONE),
    st.builds(
        lambda a, b: {
            "provisioned_from": (TODAY - timedelta(days=a + b)).isoformat(),
            "provisioned_until": (TODAY - timedelta(days=b)).isoformat(),
        },
        FROM_ONE,
        SMALL,
    ),
    fixed(account=some("a0", "a1", "a2")),
)


def turned(conditions: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda said, no: {**said, "not": True} if no else said, conditions, st.booleans())


def parts(conditions: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    inner = st.lists(turned(conditions), min_size=1, max_size=3)
    groups = st.one_of(fixed(any=inner), fixed(all=inner))
    return turned(conditions | groups)


def documents(of: str) -> st.SearchStrategy[dict[str, Any]]:
    conditions = OF_PEOPLE if of == "people" else OF_ACCOUNTS
    where = st.lists(parts(conditions), max_size=3)
    return st.builds(
        lambda where, match: {"key": "it", "name": "It", "of": of, "match": match, "where": where},
        where,
        st.sampled_from(["all", "any"]),
    )


RICH = {"key": "rich", "name": "Rich", "where": [{"value_at_least": 50_000}]}
STRAYS = {"key": "strays", "name": "Strays", "of": "people", "where": [{"standing": ["strayed", "lapsed"]}]}


@examples(150)
@given(document=documents("people") | documents("accounts"), seed=st.integers(0, WORLDS - 1))
def test_the_compiled_evaluation_says_what_plain_python_says(document: dict[str, Any], seed: int) -> None:
    made = world(seed)
    segments = {each.key: each for each in map(read, (RICH, STRAYS, document))}
    roster = Roster(made.warehouse, list(segments.values()), AsOf(day=TODAY, automated=AUTOMATED))
    assert set(roster.members(segments["it"]).iter_rows()) == belong(made, segments["it"], segments)


@examples(60)
@given(document=documents("people") | documents("accounts"))
def test_a_segment_reads_as_the_document_that_it_writes(document: dict[str, Any]) -> None:
    segment = read(document)
    assert read(segment.document()) == segment


@examples(25)
@given(document=documents("people"), seed=st.integers(0, WORLDS - 1))
def test_asking_about_one_person_gives_what_asking_about_all_does(
    document: dict[str, Any], seed: int
) -> None:
    made = world(seed)
    segments = [read(document), read(RICH), read(STRAYS)]
    all_of_them = Roster(made.warehouse, segments, AsOf(day=TODAY, automated=AUTOMATED)).members(segments[0])
    one = Roster(made.warehouse, segments, AsOf(day=TODAY, automated=AUTOMATED, person="p3")).members(
        segments[0]
    )
    assert set(one.iter_rows()) == {pair for pair in all_of_them.iter_rows() if pair[0] == "p3"}


def test_every_kind_of_condition_is_generated_by_the_law() -> None:
    told = {
        "tier",
        "region",
        "owner",
        "band",
        "trait",
        "value_at_least",
        "value_below",
        "renews_within_days",
        "moved",
    }
    told |= {
        "strays_at_least",
        "unknown",
        "feature",
        "active_days",
        "words",
        "segment",
        "ids",
        "role",
        "champion",
    }
    told |= {"signs_renewal", "standing", "journey", "due_within_days", "seen_within_days", "account"}
    told |= {"provisioned_within_days", "provisioned_from"}
    assert set(ABOUT) - told == {"provisioned_until"}


def test_each_condition_says_its_verdict_and_the_fact_behind_it() -> None:
    made = world(0)
    segment = read(
        {
            "key": "it",
            "name": "It",
            "of": "people",
            "where": [{"role": "analyst", "not": True}, {"any": [{"feature": "export"}, {"champion": True}]}],
        }
    )
    told = Roster(made.warehouse, [segment], AsOf(day=TODAY)).verdicts(segment, explained=True)
    assert told.columns[3:] == [
        "fits where[0]", "value where[0]", "fits where[1].any[0]", "value where[1].any[0]",
        "fits where[1].any[1]", "value where[1].any[1]",
    ]  # fmt: skip
    roles = {(m["person_id"], m["account_id"]): m["role"] for m in made.memberships}
    assert all(
        row["value where[0]"] == roles[row["person_id"], row["account_id"]]
        for row in told.iter_rows(named=True)
    )
    unknown = told.filter(told["value where[0]"].is_null())
    assert unknown.height > 0
    assert not unknown["member"].any()


def test_people_at_two_accounts_are_counted_once() -> None:
    made = world(1)
    everybody = read({"key": "all", "name": "All", "of": "people"})
    roster = Roster(made.warehouse, [everybody], AsOf(day=TODAY))
    pairs = roster.members(everybody)
    assert roster.size(everybody) == pairs["person_id"].n_unique() < pairs.height


def test_segments_made_of_each_other_in_a_circle_are_refused() -> None:
    one = read({"key": "one", "name": "One", "where": [{"segment": "two"}]})
    two = read({"key": "two", "name": "Two", "where": [{"segment": "one"}]})
    with pytest.raises(DefinitionError, match="in a circle: one of two of one"):
        Roster(world(0).warehouse, [one, two], AsOf(day=TODAY)).members(one)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ([{"standing": "strayed"}, {"role": "analyst"}], Dated.YES),
        ([{"standing": "strayed"}, {"tier": "growth"}], Dated.YES),
        ([{"standing": "strayed"}, {"trait": "industry", "is": "mining"}], Dated.AS_TODAY),
        ([{"any": [{"tier": "growth"}, {"seen_within_days": 3}]}], Dated.NO),
        ([{"segment": "rich"}], Dated.YES),
        ([{"segment": "named"}], Dated.AS_TODAY),
    ],
)
def test_past_sizes_are_told_only_where_the_facts_have_dates(
    where: list[dict[str, Any]], said: Dated
) -> None:
    named = read({"key": "named", "name": "Named", "where": [{"words": "acme"}]})
    segments = {"rich": read(RICH), "named": named}
    it = read({"key": "it", "name": "It", "of": "people", "where": where})
    assert dated(it, segments) is said


def test_a_past_day_is_told_with_the_facts_of_that_day() -> None:
    made = world(2)
    segment = read(STRAYS)
    day = TODAY - timedelta(days=20)
    then = Roster(made.warehouse, [segment], AsOf(day=day, past=True)).members(segment)
    there = {(m["person_id"], m["account_id"]) for m in made.memberships if m["joined_on"] <= day}
    assert set(then.iter_rows()) == {
        (s["person_id"], s["account_id"])
        for s in made.standings
        if s["standing"] in ("strayed", "lapsed")
        and s["since_on"] <= day
        and (s["until_on"] is None or s["until_on"] > day)
        and (s["person_id"], s["account_id"]) in there
    }


def read(document: dict[str, Any]) -> Segment:
    segment = Segment.from_document(document, where="it.yaml")
    assert segment.of in Level
    return segment
