import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.collect.door import Door
from waypost.collect.gathering import Gathering
from waypost.collect.mixpanel import MixpanelLines

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def read(*lines: object, zone: str | None = None) -> Gathering:
    reader, gathering = MixpanelLines(ZoneInfo(zone) if zone else None), Gathering("old", NOW)
    for line in lines:
        reader(line if isinstance(line, bytes) else json.dumps(line).encode(), gathering)
    return gathering


def exported(insert_id: str = "i1", at: int = 1_767_603_600) -> dict[str, object]:
    return {
        "event": "Report Exported",
        "properties": {"time": at, "distinct_id": "ada", "$insert_id": insert_id, "mp_processing_time_ms": 1},
    }


def test_an_exported_event_and_the_live_one_are_the_same(door: Door) -> None:
    live = {**exported(), "properties": {"token": door.key, "time": 1_767_603_600.25, "distinct_id": "ada"}}
    live["properties"]["$insert_id"] = "i1"  # type: ignore[index]
    door.post("/in/mixpanel/track", live, key=None)
    (sent,) = door.events()
    (found,) = read(exported()).events
    assert found.event_id == sent.event_id
    assert found.happened_at == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_times_that_were_shifted_to_the_projects_zone_are_shifted_back() -> None:
    (found,) = read(exported(), zone="America/New_York").events
    assert found.happened_at == datetime(2026, 1, 5, 14, tzinfo=UTC)


def test_exported_people_are_their_traits() -> None:
    (found,) = read(
        {"$distinct_id": "ada", "$properties": {"$email": "ada@acme.example", "company": "acme"}}
    ).events
    assert (found.kind, found.person_id, found.account_id) == ("identify", "ada", "acme")
    assert json.loads(bytes(found.properties)) == {"email": "ada@acme.example", "company": "acme"}


def test_what_is_no_event_is_refused_and_a_broken_export_costs_its_last_line() -> None:
    gathered = read(
        exported(),
        b"terminated early",
        b'{"event":',
        b'{"event":"x","properties":{"a":"\xff"}}',
        b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
        {"type": "track"},
        {"event": "x", "properties": 7},
    )
    assert len(gathered.events) == 1
    assert gathered.refused == {
        "not_a_line": 1,
        "bad_json": 1,
        "bad_text": 1,
        "too_deep": 1,
        "missing_field": 1,
        "wrong_type": 1,
    }
