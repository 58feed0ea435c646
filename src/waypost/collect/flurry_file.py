"""Flurry's event log as its users saved it: a table of sessions' events, in local times without a zone."""

import csv
from datetime import datetime, tzinfo

from waypost.collect.clocks import NO_TIME
from waypost.collect.gathering import Gathering
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import Told, keep
from waypost.core import Kind

COLUMNS = (
    "Timestamp",
    "Session Index",
    "Event",
    "Description",
    "Version",
    "Platform",
    "Device",
    "User ID",
    "Params",
)
_TIMES = (
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S %p",
)
_BOM = b"\xef\xbb\xbf"


class FlurryLines:
    """Reads the table line by line; cells are padded with blanks."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Start at the beginning of a file; without a zone its times are taken for UTC."""
        self._zone = zone

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse the event of one line; the header tells none."""
        line = line.removeprefix(_BOM)
        try:
            cells = [cell.strip() for cell in next(csv.reader([line.decode()], skipinitialspace=True), [])]
        except (UnicodeDecodeError, csv.Error):
            gathering.refuse(TurnedAway.BAD_TEXT, line)
            return
        if tuple(cells) == COLUMNS:
            return
        if len(cells) != len(COLUMNS):
            gathering.refuse(TurnedAway.NOT_A_LINE, line)
            return
        said = dict(zip(COLUMNS, cells, strict=True))
        names = ("Session Index", "Description", "Version", "Platform", "Device")
        told = Told(
            about="flurry",
            raw=line,
            kind=Kind.TRACK,
            name=said["Event"],
            happened_at=self._instant(said["Timestamp"]) or NO_TIME,
            person_id=said["User ID"] or None,
            properties=_params(said["Params"]),
            context={name: said[name] for name in names if said[name]},
        )
        keep(told, gathering)

    def _instant(self, written: str) -> datetime | None:
        for form in _TIMES:
            try:
                return datetime.strptime(written, form).replace(tzinfo=self._zone)
            except ValueError:
                continue
        return instant_of(written, self._zone)


def _params(written: str) -> dict[str, object]:
    """Return `{key : value; key : value}` as an object; what has no colon is a key without a value."""
    pairs = (pair.partition(":") for pair in written.strip("{} ").split(";") if pair.strip())
    return {name.strip(): value.strip() if colon else None for name, colon, value in pairs}
