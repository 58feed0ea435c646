"""`waypost refused`: what was refused is looked at and, once the rule that refused it is mended, sent again."""

from datetime import datetime
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.collect import NEVER_SAYS, Never, Replayed, heaps, replay, rules_in, told_of
from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace

BY = "the command line"


class Which(Struct, frozen=True, kw_only=True):
    """Samples of one source or of all, refused for one reason or for any."""

    source: str | None = None
    reason: str | None = None


class RefusedRow(Struct, frozen=True, kw_only=True):
    """How many samples are kept of one source for one reason, and how many of them can be sent again."""

    source: str
    reason: str
    samples: int
    ready: int
    newest_at: datetime


def _list(workspace: Workspace, asked: Which, _tell: Tell) -> list[RefusedRow]:
    return [
        RefusedRow(
            source=each.source,
            reason=each.reason,
            samples=each.samples,
            ready=each.ready,
            newest_at=each.newest_at,
        )
        for each in heaps(workspace.inbox, asked.source)
        if asked.reason in (None, each.reason)
    ]


def _replay(workspace: Workspace, asked: Which, _tell: Tell) -> Replayed:
    rules = rules_in(each.document for each in workspace.definitions.newest("source"))
    done = replay(workspace.inbox, rules, source=asked.source, reason=asked.reason)
    fact = told_of(done, by=BY, source=asked.source, reason=asked.reason, now=workspace.now)
    workspace.inbox.put([fact])
    return done


LISTED = Act(name="refused-list", asks=Which, answers=list[RefusedRow], do=_list)
REPLAY = Act(name="refused-replay", asks=Which, answers=Replayed, do=_replay)
Source = Annotated[str | None, Parameter(help="Only what came from this source.")]
Reason = Annotated[str | None, Parameter(help="Only what was refused for this reason, such as wrong_origin.")]


def list_refused(
    *, source: Source = None, reason: Reason = None, session: Annotated[Session, Parameter(parse=False)]
) -> None:
    """List what the quarantine holds by source and reason, and how much of it can be sent again."""
    rows = session.ask(LISTED, Which(source=source, reason=reason))
    session.table(
        ("source", "reason", "samples", "can be sent again", "newest"),
        [(each.source, each.reason, each.samples, each.ready, each.newest_at) for each in rows],
    )


def replay_refused(
    *, source: Source = None, reason: Reason = None, session: Annotated[Session, Parameter(parse=False)]
) -> None:
    """Send what was refused through the door again, by the rules in force now."""
    done = session.ask(REPLAY, Which(source=source, reason=reason))
    session.say(f"samples accepted: {done.samples}, events stored: {done.events}")
    for why, n in done.refused.items():
        session.say(f"    {n} refused again: {why}")
    for why, n in done.never.items():
        session.say(f"    {n} cannot be sent again: {NEVER_SAYS[Never(why)]}")
