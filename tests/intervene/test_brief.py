from datetime import date

import pytest

from tests.intervene.company import ANALYST, NOON
from waypost.intervene.brief import Brief, brief
from waypost.intervene.facts import Account, Notice, Person, Stand

NOTICE = Notice(
    arrival=1,
    signal_id="s1",
    signal="milestone_reached",
    happened_at=NOON,
    person_id="ada",
    account_id="acme",
    journey="analyst",
    milestone="first_7",
    reason="Two\nlines",
    since_on="2026-11-03",
)
ACME = Account(account_id="acme", name="Acme", tier="growth", renews_on=date(2027, 1, 31))


def of(person: Person | None = None, account: Account = ACME, stand: Stand | None = None) -> Brief:
    return brief("p", NOTICE, (person, account, stand), journeys=[ANALYST])


@pytest.mark.parametrize(
    ("says", "listed"),
    [
        ((), ""),
        (("Sign in",), "Sign in"),
        (("Sign in", "Open a dashboard"), "Sign in and open a dashboard"),
        (("Sign in", "API called", "Open a dashboard"), "Sign in, API called and open a dashboard"),
    ],
)
def test_what_is_missing_reads_as_one_phrase(says: tuple[str, ...], listed: str) -> None:
    assert of(stand=Stand(standing="strayed", missing=says)).words["milestone"]["missing"] == listed


def test_what_is_not_known_is_an_empty_word_and_every_word_is_one_line() -> None:
    words = of().words
    assert words["account"] == {
        "id": "acme",
        "name": "Acme",
        "tier": "growth",
        "owner": "",
        "renews_on": "2027-01-31",
    }
    assert words["signal"] == {"name": "milestone reached", "reason": "Two lines", "since_on": "2026-11-03"}
    assert words["journey"] == {"key": "analyst", "name": "Analyst path"}
    assert words["milestone"] == {"key": "first_7", "name": "First 7 days", "missing": ""}
    assert "person" not in words


def test_a_person_without_a_name_can_still_be_greeted() -> None:
    words = of(Person(person_id="p7", account_id="acme", email="p7@acme.example")).words["person"]
    assert (words["first_name"], words["name"]) == ("there", "p7@acme.example")
    named = of(Person(person_id="p7", account_id="acme", name=" Ada  Lovelace ")).words["person"]
    assert (named["first_name"], named["name"]) == ("Ada", "Ada Lovelace")


def test_a_journey_that_is_gone_is_called_by_its_key() -> None:
    words = brief("p", NOTICE, (None, ACME, None), journeys=[]).words
    assert (words["journey"]["name"], words["milestone"]["name"]) == ("analyst", "first_7")
