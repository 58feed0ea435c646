"""What goes with staying: every count of a comparison opens its people, who become a segment."""

import csv
import io
import random
import re
from html import unescape

import pytest

from tests.show.test_journey_editor import told
from tests.show.visitor import Visitor
from tests.tale import Tale
from waypost.core import Event

ACCOUNTS = [f"account-{nr:02}" for nr in range(12)]
COUNT = re.compile(r'<a class="open" href="(/journeys/matter/who[^"]+)">(\d+)</a>')
PAGE = "/journeys/matter?journey=analyst&by=7"


def _events(tale: Tale) -> list[Event]:
    """Return what 144 people did; who shares in the first week mostly stays, others mostly go."""
    chance = random.Random(7)
    found = []
    for nr in range(144):
        shares = nr // 12 % 2 == 0
        tale.at(ACCOUNTS[nr % 12]).by(f"p{nr:03}")
        found.append(tale.an_event("membership", "joined", on=0, role="analyst"))
        stays = chance.random() < (0.9 if shares else 0.3)
        found += [
            tale.an_event("track", "sign_in", on=day)
            for day in range(chance.randint(0, 2), 75 if stays else 20, 3)
        ]
        found += [tale.an_event("track", "share", on=chance.randint(0, 6))] if shares else []
    return found


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    tale = Tale(ACCOUNTS[0])
    tale.told(*_events(tale)).on_day(75).learns()
    return told(tale)


def test_every_count_of_a_comparison_opens_as_many_people(visitor: Visitor) -> None:
    counts = COUNT.findall(visitor.get(PAGE).text)
    assert len(counts) >= 4
    for href, count in counts:
        assert f"<h1>{count} people " in visitor.get(href).text, href
        file = unescape(href).replace("/who?", "/who/members.csv?")
        rows = list(csv.DictReader(io.StringIO(visitor.get(file).text)))
        assert len(rows) == int(count), href
        assert {row["stayed"] for row in rows} == ({"Yes"} if "stayed=yes" in href else {"Yes", "No"})


def test_users_and_others_are_everybody_compared(visitor: Visitor) -> None:
    path = "/journeys/matter/who/members.csv?journey=analyst&by=7&feature=share&at_least=1&side={}"
    users, others = (
        {row["id"] for row in csv.DictReader(io.StringIO(visitor.get(path.format(side)).text))}
        for side in ("users", "others")
    )
    assert users == {f"p{nr:03}" for nr in range(144) if nr // 12 % 2 == 0}
    assert others == {f"p{nr:03}" for nr in range(144)} - users


def test_the_people_of_one_side_become_a_segment(visitor: Visitor) -> None:
    query = "?journey=analyst&by=7&feature=share&at_least=1&side=others&stayed=yes"
    page = visitor.get(f"/journeys/matter/who{query}")
    assert "who had not used" in page.text
    saved = visitor.post(
        f"/journeys/matter/who/segments{query}", {"form_token": page.token, "name": "Stayed anyway"}
    )
    assert saved.headers["location"].startswith("/segments/stayed_anyway")


@pytest.mark.parametrize(
    "query", ["", "feature=none", "feature=share&at_least=often", "journey=none&feature=x"]
)
def test_a_comparison_that_is_none_says_so(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/journeys/matter/who?{query}").status == 404
