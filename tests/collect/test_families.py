from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.collect.door import Door
from waypost.collect import families
from waypost.collect.answers import ACCEPTED, Answer
from waypost.collect.families import MOST_REMEMBERED, meant, place_of, takers
from waypost.collect.family import Door as Keyed
from waypost.collect.family import Family
from waypost.collect.gathering import Gathering
from waypost.collect.request import Request
from waypost.collect.told import Told, keep
from waypost.core import Kind

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


class Hummingbird(Family):
    """A made-up protocol: `word key` a line, at /hum; its browsers send cookies."""

    credentials = True

    def __init__(self, accent: str) -> None:
        self.accent = accent

    def takes(self, method: str, path: str) -> bool:
        return method in ("POST", "GET") and path == "/hum"

    def key(self, request: Request) -> str | None:
        return request.bearer

    def recognises(self, request: Request) -> bool:
        return request.query.get("accent") == self.accent

    def hear(self, request: Request, door: Keyed) -> Answer:
        verdicts = []
        for line in request.body.splitlines():
            word, _, key = line.decode().partition(" ")
            told = Told(
                about=self.accent, raw=line, kind=Kind.TRACK, name=word, person_id="ada", event_id=word
            )
            verdicts.append(keep(told, door(key or None)))
        return Answer(200, b" ".join(b"no" if why else b"ok" for why in verdicts), content_type=b"text/plain")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Door]:
    """A door at which two accents of the made-up protocol are spoken, too."""
    both = {**families.FAMILIES, "ruby": Hummingbird("ruby"), "bee": Hummingbird("bee")}
    monkeypatch.setattr(families, "FAMILIES", both)
    families._place_of.cache_clear()
    families._takers.cache_clear()
    door = Door(tmp_path)
    yield door
    door.close()
    families._place_of.cache_clear()
    families._takers.cache_clear()


def test_a_mount_is_one_familys_and_the_root_is_whoever_recognises_the_request(two: Door) -> None:
    for nr, (path, query) in enumerate(
        [("/in/bee/hum/", ""), ("/hum", "accent=bee"), ("/hum", "accent=none")]
    ):
        answered = two.ask(
            "POST",
            path,
            headers={"authorization": f"Bearer {two.key}"},
            pieces=[f"w{nr}".encode()],
            query=query,
        )
        assert (answered.status, answered.body, answered.headers["content-type"]) == (
            200,
            b"ok",
            "text/plain",
        )
    assert [event.event_id for event in two.events()] == ["bee:w0", "bee:w1", "ruby:w2"]


def test_each_message_may_name_its_key_and_one_bad_one_costs_itself(two: Door) -> None:
    body = f"fine {two.key}\n {two.key}".encode()
    assert two.ask("POST", "/in/bee/hum", pieces=[body]).body == b"ok no"
    assert [event.name for event in two.events()] == ["fine"]
    assert two.refusals() == {"no_name": 1}
    refused = two.ask("POST", "/in/bee/hum", pieces=[b"fine wk_wrong"])
    assert (refused.status, refused.said["code"]) == (401, "wrong_key")


def test_browsers_that_send_cookies_are_named(two: Door) -> None:
    page = {"origin": "https://app.example", "access-control-request-headers": "content-type"}
    shown = two.ask("OPTIONS", "/in/bee/hum", headers=page).headers
    assert shown["access-control-allow-origin"] == "https://app.example"
    assert shown["access-control-allow-credentials"] == "true"
    assert "access-control-allow-credentials" not in two.ask("OPTIONS", "/v1/t", headers=page).headers


def test_a_mount_that_is_not_there_is_not_found(two: Door) -> None:
    assert two.ask("POST", "/in/owl/hum").status == 404
    assert two.ask("DELETE", "/in/bee/hum").status == 405
    assert two.ask("PUT", "/in/bee/nothing").status == 404


def test_long_addresses_are_not_remembered() -> None:
    before = families._takers.cache_info().currsize, families._place_of.cache_info().currsize
    long = "/v1/" + "x" * MOST_REMEMBERED
    assert takers("POST", long) == ()
    assert place_of(long).path == long
    assert (families._takers.cache_info().currsize, families._place_of.cache_info().currsize) == before


def test_what_no_family_says_otherwise_is_refused_and_put_off_as_json() -> None:
    family = Family()
    request = Request(
        method="POST", path="/x", query_string=b"a=1&a=2&b=", headers={}, body=b"", received_at=NOON
    )
    assert request.query == {"a": "2", "b": ""}
    assert family.as_written(request) is None
    assert family.ask(request, "") is None
    assert family.recognises(request)
    assert bytes(family.accepted(request).body["body"]) == ACCEPTED
    assert meant((family,), request) is family
    for unsaid in (
        lambda: family.takes("POST", "/x"),
        lambda: family.key(request),
        lambda: family.hear(request, lambda _key: Gathering("web", NOON)),
    ):
        with pytest.raises(NotImplementedError):
            unsaid()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/in/segment/v1/batch", "500 KB"),
        ("/in/cio/v1/batch", "500 KB"),
        ("/in/rudder/v1/batch", "4 MB"),
        ("/in/posthog/batch", "8 MB"),
        ("/in/amplitude/2/httpapi", "4 MB"),
        ("/in/mixpanel/import", "10 MB"),
        ("/in/snowplow/wk_any/com.snowplowanalytics.snowplow/tp2", "2 MB"),
        ("/in/customerio/api/v2/batch", "500 KB"),
        ("/in/cloudevents", "2 MB"),
        ("/in/otlp/v1/logs", "4 MB"),
        ("/in/logs", "8 MB"),
        # At the root it is heard for whichever family of the address takes most.
        ("/batch", "8 MB"),
    ],
)
def test_what_is_too_large_is_told_the_limit_that_it_is_over(door: Door, path: str, said: str) -> None:
    refused = door.post(path, b"{" + b" " * 11 * 1024 * 1024)
    assert refused.status in (400, 413)
    assert f"the request is over {said}; send fewer".encode() in refused.body


@pytest.mark.parametrize(
    "path", ["/in/posthog/batch", "/in/rudder/v1/batch", "/in/mixpanel/track", "/in/amplitude/2/httpapi"]
)
def test_what_is_over_the_limit_of_its_source_is_told_that_one(door: Door, path: str) -> None:
    limits = {"kind": "source", "key": "web", "source": "segment:web", "limits": {"body_kb": 1}}
    door.keeper.learn([limits])
    token = {"token": door.key}
    body = {
        "api_key": door.key,
        "events": [],
        "batch": [{"event": "Seen", "distinct_id": "ada"}],
        "event": "Seen",
        "properties": token,
        "pad": "x" * 2_000,
    }
    refused = door.post(path, body, query="verbose=1")
    assert (refused.status, b"over 1 KB" in refused.body) == (413, True)


def test_a_form_of_mixpanels_has_a_limit_of_its_own(door: Door) -> None:
    refused = door.post("/in/mixpanel/track", b"data=" + b"a" * 3 * 1024 * 1024, query="verbose=1")
    assert b"the form is over 2 MB" in refused.body
