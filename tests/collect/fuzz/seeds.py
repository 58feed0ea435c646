"""Where fuzzing begins: the real bodies that the tests of the families and of the formats hold.

A request is written as HTTP would: method and target, headers, an empty line, the body. `@KEY@` stands for the key of
the door, `@BASIC@` and `@SITE@` for it as basic auth.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from tests.collect.amplitude import test_family as amplitude
from tests.collect.amplitude import test_lines as amplitude_lines
from tests.collect.cloudevents import test_family as cloudevents
from tests.collect.customerio import test_family as customerio
from tests.collect.door import track
from tests.collect.drains import test_family as drains
from tests.collect.hooks.test_hostile import VENDORS
from tests.collect.logs import test_formats as logs
from tests.collect.logs import test_lines as apache_lines
from tests.collect.mixpanel import test_hostile as mixpanel
from tests.collect.mixpanel import test_lines as mixpanel_lines
from tests.collect.otlp import test_family as otlp
from tests.collect.posthog import test_hostile as posthog
from tests.collect.rudder import test_family as rudder
from tests.collect.snowplow import test_family as snowplow
from tests.collect.test_own_schema import CONTRACT, MEMBERSHIP, SURVEY, TICKET, USE
from waypost.collect import Format
from waypost.collect.flurry_file import COLUMNS

BASIC = "authorization: Basic @BASIC@"
SITE = "authorization: Basic @SITE@"
BEARER = "authorization: Bearer @KEY@"


def request(method: str, target: str, body: object = b"", *headers: str) -> bytes:
    """Write a request down; a body that is not bytes is JSON."""
    head = "\n".join((f"{method} {target}", *headers))
    return head.encode() + b"\n\n" + (body if isinstance(body, bytes) else json.dumps(body).encode())


class Asked(NamedTuple):
    """A request as it was written down."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def read(written: bytes, key: str) -> Asked:
    """Return what is written, whatever it is, as a request with the key of a door."""
    for word, meant in (
        (b"@KEY@", key.encode()),
        (b"@BASIC@", b64encode(f"{key}:".encode())),
        (b"@SITE@", b64encode(f"site-1:{key}".encode())),
    ):
        written = written.replace(word, meant)
    head, _, body = written.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    path, _, query = target.partition("?")
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    return Asked(method.upper(), path, query, {name.strip().lower(): of.strip() for name, of in pairs}, body)


def requests() -> Iterator[tuple[str, bytes]]:
    """Yield the name of a family's mount and a request that it takes."""
    for mount, written in _REQUESTS.items():
        for each in written():
            yield mount, each


def files() -> Mapping[Format, bytes]:
    """Return a file of each format."""
    return {
        Format.SEGMENT_NDJSON: _lines(_segment()),
        Format.WAYPOST_NDJSON: _lines([USE, SURVEY, TICKET, CONTRACT, MEMBERSHIP]),
        Format.APACHE_COMBINED: "\n".join(
            [
                apache_lines.line(),
                apache_lines.line("GET /favicon.ico HTTP/1.1", 404),
                apache_lines.line(agent="Googlebot/2.1 (+http://www.google.com/bot.html)"),
            ]
        ).encode(),
        **{each: "\n".join(lines).encode() for each, (_, lines) in logs.LINES.items()},
        Format.AMPLITUDE_EXPORT: _lines(
            [
                amplitude_lines.LINE,
                {**amplitude_lines.LINE, "event_type": "$identify"},
            ]
        ),
        Format.MIXPANEL_NDJSON: _lines(
            [
                mixpanel_lines.exported(),
                {"$distinct_id": "ada", "$properties": {"$email": "ada@acme.example", "company": "acme"}},
            ]
        ),
        Format.KISSMETRICS_NDJSON: _lines(
            [
                {"_n": "Report Exported", "_p": "ada", "_t": 1_767_603_600, "company": "acme"},
                {"_p": "ada", "_t": 1_767_603_600, "plan": "pro"},
                {"_p": "ada", "_p2": "v-1", "_t": 1_767_603_600},
            ]
        ),
        Format.CSV: (
            b"Contract ID;Account;ARR;Seats;Start date;Renewal date\n"
            b"c1;acme;12.000,50;10;15/01/2026;2027-01-15\n"
            b'c2;"be""ta";36000;;31.12.2026;'
        ),
        Format.FLURRY_CSV: "\n".join(
            [
                ",".join(COLUMNS),
                '2014-01-05 09:00:00 , 1 , Report Exported ,  , 2.1 , iOS , "iPhone, 5" , ada , {rows : 12; x}',
                "1/5/14 9:00 AM,2,x,,,,,ada,",
            ]
        ).encode(),
    }


def _lines(said: Iterable[object]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in said)


def _segment() -> list[object]:
    return [
        track(properties={"rows": 12, "nested": {"a": [1, None, "é"]}}),
        track(type="page", event=None, name="Home", context={"groupId": "acme", "page": {"path": "/"}}),
        track(type="identify", event=None, traits={"email": "ada@acme.example", "company": {"id": "acme"}}),
        track(type="group", event=None, groupId="acme", traits={"plan": "pro"}),
        track(type="alias", event=None, previousId="v-1"),
    ]


def _by_segment() -> Iterator[bytes]:
    yield request("POST", "/v1/batch", {"batch": _segment(), "sentAt": "2026-06-03T12:00:00Z"}, BASIC)
    yield request("POST", "/in/segment/v1/batch", {"batch": _segment(), "writeKey": "@KEY@"})
    yield request("POST", "/v1/t?writeKey=@KEY@", track(sentAt="2026-06-03T11:00:00Z"))
    yield request("POST", "/v1/i", {"userId": 7, "traits": {}}, BASIC)
    yield request("GET", "/in/segment/v1/projects/@KEY@/settings", b"", "host: a.example:80")
    yield request("OPTIONS", "/v1/t", b"", "origin: https://a.example")


def _by_rudder() -> Iterator[bytes]:
    identify = {**rudder.STAMPED, "type": "identify", "traits": {"a": 1}}
    yield request("POST", "/in/rudder/v1/batch", {"batch": [rudder.STAMPED, identify]}, BASIC)
    yield request("POST", "/in/rudder/beacon/v1/batch?writeKey=@KEY@", {"batch": [rudder.STAMPED]})
    yield request("GET", "/in/rudder/pixel/v1/track?writeKey=@KEY@&event=x&anonymousId=v&userId=ada")


def _by_mixpanel() -> Iterator[bytes]:
    for body in mixpanel.REAL:
        for word in ("track", "engage", "groups", "import?strict=1"):
            yield request("POST", f"/in/mixpanel/{word}", body, BASIC)
    form = urlencode({"data": json.dumps(mixpanel.REAL[0]), "verbose": 1}).encode()
    yield request("POST", "/in/mixpanel/track?token=@KEY@", form, "content-type: text/plain")
    yield request("GET", f"/in/mixpanel/track?token=@KEY@&{form.decode()}&img=1")


def _by_posthog() -> Iterator[bytes]:
    for body in posthog.REAL:
        yield request("POST", "/in/posthog/batch", body, BEARER)
        yield request("POST", "/in/posthog/i/v1/analytics/events", body, BEARER)
    yield request("POST", "/in/posthog/flags?v=2", {"api_key": "@KEY@", "distinct_id": "ada"})


def _by_amplitude() -> Iterator[bytes]:
    for body in amplitude.REAL:
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        for word in ("2/httpapi", "batch", "identify", "groupidentify"):
            yield request("POST", f"/in/amplitude/{word}", written.replace(b"KEY", b"@KEY@"))


def _by_snowplow() -> Iterator[bytes]:
    for body in snowplow.REAL:
        yield request("POST", f"/in/snowplow/@KEY@{snowplow.TP2}", body)
    pixel = urlencode(snowplow.said(co=snowplow.wrapped([snowplow.entity("company", {"id": 1})])))
    yield request("GET", f"/in/snowplow/@KEY@/i?{pixel}")


def _by_customerio() -> Iterator[bytes]:
    for body in customerio.REAL:
        for path in customerio.PATHS:
            yield request("POST", path, body, SITE)
    yield request("PUT", f"{customerio.V1}/customers/ada", {"email": "ada@acme.example"}, SITE)
    yield request("DELETE", f"{customerio.V1}/customers/ada", b"", SITE)


def _by_cloudevents() -> Iterator[bytes]:
    whole = cloudevents.said(anonymousid="v1")
    yield request(
        "POST", "/in/cloudevents", [whole], "content-type: application/cloudevents-batch+json", BEARER
    )
    yield request("POST", "/in/cloudevents", whole, "content-type: application/cloudevents+json", BEARER)
    binary = ("ce-id: 1", "ce-type: x", "ce-source: /a", "ce-specversion: 1.0", "ce-subject: ada")
    yield request("POST", "/in/cloudevents?key=@KEY@", {"a": 1}, "content-type: application/json", *binary)


def _by_otlp() -> Iterator[bytes]:
    for body in otlp.REAL_JSON:
        yield request("POST", otlp.LOGS, body, f"content-type: {otlp.JSON}", BEARER)
    packed = otlp.packed().SerializeToString()
    yield request("POST", otlp.LOGS, packed, f"content-type: {otlp.PROTOBUF}", BEARER)


def _by_kissmetrics() -> Iterator[bytes]:
    for word in "esa":
        said = "_k=@KEY@&_p=ada&_n=x&_t=1767603600&_d=1&rows=1&company=acme"
        yield request("GET", f"/in/kissmetrics/{word}?{said}")
        yield request("POST", f"/in/kissmetrics/{word}", said.encode())


def _by_tapstream() -> Iterator[bytes]:
    said = b"secret=@KEY@&uuid=d&created-ms=1767603600250&custom-company=acme&custom-user_id=ada"
    yield request("POST", "/in/tapstream/a/event/opened", said)
    yield request("GET", "/in/tapstream/postback/@KEY@?idfa=d-1&campaign=x")


def _by_cio() -> Iterator[bytes]:
    yield request("POST", "/in/cio/v1/batch", {"batch": _segment()}, BASIC)


def _by_hooks() -> Iterator[bytes]:
    for vendor, (real, _sign) in VENDORS.items():
        for body in real:
            yield request("POST", f"/in/hooks/{vendor}/@KEY@", body)


def _by_logs() -> Iterator[bytes]:
    routed = [f"{len(line.encode())} {line}" for line in (drains.ROUTED, drains.STARTED, drains.PRINTED)]
    yield request("POST", "/in/logs", "".join(routed).encode(), "content-type: application/logplex-1", BASIC)
    of_json = [drains.OF_VERCEL, drains.OF_CLOUDFLARE]
    yield request("POST", "/in/logs", of_json, "content-type: application/json", BEARER)
    yield request("POST", "/in/logs", _lines(of_json), "content-type: application/x-ndjson", BEARER)
    plain = apache_lines.line().encode()
    yield request("POST", "/in/logs?key=@KEY@&format=apache-combined", plain, "content-type: text/plain")


_REQUESTS = {
    "segment": _by_segment,
    "rudder": _by_rudder,
    "cio": _by_cio,
    "mixpanel": _by_mixpanel,
    "kissmetrics": _by_kissmetrics,
    "posthog": _by_posthog,
    "amplitude": _by_amplitude,
    "snowplow": _by_snowplow,
    "customerio": _by_customerio,
    "cloudevents": _by_cloudevents,
    "otlp": _by_otlp,
    "tapstream": _by_tapstream,
    "hooks": _by_hooks,
    "logs": _by_logs,
}
