"""JSON bodies cut into messages that are read each for itself, so that a broken one costs itself alone."""

from typing import Any

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.spans import is_deeper, members, parts
from waypost.collect.told import MOST_BYTES

MOST_DEEP = 400
#: A body of more commas would cost more memory to take apart than any batch is worth.
MOST_COMMAS = 500_000

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_object = msgspec.json.Decoder(dict[str, Any]).decode
_text = msgspec.json.Decoder(str).decode


class UnreadableError(Exception):
    """A message that cannot be read, and the name that it is refused under."""

    def __init__(self, why: TurnedAway, detail: str = "") -> None:
        """Refuse it for a reason."""
        super().__init__(why)
        self.why = why
        self.detail = detail or SAYS[why]


def fields(body: bytes) -> dict[str, bytes]:
    """Return the values of a JSON object by name, each as it was written. Raises BadBodyError when it is none."""
    try:
        return {name: bytes(raw) for name, raw in _members(body).items()}
    except msgspec.ValidationError:
        raise BadBodyError("the body is not a JSON object") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # When the brackets are sound, the fault lies inside one of the messages.
        found = members(body)
        if found is None:
            raise BadBodyError(f"the body is not JSON ({error})") from None
        return found


def elements(written: bytes) -> list[bytes]:
    """Return the elements of a JSON array, each as it was written. Raises BadBodyError when it is none."""
    if written.count(b",") > MOST_COMMAS:
        raise BadBodyError("the body holds too many values; send fewer events at once")
    try:
        return [bytes(raw) for raw in _elements(written)]
    except msgspec.ValidationError:
        raise BadBodyError("the events are not a JSON array") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = parts(written, b"[")
        if found is None:
            raise BadBodyError(f"the body is not JSON ({error})") from None
        return found


def message(raw: bytes, most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the object that a message is. Raises UnreadableError, with the name to refuse it under."""
    if len(raw) > most:
        raise UnreadableError(TurnedAway.TOO_LARGE)
    if is_deeper(raw, MOST_DEEP):
        raise UnreadableError(TurnedAway.TOO_DEEP)
    try:
        return _object(raw)
    except msgspec.ValidationError as error:
        out_of_range = "out of range" in str(error)
        why = TurnedAway.BAD_JSON if out_of_range else TurnedAway.WRONG_TYPE
        raise UnreadableError(why, f"{SAYS[why]}: {error}") from None
    except UnicodeDecodeError:
        raise UnreadableError(TurnedAway.BAD_TEXT) from None
    except ValueError as error:
        raise UnreadableError(TurnedAway.BAD_JSON, f"the event is not JSON: {error}") from None
    except RecursionError:
        raise UnreadableError(TurnedAway.TOO_DEEP) from None


def said_in(line: bytes, gathering: Gathering) -> dict[str, Any] | None:
    """Return the object that a line of a file is, or refuse the line and return None."""
    if not line.startswith(b"{"):
        gathering.refuse(TurnedAway.NOT_A_LINE, line)
        return None
    try:
        return message(line)
    except UnreadableError as error:
        gathering.refuse(error.why, line, error.detail)
        return None


def text(raw: bytes | None) -> str | None:
    """Return the text that a JSON value is, None when it is none or empty."""
    try:
        return _text(raw) or None if raw else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def id_of(value: object) -> str | None:
    """Return an id as text: numbers as their decimals; None for nothing, "" and what no id can be."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) or None if isinstance(value, str | int | float) else None


def object_of(value: object) -> dict[str, Any]:
    """Return a value when it is an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}
