"""The workspace process: pages, rounds, deliveries and the control door around one open workspace."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import structlog
import uvicorn

from waypost.core import WaypostError
from waypost.run.acts import ACTS
from waypost.run.clock import SystemClock
from waypost.run.control import ControlDoor
from waypost.run.documents import check_published
from waypost.run.following import FollowedSources
from waypost.run.foresight import foreseen
from waypost.run.holding import holding
from waypost.run.interventions import Interventions
from waypost.run.learner import Learner, forget_lessons
from waypost.run.learning import learns
from waypost.run.logs import keep_logs
from waypost.run.loops import Loop
from waypost.run.querying import asking, query_sources
from waypost.run.sample_workspace import SampleWorkspace
from waypost.run.secret import secret_of
from waypost.run.settings import Settings, read
from waypost.run.source_pages import FollowsOf, signing_secrets
from waypost.run.supervisor import HOPELESS
from waypost.run.tidying import tidies
from waypost.run.trial import Trials
from waypost.run.undoing import undo
from waypost.run.workspace import Workspace
from waypost.show import Desk, build
from waypost.store import Members, Role

# A predecessor that was just told to end finishes its round first.
TAKES_OVER_WITHIN_S = 30.0
DELIVERIES_EVERY_S = 1.0
SOURCES_LOOKED_AT_EVERY_S = 5.0
FILES_LOOKED_AT_EVERY_S = 0.5
LEARNS_WITHIN_S = 15.0
TIDIES_WITHIN_S = 60.0
MOST_GOODBYE_S = 5
log = structlog.get_logger("workspace")


def serve_workspace(settings: Settings, door: socket.socket, *, sample: bool) -> None:
    """Serve one workspace on a bound socket until SIGTERM or SIGINT; a round under way is finished first."""
    folder = settings.data
    with ExitStack() as held:
        held.enter_context(holding(folder, "workspace", within_s=TAKES_OVER_WITHIN_S))
        workspace = Workspace(folder, settings, SystemClock())
        held.callback(workspace.close)
        example = SampleWorkspace(workspace, say=_say)
        _greet(settings, (example.begin() if sample else None) or _first_owner(workspace))
        followed = Interventions(workspace, secret_of(folder), is_sample=example.is_there)
        rounds = Loop("round", _turns(workspace, example), idle_s=settings.rounds.idle_s)
        held.callback(rounds.end)
        deliveries = Loop("delivery", _follows(workspace, followed), idle_s=DELIVERIES_EVERY_S)
        held.callback(deliveries.end)
        asks = Loop("query sources", asking(workspace), idle_s=SOURCES_LOOKED_AT_EVERY_S)
        held.callback(asks.end)
        files = FollowedSources(workspace)
        held.callback(files.close)
        held.callback(Loop("followed files", files.turn, idle_s=FILES_LOOKED_AT_EVERY_S).end)
        forget_lessons(folder)
        learner = Learner(workspace)
        learn = learns(workspace, learner.lesson, rounds.nudge)
        held.callback(Loop("learning", learn, idle_s=LEARNS_WITHIN_S).end)
        held.callback(learner.end)
        held.callback(Loop("tidying", tidies(workspace), idle_s=TIDIES_WITHIN_S).end)
        held.callback(ControlDoor(folder, ACTS, workspace).close)
        desk = replace(_desk(workspace, rounds, example), ask_sources=asks.nudge)
        _show(desk, door)


def _turns(workspace: Workspace, example: SampleWorkspace) -> Callable[[], bool]:
    """Return what the round loop does: the sample first, when there is one to load, then one round after another."""

    def turn() -> bool:
        example.load()
        return workspace.round(hurried=True).taken > 0

    return turn


def _follows(workspace: Workspace, followed: Interventions) -> Callable[[], bool]:
    """Return what the delivery loop does: decide about what was noticed since it last looked, and send what is due."""
    seen: list[tuple[int, ...]] = []

    def follow() -> bool:
        # New plays are decided about at once, and quiet hours and rests that end are looked at every hour.
        noticed = (workspace.noticed, workspace.rules.published, workspace.now.hour)
        news = 0
        if [noticed] != seen:
            news = followed.decide()
            seen[:] = [noticed]
        return news + followed.deliver() > 0

    return follow


def _desk(workspace: Workspace, rounds: Loop, example: SampleWorkspace) -> Desk:
    return Desk(
        warehouse=workspace.warehouse,
        operations=workspace.operations,
        inbox=workspace.inbox,
        zone=workspace.zone,
        now=workspace.clock.now,
        public_url=workspace.settings.workspace.url,
        collector_url=workspace.settings.collector.url,
        secret=secret_of(workspace.folder).for_purpose("unsubscribe"),
        nudge_round=rounds.nudge,
        rules_changed=lambda: _rules_changed(workspace, rounds),
        trials=Trials(workspace),
        has_sample=example.is_there,
        remove_sample=example.remove,
        check=lambda documents: check_published(workspace.definitions, documents),
        foresee=lambda documents: foreseen(workspace, documents, []),
        uploads=workspace.folder and workspace.folder / "uploads",
        undo_import=lambda import_id, by: undo(workspace, import_id, by=by),
        sources=query_sources(workspace),
        signing=signing_secrets(workspace),
        follows=FollowsOf(workspace),
        readable=workspace.settings.sources.paths,
    )


def _rules_changed(workspace: Workspace, rounds: Loop) -> None:
    """Read the rules anew: a page has put some in force."""
    workspace.publish([])
    rounds.nudge()


def _show(desk: Desk, door: socket.socket) -> None:
    config = uvicorn.Config(
        build(desk),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=MOST_GOODBYE_S,
    )
    # uvicorn ends in order on these signals and then raises them again; by then we want to go on and close.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    uvicorn.Server(config).run(sockets=[door])


def _greet(settings: Settings, first: str | None) -> None:
    lines = [f"Workspace  {settings.workspace.url}", f"Collector  {settings.collector.url}"]
    if first:
        lines += [*first.splitlines(), "", "What follows the addresses is shown this once."]
    sys.stdout.write("".join(f"  {line}\n" for line in ["", *lines, ""]))
    sys.stdout.flush()


def _first_owner(workspace: Workspace) -> str | None:
    """Return the link that makes the first owner of a workspace that nobody has set up yet."""
    members = Members(workspace.operations)
    if members.any():
        return None
    token = members.invite(Role.OWNER, now=workspace.now)
    return f"Set up     {workspace.settings.workspace.url}/invitations/{token}"


def _say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line; `waypost serve` does so, with the settings in the environment."""
    parser = argparse.ArgumentParser(prog="python -m waypost.run.workspace_process", description=__doc__)
    parser.add_argument(
        "--fd", type=int, required=True, help="a listening socket handed in by the supervisor"
    )
    parser.add_argument("--sample", action="store_true", help="load the sample on the first start")
    chosen = parser.parse_args(arguments)
    try:
        settings = read(os.environ, folder=Path.cwd())
        keep_logs(settings.data, "workspace")
        serve_workspace(settings, socket.socket(fileno=chosen.fd), sample=chosen.sample)
    except WaypostError as error:
        # It has said what to do; to try again without doing so would only say it again.
        sys.stderr.write(f"waypost: {error}\n")
        sys.exit(HOPELESS)


if __name__ == "__main__":
    main()
