import pytest

from tests.tale import TIERS, Tale
from waypost.core import DefinitionError
from waypost.measure import Tiers

READ = Tiers.from_document(TIERS, where="tiers.yaml")


def test_tiers_are_ranked_as_they_are_listed() -> None:
    assert READ.frame().rows() == [("enterprise", 50_000, 0), ("self_serve", None, 1)]
    assert [READ.name_of(key) for key in ("enterprise", "gold", None)] == ["Enterprise", "gold", "No tier"]


@pytest.mark.parametrize("second", [{"value_at_least": 50_000}, {"value_at_least": 60_000}])
def test_a_tier_that_can_never_be_reached_is_refused(second: dict[str, int]) -> None:
    tiers = [TIERS["tiers"][0], {"key": "b", "name": "B", **second}]
    with pytest.raises(DefinitionError) as refused:
        Tiers.from_document({**TIERS, "tiers": tiers}, where="tiers.yaml")
    assert (
        str(refused.value)
        == "tiers.yaml: tiers[0].value_at_least: list the tiers from the highest value to the lowest"
    )


def test_only_the_last_tier_takes_whoever_is_left() -> None:
    with pytest.raises(DefinitionError):
        Tiers.from_document({**TIERS, "tiers": TIERS["tiers"][::-1]}, where="tiers.yaml")


def test_the_contracts_in_force_decide_the_tier_unless_the_account_says_its_own() -> None:
    tale = Tale("acme").signs(value=30_000, contract_id="a").on_day(1).signs(value=20_000, contract_id="b")
    tale.at("beta").signs(value=1).at("gamma").by_nobody("group", "group", tier="partner")
    found = tale.rows("select account_id, tier from accounts order by 1")
    assert found == [("acme", "enterprise"), ("beta", "self_serve"), ("gamma", "partner")]
    tale.at("acme").on_day(2).by_nobody("contract", "ended", contract_id="a")
    assert tale.rows("select tier, value from accounts where account_id = 'acme'") == [("self_serve", 20_000)]
