"""Other systems tell what happened: a rating and a ticket reach the collector, and the account's health moves."""

from collections.abc import Mapping
from pathlib import Path

from tests.collect.door import Door
from tests.collect.hooks.sending import sends
from tests.collect.hooks.test_intercom import notification, sign
from tests.tale import Tale, scorecard
from waypost.store import intake_of

RATED = {"key": "csat", "measure": {"kind": "latest_answer", "survey": "csat"}, "curve": [[1, 0], [5, 1]]}
OPEN = {"key": "open", "measure": {"kind": "open_tickets", "older_than_days": 0}, "curve": [[0, 1], [1, 0]]}


def test_a_rating_and_a_ticket_move_the_health_of_an_account(tmp_path: Path) -> None:
    tale = Tale("acme", scorecard(RATED, {**OPEN, "missing": "leave_out"})).joins("ada")
    door = Door(tmp_path)

    def told(topic: str, day: int, **more: Mapping[str, object]) -> None:
        tale.on_day(day)
        door.now = tale.clock.at
        said = {**notification(topic, day, **more), "created_at": int(door.now.timestamp())}
        events = sends(door, "intercom", said, sign)
        tale.workspace.inbox.put([intake_of("intercom", events, door.now)])

    told("conversation.rating.added", 1, conversation_rating={"rating": 5})
    told("conversation.user.created", 2)
    told("conversation.admin.closed", 3)
    assert tale.on_day(4).scores() == {0: None, 1: 100, 2: 50, 3: 100, 4: 100}
    assert [(item, points) for _input, item, _cause, points in tale.ledger(3)] == [("4711", 50)]
    door.close()
