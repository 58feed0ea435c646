"""What was refused is sent through the same door again, because the rule that refused it was mended since."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from waypost.collect.admission import turned_away
from waypost.collect.families import FAMILIES
from waypost.collect.family import BadBodyError, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.source_rules import SourceRules
from waypost.collect.ways import EVENT, request_of
from waypost.core import Actor, Event, Kind, derived_id
from waypost.store import Inbox, Intake, Marred, Quarantined, intake_of

MOST = 10_000
OURS = "waypost"
_NAMELESS = (TurnedAway.NO_KEY.value, TurnedAway.WRONG_KEY.value)
_event = msgspec.json.Decoder(Event).decode


class Never(StrEnum):
    """Why a sample cannot be sent again."""

    CUT = "cut"
    NOT_TEXT = "not_text"
    REDACTED = "redacted"
    NO_WAY = "no_way"
    NOT_ALONE = "not_alone"
    NO_KEY = "no_key"


NEVER_SAYS: dict[Never, str] = {
    Never.CUT: "only its beginning was kept, since it is over 32 KB",
    Never.NOT_TEXT: "it was not text, and only what can be shown of it was kept",
    Never.REDACTED: "the source's rules on personal data took something out of it; what was sent is not known any more",
    Never.NO_WAY: "it came from a file, a database or an older Waypost; bring it in again from where it came",
    Never.NOT_ALONE: "its protocol says in other parts of a request what it means, and those were not kept",
    Never.NO_KEY: "its key was not known, so nobody can say which source it is of",
}
_MARRED = {
    Marred.CUT: Never.CUT,
    Marred.NOT_TEXT: Never.NOT_TEXT,
    Marred.REDACTED: Never.REDACTED,
}


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: samples that left the quarantine, events stored, and why others did not.

    `refused` counts what was refused again, by its reason now; `never` counts samples that cannot be sent again.
    """

    samples: int = 0
    events: int = 0
    refused: dict[str, int] = {}
    never: dict[str, int] = {}


class Heap(msgspec.Struct, frozen=True, kw_only=True):
    """Samples of one source that were refused for one reason; `never` counts those that cannot be sent again."""

    source: str
    reason: str
    samples: int
    newest_at: datetime
    never: dict[str, int]

    @property
    def ready(self) -> int:
        """How many can be sent again."""
        return self.samples - sum(self.never.values())


def heaps(inbox: Inbox, source: str | None = None) -> list[Heap]:
    """Return what lies in the quarantine by source and reason."""
    found: dict[tuple[str, str], list[Quarantined]] = defaultdict(list)
    for kept in inbox.quarantined(source, MOST):
        found[kept.source, kept.reason].append(kept)
    return [
        Heap(
            source=of,
            reason=reason,
            samples=len(those),
            newest_at=those[0].received_at,
            never=dict(Counter(why.value for each in those if (why := never(each)))),
        )
        for (of, reason), those in sorted(found.items())
    ]


def never(kept: Quarantined) -> Never | None:
    """Return why a sample cannot be sent again; None when it can."""
    if kept.marred is not Marred.NO:
        return _MARRED[kept.marred]
    if kept.reason in _NAMELESS:
        return Never.NO_KEY
    if kept.way is None:
        return Never.NO_WAY
    return None if kept.way.family == EVENT or _request(kept) else Never.NOT_ALONE


def replay(
    inbox: Inbox,
    rules: Mapping[str, SourceRules],
    *,
    source: str | None = None,
    reason: str | None = None,
    only_try: bool = False,
) -> Replayed:
    """Send refused samples through the door that they came by, by the rules in force now.

    Each counts as received when it was, so that it is the same event as then. `rules` are those of sources by their
    names. A sample leaves the quarantine in the transaction that stores it; with `only_try` none does.
    """
    refused: Counter[str] = Counter()
    impossible: Counter[str] = Counter()
    sound: dict[int, Intake] = {}
    for kept in reversed(inbox.quarantined(source, MOST, reason=reason)):
        if why_not := never(kept):
            impossible[why_not.value] += 1
            continue
        heard = _heard(kept, rules.get(kept.source))
        judged = heard if isinstance(heard, str) else inbox.judged(heard)
        if isinstance(judged, str):
            refused[judged] += 1
        elif judged.refused and (not judged.n or kept.way is None or kept.way.alone):
            refused[min(judged.refused)] += 1
        else:
            # Of a whole request the messages that are refused still are samples of their own from now on.
            refused.update(judged.refused)
            sound[kept.id] = judged
    done = {*sound} if only_try else inbox.readmit(sound)
    return Replayed(
        samples=len(done),
        events=sum(sound[each].n for each in done),
        refused=dict(refused.most_common()),
        never=dict(impossible.most_common()),
    )


def send_again(
    inbox: Inbox,
    rules: Mapping[str, SourceRules],
    *,
    source: str | None,
    reason: str | None,
    by: str,
    now: datetime,
) -> Replayed:
    """Replay refused samples, and note as a fact who did it, so that it can be seen later."""
    done = replay(inbox, rules, source=source, reason=reason)
    inbox.put([_told_of(done, by=by, source=source, reason=reason, now=now)])
    return done


def _told_of(replayed: Replayed, *, by: str, source: str | None, reason: str | None, now: datetime) -> Intake:
    said = {"by": by, "source": source, "reason": reason, **msgspec.to_builtins(replayed)}
    fact = Event(
        event_id=derived_id("refused_replayed", by, now.isoformat()),
        source=OURS,
        kind=Kind.SIGNAL,
        name="refused_replayed",
        happened_at=now,
        received_at=now,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode(said)),
    )
    return intake_of(OURS, [fact], now)


def _heard(kept: Quarantined, rules: SourceRules | None) -> Intake | str:
    """Return what a sample brings, or the name under which it is refused again."""
    if kept.way and kept.way.family == EVENT:
        return intake_of(kept.source, [_event(kept.payload)], kept.received_at)
    request = _request(kept)
    if kept.way is None or request is None:
        return TurnedAway.BAD_BODY.value
    origin = kept.way.headers.get("origin", "")
    if rules and (refused := turned_away(rules, origin=origin, n_bytes=len(request.body))):
        return refused.why.value
    way = msgspec.structs.replace(kept.way, alone=True)
    # Messages become samples of their own after their request was let in; whole requests were not.
    gathering = Gathering(kept.source, kept.received_at, way, proven=kept.way.alone)
    gathering.log_rules = rules.log if rules else None
    try:
        FAMILIES[kept.way.family].hear(request, lambda _named: gathering)
    except BadBodyError:
        return TurnedAway.BAD_BODY.value
    except RefusedError as error:
        return error.why.value
    return gathering.intake()


def _request(kept: Quarantined) -> Request | None:
    """Return the request that a sample is, or one that holds it alone."""
    family = FAMILIES.get(kept.way.family) if kept.way else None
    if family is None or kept.way is None:
        return None
    body = kept.payload.encode()
    request = family.alone(body, kept.way) if kept.way.alone else request_of(kept.way, body)
    return msgspec.structs.replace(request, received_at=kept.received_at) if request else None
