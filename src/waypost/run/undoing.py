"""Undoing an import, as a whole: its events hold no longer, and its source's rows are as they were seen before."""

import msgspec

from waypost.collect import put_waiting
from waypost.core import Actor, Event, Kind, derived_id
from waypost.run.round import state_anew
from waypost.run.workspace import Workspace
from waypost.store import Imports, QuerySnapshots, Writer, append, undo_import

OURS = "waypost"


def undo(workspace: Workspace, import_id: int, *, by: str) -> int:
    """Undo an import and return how many events hold no longer; the next round derives everything without them.

    Should it be cut short, it is done again by undoing again. Raises StoreError when there is no such import, it is
    under way or undone, or a later import changed what it had said.
    """
    imports, now = Imports(workspace.operations), workspace.now
    found = imports.begin_undo(import_id)
    # What it found may still wait, and must come in before all of it can go.
    put_waiting(found.source, QuerySnapshots(workspace.operations), workspace.inbox)

    def write(writer: Writer) -> int:
        gone = undo_import(writer, import_id)
        told = {"import_id": import_id, "source": found.source, "file": found.file, "events": gone, "by": by}
        event = Event(
            event_id=derived_id("import_undone", str(import_id)),
            source=OURS,
            kind=Kind.SIGNAL,
            name="import_undone",
            happened_at=now,
            received_at=now,
            actor=Actor.SYSTEM,
            properties=msgspec.Raw(msgspec.json.encode(told)),
        )
        append(writer, [event], zone=workspace.zone)
        if gone:
            state_anew(writer)
        return gone

    gone = workspace.writing(write, all_in=True)
    imports.undo(found, events=gone, by=by, now=now)
    return gone
