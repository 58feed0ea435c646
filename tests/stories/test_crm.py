"""A system of customer relations tells who pays, until when, and that the champion has left: the account knows it."""

import json
from pathlib import Path

from tests.collect.door import Door
from tests.collect.hooks.sending import SECRET, posts
from tests.collect.hooks.test_hubspot import COMPANY, CONTACT, record, sign
from tests.tale import Tale
from waypost.store import intake_of


def test_an_account_knows_its_terms_and_that_its_champion_left(tmp_path: Path) -> None:
    tale = Tale("acme").joins("ada").on_day(1)
    door = Door(tmp_path, now=tale.clock.at)
    door.signs(SECRET)

    def tell(day: int, *said: object) -> None:
        door.now = tale.on_day(day).clock.at
        before = len(door.events())
        for each in said:
            at = int(door.now.timestamp()) * 1_000
            told = json.dumps(each).encode()
            assert posts(door, "hubspot", told, sign(told, SECRET, door.key, at)).status == 200
        tale.workspace.inbox.put([intake_of("hubspot", door.events()[before:], door.now)])

    who = {
        name: value["value"] for name, value in CONTACT["properties"].items() if name != "lastmodifieddate"
    }
    tell(2, COMPANY, record("vid", 33, **who))
    terms = "select name, owner, value, currency, renews_on::text from accounts where account_id = 'acme'"
    assert tale.rows(terms) == [("Acme", "mia@waypost.example", 24_000, "EUR", "2026-06-03")]
    belongs = "select person_id, champion, signs_renewal, left_on from memberships where champion"
    assert tale.rows(belongs) == [("tom@acme.example", True, True, None)]
    tell(5, record("vid", 33, account_id="acme", email="tom@acme.example", left_company="true"))
    ((person, champion, _, left_on),) = tale.rows(belongs)
    assert (person, champion, tale.number(left_on)) == ("tom@acme.example", True, 5)
    assert tale.rows("select name from people where person_id = 'tom@acme.example'") == [("Tom Ebert",)]
    door.close()
