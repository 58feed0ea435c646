"""Lines of Mixpanel's raw export, and of its export of people."""

from datetime import tzinfo

from waypost.collect.gathering import Gathering
from waypost.collect.mixpanel.events import told_by_event
from waypost.collect.mixpanel.profiles import told_by_person
from waypost.collect.named_accounts import GROUP_KEYS
from waypost.collect.pieces import said_in
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import keep

_BOM = b"\xef\xbb\xbf"


class MixpanelLines:
    """Reads an export line by line. Old projects shift its times to their zone, which must then be told."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Start at the beginning of a file."""
        self._zone = zone

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep or refuse what one line tells; an export that broke off ends with words."""
        line = line.removeprefix(_BOM)
        said = said_in(line, gathering)
        if said is None:
            return
        if "event" in said:
            told = told_by_event(said, line, GROUP_KEYS, self._zone)
        elif "$properties" in said:
            update = {"$distinct_id": said.get("$distinct_id"), "$set": said["$properties"]}
            told = told_by_person(update, line, GROUP_KEYS, "")
        else:
            told = TurnedAway.MISSING_FIELD
        if isinstance(told, TurnedAway):
            gathering.refuse(told, line)
        elif not keep(told[0], gathering):
            for follows in told[1:]:
                keep(follows, gathering)
