"""Files of events in Waypost's own schema, one JSON object a line."""

import msgspec

from waypost.collect.gathering import Gathering
from waypost.collect.own_event import OwnEvent, content_id, own_event
from waypost.collect.refusals import TurnedAway
from waypost.collect.spans import is_deeper
from waypost.core import Event

MOST_BYTES = 32 * 1024
MOST_DEEP = 400

_own = msgspec.json.Decoder(OwnEvent).decode
_BOM = b"\xef\xbb\xbf"


class OwnLines:
    """Reads events line by line."""

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse the event of one line."""
        line = line.removeprefix(_BOM)
        judged = _judged(line, gathering)
        if isinstance(judged, Event):
            gathering.events.append(judged)
        else:
            why, detail = judged
            gathering.refuse(why, line, detail)


def _judged(line: bytes, gathering: Gathering) -> Event | tuple[TurnedAway, str]:
    if why := _unfit(line):
        return why, ""
    try:
        own = _own(line)
    except msgspec.ValidationError as error:
        return _misread(str(error))
    except msgspec.DecodeError as error:
        return TurnedAway.BAD_JSON, f"the line is not JSON: {error}"
    event_id = own.event_id or content_id(line)
    return own_event(own, source=gathering.source, received_at=gathering.received_at, event_id=event_id)


def _unfit(line: bytes) -> TurnedAway | None:
    if not line.startswith(b"{"):
        return TurnedAway.NOT_A_LINE
    if len(line) > MOST_BYTES:
        return TurnedAway.TOO_LARGE
    # A short line has no room for that many brackets, which spares us the counting.
    if is_deeper(line, MOST_DEEP):
        return TurnedAway.TOO_DEEP
    try:
        line.decode()
    except UnicodeDecodeError:
        return TurnedAway.BAD_TEXT
    return None


def _misread(problem: str) -> tuple[TurnedAway, str]:
    if "`$.kind`" in problem:
        return TurnedAway.UNKNOWN_KIND, problem
    if "`$.happened_at`" in problem:
        return TurnedAway.IMPOSSIBLE_TIME, problem
    if "required field" in problem:
        return TurnedAway.MISSING_FIELD, problem
    if "unknown field" in problem:
        return TurnedAway.UNKNOWN_FIELD, problem
    return TurnedAway.WRONG_TYPE, problem
