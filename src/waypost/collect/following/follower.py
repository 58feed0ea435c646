"""Follows the files of a source: each line once, whatever is renamed, copied, truncated, packed or killed meanwhile.

How far each file was taken in enters the inbox in one transaction with the events of its lines, so whoever goes on
after a crash goes on exactly there. A file is known by device and inode, and by its first bytes when another file holds
them.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from waypost.collect.following.carriers import Carrier, Plain, carrier_of
from waypost.collect.following.lives import Life, advanced, begun, find, ready
from waypost.collect.following.looking import MOST_FILES, Seen, look, unreadable
from waypost.collect.formats import FileFormat, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.importing import EVENTS_IN_INTAKE, ImportReport
from waypost.collect.log_rules import LogRules
from waypost.collect.logs import LogLines, tables_seen
from waypost.collect.opening import MOST_LINE_BYTES, UNREADABLE
from waypost.collect.refusals import TurnedAway
from waypost.core import ImportRefusedError
from waypost.store import FilePosition, Inbox, Intake

AT_ONCE_BYTES = 2 * 1024 * 1024
#: While so many events wait for a round, files are left as they are.
MOST_WAITING = 1_000_000
#: A deleted file in which nothing was found so often is read to its end.
GONE_TURNS = 3
#: Of so many files that are nowhere to be found the rest is waited for.
MOST_LOST = 100
#: Stands in the place of a file for the beginning: `reached` is when the newest file was written then (ns).
BEGAN = "began"


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """Which files are followed for a source: those that absolute `patterns` mean, in a format.

    With `from_end` the files that are there at the first look are followed from their end on; those that come later
    always from their beginning.
    """

    source: str
    patterns: tuple[str, ...]
    file_format: FileFormat
    from_end: bool = False


class Follower:
    """Follows files turn by turn. `problems` says what stands in the way after the last; `report` counts lines.

    There must be one at a time for each source.
    """

    def __init__(self, follow: Follow, inbox: Inbox) -> None:
        """Go on where the inbox says. Raises ImportRefusedError when the format means nothing."""
        reader_of(follow.file_format)
        self.follow = follow
        self.report = ImportReport()
        self.problems: list[str] = []
        self._inbox = inbox
        self._lives: list[Life] = []
        self._tables, self._table_problem = tables_seen(follow.file_format.means), ""
        self._begin()

    def turn(self, now: datetime) -> bool:
        """Take in what is new in every file, a piece of each; return whether there is more to do at once."""
        self.problems = problems = [self._table_problem] if self._table_problem else []
        if (waiting := self._inbox.waiting(0)) > MOST_WAITING:
            problems.append(f"{waiting} events wait for a round; it goes on when they are taken in")
            return False
        known = [each.position.path for each in self._lives if not each.position.ended]
        seen = look(self.follow.patterns, known, problems)
        self._place(seen, now, problems)
        more = False
        for life in self._lives:
            if life.carrier:
                more |= self._read_on(life, life.carrier, now, problems)
        return more

    def means(self, rules: LogRules) -> None:
        """Read the lines that come from now on by these rules, and by their tables as they are now.

        Raises ImportRefusedError when the rules cannot be used. While a table that was read before cannot be read, the
        lines are read by what it said, and `problems` says so.
        """
        seen = tables_seen(rules)
        fresh = rules != self.follow.file_format.means
        if not fresh and seen == self._tables:
            return
        asked = self.follow.file_format._replace(means=rules)
        try:
            reader_of(asked)
        except ImportRefusedError as error:
            if fresh:
                raise
            self._table_problem = f"{error}; lines are read by what it said before"
            return
        self._tables, self._table_problem = seen, ""
        self.follow = msgspec.structs.replace(self.follow, file_format=asked)
        for life in self._lives:
            life.reader = None

    def close(self) -> None:
        """Let go of every file."""
        for life in self._lives:
            life.let_go()

    def _begin(self) -> None:
        self.close()
        positions = self._inbox.file_positions(self.follow.source)
        self._since_ns = next((each.reached for each in positions if each.file == BEGAN), None)
        self._lives = [Life(each) for each in positions if each.file != BEGAN]
        self._counting: dict[Path, LogLines] = {}
        self._passed: dict[str, tuple[object, ...]] = {}
        self._broken: dict[str, str] = {}

    def _place(self, seen: dict[str, Seen], now: datetime, problems: list[str]) -> None:
        """Find what holds each life now, and begin a life for every file that is new."""
        self._give_up(now)
        held = {life.carrier.node for life in self._lives if life.carrier}
        lost = tuple(life.position.file for life in self._lives if life.is_lost)
        for each in seen.values():
            as_it_is = (each.size, each.changed_ns, each.is_meant, lost)
            if each.node in held:
                continue
            if self._passed.get(each.node) == as_it_is:
                problems += [self._broken[each.node]] if each.node in self._broken else []
                continue
            self._broken.pop(each.node, None)
            self._passed[each.node] = as_it_is
            if why := self._meet(each):
                problems.append(why)
                self._broken[each.node] = why
        if self._since_ns is None:
            self._note_beginning(max((each.written_ns for each in seen.values()), default=0), now)

    def _give_up(self, now: datetime) -> None:
        """Wait no more for what is left of files that were lost long ago."""
        given_up = [life for life in self._lives if life.is_lost][:-MOST_LOST]
        for life in given_up:
            life.position = msgspec.structs.replace(life.position, ended=True)
        if given_up:
            places = tuple(life.position for life in given_up)
            self._inbox.put([Intake(source=self.follow.source, received_at=now, positions=places)])

    def _meet(self, seen: Seen) -> str:
        """Take a file for whatever it is; return why it cannot be read, "" when it can."""
        is_asked_for = seen.is_meant or (
            seen.is_rotated and self._since_ns is not None and seen.written_ns > self._since_ns
        )
        try:
            carrier = carrier_of(seen.path)
        except UNREADABLE as error:
            return _why(seen.path, error) if is_asked_for else ""
        try:
            is_kept = carrier.node == seen.node and self._is_kept(seen, carrier)
        except UNREADABLE as error:
            carrier.close()
            # What is still being packed cannot be read to its end.
            return _why(seen.path, error) if is_asked_for and not isinstance(error, EOFError) else ""
        if not is_kept:
            carrier.close()
        return ""

    def _is_kept(self, seen: Seen, carrier: Carrier) -> bool:
        is_first = self._since_ns is None
        # At the first look, what was rotated before is history.
        life, is_idle = find(self._lives, seen, carrier, seen.written_ns if is_first else self._since_ns or 0)
        if is_idle:
            if life and life.position.ended:
                life.last_at = seen.path
            elif life:
                # Once more the next time: what it is a copy of may be truncated by then.
                self._passed.pop(seen.node)
            return False
        if life:
            life.carrier = carrier
            life.finishes = life.position.node != seen.node and seen.path != life.path
            return True
        if sum(1 for each in self._lives if each.carrier) >= MOST_FILES:
            return False
        life = begun(self.follow.source, seen, carrier, at_end=is_first and self.follow.from_end)
        self._lives.append(life)
        return life.carrier is not None

    def _note_beginning(self, written_ns: int, now: datetime) -> None:
        """Keep where following began: whoever is killed now must not begin at a later end."""
        mark = FilePosition(
            source=self.follow.source,
            file=BEGAN,
            path="",
            node="",
            reached=written_ns,
            head="",
            head_size=0,
        )
        places = (mark, *(life.position for life in self._lives))
        self._inbox.put([Intake(source=self.follow.source, received_at=now, positions=places)])
        self._since_ns = written_ns

    def _read_on(self, life: Life, carrier: Carrier, now: datetime, problems: list[str]) -> bool:
        """Take in the next lines of a file; return whether there may be more."""
        try:
            ready(life, carrier, self.follow.file_format, self._lives, self._counting)
            data = carrier.read(life.position.reached, AT_ONCE_BYTES)
            # Only what is still the same file after it was read was read from it.
            if not carrier.is_whole and not self._is_same(life, carrier, len(data)):
                return True
            is_end = len(data) < AT_ONCE_BYTES
            is_last = is_end and self._is_last(life, carrier, data)
            end = len(data) if is_last else data.rfind(b"\n") + 1
            if not end and len(data) > MOST_LINE_BYTES:
                end = len(data)
            if not end and not is_last:
                return False
            position = advanced(life, carrier, data[:end], ended=is_last)
        except UNREADABLE as error:
            life.let_go()
            self._broken[carrier.node] = _why(life.path, error)
            problems.append(self._broken[carrier.node])
            return False
        self._take(life, data[:end], position, now)
        if is_last:
            life.let_go()
        return not is_end

    def _is_same(self, life: Life, carrier: Carrier, read: int) -> bool:
        position = life.position
        if life.begins(carrier, position.reached + read):
            return True
        if position.head_size and life.begins(carrier, position.head_size):
            size = carrier.size()
            if not life.finishes and size is not None and size < position.reached:
                # What is left of it was taken in before.
                life.position = msgspec.structs.replace(position, reached=size)
            return life.finishes
        life.let_go()
        return False

    def _is_last(self, life: Life, carrier: Carrier, data: bytes) -> bool:
        """Tell whether nothing will come after these bytes at its end."""
        if carrier.is_whole or life.finishes:
            return True
        if not isinstance(carrier, Plain) or not carrier.is_deleted:
            return False
        life.gone_turns = 0 if b"\n" in data else life.gone_turns + 1
        return life.gone_turns > GONE_TURNS

    def _take(self, life: Life, data: bytes, position: FilePosition, now: datetime) -> None:
        """Put the events of these lines into the inbox together with the position after them."""
        try:
            gatherings = self._gathered(life, data, now)
            intakes = [each.intake() for each in gatherings]
            intakes[-1] = msgspec.structs.replace(intakes[-1], positions=(position,))
            self._inbox.put(intakes)
        except BaseException:
            # The readers have counted lines that are not in.
            self._begin()
            raise
        life.position, life.within = position, bool(data) and not data.endswith(b"\n")
        for each in gatherings:
            self.report.events += len(each.events)
            self.report.refused += each.refused
            self.report.noise += each.noise

    def _gathered(self, life: Life, data: bytes, now: datetime) -> list[Gathering]:
        reader = life.reader
        assert reader is not None  # noqa: S101 -- made before anything is read
        gatherings = [Gathering(self.follow.source, now)]
        lines = data.split(b"\n")
        for line in lines[1:] if life.within else lines:
            if not (stripped := line.strip()):
                continue
            self.report.lines += 1
            if len(gatherings[-1].events) >= EVENTS_IN_INTAKE:
                gatherings.append(Gathering(self.follow.source, now))
            if len(stripped) > MOST_LINE_BYTES:
                gatherings[-1].refuse(TurnedAway.TOO_LARGE, stripped)
            else:
                reader(stripped, gatherings[-1])
        return gatherings


def _why(path: Path, error: BaseException) -> str:
    if isinstance(error, OSError):
        return unreadable(path, error)
    return f"{path} cannot be read to its end ({error})"
