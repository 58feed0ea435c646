"""`waypost refused`: what was refused is looked at and, once the rule that refused it is mended, sent again."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.collect import NEVER_SAYS, Heap, Never, Replayed, heaps, rules_in, send_again
from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace

BY = "the command line"


class Which(Struct, frozen=True, kw_only=True):
    """Samples of one source or of all, refused for one reason or for any."""

    source: str | None = None
    reason: str | None = None


def _list(workspace: Workspace, asked: Which, _tell: Tell) -> list[Heap]:
    return [each for each in heaps(workspace.inbox, asked.source) if asked.reason in (None, each.reason)]


def _replay(workspace: Workspace, asked: Which, _tell: Tell) -> Replayed:
    rules = rules_in(each.document for each in workspace.definitions.newest("source"))
    which = {"source": asked.source, "reason": asked.reason}
    return send_again(workspace.inbox, rules, **which, by=BY, now=workspace.now)


LISTED = Act(name="refused-list", asks=Which, answers=list[Heap], do=_list)
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
