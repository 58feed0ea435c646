"""What was refused: by source and reason, what can be sent again, and what would come of it."""

import msgspec
from starlette.responses import Response

from waypost.collect import NEVER_SAYS, SAYS, Heap, Never, Replayed, heaps, never, replay, rules_in, told_of
from waypost.show.visit import Visit
from waypost.store import Definitions, Quarantined

MOST_SHOWN = 20
MOST_PAYLOAD = 1_200


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One sample, cut to a readable size, and why it cannot be sent again (None when it can)."""

    kept: Quarantined
    payload: str
    cut: bool
    never: str | None


def page(visit: Visit, done: Replayed | None = None) -> Response:
    """Draw what was refused and, for what is chosen, what a replay would come to."""
    source, reason = visit.asked("source") or None, visit.asked("reason") or None
    found = heaps(visit.desk.inbox)
    chosen = [each for each in found if source in (None, each.source) and reason in (None, each.reason)]
    kept = visit.desk.inbox.quarantined(source, MOST_SHOWN, reason=reason)
    return visit.page(
        "refused.html",
        heaps=found,
        chosen=chosen,
        source=source,
        reason=reason,
        says=_says,
        never_says=_never_says,
        foreseen=_replayed(visit, source, reason, only_try=True) if _ready(chosen) else None,
        n=sum(each.samples for each in chosen),
        kept=[
            Shown(
                kept=each,
                payload=each.payload[:MOST_PAYLOAD],
                cut=len(each.payload) > MOST_PAYLOAD,
                never=_never_says(why) if (why := never(each)) else None,
            )
            for each in kept
        ],
        done=done,
    )


def send_again(visit: Visit) -> Response:
    """Replay what was chosen, note who did it, and say what came of it."""
    source, reason = visit.form.get("source") or None, visit.form.get("reason") or None
    done = _replayed(visit, source, reason)
    by = visit.whoever.email
    visit.desk.inbox.put([told_of(done, by=by, source=source, reason=reason, now=visit.now)])
    visit.desk.nudge_round()
    return page(visit, done)


def _replayed(visit: Visit, source: str | None, reason: str | None, *, only_try: bool = False) -> Replayed:
    rules = rules_in(each.document for each in Definitions(visit.desk.operations).newest("source"))
    return replay(visit.desk.inbox, rules, source=source, reason=reason, only_try=only_try)


def _ready(chosen: list[Heap]) -> int:
    return sum(each.ready for each in chosen)


def _says(reason: str) -> str:
    known = {each.value: said for each, said in SAYS.items()}
    return known.get(reason, reason.replace("_", " "))


def _never_says(why: str) -> str:
    return NEVER_SAYS[Never(why)]
