import base64
from datetime import timedelta

import pytest

from tests.intervene.company import NOON, SECRET, Company, a_play, rules
from waypost.intervene import Unsubscribed, decide, leaving, unsubscribe
from waypost.intervene.news import untold
from waypost.intervene.unsubscribe import token
from waypost.store import Interventions, Operations, Suppressions


@pytest.fixture
def written(operations: Operations) -> str:
    """The token in an e-mail to Ada."""
    company = Company()
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play()), now=NOON)
    (one,) = Interventions(operations).for_play("first_week_back")
    return token(one.intervention_id, SECRET)


def test_looking_at_the_page_changes_nothing(operations: Operations, written: str) -> None:
    who = leaving(written, operations, SECRET)
    assert who is not None
    assert who.address == "ada@acme.example"
    assert Suppressions(operations).latest() == []


def test_the_button_ends_the_messages_and_can_be_pressed_twice(operations: Operations, written: str) -> None:
    assert unsubscribe(written, operations, SECRET, now=NOON) is Unsubscribed.DONE
    assert unsubscribe(written, operations, SECRET, now=NOON) is Unsubscribed.ALREADY
    assert Suppressions(operations).has("Ada@acme.example")
    events = untold(operations, NOON + timedelta(minutes=1))
    assert [event.name for event in events if event.kind == "delivery"] == ["unsubscribed"]


@pytest.mark.parametrize("broken", ["", "x", "ä", "A" * 43, "====", "AAAA"])
def test_a_token_that_is_not_ours_does_nothing(operations: Operations, broken: str) -> None:
    assert leaving(broken, operations, SECRET) is None
    assert unsubscribe(broken, operations, SECRET, now=NOON) is Unsubscribed.NOT_OURS


def test_a_token_cannot_be_altered_or_made_elsewhere(operations: Operations, written: str) -> None:
    whole = bytearray(base64.urlsafe_b64decode(written + "="))
    whole[0] ^= 1
    altered = base64.urlsafe_b64encode(whole).decode().rstrip("=")
    assert leaving(altered, operations, SECRET) is None
    assert leaving(written, operations, b"another secret") is None


def test_a_sealed_token_of_nobody_is_not_ours(operations: Operations) -> None:
    assert leaving(token("ab" * 16, SECRET), operations, SECRET) is None
