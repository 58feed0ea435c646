"""Amazon SES: what became of mails, told through topics of SNS; one message may be about several addresses."""

from collections.abc import Iterator

import msgspec

from waypost.collect.hooks.mail import became
from waypost.collect.hooks.saying import Hook, Said, dig
from waypost.collect.hooks.sns import Sns
from waypost.collect.pieces import object_of
from waypost.collect.readings import text_of
from waypost.collect.told import Told

#: What happened, the part that tells of it, and its list of addresses; without one it is about whom the mail went to.
_EVENTS = {
    "Delivery": ("delivered", "delivery", "recipients"),
    "Bounce": ("failed", "bounce", "bouncedRecipients"),
    "Complaint": ("complained", "complaint", "complainedRecipients"),
    "Open": ("opened", "open", None),
    "Click": ("clicked", "click", None),
    "Subscription": ("unsubscribed", "subscription", None),
    "Reject": ("failed", "reject", None),
}


def ses(sns: Sns) -> Hook:
    """Return the hook that believes what `sns` does."""

    def tell(said: Said) -> Iterator[Told]:
        if said.at("Type") == "SubscriptionConfirmation":
            sns.confirm(text_of(said.at("TopicArn")), text_of(said.at("SubscribeURL")))
        elif said.at("Type") == "Notification":
            yield from _told(said)

    return Hook(sns.signed, tell)


def _told(said: Said) -> Iterator[Told]:
    try:
        message = msgspec.json.decode(text_of(said.at("Message")))
    except (msgspec.DecodeError, UnicodeEncodeError):
        return
    inside = Said(said.vendor, object_of(message), said.headers)
    event = text_of(inside.at("eventType") or inside.at("notificationType"))
    if event not in _EVENTS:
        return
    name, part, many = _EVENTS[event]
    if event == "Bounce" and inside.at(part, "bounceType") == "Permanent":
        name = "bounced"
    if event == "Subscription" and inside.at(part, "newTopicPreferences", "unsubscribeAll") is not True:
        return
    for each in _addresses(inside, part, many):
        address = dig(each, "emailAddress") or each
        yield became(
            inside,
            name,
            address,
            # SES puts another Message-ID in its place, and tells ours back here.
            marks=(inside.at("mail", "commonHeaders", "messageId"), _header(inside)),
            event_id=f"{said.at('MessageId')}:{address}",
            happened_at=inside.at(part, "timestamp") or said.at("Timestamp"),
            message_id=inside.at("mail", "messageId"),
            reason=_reason(inside, part, each),
            url=inside.at(part, "link"),
        )


def _addresses(inside: Said, part: str, many: str | None) -> list[object]:
    found = inside.at(part, many) if many else inside.at("mail", "destination")
    addresses = found if isinstance(found, list) else []
    # Which of several has opened it, SES does not know.
    return addresses if many or len(addresses) == 1 else []


def _header(inside: Said) -> object:
    headers = inside.at("mail", "headers")
    found = headers if isinstance(headers, list) else []
    named = (each for each in found if text_of(dig(each, "name")).lower() == "message-id")
    return dig(next(named, None), "value")


def _reason(inside: Said, part: str, each: object) -> object:
    return (
        dig(each, "diagnosticCode")
        or inside.at(part, "bounceSubType")
        or inside.at(part, "complaintFeedbackType")
        or inside.at(part, "reason")
    )


SES = ses(Sns())
