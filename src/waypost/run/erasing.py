"""Erasing a person, which is their right: nothing of them is left but that somebody was erased."""

import msgspec
import polars as pl

from waypost.core import Actor, Event, Kind, WaypostError, derived_id
from waypost.run.workspace import Workspace
from waypost.store import Writer, append, forget_person, look_up_anew

OURS = "waypost"


def erase_person(workspace: Workspace, person_id: str) -> int:
    """Take a person out of every table, and of what was refused; return how many events went.

    Everything is derived anew without them. What they send from now on comes in as from somebody new, and copies that
    were made before (backups, exports) are for whoever keeps them. Raises WaypostError when nobody has this id.
    """
    workspace.round()
    with workspace.warehouse.writing() as writer:
        ids = writer.ask("erase/aliases", {"person_id": person_id})["id"].to_list()
        addresses = writer.ask("erase/addresses", frames={"ids": _column("id", ids)})["address"].to_list()
        # What became of mail to them, say, is told by systems that know no other id.
        asked = {"ids": _column("id", ids), "addresses": _column("address", addresses)}
        ids = sorted({*ids, *writer.ask("erase/addressed", frames=asked)["id"]})
        frames = {"ids": _column("id", ids)}
        # It holds no word of theirs, but hashes of their events.
        writer.register.forget()
        gone = writer.run("erase/events", frames=frames) + writer.run("erase/undone", frames=frames)
        writer.run("erase/said_again")
        if not gone:
            raise WaypostError(f"nobody has the id {person_id!r}; the page of a person shows theirs")
        look_up_anew(writer)
        _remember(writer, workspace, gone)
    forget_person(workspace.operations, ids, addresses)
    workspace.inbox.erase_samples([*ids, *addresses])
    workspace.replay()
    workspace.warehouse.checkpoint()
    return gone


def _column(name: str, values: list[str]) -> pl.DataFrame:
    return pl.DataFrame({name: values}, schema={name: pl.String})


def _remember(writer: Writer, workspace: Workspace, gone: int) -> None:
    now = workspace.now
    told = Event(
        event_id=derived_id("erased", now.isoformat()),
        source=OURS,
        kind=Kind.SIGNAL,
        name="erased",
        happened_at=now,
        received_at=now,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode({"events": gone})),
    )
    append(writer, [told], zone=workspace.zone)
