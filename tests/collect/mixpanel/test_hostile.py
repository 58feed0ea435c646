import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import Door
from tests.collect.hostile import bodies, survives

BOTH = {"distinct_id": "ada", "$user_id": "ada", "$device_id": "d-1", "token": "wk"}
REAL = (
    {
        "event": "Report Exported",
        "properties": {"time": 1_767_603_600.25, "$insert_id": "i", "company": ["acme"], **BOTH},
    },
    [
        {"event": "$identify", "properties": {"$anon_distinct_id": "$device:d-1", **BOTH}},
        {"event": "$merge", "properties": {"$distinct_ids": ["ada", "ben"]}},
        {
            "event": "$mp_web_page_view",
            "properties": {"current_url_path": "/", "$groups": {"team": 7}, **BOTH},
        },
    ],
    {
        "$distinct_id": "ada",
        "$time": 1,
        "$set": {"$email": "a"},
        "$unset": ["plan"],
        "$union": {"company": ["a"]},
    },
    {"$group_key": "company", "$group_id": "acme", "$set": {"name": "Acme"}},
    b'{"event":"a","properties":{}}\n{"event":"b","properties":{"distinct_id":1}}',
    b"data=eyJldmVudCI6ICJ4In0%3D&verbose=1",
)


@pytest.mark.parametrize("word", ["track", "import", "engage", "groups"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies(REAL),
    query=some.sampled_from(["", "verbose=1", "img=1", "callback=a", "data=%5B%5D", "group_key=x"]),
    is_known=some.booleans(),
)
def test_whatever_is_sent_the_door_stands(
    door: Door, word: str, body: bytes, query: str, *, is_known: bool
) -> None:
    beside = f"&token={door.key}" if is_known else ""
    survives(door, "POST", f"/in/mixpanel/{word}", body, query=query + beside)
