"""Records out of protobuf, and answers in it."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from waypost.collect.family import BadBodyError
from waypost.collect.otlp.record import Record


class Packed:
    """A record that is not looked at yet, and what surrounds it."""

    __slots__ = ("_record", "_resource", "_scope")

    def __init__(self, record: LogRecord, resource: dict[str, Any], scope: str) -> None:
        """Hold a record of a message that was read."""
        self._record = record
        self._resource = resource
        self._scope = scope

    @property
    def raw(self) -> bytes:
        """The record by itself."""
        packed: bytes = self._record.SerializeToString()
        return packed

    def read(self) -> Record:
        """Return the record in plain values."""
        record = self._record
        return Record(
            event_name=record.event_name,
            time_ns=record.time_unix_nano,
            observed_ns=record.observed_time_unix_nano,
            severity=record.severity_text,
            body=_value(record.body),
            attributes=_attributes(record.attributes),
            resource=self._resource,
            scope=self._scope,
            trace_id=record.trace_id.hex(),
            span_id=record.span_id.hex(),
        )


def records_in(body: bytes) -> Iterator[Packed]:
    """Yield the records of a request. Raises BadBodyError when it is none."""
    request = ExportLogsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise BadBodyError(f"the body is not a request for logs in protobuf ({error})") from None
    for of_resource in request.resource_logs:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_logs:
            for record in of_scope.log_records:
                yield Packed(record, resource, of_scope.scope.name)


def answer(rejected: int, why: str) -> bytes:
    """Return the answer: how many records were rejected, and why."""
    response = ExportLogsServiceResponse()
    if rejected:
        response.partial_success.rejected_log_records = rejected
        response.partial_success.error_message = why
    packed: bytes = response.SerializeToString()
    return packed


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:  # noqa: ANN401 -- JSON
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(each) for each in value.array_value.values]
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case "bytes_value":
            return b64encode(value.bytes_value).decode()
        case plain:
            return getattr(value, plain)
