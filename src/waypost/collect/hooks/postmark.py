"""Postmark: one message for each thing that became of a mail; nothing is signed."""

from collections.abc import Iterator

from waypost.collect.hooks.mail import became
from waypost.collect.hooks.saying import Hook, Said, dig
from waypost.collect.hooks.signing import told_along
from waypost.collect.readings import text_of
from waypost.collect.told import Told
from waypost.core import MAIL_MARK

#: What becomes of a mail, and the fields in which its record says when and to whom.
_RECORDS = {
    "Delivery": ("delivered", "DeliveredAt", "Recipient"),
    "Bounce": ("failed", "BouncedAt", "Email"),
    "SpamComplaint": ("complained", "BouncedAt", "Email"),
    "Open": ("opened", "ReceivedAt", "Recipient"),
    "Click": ("clicked", "ReceivedAt", "Recipient"),
    "SubscriptionChange": ("unsubscribed", "ChangedAt", "Recipient"),
}
_NEVER_WORKS = ("HardBounce", "BadEmailAddress", "ManuallyDeactivated")
_OF_BOUNCES = {"SpamNotification": "complained", "SpamComplaint": "complained", "Unsubscribe": "unsubscribed"}
_WHY = {"HardBounce": "bounced", "SpamComplaint": "complained"}


def tell(said: Said) -> Iterator[Told]:
    """Tell what became of a mail."""
    record = text_of(said.at("RecordType"))
    if record not in _RECORDS:
        return
    name, at, to = _RECORDS[record]
    kind = text_of(said.at("Type"))
    if record == "Bounce":
        name = "bounced" if kind in _NEVER_WORKS else _OF_BOUNCES.get(kind, name)
    elif record == "SubscriptionChange":
        if said.at("SuppressSending") is not True:
            return
        name = _WHY.get(text_of(said.at("SuppressionReason")), name)
    message_id, when = said.at("MessageID"), said.at(at)
    yield became(
        said,
        name,
        said.at(to),
        marks=(_mark(said),),
        # Only bounces have an id of their own.
        event_id=f"{message_id}:{record}:{said.at('ID') or when}:{said.at(to)}",
        happened_at=when,
        message_id=message_id,
        reason=kind or said.at("SuppressionReason"),
        url=said.at("OriginalLink"),
    )


def _mark(said: Said) -> object:
    metadata = said.at("Metadata")
    named = metadata if isinstance(metadata, dict) else {}
    return next((dig(named, key) for key in named if key.lower() == MAIL_MARK), None)


POSTMARK = Hook(told_along, tell, signed=False)
