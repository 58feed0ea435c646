"""Every refusal has a name: it is counted under it, shown to operators and tested one by one."""

from enum import StrEnum

#: Under this name is counted what names no source that is known.
NOBODY = "collector"


class TurnedAway(StrEnum):
    """Why a request, an event, a line or a row was not taken in."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    BODY_TOO_LARGE = "body_too_large"
    BAD_BODY = "bad_body"
    WRONG_ORIGIN = "wrong_origin"
    NO_SECRET = "no_secret"  # noqa: S105 -- a name
    WRONG_SIGNATURE = "wrong_signature"
    STALE_SIGNATURE = "stale_signature"
    NO_CERTIFICATE = "no_certificate"

    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BAD_TEXT = "bad_text"
    BAD_JSON = "bad_json"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_KIND = "unknown_kind"
    NO_ID = "no_id"
    NO_NAME = "no_name"
    NO_GROUP = "no_group"
    NO_PREVIOUS_ID = "no_previous_id"
    TOO_LONG = "too_long"
    IMPOSSIBLE_TIME = "impossible_time"

    TOO_MANY_PROPERTIES = "too_many_properties"
    TOO_MANY_NAMES = "too_many_names"

    NOT_A_LINE = "not_a_line"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_NAME = "unknown_name"
    BAD_PROPERTIES = "bad_properties"
    TWICE = "twice"


SAYS: dict[TurnedAway, str] = {
    TurnedAway.NO_KEY: "the request has no write key; send it as the user name of basic auth or as writeKey",
    TurnedAway.WRONG_KEY: "the write key is not known here, or was revoked; `waypost key list` shows the keys",
    TurnedAway.BODY_TOO_LARGE: "the request is over the limit of its protocol or its source; send fewer events at once",
    TurnedAway.BAD_BODY: "the request's body is not what this address takes",
    TurnedAway.WRONG_ORIGIN: "the page that sent it is not one of the source's origins; see the source's rules",
    TurnedAway.NO_SECRET: "the source has no secret to check signatures by; `waypost source secret` sets it",
    TurnedAway.WRONG_SIGNATURE: "the signature is missing, or was not made with its source's secret over this body",
    TurnedAway.STALE_SIGNATURE: "it was signed longer before or after it came than its sender tries to send it",
    TurnedAway.NO_CERTIFICATE: "the certificate of its signature is being fetched; it must be sent again",
    TurnedAway.TOO_MANY: "the batch holds more than 2,500 events; this one came after them",
    TurnedAway.TOO_LARGE: "the event is over 32 KB",
    TurnedAway.TOO_DEEP: "the event nests more than 400 levels deep",
    TurnedAway.BAD_TEXT: "the event holds text that is not UTF-8, or an id or a name with a NUL character",
    TurnedAway.BAD_JSON: "the event is not JSON (NaN, half a character pair, a stray sign)",
    TurnedAway.WRONG_TYPE: "a field of the event has the wrong type",
    TurnedAway.UNKNOWN_KIND: "the event is of no kind that is known here",
    TurnedAway.NO_ID: "the event names nobody: it needs a user id or an anonymous id",
    TurnedAway.NO_NAME: "the event has no name",
    TurnedAway.NO_GROUP: "the event needs an account (groupId in Segment's protocol)",
    TurnedAway.NO_PREVIOUS_ID: "an alias event needs previousId",
    TurnedAway.TOO_LONG: "an id or a name is longer than 500 characters",
    TurnedAway.IMPOSSIBLE_TIME: "the time cannot be read, or is before the year 2000",
    TurnedAway.TOO_MANY_PROPERTIES: "the event has more properties than the source's rules allow",
    TurnedAway.TOO_MANY_NAMES: "the source has sent more distinct event names than its rules allow; this one is new",
    TurnedAway.NOT_A_LINE: "the line is not in the format of the file",
    TurnedAway.MISSING_FIELD: "a field that every event needs is missing",
    TurnedAway.UNKNOWN_FIELD: "a field has a name that the schema does not know",
    TurnedAway.UNKNOWN_NAME: "an event of this kind is never named so",
    TurnedAway.BAD_PROPERTIES: "the properties are not those of the event's kind",
    TurnedAway.TWICE: "the file has two rows of the same thing; the first one is taken",
}
