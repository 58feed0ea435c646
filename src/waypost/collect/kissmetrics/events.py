"""From the parameters of a call, or the fields of an exported line, to what they tell."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from waypost.collect.named_accounts import GROUP_KEYS, accounts_of
from waypost.collect.pieces import id_of
from waypost.collect.told import Told, member
from waypost.core import Kind

ABOUT = "kissmetrics"
#: Names that are the protocol's own: all others are properties. `_k` is the key, which is never stored.
_OWN = ("_k", "_p", "_p2", "_n", "_t", "_d")


def event(said: Mapping[str, object], raw: bytes, happened_at: datetime | None) -> list[Told]:
    """Return what somebody did, and the further accounts that it names."""
    told = _told(Kind.TRACK, id_of(said.get("_n")) or "", said, raw, happened_at)
    return _with_accounts(told)


def traits(said: Mapping[str, object], raw: bytes, happened_at: datetime | None) -> list[Told]:
    """Return properties of somebody, which are traits here."""
    return _with_accounts(_told(Kind.IDENTIFY, Kind.IDENTIFY.value, said, raw, happened_at))


def alias(said: Mapping[str, object], raw: bytes, other: str, happened_at: datetime | None) -> list[Told]:
    """Return that two ids are one person: under the one that is an address of mail, else under the second named."""
    told = _told(Kind.ALIAS, Kind.ALIAS.value, said, raw, happened_at)
    first, second = told.person_id, id_of(said.get(other))
    if first and "@" in first and "@" not in (second or ""):
        first, second = second, first
    told.person_id = second if first else None
    told.properties = {**told.properties, "previousId": first if first != second else None}
    return [told]


def _told(
    kind: Kind, name: str, said: Mapping[str, object], raw: bytes, happened_at: datetime | None
) -> Told:
    person_id = id_of(said.get("_p"))
    properties = {key: value for key, value in said.items() if key not in _OWN}
    told = Told(about=ABOUT, raw=raw, kind=kind, name=name, person_id=person_id, properties=properties)
    told.happened_at = happened_at
    if kind is Kind.TRACK and happened_at:
        # As the vendor has it: one event of a name in a second, whatever its properties.
        what = f"{person_id}\0{name}\0{happened_at:%Y-%m-%dT%H:%M:%S}"
        told.event_id = hashlib.sha256(what.encode(errors="surrogatepass")).hexdigest()[:32]
    told.context = {key: said[key] for key in ("_t", "_d") if key in said}
    return told


def _with_accounts(told: Told) -> list[Told]:
    accounts = accounts_of(told.properties, GROUP_KEYS)
    told.account_id = accounts.first
    return [told, *(member(told, each) for each in accounts.further)]
