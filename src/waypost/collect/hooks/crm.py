"""What systems of customer relations have in common: accounts, contacts and contracts, by the names of their fields.

Their own numbers of companies are never taken for accounts: a field of the customer's own names the account as the
product knows it. An amount is no value of a year, and is not taken for one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from waypost.collect.clocks import NO_TIME
from waypost.collect.hooks.saying import About, Said, number, person_of, words
from waypost.collect.pieces import id_of
from waypost.collect.readings import instant_of, text_of
from waypost.collect.told import Told
from waypost.core import Actor, Kind

Fields = Mapping[str, Any]

#: The names, in small letters and without `__c`, under which each is looked for, in this order.
_ACCOUNT = ("waypost_account_id", "product_account_id", "account_id")
_PERSON = ("waypost_person_id", "product_user_id", "person_id", "user_id")
_OWNER = ("owner_email", "account_owner_email", "owner")
_VALUE = ("annual_value", "arr", "hs_arr", "acv", "hs_acv", "value")
_RENEWS = ("renews_on", "renewal_date", "contract_end_date", "enddate")
_STARTS = ("starts_on", "contract_start_date", "start_date", "startdate")
_SEATS = ("seats", "licenses", "licences", "license_count")
_CURRENCY = ("currency", "deal_currency_code", "currencyisocode")
_CONTRACT = ("contract_id", "waypost_contract_id", "contractnumber")
_TITLE = ("title", "jobtitle")
_TRAITS = ("industry", "region", "tier", "plan", "country")
_PARTS = ("buying_role", "hs_buying_role", "roles", "contact_role")
_GONE = ("left_company", "no_longer_at_company", "no_longer_there", "left")
_YES = ("true", "yes", "1")
_CHAMPION, _SIGNS = "champion", ("decision maker", "decision_maker", "economic buyer", "budget_holder")


def account(said: Said, fields: Fields, **known: object) -> Iterator[Told]:
    """Tell what a record says of an account, and of its contract when it holds a value or a renewal date."""
    account_id = id_of(_first(fields, _ACCOUNT))
    traits = {name: fields[name] for name in _TRAITS if fields.get(name) is not None}
    traits |= _some(name=words(fields.get("name")), owner=_address(_first(fields, _OWNER)))
    if traits:
        told = said.tells(Kind.GROUP, "group", about=About(None, account_id), **_part(known, "account"))
        yield _beside(said, told, traits)
    if _terms(fields):
        yield from contract(said, fields, "changed", own=account_id, **_part(known, "contract"))


def contact(said: Said, fields: Fields, own: object = None, **known: object) -> Iterator[Told]:
    """Tell who somebody is, what part they have at their account, and that they left it."""
    given, email = _first(fields, _PERSON), fields.get("email")
    person = person_of(said.vendor, given=given, email=email, own=own)
    by_number = person_of(said.vendor, own=own)
    about = About(person, id_of(_first(fields, _ACCOUNT)))
    if by_number and by_number != person:
        named = _part(known, "alias")
        told = said.tells(Kind.ALIAS, "alias", about=About(person), previousId=by_number, **named)
        # That a system knows somebody is no use of the product.
        yield replace(told, actor=Actor.SYSTEM)
    who = _some(name=_name(fields), email=_address(email), title=words(_first(fields, _TITLE)))
    if who:
        told = said.tells(Kind.IDENTIFY, "identify", about=About(person), **_part(known, "identify"))
        yield replace(_beside(said, told, who), actor=Actor.SYSTEM)
    if text_of(fields.get("event")) == "left" or _yes(_first(fields, _GONE)):
        yield said.tells(Kind.MEMBERSHIP, "left", about=about, **_part(known, "left"))
    elif part := _parts(fields):
        yield said.tells(Kind.MEMBERSHIP, "role_changed", about=about, **part, **_part(known, "role"))


def contract(said: Said, fields: Fields, name: str, own: object = None, **known: object) -> Iterator[Told]:
    """Tell the terms of a contract; `own` is its number at the system, for want of one of the customer's own."""
    number_of = id_of(_first(fields, _CONTRACT)) or id_of(own)
    yield said.tells(
        Kind.CONTRACT,
        name,
        about=About(None, id_of(_first(fields, _ACCOUNT))),
        contract_id=number_of,
        **_terms(fields),
        **known,
    )


def written(said: Said, fields: Fields, **known: object) -> Iterator[Told]:
    """Tell what a body says that somebody wrote: the names are those that our page asks for."""
    known = {"event_id": fields.get("id"), "happened_at": fields.get("at"), **known}
    match text_of(fields.get("event")):
        case "account":
            yield from account(said, fields, **known)
        case "contact" | "left":
            yield from contact(said, fields, **known)
        case "signed" | "changed" | "renewed" | "ended" as name:
            yield from contract(said, fields, name, **known)


def fields_of(record: object) -> Fields:
    """Return the fields of a record by their names in small letters; a value may stand alone or in an object."""
    found = record.items() if isinstance(record, dict) else ()
    named = {name.lower().removesuffix("__c"): _alone(value) for name, value in found}
    return {name: value for name, value in named.items() if value is not None and value != ""}


def _alone(value: Any) -> Any:  # noqa: ANN401 -- JSON
    return value.get("value") if isinstance(value, dict) else None if isinstance(value, list) else value


def _first(fields: Fields, names: tuple[str, ...]) -> Any:  # noqa: ANN401 -- JSON
    return next((fields[name] for name in names if name in fields), None)


def _some(**found: object) -> dict[str, object]:
    return {name: value for name, value in found.items() if value is not None}


def _part(known: Mapping[str, object], what: str) -> dict[str, Any]:
    """Return the id and the time of one of the things that a message says."""
    event_id = id_of(known.get("event_id"))
    return {**known, "event_id": f"{event_id}:{what}" if event_id else None}


def _beside(said: Said, told: Told, traits: dict[str, object]) -> Told:
    """Return it with traits alone as its properties: the whole record is no trait, and stands beside them."""
    return replace(told, properties=traits, context={said.vendor: told.properties[said.vendor]})


def _terms(fields: Fields) -> dict[str, Any]:
    value, seats = number(_first(fields, _VALUE)), number(_first(fields, _SEATS))
    return _some(
        value=value,
        seats=int(seats) if seats is not None and seats == int(seats) else None,
        currency=words(_first(fields, _CURRENCY)) if value is not None else None,
        starts_on=_day(_first(fields, _STARTS)),
        renews_on=_day(_first(fields, _RENEWS)),
    )


def _parts(fields: Fields) -> dict[str, Any]:
    """Return the role, and whether somebody is champion or signs, as far as the record says so."""
    told = _first(fields, _PARTS)
    parts = [each.strip().lower() for each in told.split(";")] if isinstance(told, str) else None
    found: dict[str, Any] = _some(role=words(fields.get("role")))
    if parts is not None:
        found |= {"champion": _CHAMPION in parts, "signs_renewal": any(each in _SIGNS for each in parts)}
    for name in ("champion", "signs_renewal"):
        if name in fields:
            found[name] = _yes(fields[name])
    return found


def _name(fields: Fields) -> str | None:
    both = (words(fields.get("firstname")), words(fields.get("lastname")))
    return words(fields.get("name")) or " ".join(filter(None, both)) or None


def _address(value: object) -> str | None:
    return value.strip().lower() if isinstance(value, str) and "@" in value else None


def _yes(value: object) -> bool:
    return value is True or (id_of(value) or "").strip().lower() in _YES


def _day(value: object) -> date | None:
    """Return the day of a date, or of an instant as it is in UTC, where these systems keep midnights."""
    at = instant_of(value)
    if not isinstance(at, datetime) or at is NO_TIME:
        return None
    return at.astimezone(UTC).date() if at.tzinfo else at.date()
