"""The steps that judge one message. The order is data; every step keeps (None) or refuses by name."""

from collections.abc import Callable

import msgspec

from waypost.collect.countable import countable
from waypost.collect.instants import in_utc
from waypost.collect.refusals import TurnedAway
from waypost.collect.segment.details import (
    account_in,
    as_object,
    content_id,
    merged,
    page_name,
    traits_in,
    with_clock,
    with_readable_time,
)
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.message import KINDS, Message, id_text
from waypost.collect.spans import is_deeper
from waypost.core import Kind

MOST_BYTES = 32 * 1024
MOST_DEEP = 400
MOST_CHARACTERS = 500

_message = msgspec.json.Decoder(Message).decode
_NOTHING = b"{}"


Step = Callable[[Draft], TurnedAway | None]


def fits(draft: Draft) -> TurnedAway | None:
    """Refuse what is over 32 KB."""
    return TurnedAway.TOO_LARGE if len(draft.raw) > MOST_BYTES else None


def is_shallow(draft: Draft) -> TurnedAway | None:
    """Refuse what nests so deeply that readers further on would give up."""
    return TurnedAway.TOO_DEEP if is_deeper(draft.raw, MOST_DEEP) else None


def is_text(draft: Draft) -> TurnedAway | None:
    """Refuse bytes that are not UTF-8."""
    if not draft.batch.plain:
        try:
            draft.raw.decode()
        except UnicodeDecodeError:
            return TurnedAway.BAD_TEXT
    return None


def reads(draft: Draft) -> TurnedAway | None:
    """Read the fields; refuse what is no JSON or has a field of the wrong type."""
    try:
        draft.message = _message(draft.raw)
    except msgspec.ValidationError as error:
        if "`$.timestamp`" not in str(error):
            draft.detail = f"a field of the event has the wrong type: {error}"
            return TurnedAway.WRONG_TYPE
        return _reads_with_its_time(draft)
    except msgspec.DecodeError as error:
        draft.detail = f"the event is not JSON: {error}"
        return TurnedAway.BAD_JSON
    except RecursionError:
        return TurnedAway.TOO_DEEP
    return None


def _reads_with_its_time(draft: Draft) -> TurnedAway | None:
    """Read the fields again with the time in the protocol's form; what follows the time was not looked at before."""
    try:
        readable = with_readable_time(draft.raw)
    except msgspec.DecodeError as error:
        draft.detail = f"the event is not JSON: {error}"
        return TurnedAway.BAD_JSON
    if readable is None:
        return TurnedAway.IMPOSSIBLE_TIME
    draft.raw = readable
    return reads(draft)


def is_of_a_kind(draft: Draft) -> TurnedAway | None:
    """Find the kind: the address names it, or the message does."""
    kind = draft.batch.kind or KINDS.get(draft.message.type or "")
    if kind is None:
        return TurnedAway.UNKNOWN_KIND
    draft.kind = kind
    return None


def holds_objects(draft: Draft) -> TurnedAway | None:
    """Refuse properties, traits and context that are not objects; add what the batch says to the context."""
    message, kind = draft.message, draft.kind
    of_somebody = kind is Kind.IDENTIFY or kind is Kind.GROUP
    properties = as_object(message.traits if of_somebody else message.properties)
    context = as_object(message.context)
    if properties is None or context is None:
        draft.detail = "properties, traits and context must be objects"
        return TurnedAway.WRONG_TYPE
    if draft.batch.context != _NOTHING:
        context = merged(draft.batch.context, context)
    if kind is Kind.IDENTIFY and bytes(properties) == _NOTHING:
        properties = traits_in(context)
    draft.properties, draft.context = countable(properties), countable(context)
    return None


def names_somebody(draft: Draft) -> TurnedAway | None:
    """Refuse what names nobody, and find the account that it is about."""
    message = draft.message
    draft.person_id, draft.anonymous_id = id_text(message.userId), id_text(message.anonymousId)
    if draft.person_id is None and (draft.anonymous_id is None or draft.kind is Kind.ALIAS):
        return TurnedAway.NO_ID
    draft.account_id = id_text(message.groupId)
    if draft.account_id is None and draft.kind is not Kind.GROUP:
        draft.account_id = account_in(draft.context)
    return None


def has_a_name(draft: Draft) -> TurnedAway | None:
    """Find the event's name, or refuse what lacks the word that its kind needs."""
    message, kind = draft.message, draft.kind
    if kind is Kind.TRACK:
        draft.name = message.event or ""
        return None if draft.name else TurnedAway.NO_NAME
    if kind is Kind.PAGE or kind is Kind.SCREEN:
        draft.name = page_name(message.name, message.category, draft.properties) or kind.value
        return None
    draft.name = kind.value
    if kind is Kind.GROUP and draft.account_id is None:
        return TurnedAway.NO_GROUP
    if kind is Kind.ALIAS:
        previous = id_text(message.previousId)
        if previous is None:
            return TurnedAway.NO_PREVIOUS_ID
        draft.properties = msgspec.Raw(msgspec.json.encode({"previousId": previous}))
    return None


def is_short_enough(draft: Draft) -> TurnedAway | None:
    """Refuse ids and names that are too long, or hold a NUL."""
    texts = (
        draft.name,
        draft.person_id or "",
        draft.anonymous_id or "",
        draft.account_id or "",
        draft.message.messageId or "",
    )
    # All together within the limit is the usual case, and one comparison.
    if sum(map(len, texts)) > MOST_CHARACTERS and max(map(len, texts)) > MOST_CHARACTERS:
        return TurnedAway.TOO_LONG
    if not draft.batch.plain and any("\0" in text for text in texts):
        return TurnedAway.BAD_TEXT
    return None


def has_a_time(draft: Draft) -> TurnedAway | None:
    """Settle when it happened: the client's time, put right when its clock is off, and never after arrival."""
    stamp, batch = draft.message.timestamp, draft.batch
    if stamp is None:
        return None
    happened_at = in_utc(stamp)
    if happened_at is None:
        return TurnedAway.IMPOSSIBLE_TIME
    if batch.skew and batch.sent_at and happened_at <= batch.sent_at:
        draft.context = with_clock(draft.context, happened_at, batch.sent_at)
        happened_at = in_utc(happened_at + batch.skew)
        if happened_at is None:
            return TurnedAway.IMPOSSIBLE_TIME
    draft.happened_at = min(happened_at, batch.received_at)
    return None


def has_an_id(draft: Draft) -> TurnedAway | None:
    """Take the sender's message id; without one the content is the id, so that sending it again adds nothing."""
    draft.event_id = draft.message.messageId or content_id(draft)
    return None


STEPS: tuple[Step, ...] = (
    fits,
    is_shallow,
    is_text,
    reads,
    is_of_a_kind,
    holds_objects,
    names_somebody,
    has_a_name,
    is_short_enough,
    has_a_time,
    has_an_id,
)


def judge(draft: Draft, steps: tuple[Step, ...] = STEPS) -> TurnedAway | None:
    """Take a message through the steps; None when each of them kept it."""
    for step in steps:
        why = step(draft)
        if why is not None:
            return why
    return None
