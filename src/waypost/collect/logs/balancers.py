"""Logs of load balancers, whose lines are what their makers say: AWS's application load balancer, and HAProxy."""

from waypost.collect.logs.said import Layout
from waypost.collect.logs.shape import QUOTED, Piece, layout, literal

_WORD = r"\S+"
_NUMBER = r"-?\d+(?:\.\d+)?"
_BLANK = literal(" ")
_QUOTE = literal('"')


def alb_layout() -> Layout:
    """Return the layout of an application load balancer's lines; fields that were added at their end are let go."""
    needed = (
        Piece(r"https?|h2|grpcs|wss?", "a type such as https or h2"),
        *_after(Piece(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "a time such as 2026-06-01T10:00:00.123456Z", "time")),
        *_after(Piece(_WORD, "the name of the balancer")),
        *_after(Piece(r"\S+?", "the client's address", "address")),
        Piece(r":\d+", "the client's port"),
        *_after(Piece(_WORD, "the target's address")),
        *(each for _ in range(3) for each in _after(Piece(_NUMBER, "a time in seconds"))),
        *_after(Piece(r"\d{3}|-", "a status of three digits", "status")),
        *_after(Piece(r"\d{3}|-", "the target's status")),
        *_after(Piece(r"\d+|-", "the bytes received")),
        *_after(Piece(r"\d+|-", "the bytes sent", "bytes")),
        *_quoted("a request", "request"),
        *_quoted("a user agent", "agent"),
    )
    further = (
        *_after(Piece(_WORD, "a cipher")),
        *_after(Piece(_WORD, "a protocol")),
        *_after(Piece(_WORD, "a target group")),
        *_quoted("a trace id", "trace_id"),
        *_quoted("a domain", "host"),
    )
    return layout(needed, further, r"(?: .*)?")


def haproxy_layout() -> Layout:
    """Return the layout of `option httplog`, with or without syslog's beginning and captured headers."""
    return layout(
        (
            Piece(r"(?:.*?haproxy(?:\[\d+\])?: )?", "syslog's beginning"),
            Piece(r"\S+?", "the client's address", "address"),
            Piece(r":\d+", "the client's port"),
            literal(" ["),
            Piece(r"\d\d/[A-Z][a-z]{2}/\d{4}:[\d:.]+", "a time such as 01/Jun/2026:10:00:00.123", "time"),
            literal("]"),
            *_after(Piece(_WORD, "the frontend", "frontend")),
            *_after(Piece(_WORD, "backend/server", "backend")),
            *_after(Piece(r"[+-]?\d+(?:/[+-]?\d+){4}", "five times, such as 0/0/1/20/21")),
            *_after(Piece(r"\d{3}|-1", "a status of three digits", "status")),
            *_after(Piece(r"\+?\d+", "the bytes sent", "bytes")),
            *_after(Piece(_WORD, "a request's cookie", "cookie")),
            *_after(Piece(_WORD, "an answer's cookie")),
            *_after(Piece(r"\S{2,4}", "how the session ended, such as ----")),
            *_after(Piece(r"\d+(?:/[+-]?\d+){4}", "five numbers of connections")),
            *_after(Piece(r"\d+/\d+", "two lengths of queues")),
            Piece(r"(?: \{)?", "the headers captured"),
            Piece(r"(?<=\{)[^}]*|", "the headers captured", "captured"),
            Piece(r"(?:\})?(?: \{[^}]*\})?", "the answer's headers captured"),
            *_quoted("a request", "request"),
        ),
        end=r"(?: .*)?",
    )


def _after(piece: Piece) -> tuple[Piece, ...]:
    return (_BLANK, piece)


def _quoted(expected: str, part: str) -> tuple[Piece, ...]:
    return (literal(' "'), Piece(QUOTED, expected, part), _QUOTE)
