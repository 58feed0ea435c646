"""Every call that the collector answers, family by family, for its OpenAPI description."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from waypost.collect.hooks.family import HOOKS
from waypost.collect.segment.routes import ROUTES

Schema = dict[str, Any]

JSON, TEXT, GIF, SCRIPT = "application/json", "text/plain", "image/gif", "text/javascript"
XML = "text/xml"
FORM, PROTOBUF = "application/x-www-form-urlencoded", "application/x-protobuf"
CLOUD, CLOUDS = "application/cloudevents+json", "application/cloudevents-batch+json"
LOGPLEX = "application/logplex-1"

ANY: Schema = {"type": "object"}
_REFUSED = {"$ref": "#/components/schemas/Refused"}
_MESSAGE = {"$ref": "#/components/schemas/SegmentMessage"}


class Call(NamedTuple):
    """What can be sent to an address: `bodies` by media type, `answers` by status and media type."""

    method: str
    path: str
    summary: str
    answers: dict[int, dict[str, Schema]]
    bodies: dict[str, Schema] | None = None
    query: dict[str, Schema] | None = None


def calls(key: str) -> Iterator[Call]:
    """Yield every call, family by family."""
    healthy = {JSON: {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}}
    yield Call("GET", "/healthz", "Whether events are taken in", {200: healthy, 503: {JSON: _REFUSED}})
    for mount in ("segment", "cio"):
        yield from _segment(f"/in/{mount}", key)
    yield from _rudder(key)
    yield from _mixpanel(key)
    yield from _posthog(key)
    yield from _amplitude(key)
    yield from _snowplow(key)
    yield from _customerio()
    yield from _kissmetrics(key)
    yield from _tapstream(key)
    yield from _cloudevents()
    yield from _otlp()
    yield from _logs()
    yield from _hooks()


def _segment(mount: str, key: str) -> Iterator[Call]:
    answers = _refusals({200: {JSON: an_object(success={"type": "boolean"})}}, 429)
    for path, route in ROUTES.items():
        bodies = {JSON: _MESSAGE if route.kind or route.ignored else _batch(_MESSAGE, key)}
        yield Call("POST", mount + path, f"{path.rsplit('/', 1)[1]}, by Segment's protocol", answers, bodies)
    settings = {200: {JSON: an_object(integrations=ANY)}, 404: {JSON: _REFUSED}}
    yield Call(
        "GET",
        f"{mount}/v1/projects/{{key}}/settings",
        "Where a browser sends, and with which key: known or not, the one asked for",
        settings,
    )


def _rudder(key: str) -> Iterator[Call]:
    mount = "/in/rudder"
    answers = _refusals({200: {TEXT: {"type": "string"}}, 413: {JSON: _REFUSED}})
    for path, route in ROUTES.items():
        bodies = {JSON: _MESSAGE if route.kind or route.ignored else _batch(_MESSAGE, key)}
        yield Call("POST", mount + path, f"{path.rsplit('/', 1)[1]}, by RudderStack's SDKs", answers, bodies)
    for path in ("/v1/replay", "/beacon/v1/batch"):
        yield Call(
            "POST", mount + path, "Batches", answers, {JSON: _batch(_MESSAGE, key)}, _named("writeKey", key)
        )
    pair = an_object(**_texts("type", "value"))
    merging = an_object(
        **_texts("userId", "anonymousId"), mergeProperties={"type": "array", "items": pair, "maxItems": 4}
    )
    yield Call("POST", f"{mount}/v1/merge", "Ids of one person", answers, {JSON: merging})
    picture = _binary(GIF)
    seen = {200: picture, 400: picture, 401: picture, 403: picture, 503: {JSON: _REFUSED}}
    for word in ("track", "page"):
        asked = {**_named("writeKey", key), **_texts("anonymousId", "userId", "event")}
        yield Call("GET", f"{mount}/pixel/v1/{word}", "One event, as a pixel", seen, query=asked)
    source = {200: {JSON: an_object(source=ANY)}}
    yield Call("GET", f"{mount}/sourceConfig", "A source without destinations", source)


def _mixpanel(key: str) -> Iterator[Call]:
    event = an_object(event={"type": "string"}, properties={"type": "object", "additionalProperties": True})
    event["properties"]["properties"]["properties"] = {"token": _key(key), "distinct_id": {"type": "string"}}
    update = an_object(**{"$token": _key(key), "$distinct_id": {"type": "string"}, "$set": ANY})
    said: dict[str, Schema] = {
        TEXT: {"type": "string"},
        JSON: ANY,
        SCRIPT: {"type": "string"},
        **_binary(GIF),
    }
    answers = dict.fromkeys((200, 400, 401, 403, 413, 503), said)
    flag = {"type": "string", "enum": ["0", "1"]}
    for path, one in (("/track", event), ("/import", event), ("/engage", update), ("/groups", update)):
        bodies = {
            JSON: {"type": "array", "items": one, "maxItems": 4},
            FORM: an_object(data={"type": "string"}),
        }
        query = {**_named("token", key), "verbose": flag, "img": flag, "strict": flag}
        yield Call("POST", f"/in/mixpanel{path}", "Events or updates", answers, bodies, query)
        yield Call(
            "GET", f"/in/mixpanel{path}", "The same, in the query", answers, query={**query, **_texts("data")}
        )
    for path in ("/flags", "/settings", "/decide"):
        yield Call("GET", f"/in/mixpanel{path}", "Nothing is set from here", {200: {JSON: ANY}})
    yield Call("POST", "/in/mixpanel/record", "Recordings are let go", {200: {JSON: ANY}}, {JSON: ANY})


def _posthog(key: str) -> Iterator[Call]:
    word = {"type": "string", "minLength": 1}
    event = an_object(event=word, distinct_id=word, properties=ANY)
    event["required"] = ["event", "distinct_id"]
    batch = an_object(api_key=_key(key), batch={"type": "array", "items": event, "maxItems": 4})
    one = an_object(api_key=_key(key), **event["properties"])
    answers = _refusals({200: {JSON: ANY}, 413: {JSON: _REFUSED}})
    for path in (
        "/batch",
        "/capture",
        "/e",
        "/i/v0/e",
        "/i/v0/ai",
        "/i/v0/ai/batch",
        "/track",
        "/engage",
        "/s",
    ):
        yield Call("POST", f"/in/posthog{path}", "Events", answers, {JSON: {"anyOf": [batch, one]}})
    yield Call(
        "POST", "/in/posthog/i/v1/analytics/events", "Events, a verdict for each", answers, {JSON: batch}
    )
    for path in ("/flags", "/decide"):
        yield Call("POST", f"/in/posthog{path}", "No flags", {200: {JSON: ANY}}, {JSON: ANY})
    for path in ("/i/v1/logs", "/i/v1/metrics", "/i/v0/metrics", "/report"):
        yield Call("POST", f"/in/posthog{path}", "Let go", {200: {JSON: ANY}}, {JSON: ANY})
    for path in ("surveys", "early_access_features", "web_experiments", "product_tours"):
        yield Call("GET", f"/in/posthog/api/{path}", "None", {200: {JSON: ANY}})
    for path in ("/flags/definitions", "/api/feature_flag/local_evaluation"):
        yield Call("GET", f"/in/posthog{path}", "No flags", {200: {JSON: ANY}})
    scripts: dict[str, Schema] = {"application/javascript": {"type": "string"}}
    for name, of in (("config", {JSON: ANY}), ("config.js", scripts)):
        answer = {200: of, 404: {JSON: _REFUSED}}
        yield Call("GET", f"/in/posthog/array/{{key}}/{name}", "Settings of a browser", answer)


def _amplitude(key: str) -> Iterator[Call]:
    coded = {JSON: {**an_object(code={"type": "integer"}), "required": ["code"]}}
    answers = dict.fromkeys((200, 400, 413, 429), coded)
    event = an_object(
        event_type={"type": "string", "minLength": 1},
        user_id={"type": "string", "minLength": 5},
        device_id={"type": "string", "minLength": 5},
        time={"type": "integer", "minimum": 946_684_800_000},
        event_properties=ANY,
        groups=ANY,
    )
    event["required"] = ["event_type", "user_id"]
    body = an_object(api_key=_key(key), events={"type": "array", "items": event, "maxItems": 4})
    for path in ("/2/httpapi", "/batch"):
        yield Call("POST", f"/in/amplitude{path}", "Events", answers, {JSON: body})
    for path, name in (
        ("/identify", "identification"),
        ("/groupidentify", "identification"),
        ("/httpapi", "event"),
    ):
        asked = {**_named("api_key", key), **_texts(name)}
        form = {FORM: an_object(api_key=_key(key), **{name: {"type": "string"}})}
        yield Call("POST", f"/in/amplitude{path}", "What describes people, groups, or events", answers, form)
        yield Call("GET", f"/in/amplitude{path}", "The same, in the query", answers, query=asked)


def _snowplow(key: str) -> Iterator[Call]:
    names = ("e", "eid", "uid", "duid", "dtm", "se_ca", "se_ac", "url", "co", "cx", "ue_pr", "ue_px")
    payload = an_object(aid=_key(key), **_texts(*names))
    body = an_object(schema={"type": "string"}, data={"type": "array", "items": payload, "maxItems": 4})
    ok = _refusals({200: {TEXT: {"type": "string"}}})
    path = "/com.snowplowanalytics.snowplow/tp2"
    yield Call("POST", f"/in/snowplow{path}", "Payloads", ok, {JSON: body})
    asked = {**_named("aid", key), **_texts(*names)}
    for path in ("/i", "/ice.png"):
        yield Call(
            "GET", f"/in/snowplow{path}", "A payload as a pixel", _refusals({200: _binary(GIF)}), query=asked
        )


def _customerio() -> Iterator[Call]:
    no = {JSON: an_object(meta=ANY)}
    answers: dict[int, dict[str, Schema]] = {200: {JSON: ANY}, **dict.fromkeys((400, 401, 403, 503), no)}
    happened = an_object(name={"type": "string"}, data=ANY, timestamp={"type": "integer"})
    entity = an_object(
        type={"enum": ["person", "object"]}, identifiers=ANY, action={"type": "string"}, attributes=ANY
    )
    one, two = "/in/customerio/api/v1", "/in/customerio/api/v2"
    yield Call("PUT", f"{one}/customers/{{id}}", "What a person is", answers, {JSON: ANY})
    yield Call("DELETE", f"{one}/customers/{{id}}", "A person is gone there", answers)
    yield Call("POST", f"{one}/customers/{{id}}/events", "What a person did", answers, {JSON: happened})
    yield Call("PUT", f"{one}/customers/{{id}}/devices", "A device", answers, {JSON: an_object(device=ANY)})
    yield Call("DELETE", f"{one}/customers/{{id}}/devices/{{device}}", "A device is gone", answers)
    for word in ("suppress", "unsuppress"):
        yield Call("POST", f"{one}/customers/{{id}}/{word}", "Whether somebody is written to", answers)
    yield Call("POST", f"{one}/events", "What somebody unknown did", answers, {JSON: happened})
    yield Call("POST", f"{one}/push/events", "What became of a push message", answers, {JSON: ANY})
    both = an_object(primary=ANY, secondary=ANY)
    yield Call("POST", f"{one}/merge_customers", "Two are one", answers, {JSON: both})
    yield Call("POST", f"{two}/entity", "A person or an object", answers, {JSON: entity})
    batch = an_object(batch={"type": "array", "items": entity, "maxItems": 4})
    yield Call("POST", f"{two}/batch", "Several of them", answers, {JSON: batch})
    yield Call("GET", f"{one}/accounts/region", "There is one region", {200: {JSON: ANY}})


def _kissmetrics(key: str) -> Iterator[Call]:
    seen = {200: _binary(GIF), 429: _binary(GIF)}
    query = {**_named("_k", key), **_texts("_p", "_n", "_t", "_d")}
    for word, what in (("e", "An event"), ("s", "What a person is"), ("a", "Two names of one person")):
        yield Call("GET", f"/in/kissmetrics/{word}", what, seen, query=query)
        form = {FORM: an_object(**query)}
        yield Call("POST", f"/in/kissmetrics/{word}", f"{what}, as a form", seen, form)


def _tapstream(key: str) -> Iterator[Call]:
    names = {name: {"type": "string"} for name in ("uuid", "created-ms", "custom-user_id", "custom-company")}
    no = {JSON: _REFUSED}
    answers: dict[int, dict[str, Schema]] = {200: {JSON: ANY}, 400: no, 403: no, 503: no}
    form = {FORM: an_object(secret=_key(key), **names)}
    yield Call("POST", "/in/tapstream/{account}/event/{name}", "An event", answers, form)
    seen = {**answers, 200: _binary(GIF)}
    yield Call(
        "GET", "/in/tapstream/postback/{key}", "A postback", seen, query=_texts("id", "event", "person")
    )


def _cloudevents() -> Iterator[Call]:
    names = _texts("id", "source", "type", "userid", "companyid")
    one = an_object(
        specversion={"enum": ["1.0"]}, **names, time={"type": "string", "format": "date-time"}, data={}
    )
    one["required"] = ["specversion", "id", "source", "type"]
    answers = _refusals({200: {JSON: an_object(success={"type": "boolean"})}, 415: {JSON: _REFUSED}})
    bodies = {CLOUD: one, CLOUDS: {"type": "array", "items": one, "maxItems": 4}}
    for path in ("", "/cloudevents", "/events"):
        yield Call("POST", f"/in/cloudevents{path}", "One event or several", answers, bodies)


def _otlp() -> Iterator[Call]:
    pair = an_object(
        key={"type": "string"}, value=an_object(stringValue={"type": "string"}, intValue={"type": "integer"})
    )
    pairs = {"type": "array", "items": pair, "maxItems": 4}
    record = an_object(timeUnixNano={"type": "string"}, eventName={"type": "string"}, attributes=pairs)
    scope = an_object(logRecords={"type": "array", "items": record, "maxItems": 3})
    resource = an_object(
        resource=an_object(attributes=pairs), scopeLogs={"type": "array", "items": scope, "maxItems": 2}
    )
    body = an_object(resourceLogs={"type": "array", "items": resource, "maxItems": 2})
    said = {JSON: ANY, **_binary(PROTOBUF)}
    answers = dict.fromkeys((200, 400, 401, 403, 413, 503), said)
    bodies = {JSON: body, PROTOBUF: {"type": "string", "format": "binary"}}
    yield Call("POST", "/in/otlp/v1/logs", "Records of a log", answers, bodies)


def _logs() -> Iterator[Call]:
    answers = _refusals({200: {JSON: an_object(success={"type": "boolean"})}})
    text: Schema = {"type": "string"}
    line = an_object(time=text, method=text, path=text, status={"type": "integer"}, user=text)
    bodies = {JSON: {"type": "array", "items": line, "maxItems": 4}, LOGPLEX: text, TEXT: text}
    yield Call("POST", "/in/logs", "Lines of a log", answers, bodies)


def _hooks() -> Iterator[Call]:
    for vendor in HOOKS:
        # One of them waits for an acknowledgement of its own.
        answers = _refusals({200: {XML: {"type": "string"}} if vendor == "salesforce" else {JSON: ANY}})
        bodies = {JSON: ANY, FORM: an_object(**_texts("event", "ticket_id", "email"))}
        yield Call("POST", f"/in/hooks/{vendor}/{{key}}", f"What {vendor} tells, signed", answers, bodies)


def _refusals(given: dict[int, dict[str, Schema]], *more: int) -> dict[int, dict[str, Schema]]:
    refused: dict[str, Schema] = {JSON: _REFUSED}
    return {**dict.fromkeys((400, 401, 403, 503, *more), refused), **given}


def an_object(**properties: Schema) -> Schema:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties}


def _batch(message: Schema, key: str) -> Schema:
    batch = {"type": "array", "items": message, "maxItems": 4}
    return {
        **an_object(batch=batch, writeKey=_key(key), sentAt={"type": "string", "format": "date-time"}),
        "required": ["batch"],
    }


def _key(key: str) -> Schema:
    return {"type": "string", "enum": [key]}


def _named(name: str, key: str) -> dict[str, Schema]:
    return {name: _key(key)}


def _texts(*names: str) -> dict[str, Schema]:
    return {name: {"type": "string"} for name in names}


def _binary(kind: str) -> dict[str, Schema]:
    return {kind: {"type": "string", "format": "binary"}}
