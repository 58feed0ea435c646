"""Logs of JSON objects, one a line: which field means what is known for common servers, or is said."""

from collections.abc import Mapping
from typing import Any

import msgspec

from waypost.collect.logs.said import APART, PLACES, Layout, Said, request_of
from waypost.core import ImportRefusedError

_decode = msgspec.json.Decoder().decode
#: Where nginx (with the names of its variables), Caddy, Traefik, structured logs of applications, Vercel and
#: Cloudflare say what.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "address": (
        "remote_addr",
        "request.remote_ip",
        "ClientHost",
        "client_ip",
        "ip",
        "remote_ip",
        "address",
        "proxy.clientIp",
        "ClientIP",
    ),
    "user": ("remote_user", "user_id", "ClientUsername", "userId", "user.id", "user"),
    "time": (
        "time_iso8601",
        "StartUTC",
        "time_local",
        "msec",
        "timestamp",
        "@timestamp",
        "ts",
        "time",
        "proxy.timestamp",
        "EdgeStartTimestamp",
    ),
    "request": ("request", "request_line"),
    "method": (
        "request_method",
        "RequestMethod",
        "request.method",
        "req.method",
        "http_method",
        "method",
        "proxy.method",
        "ClientRequestMethod",
    ),
    "path": (
        "request_uri",
        "RequestPath",
        "request.uri",
        "req.url",
        "uri",
        "url",
        "proxy.path",
        "path",
        "ClientRequestURI",
    ),
    "query": ("args", "query_string"),
    "status": (
        "status",
        "DownstreamStatus",
        "res.statusCode",
        "status_code",
        "statusCode",
        "proxy.statusCode",
        "EdgeResponseStatus",
    ),
    "bytes": (
        "body_bytes_sent",
        "bytes_sent",
        "size",
        "DownstreamContentSize",
        "bytes",
        "EdgeResponseBytes",
    ),
    "referer": (
        "http_referer",
        "request.headers.Referer",
        "request_Referer",
        "req.headers.referer",
        "referer",
        "proxy.referer",
        "ClientRequestReferer",
    ),
    "agent": (
        "http_user_agent",
        "request.headers.User-Agent",
        "request_User-Agent",
        "req.headers.user-agent",
        "user_agent",
        "agent",
        "proxy.userAgent",
        "ClientRequestUserAgent",
    ),
    "host": (
        "http_host",
        "request.host",
        "RequestHost",
        "req.headers.host",
        "host",
        "proxy.host",
        "ClientRequestHost",
    ),
}


def json_layout(written: str = "") -> Layout:
    """Return a layout for JSON objects. `written` says where else parts are: `user=auth.name, time=ts`."""
    fields = {**KNOWN, **_said(written)}

    def split(line: str) -> Said | None:
        try:
            found = _decode(line)
        except (msgspec.DecodeError, RecursionError):
            return None
        return _said_by(found, fields) if isinstance(found, dict) else None

    return Layout(split, _differs)


def at(found: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 -- a value of JSON
    """Return what is at a name, or at a path of names with dots; None when nothing is. A list's first item counts."""
    if path in found:
        value: Any = found[path]
    else:
        name, dot, rest = path.partition(".")
        inner = found.get(name) if dot else None
        value = at(inner, rest) if isinstance(inner, dict) else None
    return value[0] if isinstance(value, list) and value else value


def _said(written: str) -> dict[str, tuple[str, ...]]:
    said = dict[str, tuple[str, ...]]()
    for each in filter(None, (part.strip() for part in written.split(","))):
        part, sign, path = (piece.strip() for piece in each.partition("="))
        if not sign or not path or part not in KNOWN:
            raise ImportRefusedError(
                f"{each!r} says of no part where it is; write PART=FIELD with one of {', '.join(KNOWN)}"
            )
        said[part] = (path,)
    return said


def _said_by(found: dict[str, Any], fields: Mapping[str, tuple[str, ...]]) -> Said:
    parts = {part: _first(found, paths) for part, paths in fields.items()}
    method, path, query = (parts.pop(part) for part in APART)
    parts["request"] = parts["request"] or (request_of(method, path, query) if method and path else "-")
    return Said._make((*(parts[place] for place in PLACES), found))


def _first(found: dict[str, Any], paths: tuple[str, ...]) -> str:
    for path in paths:
        value = at(found, path)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:.6f}" if isinstance(value, float) else str(value)
    return ""


def _differs(line: str) -> str:
    try:
        _decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        return f"expected one JSON object: {error}"
    return "expected one JSON object, found JSON of another kind"
