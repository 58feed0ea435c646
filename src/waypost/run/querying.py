"""Query sources are asked when they are due; one that does not answer is told of and asked again at its next time."""

from collections.abc import Callable

import structlog

from waypost.collect import run_query_source
from waypost.core import WaypostError
from waypost.run.secret import secret_of
from waypost.run.workspace import Workspace
from waypost.store import Sources

log = structlog.get_logger("sources")


def query_sources(workspace: Workspace) -> Sources:
    """Return the query sources of a workspace; their addresses are sealed with its secret."""
    return Sources(workspace.operations, secret_of(workspace.folder).for_purpose("sources"))


def asking(workspace: Workspace) -> Callable[[], bool]:
    """Return the step of a loop: ask every source that is due, and say that there is nothing more to do at once."""
    sources = query_sources(workspace)

    def ask() -> bool:
        for name in sources.due(workspace.now, workspace.zone):
            try:
                run_query_source(
                    name,
                    sources=sources,
                    inbox=workspace.inbox,
                    now=workspace.now,
                    wanted=sources.take_wanted(name),
                )
            except WaypostError as error:
                log.warning("a source did not answer", source=name, why=str(error))
        return False

    return ask
