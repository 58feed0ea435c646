"""The account page: why health changed, where its people stand, what to do next, what happened."""

from collections.abc import Sequence
from datetime import date

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.show import timeline, words
from waypost.show.addresses import account_address, unpiece
from waypost.show.next_touch import Touch, lately, next_touches, people_being_reached, what_was_done
from waypost.show.pages.account_people import behind_the_change, trail_of
from waypost.show.pages.account_why import Why, why_of
from waypost.show.people import Person
from waypost.show.portfolio import place_in
from waypost.show.rows import only, rows_of
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.store import Notes

VIEWS = ("trail", "table", "people")
MOST_LISTED = 200


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an account's page."""

    account_id: str
    name: str
    tier: str | None
    owner: str | None
    region: str | None
    value: float | None
    currency: str | None
    seats: int | None
    renews_on: date | None
    ended_on: date | None


def account(visit: Visit) -> Response:
    """Draw one account."""
    found = account_of(visit)
    rules = visit.rules
    why = why_of(visit, found.account_id, rules)
    people = people_of(visit, found.account_id)
    reached = lately(visit.desk, found.account_id)
    chip = visit.choice("show", timeline.CHIPS)
    count = len({each.person_id for each in people})
    happened = timeline.told(visit.desk, rules, found.account_id, why.since, why.reasons, people=count)
    return visit.page(
        "account.html",
        account=found,
        facts=facts(visit, found, rules, count),
        why=why,
        trail=trail_of(
            rules,
            people,
            people_being_reached(reached),
            what_was_done(reached),
            (found.account_id, found.name),
            visit.asked("journey"),
        ),
        view=visit.choice("people", VIEWS),
        listed=people[:MOST_LISTED],
        stages_by=rules.milestone_name,
        behind=behind_the_change(
            visit.desk, people, why.reasons, rules, reached, account_id=found.account_id
        ),
        touches=_touches(visit, found.account_id, why, rules),
        chip=chip,
        chips=timeline.CHIP_WORDS,
        days=timeline.by_day(happened.moments, visit.desk, chip),
        earlier=happened.earlier,
        told_from=happened.first_on,
        place=place_in(visit, found.account_id),
    )


def add_note(visit: Visit) -> Response:
    """Write a note on an account's timeline."""
    found = account_of(visit)
    text = visit.form.get("text", "").strip()
    back = account_address(found.account_id)
    if not text:
        return visit.go(back)
    note = Notes(visit.desk.operations).write(
        found.account_id, text, member_name=visit.whoever.name, now=visit.now
    )
    return visit.go(f"{back}?act=noted&did={note.note_id}")


def undo_note(visit: Visit) -> Response:
    """Take a note back."""
    where = Notes(visit.desk.operations).undo(visit.request.path_params["note"], now=visit.now)
    return visit.go(account_address(where) if where else "/accounts")


def account_of(visit: Visit) -> Account:
    """Return the account that the address names; there may be none (404)."""
    asked = {"account": unpiece(visit.request.path_params["account"])}
    found = only(visit.desk.warehouse.ask("show/account", asked), Account)
    if found is None:
        raise HTTPException(404, "there is no account of this address; it may have been removed")
    return found


def people_of(visit: Visit, account_id: str) -> list[Person]:
    """Return everybody at an account with their standing, strays first."""
    asked = {"account": account_id, "today": visit.today}
    return rows_of(visit.desk.warehouse.ask("show/account_people", asked), Person)


def owner_name(visit: Visit, email: str | None) -> str:
    """Return the name of the member who owns an account; made of the e-mail when no member has it."""
    known = {each.email: each.name for each in visit.house.members.list()}
    return known.get((email or "").lower(), words.name_of_email(email) if email else "Nobody")


def facts(visit: Visit, account: Account, rules: Rules, people: int) -> Sequence[tuple[str, str]]:
    """Return the facts of the page's head: label and words; `people` is how many belong to the account."""
    today = visit.today
    found = [("Tier", rules.tiers.name_of(account.tier))] if account.tier else []
    if account.value is not None:
        found.append(("Value", f"{words.money(account.value, account.currency)} a year"))
    if account.renews_on:
        found.append(
            ("Renews", f"{words.day(account.renews_on, today)}, {words.apart(account.renews_on, today)}")
        )
    seats = f"{people:,} of {account.seats:,} in use" if account.seats else f"{people:,} in use"
    found.append(("Seats", seats))
    found.append(("Owner", owner_name(visit, account.owner)))
    return found


def _touches(visit: Visit, account_id: str, why: Why, rules: Rules) -> list[Touch]:
    waiting = next_touches(visit.desk, account_id, why.reasons)
    return [visit.house.results.beside(visit.desk, rules, each) for each in waiting[:1]] + waiting[1:]
