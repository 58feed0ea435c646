"""What somebody did before anybody knew who it was is theirs at the next round, whichever protocol said so."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.collect.door import Door
from waypost.core import Event, Kind
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import intake_of

DAY_0 = datetime(2026, 5, 1, 10, tzinfo=UTC)
DAY_1, DAY_2 = datetime(2026, 6, 1, 10, tzinfo=UTC), datetime(2026, 6, 2, 10, tzinfo=UTC)
JOINED = Event(
    event_id="joined",
    source="crm",
    kind=Kind.MEMBERSHIP,
    name="joined",
    happened_at=DAY_0,
    received_at=DAY_0,
    person_id="ada",
    account_id="acme",
)
UUID = "0190b2d8-1111-4222-8333-444455556666"
FORM = {"content-type": "application/x-www-form-urlencoded"}
CLOUD = {"content-type": "application/cloudevents+json"}
CATALOGUE = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [{"key": "seen", "name": "Seen", "match": [{"event": "*"}]}],
}
#: An address with a body, for whoever is not known yet (`a-7`), and for Ada, who is the same.
Sent = tuple[str, Any]


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def ms(at: datetime) -> int:
    return seconds(at) * 1_000


def cloud(at: datetime, **said: str) -> Sent:
    event = {
        "specversion": "1.0",
        "id": at.isoformat(),
        "source": "/x",
        "type": "seen",
        "time": at.isoformat(),
    }
    return "/in/cloudevents", {**event, **said}


def mixpanel(name: str, at: datetime, **said: object) -> Sent:
    return "/in/mixpanel/track", [
        {"event": name, "properties": {"token": "KEY", "time": seconds(at), **said}}
    ]


def segment(family: str, **said: object) -> Sent:
    return f"/in/{family}/v1/batch", {
        "batch": [{"messageId": str(said["timestamp"]), **said}],
        "writeKey": "KEY",
    }


def posthog(event: str, person: str, at: datetime, **properties: object) -> Sent:
    one = {"event": event, "distinct_id": person, "timestamp": at.isoformat(), "properties": properties}
    return "/in/posthog/batch", {"api_key": "KEY", "batch": [one]}


def amplitude(at: datetime, **said: object) -> Sent:
    one = {"event_type": "Seen", "device_id": "a-7-device", "time": ms(at), **said}
    return "/in/amplitude/2/httpapi", {"api_key": "KEY", "events": [one]}


def snowplow(at: datetime, **said: str) -> Sent:
    one = {"e": "pv", "page": "Home", "eid": f"e{seconds(at)}", "ttm": str(ms(at)), "duid": "a-7", **said}
    return "/in/snowplow/KEY/com.snowplowanalytics.snowplow/tp2", {"schema": "x", "data": [one]}


def tapstream(at: datetime, more: str = "") -> Sent:
    return "/in/tapstream/acme/event/seen", f"secret=KEY&uuid=a-7&created-ms={ms(at)}{more}"


STORIES: dict[str, tuple[Sent, Sent]] = {
    "segment": (
        segment("segment", type="track", event="Seen", anonymousId="a-7", timestamp=DAY_1.isoformat()),
        segment("segment", type="identify", userId="ada", anonymousId="a-7", timestamp=DAY_2.isoformat()),
    ),
    "rudder": (
        segment("rudder", type="track", event="Seen", anonymousId="a-7", timestamp=DAY_1.isoformat()),
        segment("rudder", type="identify", userId="ada", anonymousId="a-7", timestamp=DAY_2.isoformat()),
    ),
    "posthog": (
        posthog("Seen", "a-7", DAY_1, **{"$process_person_profile": False}),
        posthog("$identify", "ada", DAY_2, **{"$anon_distinct_id": "a-7"}),
    ),
    "amplitude": (amplitude(DAY_1), amplitude(DAY_2, user_id="ada")),
    "mixpanel": (
        mixpanel("Seen", DAY_1, distinct_id="$device:a-7", **{"$device_id": "a-7"}),
        mixpanel("Seen again", DAY_2, distinct_id="ada", **{"$device_id": "a-7", "$user_id": "ada"}),
    ),
    "mixpanel's older projects": (
        mixpanel("Seen", DAY_1, distinct_id=UUID),
        mixpanel("$create_alias", DAY_2, distinct_id=UUID, alias="ada"),
    ),
    "snowplow": (snowplow(DAY_1), snowplow(DAY_2, uid="ada")),
    "customer.io": (
        ("/in/customerio/api/v1/events", {"name": "Seen", "anonymous_id": "a-7", "timestamp": seconds(DAY_1)}),
        ("/in/customerio/api/v2/entity",
         {"type": "person", "identifiers": {"id": "ada"}, "action": "identify",
          "attributes": {"anonymous_id": "a-7"}}),
    ),
    "kissmetrics": (
        ("/in/kissmetrics/e", f"_k=KEY&_p=a-7&_n=Seen&_d=1&_t={seconds(DAY_1)}"),
        ("/in/kissmetrics/a", f"_k=KEY&_p=a-7&_n=ada&_d=1&_t={seconds(DAY_2)}"),
    ),
    "tapstream": (tapstream(DAY_1), tapstream(DAY_2, "&custom-user_id=ada")),
    "cloud events": (cloud(DAY_1, anonymousid="a-7"), cloud(DAY_2, anonymousid="a-7", userid="ada")),
}  # fmt: skip


@pytest.mark.parametrize("family", STORIES)
def test_what_was_done_before_is_theirs_once_somebody_is_known(family: str, tmp_path: Path) -> None:
    before, after = STORIES[family]
    door = Door(tmp_path, on_disk=True)
    workspace = Workspace(tmp_path, Settings(data=tmp_path), _Noon(door))
    workspace.publish([CATALOGUE])
    workspace.inbox.put([intake_of("crm", [JOINED], DAY_0)])
    send(door, before)
    workspace.round()
    assert used(workspace) == []
    send(door, after)
    workspace.round()
    assert ("2026-06-01", "acme", "ada", 1) in used(workspace)
    live = used(workspace)
    workspace.replay()
    assert used(workspace) == live
    workspace.close()
    door.close()


class _Noon:
    """The clock of the door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def now(self) -> datetime:
        return self._door.now


def send(door: Door, sent: Sent) -> None:
    path, body = sent
    path = path.replace("KEY", door.key)
    written = (body if isinstance(body, str) else json.dumps(body)).replace("KEY", door.key).encode()
    headers = CLOUD if "cloudevents" in path else FORM if isinstance(body, str) else {}
    assert door.post(path, written, headers=headers).status == 200, path
    assert door.refusals() == {}


def used(workspace: Workspace) -> list[tuple[str, str, str, int]]:
    """Return on which days Ada used anything, for whom, and how often."""
    asked = "select day::text, account_id, person_id, n from usage_daily where person_id = 'ada' order by all"
    return workspace.warehouse.look(asked).rows()
