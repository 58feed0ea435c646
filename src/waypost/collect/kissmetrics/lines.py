"""Lines of KISSmetrics' JSON export: events, properties and aliases in the order of receipt, some of them twice."""

from waypost.collect.gathering import Gathering
from waypost.collect.kissmetrics.events import alias, event, traits
from waypost.collect.kissmetrics.family import keep_all
from waypost.collect.pieces import said_in
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway

_BOM = b"\xef\xbb\xbf"


class KissmetricsLines:
    """Reads an export line by line."""

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse what one line tells."""
        line = line.removeprefix(_BOM)
        said = said_in(line, gathering)
        if said is None:
            return
        happened_at = instant_of(said.get("_t"))
        if "_p" not in said or happened_at is None:
            gathering.refuse(TurnedAway.MISSING_FIELD, line)
        elif "_p2" in said:
            keep_all(alias(said, line, "_p2", happened_at), gathering)
        else:
            keep_all((event if "_n" in said else traits)(said, line, happened_at), gathering)
