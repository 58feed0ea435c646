"""Store keeps facts, and is the only room that talks to our databases."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waypost.store.columns import TakenColumns, take_columns
    from waypost.store.commit import Crowded, CrowdedError, GroupCommit
    from waypost.store.copies import BESIDE, DATABASES, check_copies, copy_folder
    from waypost.store.derive import (
        SAID_TABLES,
        differing,
        every_account,
        everybody,
        members_of,
        restate_accounts,
        restate_identities,
        restate_memberships,
        restate_people,
        restate_said,
        restate_seen,
        see_again,
        strangers,
        with_neighbours,
    )
    from waypost.store.facts import (
        OURS,
        append,
        append_columns,
        fault_of_register,
        is_looked_up,
        keep_register,
        last_arrival,
        look_up_anew,
        position,
        positions,
        set_positions,
    )
    from waypost.store.file_positions import FilePosition
    from waypost.store.forget import forget_accounts, forget_person
    from waypost.store.handing import hand_over, take_over
    from waypost.store.inbox import Inbox, Keeper, Reader
    from waypost.store.intake import (
        EVENTS,
        DoorCount,
        Imported,
        Intake,
        Judged,
        Marred,
        Outcome,
        Parcel,
        Quarantined,
        Sample,
        Taken,
        Way,
        intake_of,
        sample,
    )
    from waypost.store.keyring import KeyRing
    from waypost.store.operations import Operations, metadata
    from waypost.store.questions import question
    from waypost.store.schedule import Schedule, ScheduleError
    from waypost.store.scope import Scope
    from waypost.store.tables.definitions import Definitions, Published
    from waypost.store.tables.drafts import Draft, Drafts
    from waypost.store.tables.followed import Followed, FollowedFiles
    from waypost.store.tables.happenings import Happening, Happenings
    from waypost.store.tables.holdouts import HoldoutPlace, Holdouts
    from waypost.store.tables.imports import Import, Imports, ImportState
    from waypost.store.tables.interventions import Intervention, Interventions, InterventionState
    from waypost.store.tables.keys import Keys, WriteKey
    from waypost.store.tables.mail_reports import MailReport, MailReports
    from waypost.store.tables.members import SESSION_AGE, Member, Members, Role, Session
    from waypost.store.tables.notes import Note, Notes
    from waypost.store.tables.query_runs import QueryRun, QueryRuns
    from waypost.store.tables.query_snapshots import QuerySnapshots, SeenRow
    from waypost.store.tables.signing import SigningSecret, SigningSecrets
    from waypost.store.tables.source_changes import AT_THE_MACHINE, SourceChange, SourceChanges
    from waypost.store.tables.source_pauses import SourcePause, SourcePauses
    from waypost.store.tables.sources import QuerySource, Sources, Wanted
    from waypost.store.tables.suppressions import SuppressedBy, Suppression, Suppressions
    from waypost.store.tables.touches import MemberAct, TouchAct, Touches
    from waypost.store.tidying import tidy
    from waypost.store.undoing import undo_import
    from waypost.store.warehouse import REGISTER, Frames, Params, Warehouse, Writer

# The door opens a module when one of its names is asked for: a collector worker must not carry the engines.
# A new name stands in three places: above for the checkers, here for the door, below for the sign.
_DOOR = {
    "columns": ("TakenColumns", "take_columns"),
    "commit": ("Crowded", "CrowdedError", "GroupCommit"),
    "copies": ("BESIDE", "DATABASES", "check_copies", "copy_folder"),
    "derive": (
        "SAID_TABLES",
        "differing",
        "every_account",
        "everybody",
        "fault_of_register",
        "members_of",
        "restate_accounts",
        "restate_identities",
        "restate_memberships",
        "restate_people",
        "restate_said",
        "restate_seen",
        "see_again",
        "strangers",
        "with_neighbours",
    ),
    "facts": (
        "OURS",
        "append",
        "append_columns",
        "fault_of_register",
        "is_looked_up",
        "keep_register",
        "last_arrival",
        "look_up_anew",
        "position",
        "positions",
        "set_positions",
    ),
    "file_positions": ("FilePosition",),
    "forget": ("forget_accounts", "forget_person"),
    "handing": ("hand_over", "take_over"),
    "inbox": ("Inbox", "Keeper", "Reader"),
    "intake": (
        "EVENTS",
        "DoorCount",
        "Imported",
        "Intake",
        "Marred",
        "Outcome",
        "Judged",
        "Parcel",
        "Quarantined",
        "Sample",
        "Taken",
        "Way",
        "intake_of",
        "sample",
    ),
    "keyring": ("KeyRing",),
    "operations": ("Operations", "metadata"),
    "questions": ("question",),
    "schedule": ("Schedule", "ScheduleError"),
    "scope": ("Scope",),
    "tables.definitions": ("Definitions", "Published"),
    "tables.drafts": ("Draft", "Drafts"),
    "tables.followed": ("Followed", "FollowedFiles"),
    "tables.happenings": ("Happening", "Happenings"),
    "tables.holdouts": ("HoldoutPlace", "Holdouts"),
    "tables.imports": ("Import", "ImportState", "Imports"),
    "tables.interventions": ("Intervention", "InterventionState", "Interventions"),
    "tables.keys": ("Keys", "WriteKey"),
    "tables.mail_reports": ("MailReport", "MailReports"),
    "tables.members": ("SESSION_AGE", "Member", "Members", "Role", "Session"),
    "tables.notes": ("Note", "Notes"),
    "tables.query_runs": ("QueryRun", "QueryRuns"),
    "tables.query_snapshots": ("QuerySnapshots", "SeenRow"),
    "tables.source_changes": ("AT_THE_MACHINE", "SourceChange", "SourceChanges"),
    "tables.source_pauses": ("SourcePause", "SourcePauses"),
    "tables.signing": ("SigningSecret", "SigningSecrets"),
    "tables.sources": ("QuerySource", "Sources", "Wanted"),
    "tables.suppressions": ("SuppressedBy", "Suppression", "Suppressions"),
    "tables.touches": ("MemberAct", "TouchAct", "Touches"),
    "tidying": ("tidy",),
    "undoing": ("undo_import",),
    "warehouse": ("REGISTER", "Frames", "Params", "Warehouse", "Writer"),
}
_BEHIND = {name: module for module, names in _DOOR.items() for name in names}

__all__ = [
    "AT_THE_MACHINE",
    "BESIDE",
    "DATABASES",
    "EVENTS",
    "OURS",
    "REGISTER",
    "SAID_TABLES",
    "SESSION_AGE",
    "Crowded",
    "CrowdedError",
    "Definitions",
    "DoorCount",
    "Draft",
    "Drafts",
    "FilePosition",
    "Followed",
    "FollowedFiles",
    "Frames",
    "GroupCommit",
    "Happening",
    "Happenings",
    "HoldoutPlace",
    "Holdouts",
    "Import",
    "ImportState",
    "Imported",
    "Imports",
    "Inbox",
    "Intake",
    "Intervention",
    "InterventionState",
    "Interventions",
    "Judged",
    "Keeper",
    "KeyRing",
    "Keys",
    "MailReport",
    "MailReports",
    "Marred",
    "Member",
    "MemberAct",
    "Members",
    "Note",
    "Notes",
    "Operations",
    "Outcome",
    "Params",
    "Parcel",
    "Published",
    "Quarantined",
    "QueryRun",
    "QueryRuns",
    "QuerySnapshots",
    "QuerySource",
    "Reader",
    "Role",
    "Sample",
    "Schedule",
    "ScheduleError",
    "Scope",
    "SeenRow",
    "Session",
    "SigningSecret",
    "SigningSecrets",
    "SourceChange",
    "SourceChanges",
    "SourcePause",
    "SourcePauses",
    "Sources",
    "SuppressedBy",
    "Suppression",
    "Suppressions",
    "Taken",
    "TakenColumns",
    "TouchAct",
    "Touches",
    "Wanted",
    "Warehouse",
    "Way",
    "WriteKey",
    "Writer",
    "append",
    "append_columns",
    "check_copies",
    "copy_folder",
    "differing",
    "every_account",
    "everybody",
    "fault_of_register",
    "forget_accounts",
    "forget_person",
    "hand_over",
    "intake_of",
    "is_looked_up",
    "keep_register",
    "last_arrival",
    "look_up_anew",
    "members_of",
    "metadata",
    "position",
    "positions",
    "question",
    "restate_accounts",
    "restate_identities",
    "restate_memberships",
    "restate_people",
    "restate_said",
    "restate_seen",
    "sample",
    "see_again",
    "set_positions",
    "strangers",
    "take_columns",
    "take_over",
    "tidy",
    "undo_import",
    "with_neighbours",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- a door hands out whatever lies behind it
    if name not in _BEHIND:
        raise AttributeError(f"there is no {name!r} at the door of waypost.store")
    if _BEHIND[name] == "operations":
        _declare_tables()
    return getattr(import_module(f"waypost.store.{_BEHIND[name]}"), name)


def _declare_tables() -> None:
    """Operations makes the tables that are declared by then, so all of them must be."""
    for module in _DOOR:
        if module.startswith("tables."):
            import_module(f"waypost.store.{module}")
