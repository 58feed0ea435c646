"""The doorkeeper: applies the rules of sources to whatever enters the inbox, by whichever door it came."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.source_rules import Addresses, Personal, SourceRules, rules_in
from waypost.collect.ways import EVENT
from waypost.core import Document, Event
from waypost.store import EVENTS, Intake, Judged, Marred, Parcel, Reader, Sample, Way, sample

#: Names under which protocols and products keep internet addresses.
ADDRESSES = frozenset(
    {"ip", "$ip", "ipAddress", "ip_address", "client_ip", "clientIp", "remote_ip", "user_ip"}
)
IDS = ("person_id", "anonymous_id")
_V4_BITS, _V6_BITS = 24, 48
_HASH_CHARACTERS = 32
_MOST_SAMPLES = 10

_values = msgspec.json.Decoder(dict[str, Any]).decode
_lines = msgspec.json.Encoder().encode_lines


class Doorkeeper:
    """Knows the rules of sources; called with an intake it returns what of it may be kept.

    `secret` keys the hashes, so that nobody without it can find a value by trying.
    """

    def __init__(self, secret: bytes) -> None:
        """Begin without rules."""
        self._secret = secret
        self._rules: dict[str, SourceRules] = {}
        self._names: dict[str, set[str]] = {}

    def learn(self, documents: Iterable[Document]) -> None:
        """Take these documents for all the rules there are."""
        self._rules = rules_in(documents)

    def rules_of(self, source: str) -> SourceRules | None:
        """Return the rules of a source, None when it has none."""
        return self._rules.get(source)

    def __call__(self, intake: Intake, read: Reader) -> Intake:
        """Return what may be kept of an intake: fields taken out, events refused by name, samples redacted."""
        rules = self._rules.get(intake.source)
        if rules is None or not rules.changes:
            return intake
        cleaner = _Cleaner(rules.personal, self._secret)
        kept: list[Event] = []
        refused: dict[str, int] = dict(intake.refused)
        judged = _judged(intake, read)
        for reason, n in judged.refused.items():
            refused[reason] = refused.get(reason, 0) + n
        samples = [cleaner.sample(each) for each in (*intake.samples, *judged.samples)]
        for event in judged.events:
            cleaned = cleaner.event(event)
            why = self._too_much(rules, cleaned)
            if why is None:
                kept.append(cleaned)
                continue
            refused[why.value] = refused.get(why.value, 0) + 1
            if len(samples) < _MOST_SAMPLES:
                kept_out = sample(why.value, SAYS[why], msgspec.json.encode(cleaned), Way(family=EVENT))
                samples.append(
                    kept_out if _says(cleaned) == _says(event) else _marred(kept_out, kept_out.payload)
                )
        return msgspec.structs.replace(
            intake, form=EVENTS, events=_lines(kept), n=len(kept), refused=refused, samples=tuple(samples)
        )

    def _too_much(self, rules: SourceRules, event: Event) -> TurnedAway | None:
        limits = rules.limits
        if limits.properties is not None and len(_values(event.properties)) > limits.properties:
            return TurnedAway.TOO_MANY_PROPERTIES
        if limits.names is not None:
            names = self._names.setdefault(rules.source, set())
            if event.name not in names:
                if len(names) >= limits.names:
                    return TurnedAway.TOO_MANY_NAMES
                names.add(event.name)
        return None


def _judged(intake: Intake, read: Reader) -> Judged:
    if not intake.n:
        return Judged(events=[])
    parcel = Parcel(
        form=intake.form,
        source=intake.source,
        received_at=intake.received_at,
        n=intake.n,
        body=intake.events,
        family=intake.family,
    )
    return read(parcel)


class _Cleaner:
    """Does to events what the rules on personal data say."""

    def __init__(self, personal: Personal, secret: bytes) -> None:
        self._personal = personal
        self._secret = secret
        by_name: dict[str, Callable[[Any], Any]] = {}
        if personal.ip is not Addresses.KEEP:
            by_name |= dict.fromkeys(ADDRESSES, _truncated if personal.ip is Addresses.TRUNCATE else _gone)
        by_name |= dict.fromkeys(personal.hash, self._hashed)
        by_name |= dict.fromkeys(personal.drop, _gone)
        self._by_name = by_name

    def event(self, event: Event) -> Event:
        properties, context = _values(event.properties), _values(event.context)
        if self._personal.keep_only is not None:
            properties = {name: properties[name] for name in self._personal.keep_only if name in properties}
        if not self._personal.keep_context:
            context = {name: context[name] for name in ("groupId",) if name in context}
        ids = {
            name: self._hashed(getattr(event, name))
            for name in IDS
            if name in self._personal.hash and getattr(event, name)
        }
        return msgspec.structs.replace(
            event,
            properties=msgspec.Raw(msgspec.json.encode(self._cleaned(properties))),
            context=msgspec.Raw(msgspec.json.encode(self._cleaned(context))),
            **ids,
        )

    def sample(self, kept: Sample) -> Sample:
        """Return a sample without what may not be kept; what cannot be looked into is not kept at all."""
        if self._personal == Personal():
            return kept
        if self._personal.keep_only is not None or {*IDS} & {*self._personal.hash}:
            return _marred(kept, "")
        try:
            value = _any(kept.payload)
            cleaned = self._cleaned(value)
            payload = kept.payload if cleaned == value else msgspec.json.encode(cleaned).decode()
        except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
            return _marred(kept, "")
        # Nobody can look into an address or into what stood around a message, so no word of them is kept.
        way = kept.way
        told = way and (
            way.query or "context" in way.around or any(each.startswith("ce-") for each in way.headers)
        )
        return kept if payload == kept.payload and not told else _marred(kept, payload)

    def _cleaned(self, value: Any) -> Any:  # noqa: ANN401 -- JSON
        if isinstance(value, dict):
            found = {}
            for name, inside in value.items():
                act = self._by_name.get(name)
                kept = act(inside) if act else self._cleaned(inside)
                if kept is not _GONE:
                    found[name] = kept
            return found
        return [self._cleaned(each) for each in value] if isinstance(value, list) else value

    def _hashed(self, value: Any) -> Any:  # noqa: ANN401 -- JSON
        if value is None:
            return None
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:_HASH_CHARACTERS]


def _says(event: Event) -> tuple[object, ...]:
    return event.person_id, event.anonymous_id, _values(event.properties), _values(event.context)


def _marred(kept: Sample, payload: str) -> Sample:
    """Return a sample that is not what was sent, and can never stand for it."""
    return msgspec.structs.replace(kept, payload=payload, way=None, marred=Marred.REDACTED)


_any = msgspec.json.Decoder(Any).decode
_GONE = object()


def _gone(_value: object) -> object:
    return _GONE


def _truncated(value: object) -> object:
    """Return the network of an address (/24, /48); what is no address is not kept."""
    try:
        address = ip_address(str(value))
    except ValueError:
        return _GONE
    bits = _V4_BITS if address.version == 4 else _V6_BITS  # noqa: PLR2004 -- the versions' own names
    return str(ip_network(f"{address}/{bits}", strict=False).network_address)
