"""Webhooks at the door: `/in/hooks/VENDOR/KEY`, one module for each vendor."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import msgspec

from waypost.collect.answers import Answer
from waypost.collect.bodies import form_fields, messages_in, unescaped
from waypost.collect.family import Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.hooks.customerio import CUSTOMERIO
from waypost.collect.hooks.delighted import DELIGHTED
from waypost.collect.hooks.freshdesk import FRESHDESK
from waypost.collect.hooks.hubspot import HUBSPOT
from waypost.collect.hooks.intercom import INTERCOM
from waypost.collect.hooks.jira import JIRA
from waypost.collect.hooks.mailgun import MAILGUN
from waypost.collect.hooks.postmark import POSTMARK
from waypost.collect.hooks.qualtrics import QUALTRICS
from waypost.collect.hooks.salesforce import SALESFORCE
from waypost.collect.hooks.saying import Hook, Said
from waypost.collect.hooks.segment import SEGMENT
from waypost.collect.hooks.sendgrid import SENDGRID
from waypost.collect.hooks.ses import SES
from waypost.collect.hooks.stripe import STRIPE
from waypost.collect.hooks.surveymonkey import SURVEYMONKEY
from waypost.collect.hooks.typeform import TYPEFORM
from waypost.collect.hooks.zendesk import ZENDESK
from waypost.collect.own_event import OwnEvent, own_event
from waypost.collect.pieces import UnreadableError, message
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told, keep
from waypost.collect.ways import request_of
from waypost.store import Way

HOOKS: Mapping[str, Hook] = {
    "zendesk": ZENDESK,
    "intercom": INTERCOM,
    "freshdesk": FRESHDESK,
    "jira": JIRA,
    "stripe": STRIPE,
    "delighted": DELIGHTED,
    "typeform": TYPEFORM,
    "qualtrics": QUALTRICS,
    "segment": SEGMENT,
    "customerio": CUSTOMERIO,
    "postmark": POSTMARK,
    "mailgun": MAILGUN,
    "sendgrid": SENDGRID,
    "ses": SES,
    "hubspot": HUBSPOT,
    "salesforce": SALESFORCE,
    "surveymonkey": SURVEYMONKEY,
}
MOST_MESSAGES = 2_500
#: What a sender says that moves nothing here is counted under this name.
OF_NO_USE = "other_webhook"
_HERE = Answer(200, b"{}")
_ADDRESS = re.compile(r"/(?P<vendor>[a-z]+)/(?P<key>[^/]+)")
_FORM = b"application/x-www-form-urlencoded"
_JSON = {"content-type": "application/json"}
_encode = msgspec.json.Encoder().encode


class Hooks(Family):
    """Whoever calls when something happened in another system."""

    def takes(self, method: str, path: str) -> bool:
        """Take what the vendors post, each at its own address."""
        return method == "POST" and _called(path) is not None

    def key(self, request: Request) -> str | None:
        """Return the key in the address."""
        called = _called(request.path)
        return unquote(called["key"], errors="replace") if called else None

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Say yes to who looks whether somebody is there before it sends."""
        return _HERE if mount and request.method in ("GET", "HEAD") and _called(request.path) else None

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge the signature, and then each message."""
        called = _ADDRESS.fullmatch(request.path)
        vendor = called["vendor"] if called else ""
        hook, gathering = HOOKS[vendor], door(None)
        why = None if gathering.proven else _unproven(hook, request, gathering.secrets)
        if why:
            raise RefusedError(why, gathering.source)
        messages = (hook.cut or _messages)(request)
        if hook.hear:
            hook.hear(messages, gathering)
            return hook.done
        for nr, raw in enumerate(messages):
            if nr >= MOST_MESSAGES:
                gathering.refuse(TurnedAway.TOO_MANY, raw)
                continue
            try:
                said = Said(vendor, message(raw, self.most_bytes), request.headers)
                told = list(hook.tell(said))
            except UnreadableError as error:
                gathering.refuse(error.why, raw, error.detail)
            except RecursionError:
                gathering.refuse(TurnedAway.TOO_DEEP, raw)
            else:
                gathering.noise.update({} if told else {OF_NO_USE: 1})
                for each in told:
                    _keep(each, gathering, raw)
        return hook.done

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message where it came; that it was signed is known, since it became a sample of its own."""
        return request_of(msgspec.structs.replace(way, headers={**way.headers, **_JSON}), raw)


def _called(path: str) -> re.Match[str] | None:
    called = _ADDRESS.fullmatch(path)
    return called if called and called["vendor"] in HOOKS else None


def _unproven(hook: Hook, request: Request, secrets: Sequence[str] | None) -> TurnedAway | None:
    if secrets is None:
        # Those that sign nothing have the key in their address at least.
        return TurnedAway.NO_SECRET if hook.signed else None
    return hook.rule(request, secrets)


def _messages(request: Request) -> list[bytes]:
    if request.headers.get(b"content-type", b"").lower().startswith(_FORM):
        form = form_fields(request.body)
        return [_encode({name: unescaped(value).decode(errors="replace") for name, value in form.items()})]
    return messages_in(request.body)


def _keep(told: Told, gathering: Gathering, sent: bytes) -> None:
    """Keep what the event schema takes: the readers of its kinds count on it. What was sent is kept of the rest."""
    try:
        own = OwnEvent(
            kind=told.kind,
            name=told.name,
            happened_at=gathering.received_at,
            person_id=told.person_id,
            account_id=told.account_id,
            properties=msgspec.Raw(_encode(told.properties)),
        )
        seen = own_event(own, source=gathering.source, received_at=gathering.received_at, event_id="")
    except (UnicodeEncodeError, RecursionError):
        seen = None
    if isinstance(seen, tuple):
        gathering.refuse(seen[0], sent, seen[1])
    else:
        # What could not be written down is refused by its name there.
        keep(told, gathering, sent)
