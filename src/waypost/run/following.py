"""Following files into a data folder's inbox: one follower at a time for each source, whoever it is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from waypost.collect import (
    READERS,
    Doorkeeper,
    FileFormat,
    Follow,
    Follower,
    Format,
    LogRules,
    check_lines,
    named_by,
)
from waypost.core import ImportRefusedError, StoreError, WaypostError
from waypost.run.formats import format_of, zone_of
from waypost.run.holding import HeldError, holding
from waypost.run.secret import PERSONAL_DATA, secret_of
from waypost.run.workspace import Workspace
from waypost.store import Followed, FollowedFiles, Inbox, KeyRing

MOST_CHECKED = 5
PACKED = frozenset({".gz", ".bz2", ".zst", ".zip"})


class Files(Struct, frozen=True, kw_only=True):
    """Files to follow for a source, as whole paths or patterns, and what is known of their lines.

    Without a format the first line that is there tells it.
    """

    source: str
    patterns: tuple[str, ...]
    format: Format | None = None
    zone: str | None = None
    written: str | None = None
    most_odd: float | None = None
    from_end: bool = False


def follow_of(asked: Files) -> Follow:
    """Return what to follow. Raises ImportRefusedError when the files that are there are not in the format."""
    there = [each for pattern in asked.patterns for each in named_by(pattern) if each.is_file()]
    file_format = asked.format
    if file_format is None:
        filled = [each for each in there if each.stat().st_size]
        if not filled:
            raise ImportRefusedError("there is no line yet that tells the format; say it with --format")
        file_format = format_of(filled[0])
    if file_format is Format.FLURRY_CSV:
        raise ImportRefusedError(f"{file_format} is an export and no log; take it in with waypost import")
    written = FileFormat(file_format, zone_of(asked.zone), asked.written, asked.most_odd)
    for each in there[:MOST_CHECKED]:
        check_lines(each, written)
    return Follow(source=asked.source, patterns=asked.patterns, file_format=written, from_end=asked.from_end)


@contextmanager
def following(folder: Path, source: str) -> Iterator[None]:
    """Be the one who follows the files of a source while the block runs. Raises StoreError when another does."""
    try:
        with holding(folder, f"follow-{quote(source, safe='')}"):
            yield
    except HeldError as error:
        raise StoreError(
            f"the files of {source} are followed already (by process {error.process}); stop that first"
        ) from None


class Beside:
    """The inbox of a folder that others may have open, with the rules of its sources."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises StoreError when the rules cannot be read: what they keep out must not come in."""
        self._keeper = Doorkeeper(secret_of(folder).for_purpose(PERSONAL_DATA))
        self._operations = folder / "operations.db"
        self._rules = KeyRing(self._operations)
        self.learn()
        self.inbox = Inbox(folder / "inbox.db", READERS, self._keeper)

    def learn(self) -> None:
        """See rules that were put in force meanwhile."""
        self._rules.refresh()
        if not self._rules.known and self._operations.exists():
            raise StoreError(
                f"the rules of sources in {self._operations} cannot be read; run waypost migrate"
            )
        self._keeper.learn(self._rules.documents)

    def means(self, source: str) -> LogRules:
        """Return what lines of a source's log mean."""
        rules = self._keeper.rules_of(source)
        return rules.log if rules else LogRules()

    def close(self) -> None:
        """Close the inbox; what was put stays."""
        self.inbox.close()


def behind_bytes(inbox: Inbox, files: FollowedFiles) -> int:
    """Return how many bytes of live files (packed ones do not count) are still to be taken in."""
    reached = {each.node: each.reached for each in inbox.file_positions(files.source)}
    behind = 0
    for pattern in files.patterns:
        for each in named_by(pattern):
            found = each.stat()
            if each.suffix not in PACKED and (node := f"{found.st_dev}:{found.st_ino}") in reached:
                behind += max(0, found.st_size - reached[node])
    return behind


class FollowedSources:
    """Follows the files of every source that has some, turn by turn, inside the running Waypost."""

    def __init__(self, workspace: Workspace) -> None:
        """Follow nothing yet: the first turn finds out what."""
        self._workspace = workspace
        self._table = Followed(workspace.operations)
        self._going: dict[str, tuple[FollowedFiles, ExitStack, Follower]] = {}

    def turn(self) -> bool:
        """Take in what is new in the files of every source; return whether there is more to do at once."""
        files = {each.source: each for each in self._table.all()}
        for source, (asked, held, _) in list(self._going.items()):
            if source not in files or asked != _asked(files[source]):
                held.close()
                del self._going[source]
        more = False
        for each in files.values():
            problem, has_more = self._turn(each)
            more |= has_more
            if problem != each.problem:
                self._table.tell(each.source, problem)
        return more

    def close(self) -> None:
        """Let go of all files."""
        for _, held, _ in self._going.values():
            held.close()
        self._going = {}

    def _turn(self, files: FollowedFiles) -> tuple[str | None, bool]:
        """Return what stands in the way, and whether there is more."""
        try:
            follower = self._follower(files)
            rules = self._workspace.keeper.rules_of(files.source)
            follower.means(rules.log if rules else LogRules())
            more = follower.turn(self._workspace.now)
        except WaypostError as error:
            return str(error), False
        return "; ".join(follower.problems) or None, more

    def _follower(self, files: FollowedFiles) -> Follower:
        if files.source not in self._going:
            written = FileFormat(Format(files.format), zone_of(files.zone), files.written)
            follow = Follow(
                source=files.source,
                patterns=tuple(files.patterns),
                file_format=written,
                from_end=files.from_end,
            )
            with ExitStack() as held:
                if self._workspace.folder:
                    held.enter_context(following(self._workspace.folder, files.source))
                follower = Follower(follow, self._workspace.inbox)
                held.callback(follower.close)
                self._going[files.source] = _asked(files), held.pop_all(), follower
        return self._going[files.source][2]


def _asked(files: FollowedFiles) -> FollowedFiles:
    return replace(files, problem=None)
