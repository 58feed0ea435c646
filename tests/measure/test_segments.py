from datetime import date
from typing import Any

import polars as pl
import pytest

from waypost.core import DefinitionError
from waypost.measure import Segment

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
    belongs = _segment(where).members(ACCOUNTS, today=TODAY)
    assert ACCOUNTS.filter(belongs)["account_id"].to_list() == members.split()


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


def _segment(where: list[dict[str, Any]]) -> Segment:
    return Segment.from_document({"key": "big", "name": "Big", "where": where}, where="big.yaml")
