"""Records out of JSON, each cut out as it was written, so that a broken one costs itself alone."""

from collections.abc import Iterator
from typing import Any

from waypost.collect.otlp.record import Record
from waypost.collect.pieces import UnreadableError, elements, fields, message, object_of
from waypost.collect.refusals import TurnedAway


class Written:
    """A record as it was written, and what surrounds it."""

    __slots__ = ("raw", "resource", "scope")

    def __init__(self, raw: bytes, resource: dict[str, Any], scope: str) -> None:
        """Hold a record that is not read yet."""
        self.raw = raw
        self.resource = resource
        self.scope = scope

    def read(self) -> Record:
        """Return the record. Raises UnreadableError when it is none."""
        said = message(self.raw)
        try:
            return Record(
                event_name=_text(said.get("eventName")),
                time_ns=int(said.get("timeUnixNano") or 0),
                observed_ns=int(said.get("observedTimeUnixNano") or 0),
                severity=_text(said.get("severityText")),
                body=_value(said.get("body")),
                attributes=_attributes(said.get("attributes")),
                resource=self.resource,
                scope=self.scope,
                trace_id=_text(said.get("traceId")),
                span_id=_text(said.get("spanId")),
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise UnreadableError(
                TurnedAway.WRONG_TYPE, f"a field of the record has the wrong type: {error}"
            ) from None


def records_in(body: bytes) -> Iterator[Written]:
    """Yield the records of a request. Raises BadBodyError when it cannot be taken apart."""
    for of_resource in elements(fields(body).get("resourceLogs", b"[]")):
        around = fields(of_resource)
        resource = _attributes_in(around.get("resource"))
        for of_scope in elements(around.get("scopeLogs", b"[]")):
            within = fields(of_scope)
            scope = _text(_read(within.get("scope")).get("name"))
            for raw in elements(within.get("logRecords", b"[]")):
                yield Written(raw, resource, scope)


def _read(raw: bytes | None) -> dict[str, Any]:
    try:
        return message(raw) if raw else {}
    except UnreadableError:
        return {}


def _attributes_in(raw: bytes | None) -> dict[str, Any]:
    try:
        return _attributes(_read(raw).get("attributes"))
    except (TypeError, ValueError, OverflowError):
        return {}


def _attributes(pairs: object) -> dict[str, Any]:
    """Return attributes by name; of a name that stands twice the last counts."""
    listed = pairs if isinstance(pairs, list) else []
    return {_text(pair.get("key")): _value(pair.get("value")) for pair in listed if isinstance(pair, dict)}


def _value(value: object) -> Any:  # noqa: ANN401 -- JSON
    """Return what a value holds: of 64 bits as text or as a number, nested, or nothing."""
    for name, held in object_of(value).items():
        match name:
            case "stringValue" | "boolValue" | "bytesValue":
                return held
            case "intValue":
                return int(held)
            case "doubleValue":
                return float(held)
            case "arrayValue":
                values = object_of(held).get("values")
                return [_value(each) for each in values] if isinstance(values, list) else []
            case "kvlistValue":
                return _attributes(object_of(held).get("values"))
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
