"""Files of Segment messages, one JSON object a line, as an archive of the protocol keeps them."""

from datetime import datetime

from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.segment import Batch, Draft, judge

_BOM = b"\xef\xbb\xbf"


class SegmentLines:
    """Reads messages line by line, through the same steps as the collector; the clock was right when it was sent."""

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        self._batch = Batch([], b"", b"", b"{}")
        self._arrived: datetime | None = None

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse the message of one line."""
        batch = self._batch
        if self._arrived is not gathering.received_at:
            batch.arrived(gathering.source, gathering.received_at)
            self._arrived = gathering.received_at
        line = line.removeprefix(_BOM)
        if not line.startswith(b"{"):
            gathering.refuse(TurnedAway.NOT_A_LINE, line)
            return
        batch.plain = line.isascii() and b"\\u0000" not in line
        draft = Draft(line, batch)
        why = judge(draft)
        if why is None:
            gathering.events.append(draft.event())
        else:
            gathering.refuse(why, line, draft.detail)
