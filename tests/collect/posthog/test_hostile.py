import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import Door
from tests.collect.hostile import bodies, survives

EVENT = {
    "event": "$identify",
    "distinct_id": "ada",
    "uuid": "0190a0a0-0000-7000-8000-000000000001",
    "timestamp": "2026-06-01T10:00:00Z",
    "offset": 12,
    "properties": {"$groups": {"company": "acme"}, "$anon_distinct_id": "visitor-1", "token": "wk"},
    "$set": {"email": "ada@acme.example"},
    "$set_once": {"first": 1},
    "options": {"process_person_profile": True},
}
REAL = (
    {
        "api_key": "KEY",
        "batch": [EVENT, {**EVENT, "event": "$create_alias"}],
        "sent_at": "2026-06-03T11:00:00Z",
    },
    [EVENT, {**EVENT, "event": "$groupidentify"}],
    b"data=eyJldmVudCI6ICJ4In0%3D&compression=base64",
    b"data=N4IgpgbmB2AuIC4QHEBOA3g%2B2ABIXg3AJnZABo&compression=lz64",
)


@pytest.mark.parametrize("path", ["/in/posthog/batch", "/in/posthog/i/v1/analytics/events"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(REAL), query=some.sampled_from(["", "compression=lz64", "compression=base64", "_=1e99"]))
def test_whatever_is_sent_the_door_stands(door: Door, path: str, body: bytes, query: str) -> None:
    survives(door, "POST", path, body, query=query, headers={"authorization": f"Bearer {door.key}"})
