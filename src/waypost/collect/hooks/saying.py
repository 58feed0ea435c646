"""A message of a webhook on its way to be an event of Waypost's own kinds; all that it says goes along."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from waypost.collect.answers import Answer
from waypost.collect.gathering import Gathering
from waypost.collect.hooks.signing import Rule
from waypost.collect.named_accounts import GROUP_KEYS, accounts_of
from waypost.collect.pieces import id_of
from waypost.collect.readings import instant_of
from waypost.collect.request import Request
from waypost.collect.told import Told
from waypost.core import Actor, Kind

#: Of a longer message only what lies at its top is kept beside what is understood.
MOST_BYTES = 24 * 1024
_MOST_TEXT = 500

_encode = msgspec.json.Encoder().encode
_DONE = Answer(200, b"{}")


class Said(NamedTuple):
    """One message, who sent it, and the headers that it came with."""

    vendor: str
    message: dict[str, Any]
    headers: Mapping[bytes, bytes]

    def at(self, *path: str | int) -> Any:  # noqa: ANN401 -- JSON
        """Return what stands at a place of the message, None when nothing does."""
        return dig(self.message, *path)

    def header(self, name: bytes) -> str | None:
        """Return a header, None when it did not come."""
        return self.headers.get(name, b"").decode(errors="replace") or None

    def tells(
        self,
        kind: Kind,
        name: str,
        *,
        about: "About",
        event_id: object = None,
        happened_at: object = None,
        **properties: object,
    ) -> Told:
        """Return it as an event; of `properties` those that are None are left out. The whole message stands beside."""
        whole = _kept(self.message)
        return Told(
            about=self.vendor,
            raw=_encode(whole),
            kind=kind,
            name=name,
            event_id=id_of(event_id),
            happened_at=happened_at if isinstance(happened_at, datetime) else instant_of(happened_at),
            person_id=about.person,
            account_id=about.account,
            # What names nobody is no act of anybody's.
            actor=Actor.HUMAN if about.person else Actor.SYSTEM,
            properties={
                **{name: value for name, value in properties.items() if value is not None},
                self.vendor: whole,
            },
        )


def _nothing(_said: Said) -> Iterable[Told]:
    return ()


class About(NamedTuple):
    """Whom a message is about, by the ids of the product; None when it does not say."""

    person: str | None
    account: str | None = None


class Hook(NamedTuple):
    """One vendor's webhook: how it is signed (`signed`: always), what it tells, and the answer that it waits for.

    `hear` takes all messages of a request as another family does, in place of asking what each tells.
    `cut` makes messages of a body that is neither JSON nor a form.
    """

    rule: Rule
    tell: Callable[[Said], Iterable[Told]] = _nothing
    signed: bool = True
    done: Answer = _DONE
    hear: Callable[[Sequence[bytes], Gathering], None] | None = None
    cut: Callable[[Request], list[bytes]] | None = None


def dig(value: Any, *path: str | int) -> Any:  # noqa: ANN401 -- JSON
    """Return what lies at a path of names and places, None when nothing does."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def person_of(vendor: str, *, given: object = None, email: object = None, own: object = None) -> str | None:
    """Return a person's id: the product's own, the e-mail address, or the vendor's with its name before."""
    address = email.strip().lower() if isinstance(email, str) and "@" in email else None
    theirs = id_of(own)
    return id_of(given) or address or (f"{vendor}:{theirs}" if theirs else None)


def account_of(*places: object) -> str | None:
    """Return the account that fields which customers fill themselves name, in the order of the places."""
    for each in places:
        found = accounts_of(each, GROUP_KEYS).first if isinstance(each, dict) else id_of(each)
        if found:
            return found
    return None


def words(value: object) -> str | None:
    """Return a text as long as one of the schema may be, None for none."""
    return value.strip()[:_MOST_TEXT] or None if isinstance(value, str) else None


def number(value: object) -> float | None:
    """Return the number that a value is, or that it begins with (`10 - very likely`); None when there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        return float(value.split()[0]) if isinstance(value, str) else None
    except (ValueError, IndexError):
        return None


def _kept(message: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = _without_nothing(message)
    if len(_encode(whole)) <= MOST_BYTES:
        return whole
    top = {name: value for name, value in whole.items() if not isinstance(value, dict | list)}
    return top if len(_encode(top)) <= MOST_BYTES else {}


def _without_nothing(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a value without what is null: some vendors send a hundred empty fields."""
    if isinstance(value, dict):
        return {name: _without_nothing(inside) for name, inside in value.items() if inside is not None}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value
