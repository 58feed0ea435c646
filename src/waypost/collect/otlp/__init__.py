"""OpenTelemetry's logs over HTTP: records that name an event are events, in protobuf or in JSON."""

from waypost.collect.otlp.family import Otlp

__all__ = ["Otlp"]
