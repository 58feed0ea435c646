"""Readers of what the doors stored as it was written: hand them to the inbox that a round takes from."""

from collections.abc import Mapping

import msgspec

from waypost.collect.families import FAMILIES
from waypost.collect.family import BadBodyError, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.segment import FORMS, judge_parcel
from waypost.collect.unheard import UNHEARD, unheard
from waypost.collect.ways import request_of
from waypost.store import Judged, Parcel, Reader, sample


def hear_parcel(parcel: Parcel) -> Judged:
    """Hear a request that was kept as it came; return its events, and what its family refuses of it.

    The door saw to it that it can be read as a whole. Should it break its family all the same, all of it is refused.
    """
    kept = unheard(parcel.body)
    gathering = Gathering(parcel.source, parcel.received_at, kept.way)
    request = msgspec.structs.replace(request_of(kept.way, kept.body), received_at=parcel.received_at)
    try:
        FAMILIES[kept.way.family].hear(request, lambda _key: gathering)
    except (BadBodyError, RefusedError) as error:
        return _nothing(parcel, kept.body, f"{SAYS[TurnedAway.BAD_BODY]}: {error}")
    except Exception as error:  # noqa: BLE001 -- whatever one request breaks must not stop all that come after it
        return _nothing(parcel, kept.body, f"the request cannot be read ({error!r:.200}); please report this")
    return Judged(events=gathering.events, refused=gathering.refused, samples=tuple(gathering.samples))


def _nothing(parcel: Parcel, body: bytes, detail: str) -> Judged:
    why = TurnedAway.BAD_BODY.value
    # It holds its key in many a protocol, and would not come by itself as it came: nobody can send it again.
    return Judged(events=[], refused={why: parcel.n}, samples=(sample(why, detail, body),))


READERS: Mapping[str, Reader] = {**dict.fromkeys(FORMS, judge_parcel), UNHEARD: hear_parcel}
