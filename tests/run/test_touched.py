"""Whom late words touch: each case once was found by chance, and is told here on purpose."""

import pytest

from tests.laws.state import differences, state_of
from tests.laws.worlds import RULES, told
from tests.tale import Tale
from waypost.core import Event

CASES: dict[str, tuple[list[Event], list[Event]]] = {
    "a setting of an account that the merged person never belonged to": (
        [
            told(1, "membership", "left", 2, person_id="ada", account_id="acme"),
            told(2, "track", "sign_in", 1, person_id="cleo", account_id="acme"),
            told(3, "track", "set", 5, person_id="ada", account_id="acme", setting="schedule", to="on"),
        ],
        [told(4, "alias", "alias", 7, person_id="ben", previousId="ada")],
    ),
    "a nameless setting, answer and ticket of a person who moves": (
        [
            told(1, "membership", "joined", 1, person_id="ada", account_id="acme"),
            told(2, "track", "set", 5, person_id="ada", setting="schedule", to="on"),
            told(3, "survey", "nps", 5, person_id="ada", score=9),
            told(4, "ticket", "opened", 5, person_id="ada", ticket_id="t1", priority="urgent"),
            told(5, "track", "export", 5, person_id="ada"),
        ],
        [told(6, "membership", "joined", 3, person_id="ada", account_id="beta")],
    ),
    "a former id that was only a member": (
        [told(1, "membership", "joined", 1, person_id="old", account_id="acme", role="analyst")],
        [told(2, "alias", "alias", 3, person_id="ada", previousId="old")],
    ),
    "an account whose only membership turns out to have ended on its first day": (
        [told(1, "membership", "joined", 4, 9, person_id="ada", account_id="acme")],
        [told(2, "membership", "left", 4, 12, person_id="ada", account_id="acme")],
    ),
    "an earlier hour of the day of joining": (
        [told(1, "track", "export", 4, 12, person_id="ada", account_id="acme")],
        [told(2, "track", "export", 4, 9, person_id="ada", account_id="acme")],
    ),
    "another tier, which is another path": (
        [
            told(1, "membership", "joined", 1, person_id="ada", account_id="acme", role="analyst"),
            told(2, "contract", "signed", 1, account_id="acme", value=1, seats=2),
        ],
        [told(3, "contract", "changed", 9, account_id="acme", value=90_000)],
    ),
    "an identify that gives earlier use to somebody else": (
        [
            told(1, "track", "export", 1, anonymous_id="a1", account_id="acme"),
            told(2, "identify", "identify", 6, anonymous_id="a1", person_id="ada"),
        ],
        [told(3, "identify", "identify", 3, anonymous_id="a1", person_id="ben")],
    ),
    "use of today beside use that came late": (
        [told(1, "track", "export", 8, person_id="ada", account_id="acme")],
        [
            told(2, "track", "export", 1, person_id="ada", account_id="acme"),
            told(3, "track", "sign_in", 11, 9, person_id="ada", account_id="acme"),
            told(4, "track", "sign_in", 11, 8, person_id="cleo", account_id="beta"),
        ],
    ),
    "use of a day that turns out to be somebody else's": (
        [
            told(1, "track", "export", 2, anonymous_id="a1", account_id="acme"),
            told(2, "identify", "identify", 6, anonymous_id="a1", person_id="ada"),
            told(3, "membership", "left", 1, person_id="ben", account_id="acme"),
        ],
        [told(4, "identify", "identify", 5, anonymous_id="a1", person_id="ben")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_late_words_leave_what_a_replay_makes_of_them(case: str) -> None:
    first, late = CASES[case]
    tale = Tale("acme", *RULES[2:]).on_day(12).told(*first)
    tale.round()
    tale.told(*late).round()
    live = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}


def test_the_first_ticket_of_one_account_is_known_of_all() -> None:
    tale = (
        Tale("acme", *RULES[2:])
        .joins("ada")
        .uses("sign_in")
        .at("beta")
        .joins("cleo")
        .uses("sign_in")
        .on_day(2)
    )
    tale.round()
    tale.at("acme").by("ada").tells("ticket", "opened", ticket_id="t1", priority="low").round()
    assert ("open_tickets", "", "known") in [row[:3] for row in tale.at("beta").ledger(2)]
