from datetime import UTC, datetime, timedelta

import pytest

from waypost.store import HoldoutPlace, Holdouts, Operations, SuppressedBy, Suppressions

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def suppressions() -> Suppressions:
    return Suppressions(Operations(None))


def test_an_address_is_suppressed_whatever_its_case(suppressions: Suppressions) -> None:
    assert suppressions.add("Ada@Acme.example", SuppressedBy.BOUNCED, NOON)
    assert suppressions.has("ADA@acme.example")
    assert not suppressions.has("ben@acme.example")
    assert suppressions.addresses() == {"ada@acme.example"}


def test_the_first_reason_stays(suppressions: Suppressions) -> None:
    suppressions.add("ada@acme.example", SuppressedBy.BOUNCED, NOON)
    assert not suppressions.add("ada@acme.example", SuppressedBy.UNSUBSCRIBED, NOON + timedelta(days=1))
    assert [one.reason for one in suppressions.latest()] == [SuppressedBy.BOUNCED]


def test_a_member_can_let_an_address_have_email_again(suppressions: Suppressions) -> None:
    suppressions.add("ada@acme.example", SuppressedBy.MEMBER, NOON)
    assert suppressions.lift("Ada@acme.example")
    assert not suppressions.lift("ada@acme.example")
    assert suppressions.latest() == []


def test_a_place_in_a_holdout_never_changes() -> None:
    holdouts = Holdouts(Operations(None))
    drawn = {
        "acme": HoldoutPlace(held_out=True, share=0.5),
        "beta": HoldoutPlace(held_out=False, share=0.5),
    }
    holdouts.draw("first_week_back", drawn, now=NOON)
    holdouts.draw("first_week_back", {"acme": HoldoutPlace(held_out=False, share=0.1)}, now=NOON)
    assert holdouts.places("first_week_back") == drawn
    assert holdouts.any_held_out("first_week_back", ["acme", "beta"])
    assert not holdouts.any_held_out("first_week_back", ["beta"])
    assert not holdouts.any_held_out("other", ["acme"])
    assert holdouts.plays_holding_out("acme") == ["first_week_back"]
