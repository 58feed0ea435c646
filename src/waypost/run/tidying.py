"""Tidying: once a day, after history was learnt from, the rows of each account are put beside each other again."""

from collections.abc import Callable

from waypost.run.workspace import Workspace
from waypost.store import set_positions, tidy


def tidies(workspace: Workspace) -> Callable[[], bool]:
    """Return what the tidying loop does; a round that comes meanwhile waits for the table in hand."""

    def step() -> bool:
        come: dict[str, int] = dict(workspace.warehouse.ask("facts/positions").iter_rows())
        if come.get("learnt_on") != workspace.today.toordinal() or come.get("tidied_on") == come["learnt_on"]:
            return False
        tidy(workspace.warehouse)
        with workspace.warehouse.writing() as writer:
            set_positions(writer, tidied_on=come["learnt_on"])
        return False

    return step
