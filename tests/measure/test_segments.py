import re
from datetime import date
from typing import Any

import polars as pl
import pytest
import yaml

from tests.house.checkout import DOCS
from waypost.core import DefinitionError
from waypost.measure import ABOUT, Segment, check_circles
from waypost.measure.segments_rule import account_rule

TODAY = date(2026, 9, 1)
ACCOUNTS = pl.DataFrame(
    {
        "account_id": ["acme", "beta", "gamma"],
        "tier": ["enterprise", "self_serve", None],
        "region": ["EU", "US", None],
        "owner": ["eva@waypost.example", None, None],
        "band": ["at_risk", "steady", None],
        "value": [60_000.0, 100.0, None],
        "renews_on": [date(2026, 9, 1), date(2026, 12, 1), None],
        "traits": ['{"industry":"Logistics","site":{"size":"big"}}', '{"industry":"Retail"}', "{}"],
    }
)


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ([], "acme beta gamma"),
        ([{"tier": "enterprise"}], "acme"),
        ([{"region": "US"}], "beta"),
        ([{"owner": "eva@waypost.example"}], "acme"),
        ([{"band": "steady"}], "beta"),
        ([{"trait": "industry", "is": "Logistics"}], "acme"),
        ([{"trait": "site.size", "is": "big"}], "acme"),
        ([{"value_at_least": 100}], "acme beta"),
        ([{"renews_within_days": 0}], "acme"),
        ([{"renews_within_days": 91}], "acme beta"),
        ([{"tier": "enterprise"}, {"region": "US"}], ""),
    ],
)
def test_members_fit_every_condition_and_the_unknown_never_fits(
    where: list[dict[str, Any]], members: str
) -> None:
    assert _members(_segment(where)) == members.split()


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ({}, "give exactly one condition, not 0"),
        ({"tier": "a", "region": "EU"}, "give exactly one condition, not 2"),
        ({"trait": "industry"}, "`trait` and `is` go together"),
        ({"tier": "a", "is": "b"}, "`trait` and `is` go together"),
    ],
)
def test_a_condition_says_one_thing(condition: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        _segment([{"tier": "a"}, condition])
    assert str(refused.value) == f"big.yaml: where[1]: {complaint}"


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ([{"tier": ["enterprise", "self_serve"]}], "acme beta"),
        ([{"tier": "enterprise", "not": True}], "beta"),
        ([{"any": [{"tier": "enterprise"}, {"region": "US"}]}], "acme beta"),
        ([{"any": [{"tier": "enterprise"}, {"region": "US"}], "not": True}], ""),
        ([{"all": [{"tier": "enterprise"}, {"region": "US", "not": True}]}], "acme"),
        ([{"unknown": "owner"}], "beta gamma"),
        ([{"value_below": 60_000}], "beta"),
    ],
)
def test_groups_lists_and_not_decide_in_three_values(where: list[dict[str, Any]], members: str) -> None:
    assert _members(_segment(where)) == members.split()


def test_any_of_several_parts_may_be_enough() -> None:
    either = {"key": "it", "name": "It", "match": "any", "where": [{"tier": "enterprise"}, {"region": "US"}]}
    assert _members(Segment.from_document(either, where="it")) == ["acme", "beta"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"where": [{"role": "analyst"}]}, "where[0]: role: this is said of people; set `of: people`"),
        ({"where": [{"tier": "a", "in_days": 3}]}, "where[0]: in_days: does not go with tier"),
        ({"where": [{"any": []}]}, "where[0].any: list at least one condition"),
        (
            {"where": [{"any": [{"all": [{"tier": "a"}]}]}]},
            "where[0].any[0]: a group holds conditions and no further",
        ),
        ({"where": [{"any": [{"tier": "a"}], "all": [{"tier": "a"}]}]}, "where[0]: a group is either"),
        (
            {"where": [{"any": [{"tier": "a"}], "tier": "a"}]},
            "where[0]: a group says `any` and `not`; put tier into it",
        ),
        ({"where": [{"any": [{"tier": "a"}, {}]}]}, "where[0].any[1]: give exactly one condition, not 0"),
        ({"match": "none"}, "match: all or any, not 'none'"),
        ({"where": [{"segment": "big"}]}, "where[0].segment: a segment cannot be made of itself"),
        ({"where": [{"tier": []}]}, "where[0]: tier: the list is empty"),
        ({"where": [{"unknown": "name"}]}, "where[0]: unknown: 'name' is none of"),
        ({"where": [{"moved": "up", "in_days": 3}]}, "where[0]: moved: 'up' is none of"),
        ({"where": [{"moved": "fell"}]}, "where[0]: moved: say `in_days` too"),
        ({"where": [{"words": " "}]}, "where[0]: words: say at least one letter"),
        ({"where": [{"feature": "a", "at_least": 0}]}, "where[0]: at_least: a whole number from 1"),
        (
            {"where": [{"feature": "a", "at_least": 1, "at_most": 2}]},
            "where[0]: give at_least or at_most, not both",
        ),
        ({"where": [{"active_days": 8, "in_days": 7}]}, "where[0]: active_days: there are only 7 days"),
        ({"of": "people", "where": [{"standing": "lost"}]}, "where[0]: standing: 'lost' is none"),
        ({"of": "people", "where": [{"milestone": "m"}]}, "where[0]: give exactly one condition, not 0"),
        (
            {
                "of": "people",
                "where": [{"provisioned_from": "2026-02-01", "provisioned_until": "2026-02-01"}],
            },
            "where[0]: provisioned_until: must come after provisioned_from",
        ),
        ({"where": [{"tier": "a"}] * 41}, "where: at most 40 conditions"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_place(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Segment.from_document({"key": "big", "name": "Big", **change}, where="big.yaml")
    assert complaint in str(refused.value)


def test_segments_in_a_circle_are_found_before_they_are_in_force() -> None:
    def made_of(key: str, *others: str) -> Segment:
        return Segment.from_document(
            {"key": key, "name": key, "where": [{"segment": list(others)}]}, where=key
        )

    check_circles([made_of("a", "b", "c"), made_of("b", "c"), made_of("c", "gone")])
    with pytest.raises(DefinitionError, match="in a circle: b of c of b"):
        check_circles([made_of("a", "b"), made_of("b", "c"), made_of("c", "b")])


def test_the_reference_tells_every_condition_and_its_example_reads() -> None:
    text = (DOCS / "reference" / "segments.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z_]+)`", text))
    asked = {*ABOUT, *(field for each in ABOUT.values() for field in each.takes)} - {"equals"}
    assert asked - told == set()
    example = text.partition("```yaml\n")[2].partition("```")[0]
    segment = Segment.from_document(yaml.safe_load(example), where="segments.md")
    assert len(list(segment.conditions())) == 4


def _members(segment: Segment) -> list[str]:
    fits = {path: account_rule(each, today=TODAY) for path, each in segment.conditions()}
    return ACCOUNTS.filter(segment.rule(fits))["account_id"].to_list()


def _segment(where: list[dict[str, Any]]) -> Segment:
    return Segment.from_document({"key": "big", "name": "Big", "where": where}, where="big.yaml")
