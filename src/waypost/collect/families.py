"""Who is spoken to at which address: a mount for each family, and the root for hosts that stand in for a vendor's."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from waypost.collect.amplitude import Amplitude
from waypost.collect.cio import CioPipelines
from waypost.collect.cloudevents import CloudEvents
from waypost.collect.customerio import CustomerIo
from waypost.collect.drains import Drains
from waypost.collect.family import Family
from waypost.collect.hooks import Hooks
from waypost.collect.kissmetrics import Kissmetrics
from waypost.collect.mixpanel import Mixpanel
from waypost.collect.otlp import Otlp
from waypost.collect.posthog import PostHog
from waypost.collect.request import Request
from waypost.collect.rudder import Rudder
from waypost.collect.segment import Segment
from waypost.collect.snowplow import Snowplow
from waypost.collect.tapstream import Tapstream

#: The families by the name of their mount, `/in/NAME`; at the root the first that takes an address has it, unless
#: several do and one recognises the request as its own.
FAMILIES: Mapping[str, Family] = {
    "segment": Segment(),
    "kissmetrics": Kissmetrics(),
    "posthog": PostHog(),
    "amplitude": Amplitude(),
    "mixpanel": Mixpanel(),
    "snowplow": Snowplow(),
    "rudder": Rudder(),
    "cio": CioPipelines(),
    "customerio": CustomerIo(),
    "tapstream": Tapstream(),
    "cloudevents": CloudEvents(),
    "otlp": Otlp(),
    "hooks": Hooks(),
    "logs": Drains(),
}
_NAMES = {family: name for name, family in FAMILIES.items()}
_MOUNT = "/in/"
#: Longer addresses are looked up anew each time: whoever sends them must not fill our memory.
MOST_REMEMBERED = 200


class Place(NamedTuple):
    """An address: the families that may be meant, their mount ("" at the root), and the path below it."""

    families: tuple[Family, ...]
    mount: str
    path: str


def place_of(path: str) -> Place:
    """Return what stands at an address; no family for a mount that is not there."""
    return _place_of(path) if len(path) <= MOST_REMEMBERED else _place_of.__wrapped__(path)


def takers(method: str, path: str) -> tuple[Family, ...]:
    """Return the families that hear events by this method at this address."""
    return _takers(method, path) if len(path) <= MOST_REMEMBERED else _takers.__wrapped__(method, path)


def name_of(family: Family) -> str:
    """Return the name of a family's mount; "" for one that has none."""
    return _NAMES.get(family, "")


def meant(families: tuple[Family, ...], request: Request) -> Family:
    """Return whom a request is for, of those that take its address."""
    if len(families) > 1:
        for family in families:
            if family.recognises(request):
                return family
    return families[0]


@lru_cache(maxsize=64)
def most_bytes(families: tuple[Family, ...]) -> int:
    """Return how large a body the most patient of these families takes."""
    return max(family.most_bytes for family in families)


@lru_cache(maxsize=1_024)
def _place_of(path: str) -> Place:
    path = path.rstrip("/")
    if not path.startswith(_MOUNT):
        return Place(tuple(FAMILIES.values()), "", path)
    name, slash, below = path.removeprefix(_MOUNT).partition("/")
    family = FAMILIES.get(name)
    return Place((family,) if family else (), f"{_MOUNT}{name}", f"{slash}{below}")


@lru_cache(maxsize=1_024)
def _takers(method: str, path: str) -> tuple[Family, ...]:
    place = place_of(path)
    return tuple(family for family in place.families if family.takes(method, place.path))
