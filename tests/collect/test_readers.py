"""What is kept as it came and heard later, says what the door would have said; and what breaks then stops nothing."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.collect.door import NOW, SENT_AT, Door
from waypost.collect.families import FAMILIES, name_of
from waypost.collect.family import Family
from waypost.collect.gathering import Gathering
from waypost.collect.readers import READERS, hear_parcel
from waypost.collect.request import Request
from waypost.collect.unheard import UNHEARD, Unheard, kept
from waypost.collect.ways import way_of
from waypost.store import Judged, Parcel, Way

KEY = "wk_0123456789abcdef"
TEXT = some.sampled_from(["", "ada", "é", "\0", "x" * 600, "2026-06-01T10:00:00Z", KEY])
ODD: some.SearchStrategy[Any] = (
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | TEXT
    | some.just([]) | some.just({}) | some.just({"groupId": "acme", "company": ["acme", "beta"]})
)  # fmt: skip
RUDDER = {
    "type": "track", "event": "Exported", "messageId": "1", "userId": "ada",
    "originalTimestamp": SENT_AT, "sentAt": SENT_AT, "channel": "web", "context": {"groupId": "acme"},
}  # fmt: skip
POSTHOG = {
    "event": "$identify", "uuid": "1", "distinct_id": "ada", "timestamp": SENT_AT,
    "properties": {"$anon_distinct_id": "v1", "$groups": {"company": "acme"}}, "$set": {"plan": "pro"},
}  # fmt: skip
MIXPANEL = {
    "event": "Exported",
    "properties": {"token": KEY, "distinct_id": "ada", "$insert_id": "1", "time": 1_780_308_000, "company": "acme"},
}  # fmt: skip
SNOWPLOW = {
    "e": "se",
    "eid": "1",
    "uid": "ada",
    "dtm": "1780308000000",
    "se_ca": "R",
    "se_ac": "e",
    "aid": KEY,
}


def changed(message: dict[str, Any], *names: str) -> some.SearchStrategy[dict[str, Any]]:
    """Messages of which some fields are odd."""
    names = (*message, *names)
    return some.builds(
        lambda odd: {**message, **odd}, some.dictionaries(some.sampled_from(names), ODD, max_size=3)
    )


def request(path: str, said: object, query: bytes = b"") -> Request:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Request(method="POST", path=path, query_string=query, headers={}, body=body, received_at=NOW)


def parcel(family: Family, asked: Request, n: int) -> Parcel:
    body = kept(Unheard(way_of(name_of(family), asked, KEY), asked.body))
    return Parcel(form=UNHEARD, source="segment:web", received_at=NOW, n=n, body=body, family=name_of(family))


def same_later(name: str, asked: Request, n: int) -> None:
    """Hear a request twice: now as the door does, and later."""
    family = FAMILIES[name]
    found = family.as_written(asked)
    if found is None:
        return
    assert (found.form, found.n) == (UNHEARD, n)
    gathering = Gathering("segment:web", NOW, way_of(name, asked, KEY))
    answer = family.hear(asked, lambda _key: gathering)
    accepted = family.accepted(asked)
    assert (answer.status, answer.headers, answer.body) == (accepted.status, accepted.headers, accepted.body)
    judged = hear_parcel(parcel(family, asked, n))
    assert judged == Judged(
        events=gathering.events, refused=gathering.refused, samples=tuple(gathering.samples)
    )
    assert not any("please report" in each.detail for each in judged.samples)


HOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=80)
AROUND = some.dictionaries(some.sampled_from(["sentAt", "sent_at", "context"]), ODD | some.just(SENT_AT))


@HOW
@given(some.lists(changed(RUDDER, "traits", "previousId", "properties"), min_size=1, max_size=3), AROUND)
@example([RUDDER, {**RUDDER, "type": "merge", "mergeProperties": [{"type": "email", "value": "a"}]}], {})
def test_rudderstacks(messages: list[Any], around: dict[str, Any]) -> None:
    same_later("rudder", request("/v1/batch", {"batch": messages, **around, "writeKey": KEY}), len(messages))
    same_later("rudder", request("/v1/identify", {**messages[0], "writeKey": KEY}), 1)


@HOW
@given(some.lists(changed(POSTHOG, "$set_once", "offset"), min_size=1, max_size=3), AROUND)
@example([POSTHOG, POSTHOG], {"sent_at": SENT_AT})
def test_posthogs(messages: list[Any], around: dict[str, Any]) -> None:
    same_later("posthog", request("/batch", {"api_key": KEY, "batch": messages, **around}), len(messages))
    same_later("posthog", request("/e", {**messages[0], "token": KEY}, b"_=1780308000000&ip=0"), 1)


@HOW
@given(
    some.lists(changed(MIXPANEL), min_size=1, max_size=3),
    some.sampled_from([b"verbose=1&group_key=company", b"ip=1"]),
)
@example([MIXPANEL, MIXPANEL], b"")
def test_mixpanels(messages: list[Any], query: bytes) -> None:
    same_later("mixpanel", request("/track", messages, query), len(messages))


@HOW
@given(some.lists(changed(SNOWPLOW, "ue_pr", "co", "tv"), min_size=1, max_size=3))
@example([SNOWPLOW, SNOWPLOW])
def test_snowplows(payloads: list[Any]) -> None:
    path = "/com.snowplowanalytics.snowplow/tp2"
    same_later("snowplow", request(path, {"data": payloads}), len(payloads))
    without = [{name: each for name, each in payload.items() if name != "aid"} for payload in payloads]
    same_later("snowplow", request(f"/{KEY}{path}", {"data": without}), len(payloads))


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("rudder", request("/v1/merge", RUDDER)),
        ("rudder", request("/v1/batch", {"batch": []})),
        ("rudder", request("/v1/batch", {"batch": [RUDDER] * 2_501})),
        ("rudder", request("/v1/m", {})),
        ("posthog", request("/batch", {"batch": [POSTHOG]})),
        ("posthog", request("/batch", {"api_key": KEY, "batch": None})),
        ("posthog", request("/i/v1/analytics/events", {"api_key": KEY, "batch": [POSTHOG]})),
        ("posthog", request("/track", {"api_key": KEY, "batch": [POSTHOG]})),
        ("posthog", request("/batch", {"api_key": KEY, "events": [POSTHOG]})),
        ("posthog", request("/batch", [{**POSTHOG, "api_key": KEY}])),
        ("mixpanel", request("/track", MIXPANEL)),
        ("mixpanel", request("/import", [MIXPANEL])),
        ("mixpanel", request("/track", [MIXPANEL], b"token=other")),
        ("mixpanel", request("/track", [MIXPANEL, {**MIXPANEL, "properties": {"token": "other"}}])),
        ("snowplow", request(f"/{KEY}/com.snowplowanalytics.snowplow/tp2", {"data": [SNOWPLOW]})),
        ("snowplow", request("/com.snowplowanalytics.snowplow/tp2", {"data": [SNOWPLOW, {"aid": "x"}]})),
        ("snowplow", request("/com.snowplowanalytics.snowplow/tp2", {"data": [SNOWPLOW]}, b"uid=ada")),
    ],
)  # fmt: skip
def test_what_the_answer_hangs_on_or_several_keys_may_mean_is_heard_at_the_door(
    name: str, asked: Request
) -> None:
    assert FAMILIES[name].as_written(asked) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.binary(max_size=80), some.integers(0, 500), some.integers(0, 500))
def test_no_bytes_stop_the_door_or_a_round(piece: bytes, at: int, cut: int) -> None:
    bodies = {
        "rudder": ("/v1/batch", {"batch": [RUDDER]}),
        "posthog": ("/batch", {"api_key": KEY, "batch": [POSTHOG]}),
        "mixpanel": ("/track", [MIXPANEL]),
        "snowplow": ("/com.snowplowanalytics.snowplow/tp2", {"data": [SNOWPLOW]}),
    }
    for name, (path, said) in bodies.items():
        whole = json.dumps(said).encode()
        asked = request(path, whole[:at] + piece + whole[at + cut % 20 :])
        found = FAMILIES[name].as_written(asked)
        if found:
            judged = hear_parcel(parcel(FAMILIES[name], asked, found.n))
            assert judged.events or judged.refused


def test_what_the_door_let_pass_and_its_family_cannot_read_is_refused_whole() -> None:
    for body, detail in ((b"[", "the body"), (b"", "the body")):
        judged = hear_parcel(parcel(FAMILIES["posthog"], request("/batch", body), 3))
        assert (judged.events, judged.refused) == ([], {"bad_body": 3})
        assert detail in judged.samples[0].detail


def test_a_fault_of_ours_stops_no_round(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(FAMILIES["posthog"]), "hear", broken)
    judged = hear_parcel(parcel(FAMILIES["posthog"], request("/batch", {}), 2))
    assert judged.refused == {"bad_body": 2}
    assert "please report this" in judged.samples[0].detail


def test_what_is_kept_holds_no_key_but_where_the_body_says_it() -> None:
    asked = request(f"/{KEY}/com.snowplowanalytics.snowplow/tp2", {"data": [SNOWPLOW]}, KEY.encode())
    way = way_of("snowplow", asked, KEY)
    assert KEY not in msgspec.json.encode(way).decode()
    assert way == Way(
        family="snowplow", path="/wk_not_kept/com.snowplowanalytics.snowplow/tp2", query="wk_not_kept"
    )
    assert READERS[UNHEARD] is hear_parcel


def test_the_door_counts_what_became_of_messages_once_they_are_heard(door: Door) -> None:
    batch = [POSTHOG, {**POSTHOG, "uuid": "2", "event": ""}, {**POSTHOG, "uuid": "3", "event": "$pageview"}]
    assert door.post("/in/posthog/batch", {"api_key": door.key, "batch": batch}, key=None).status == 200
    assert door.inbox.waiting(0) == 3
    stored = len(door.events())
    counts = {(one.outcome.value, one.reason): one.n for one in door.inbox.door_counts("2000-01-01")}
    assert counts == {("accepted", "posthog"): stored, ("refused", "no_name"): 1}
    door.events()
    assert counts == {(one.outcome.value, one.reason): one.n for one in door.inbox.door_counts("2000-01-01")}
    (sample,) = door.quarantined()
    assert sample.way
    assert sample.way.family == "posthog"
