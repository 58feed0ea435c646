"""Store keeps facts, and is the only room that talks to our databases."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waypost.store.commit import Crowded, CrowdedError, GroupCommit
    from waypost.store.inbox import Inbox
    from waypost.store.intake import DoorCount, Intake, Outcome, Quarantined, Sample, Taken, intake_of, sample
    from waypost.store.keyring import KeyRing
    from waypost.store.operations import Operations, metadata
    from waypost.store.questions import question
    from waypost.store.tables.keys import Keys, WriteKey
    from waypost.store.warehouse import Frames, Params, Warehouse, Writer

# The door opens a module when one of its names is asked for: a collector worker must not carry the engines.
_DOOR = {
    "commit": ("Crowded", "CrowdedError", "GroupCommit"),
    "inbox": ("Inbox",),
    "intake": ("DoorCount", "Intake", "Outcome", "Quarantined", "Sample", "Taken", "intake_of", "sample"),
    "keyring": ("KeyRing",),
    "operations": ("Operations", "metadata"),
    "questions": ("question",),
    "tables.keys": ("Keys", "WriteKey"),
    "warehouse": ("Frames", "Params", "Warehouse", "Writer"),
}
_BEHIND = {name: module for module, names in _DOOR.items() for name in names}

__all__ = [
    "Crowded",
    "CrowdedError",
    "DoorCount",
    "Frames",
    "GroupCommit",
    "Inbox",
    "Intake",
    "KeyRing",
    "Keys",
    "Operations",
    "Outcome",
    "Params",
    "Quarantined",
    "Sample",
    "Taken",
    "Warehouse",
    "WriteKey",
    "Writer",
    "intake_of",
    "metadata",
    "question",
    "sample",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- a door hands out whatever lies behind it
    if name not in _BEHIND:
        raise AttributeError(f"there is no {name!r} at the door of waypost.store")
    return getattr(import_module(f"waypost.store.{_BEHIND[name]}"), name)
