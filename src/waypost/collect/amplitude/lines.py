"""Lines of Amplitude's export: one event each, with its time as the vendor settled it."""

from waypost.collect.amplitude.events import events_of
from waypost.collect.clocks import iso, settled
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import UnreadableError, message
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import keep

#: A line repeats all that is known of its person, beside the event itself.
MOST_BYTES = 64 * 1024


class AmplitudeLines:
    """Reads exported events line by line; they meet those that came live by their insert id."""

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse the event of one line."""
        try:
            said = message(line, MOST_BYTES)
        except UnreadableError as error:
            gathering.refuse(error.why, line, error.detail)
            return
        if "event_type" not in said:
            gathering.refuse(TurnedAway.NOT_A_LINE, line)
            return
        when = settled(iso(said.get("event_time")), None, gathering.received_at)
        first, *beside = events_of(said, line, when, exported=True)
        if keep(first, gathering) is None:
            for each in beside:
                keep(each, gathering)
