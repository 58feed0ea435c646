"""Segments that hang on what was said alone, over stretches of belonging."""

from typing import Any

import polars as pl
import pytest

from waypost.measure import Segment, held, made_of, trait_path, unsteady

COLUMNS: dict[str, Any] = {
    "person_id": ["ada", "ben", None],
    "account_id": ["acme", "acme", "beta"],
    "role": ["analyst", None, None],
    "champion": [True, False, None],
    "signs_renewal": [False, False, None],
    "provisioned_on": [pl.date(2026, 8, 3)] * 3,
    "tier": ["growth", "growth", None],
    "region": ["eu", "eu", "us"],
    "owner": ["marta", "marta", None],
    "traits": ['{"trade": {"na.me": "mining"}, "x": 1}', None, "{}"],
    "value": [100.0, 100.0, None],
}


def _segment(key: str, where: list[dict[str, Any]], of: str = "people") -> Segment:
    return Segment.from_document(
        {"kind": "segment", "key": key, "name": key, "of": of, "where": where}, where=key
    )


def _inside(*segments: Segment) -> list[bool]:
    known = {each.key: each for each in segments}
    frame = pl.DataFrame({name: COLUMNS[name] for name in COLUMNS if name != "provisioned_on"})
    frame = frame.with_columns(provisioned_on=pl.date(2026, 8, 3))
    return frame.with_columns(inside=held(segments[0], known))["inside"].to_list()


@pytest.mark.parametrize(
    ("condition", "inside"),
    [
        ({"role": "analyst"}, [True, False, False]),
        ({"champion": False}, [False, True, False]),
        ({"role": "admin", "not": True}, [True, False, False]),
        ({"tier": ["growth"]}, [True, True, False]),
        ({"value_at_least": 100}, [True, True, False]),
        ({"value_below": 101, "not": True}, [False, False, False]),
        ({"ids": ["ben"]}, [False, True, False]),
        ({"account": "beta"}, [False, False, True]),
        ({"provisioned_from": "2026-08-04"}, [False, False, False]),
        ({"segment": "eu"}, [True, True, False]),
        ({"segment": ["gone", "eu"]}, [True, True, False]),
        ({"segment": "gone"}, [False, False, False]),
        ({"segment": "gone", "not": True}, [False, False, False]),
        ({"segment": "eu", "not": True}, [False, False, True]),
        ({"segment": "round"}, [False, False, False]),
    ],
)
def test_a_condition_holds_while_its_fact_does_and_never_when_it_is_unknown(
    condition: dict[str, Any], inside: list[bool]
) -> None:
    eu = _segment("eu", [{"region": "eu"}, {"ids": ["acme", "beta"]}], of="accounts")
    turning = _segment("round", [{"segment": "it"}])
    assert _inside(_segment("it", [condition]), eu, turning) == inside


def test_a_segment_of_accounts_knows_no_people() -> None:
    people = _segment("some", [{"role": "analyst"}])
    assert _inside(_segment("it", [{"segment": "some"}], of="accounts"), people) == [False, False, False]


def test_the_first_condition_that_turns_with_the_day_is_named() -> None:
    used = _segment("used", [{"tier": "growth"}, {"all": [{"feature": "export"}, {"role": "x"}]}])
    fine = _segment("fine", [{"role": "x"}])
    both = _segment("both", [{"segment": "fine"}, {"segment": "used"}, {"segment": "gone"}])
    known = {each.key: each for each in (used, fine, both)}
    assert unsteady(fine, known) is None
    assert unsteady(both, known) == "used: where[1].all[0].feature"
    assert made_of(known, ["both"]) == {"both", "used", "fine", "gone"}


def test_a_trait_is_named_step_by_step() -> None:
    assert trait_path("trade.name") == '$."trade"."name"'
    assert trait_path('a"b\\c') == '$."a\\"b\\\\c"'
