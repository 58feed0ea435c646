"""What a payload says: one event, whose it is, and in which accounts."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from waypost.collect.clocks import Settled, known, milliseconds, settled
from waypost.collect.groups import accounts_in, rank
from waypost.collect.pieces import id_of, object_of
from waypost.collect.snowplow.wrapped import Described, entities_in, event_in
from waypost.collect.told import Told, link, member
from waypost.core import Kind

_PAGE = {"url": "url", "page": "title", "refr": "referrer"}
_PING = {**_PAGE, "pp_mix": "min_x", "pp_max": "max_x", "pp_miy": "min_y", "pp_may": "max_y"}
_STRUCTURED = {
    "se_ca": "category",
    "se_ac": "action",
    "se_la": "label",
    "se_pr": "property",
    "se_va": "value",
}
_WRAPPED = ("ue_pr", "ue_px", "co", "cx")
_PLACED = frozenset(("e", "eid", "uid", "duid", *_WRAPPED))
_ANONYMOUS = ("duid", "nuid", "tnuid")
_ENTITY_IDS = ("id", "key", "account_id", "accountId")
_SCREEN_VIEW = "screen_view"


class _Meaning(NamedTuple):
    kind: Kind
    name: str
    properties: dict[str, Any]


def events_of(
    payload: Mapping[str, Any], raw: bytes, received_at: datetime, key: str | None
) -> Iterator[Told]:
    """Yield the event of a payload, what joins its ids, and the further accounts of its person.

    `key` is left out of what is kept. Raises UnreadableError when the event is wrapped and cannot be read.
    """
    entities = entities_in(payload)
    accounts = accounts_in(_accounts(entities or []))
    meaning, taken, schema = _meaning(payload)
    when = _when(payload, received_at)
    rest = {name: value for name, value in payload.items() if name not in _PLACED | taken and value != key}
    if entities is None:
        rest |= {name: payload[name] for name in ("co", "cx") if name in payload}
    elif entities:
        rest["entities"] = [{"schema": each.schema, "data": each.data} for each in entities]
    event = Told(
        about="snowplow",
        raw=raw,
        kind=meaning.kind,
        name=meaning.name,
        event_id=id_of(payload.get("eid")),
        happened_at=when.happened_at,
        person_id=id_of(payload.get("uid")),
        anonymous_id=next((one for name in _ANONYMOUS if (one := id_of(payload.get(name)))), None),
        account_id=accounts.first,
        quantity=_number(payload.get("se_va")),
        properties=meaning.properties,
        context={**rest, **schema, **when.context},
    )
    yield event
    if event.person_id and event.anonymous_id:
        yield link(event)
    for account in accounts.further:
        yield member(event, account)


def _meaning(payload: Mapping[str, Any]) -> tuple[_Meaning, frozenset[str], dict[str, Any]]:
    """Return what sort of event it is, the names that its properties took, and its schema if it has one."""
    match payload.get("e"):
        case "pv":
            return _named(payload, _PAGE, Kind.PAGE, _page_name(payload))
        case "pp":
            return _named(payload, _PING, Kind.TRACK, "page_ping")
        case "se":
            words = (payload.get("se_ca"), payload.get("se_ac"))
            name = " ".join(word for word in words if isinstance(word, str))
            return _named(payload, _STRUCTURED, Kind.TRACK, name)
        case "ue":
            return _self_described(event_in(payload))
        case "tr" | "ti" as short:
            named = {name: name[3:] for name in payload if name.startswith(f"{short}_")}
            long = "transaction" if short == "tr" else "transaction_item"
            return _named(payload, named, Kind.TRACK, long)
        case other:
            name = other if isinstance(other, str) else ""
            return _Meaning(Kind.TRACK, name, {}), frozenset(), {}


def _named(
    payload: Mapping[str, Any], names: Mapping[str, str], kind: Kind, name: str
) -> tuple[_Meaning, frozenset[str], dict[str, Any]]:
    properties = {long: payload[short] for short, long in names.items() if short in payload}
    return _Meaning(kind, name, properties), frozenset(names), {}


def _self_described(own: Described) -> tuple[_Meaning, frozenset[str], dict[str, Any]]:
    properties = own.data if isinstance(own.data, dict) else {"data": own.data}
    titled = properties.get("name")
    if own.name == _SCREEN_VIEW and isinstance(titled, str) and titled:
        meaning = _Meaning(Kind.SCREEN, titled, properties)
    else:
        meaning = _Meaning(Kind.TRACK, own.name, properties)
    return meaning, frozenset(), {"schema": own.schema}


def _page_name(payload: Mapping[str, Any]) -> str:
    """Return the path of a page, else its title."""
    try:
        path = urlsplit(str(payload.get("url", ""))).path
    except ValueError:
        path = ""
    return path or str(payload.get("page") or "page")


def _when(payload: Mapping[str, Any], received_at: datetime) -> Settled:
    """Return the true time when the sender knows it, else the device's, put right by its clock at the sending."""
    if true_at := milliseconds(payload.get("ttm")):
        return Settled(true_at, {})
    sent_at = known(milliseconds(payload.get("stm")))
    return settled(milliseconds(payload.get("dtm")), sent_at, received_at)


def _accounts(entities: list[Described]) -> dict[str, Any]:
    """Return the ids of the entities that are called like an account, by what they are called."""
    ids: dict[str, Any] = {}
    for each in entities:
        if rank(each.name) == rank(""):
            continue
        data = object_of(each.data)
        for name in (*_ENTITY_IDS, f"{each.name}_id", f"{each.name}Id"):
            if one := id_of(data.get(name)):
                ids.setdefault(each.name, []).append(one)
                break
    return ids


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and abs(number) < float("inf") else None
