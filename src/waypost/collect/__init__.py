"""Collect lets events in, one adapter per protocol, and names every refusal."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waypost.collect.app import Collector
    from waypost.collect.comparing import put_waiting
    from waypost.collect.csv_file import first_rows
    from waypost.collect.csv_guess import FILES_BECOME, PROPERTIES, guess, roles_of
    from waypost.collect.csv_import import CsvImport, DryRun
    from waypost.collect.csv_mapping import CsvMapping, csv_mapping_of
    from waypost.collect.csv_stored import StoredIn
    from waypost.collect.doorkeeper import Doorkeeper
    from waypost.collect.following import Follow, Follower, named_by
    from waypost.collect.formats import FileFormat, Format, reader_of
    from waypost.collect.gathering import Gathering
    from waypost.collect.hooks.family import HOOKS
    from waypost.collect.importing import ImportReport, check_lines, import_file, preview_lines
    from waypost.collect.log_rules import LogRules
    from waypost.collect.logs import tables_seen
    from waypost.collect.opening import first_line
    from waypost.collect.own_event import OwnEvent, own_event
    from waypost.collect.query_adding import (
        AddressRefusedError,
        Looked,
        Question,
        add_query_source,
        allowed_from_pages,
        files_allowed,
        look_at_query,
        remove_query_source,
    )
    from waypost.collect.query_becomes import Becomes, Form, form_of
    from waypost.collect.query_source import check_query_source, preview_query_source, run_query_source
    from waypost.collect.readers import READERS
    from waypost.collect.recording import recorded
    from waypost.collect.refusals import NOBODY, SAYS, TurnedAway
    from waypost.collect.replaying import NEVER_SAYS, Heap, Never, Replayed, heaps, never, replay, send_again
    from waypost.collect.source_rules import SourceRules, rules_in

# As at the door of the store: a collector worker must not carry what only imports and query sources need.
_DOOR = {
    "app": ("Collector",),
    "comparing": ("put_waiting",),
    "csv_file": ("first_rows",),
    "csv_guess": ("FILES_BECOME", "PROPERTIES", "guess", "roles_of"),
    "csv_import": ("CsvImport", "DryRun"),
    "csv_mapping": ("CsvMapping", "csv_mapping_of"),
    "csv_stored": ("StoredIn",),
    "doorkeeper": ("Doorkeeper",),
    "drains.messages": ("DRAINED", "drain_reader"),
    "following": ("Follow", "Follower", "named_by"),
    "formats": ("FileFormat", "Format", "reader_of"),
    "gathering": ("Gathering",),
    "hooks.family": ("HOOKS",),
    "importing": ("ImportReport", "check_lines", "import_file", "preview_lines"),
    "log_rules": ("LogRules",),
    "logs": ("tables_seen",),
    "opening": ("first_line",),
    "own_event": ("OwnEvent", "own_event"),
    "query_adding": (
        "AddressRefusedError",
        "Looked",
        "Question",
        "add_query_source",
        "allowed_from_pages",
        "files_allowed",
        "look_at_query",
        "remove_query_source",
    ),
    "query_becomes": ("Becomes", "Form", "form_of"),
    "query_source": ("check_query_source", "preview_query_source", "run_query_source"),
    "readers": ("READERS",),
    "recording": ("recorded",),
    "refusals": ("NOBODY", "SAYS", "TurnedAway"),
    "replaying": ("NEVER_SAYS", "Heap", "Never", "Replayed", "heaps", "never", "replay", "send_again"),
    "source_rules": ("SourceRules", "rules_in"),
}
_BEHIND = {name: module for module, names in _DOOR.items() for name in names}

__all__ = [
    "DRAINED",
    "FILES_BECOME",
    "HOOKS",
    "NEVER_SAYS",
    "NOBODY",
    "PROPERTIES",
    "READERS",
    "SAYS",
    "AddressRefusedError",
    "Becomes",
    "Collector",
    "CsvImport",
    "CsvMapping",
    "Doorkeeper",
    "DryRun",
    "FileFormat",
    "Follow",
    "Follower",
    "Form",
    "Format",
    "Gathering",
    "Heap",
    "ImportReport",
    "LogRules",
    "Looked",
    "Never",
    "OwnEvent",
    "Question",
    "Replayed",
    "SourceRules",
    "StoredIn",
    "TurnedAway",
    "add_query_source",
    "allowed_from_pages",
    "check_lines",
    "check_query_source",
    "csv_mapping_of",
    "drain_reader",
    "files_allowed",
    "first_line",
    "first_rows",
    "form_of",
    "guess",
    "heaps",
    "import_file",
    "look_at_query",
    "named_by",
    "never",
    "own_event",
    "preview_lines",
    "preview_query_source",
    "put_waiting",
    "reader_of",
    "recorded",
    "remove_query_source",
    "replay",
    "roles_of",
    "rules_in",
    "run_query_source",
    "send_again",
    "tables_seen",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- a door hands out whatever lies behind it
    if name not in _BEHIND:
        raise AttributeError(f"there is no {name!r} at the door of waypost.collect")
    return getattr(import_module(f"waypost.collect.{_BEHIND[name]}"), name)
