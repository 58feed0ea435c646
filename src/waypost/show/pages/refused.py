"""What was refused: by source and reason, what can be sent again, and what would come of it."""

import msgspec
from starlette.responses import Response

from waypost.collect import (
    NEVER_SAYS,
    SAYS,
    Never,
    Replayed,
    SourceRules,
    heaps,
    never,
    replay,
    rules_in,
    send_again,
)
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
        foreseen=replay(visit.desk.inbox, _rules(visit), source=source, reason=reason, only_try=True)
        if any(each.ready for each in chosen)
        else None,
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


def send(visit: Visit) -> Response:
    """Replay what was chosen, note who did it, and say what came of it."""
    source, reason = visit.form.get("source") or None, visit.form.get("reason") or None
    by = visit.whoever.email
    done = send_again(visit.desk.inbox, _rules(visit), source=source, reason=reason, by=by, now=visit.now)
    visit.desk.nudge_round()
    return page(visit, done)


def _rules(visit: Visit) -> dict[str, SourceRules]:
    return rules_in(each.document for each in Definitions(visit.desk.operations).newest("source"))


def _says(reason: str) -> str:
    known = {each.value: said for each, said in SAYS.items()}
    return known.get(reason, reason.replace("_", " "))


def _never_says(why: str) -> str:
    return NEVER_SAYS[Never(why)]
