"""Updates as Mixpanel's clients send them have their effect at the next round, and a replay gives the same."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.collect.door import NOW, Door
from waypost.run.clock import SetClock
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
PERSON = {"$distinct_id": "ada"}
ACCOUNT = {"$group_key": "company", "$group_id": "acme"}


def test_updates_have_their_effect_in_the_order_in_which_they_happened(tmp_path: Path) -> None:
    door = Door(tmp_path, on_disk=True)
    workspace = Workspace(tmp_path, Settings(data=tmp_path), SetClock(NOW))
    _sends(door, "engage", PERSON, 1, **{"$set": {"plan": "pro"}})
    _sends(door, "engage", PERSON, 3, **{"$add": {"logins": 2}})
    _sends(door, "groups", ACCOUNT, 1, **{"$set_once": {"$name": "Acme"}, "$union": {"apps": ["a", "b"]}})
    workspace.round()
    assert _known(workspace) == [{"plan": "pro", "logins": 2}, {"name": "Acme", "apps": ["a", "b"]}]
    _sends(door, "engage", PERSON, 2, **{"$unset": ["plan"]})
    _sends(door, "engage", PERSON, 4, **{"$set_once": {"plan": "free"}, "$append": {"seen": "a"}})
    _sends(door, "engage", PERSON, 0, **{"$add": {"logins": 40}})
    _sends(door, "groups", ACCOUNT, 2, **{"$remove": {"apps": "a"}})
    workspace.round()
    live = _known(workspace)
    assert live == [{"plan": "free", "logins": 42, "seen": ["a"]}, {"name": "Acme", "apps": ["b"]}]
    workspace.replay()
    assert _known(workspace) == live
    workspace.close()
    door.close()


def test_a_name_and_an_address_that_are_taken_away_are_gone(tmp_path: Path) -> None:
    door = Door(tmp_path, on_disk=True)
    workspace = Workspace(tmp_path, Settings(data=tmp_path), SetClock(NOW))
    _sends(door, "engage", PERSON, 1, **{"$set": {"$name": "Ada", "$email": "ada@acme.example"}})
    _sends(door, "engage", {"$distinct_id": "ben"}, 1, **{"$set": {"$first_name": "Ben"}})
    _sends(door, "engage", {"$distinct_id": "ben"}, 2, **{"$set": {"$last_name": "Lund"}})
    _sends(door, "engage", {"$distinct_id": "cleo"}, 1, **{"$set": {"$name": "Cleo", "plan": "pro"}})
    _sends(door, "groups", ACCOUNT, 1, **{"$set": {"$name": "Acme"}})
    workspace.round()
    assert workspace.warehouse.look("select name from accounts").item() == "Acme"
    assert _named(workspace) == [("Ada", "ada@acme.example"), ("Ben Lund", None), ("Cleo", None)]
    _sends(door, "engage", PERSON, 2, **{"$unset": ["$email"]})
    _sends(door, "engage", {"$distinct_id": "ben"}, 3, **{"$unset": ["$first_name"]})
    _sends(door, "engage", {"$distinct_id": "cleo"}, 2, **{"$delete": ""})
    _sends(door, "groups", ACCOUNT, 2, **{"$unset": ["$name"]})
    workspace.round()
    live = _named(workspace)
    assert live == [("Ada", None), ("Lund", None), (None, None)]
    assert workspace.warehouse.look("select name from accounts").item() == "acme"
    workspace.replay()
    assert _named(workspace) == live
    workspace.close()
    door.close()


def _sends(door: Door, word: str, about: dict[str, str], hour: int, /, **acts: Any) -> None:  # noqa: ANN401 -- JSON
    when = int((BEGAN + timedelta(hours=hour)).timestamp())
    said = {"$token": door.key, "$time": when, **about, **acts}
    assert door.post(f"/in/mixpanel/{word}", [said], key=None).body == b"1"


def _known(workspace: Workspace) -> list[dict[str, Any]]:
    asked = "select traits from people union all select traits from accounts"
    return [json.loads(each) for (each,) in workspace.warehouse.look(asked).rows()]


def _named(workspace: Workspace) -> list[tuple[str | None, str | None]]:
    return workspace.warehouse.look("select name, email from people order by person_id").rows()
