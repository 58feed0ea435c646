"""What an address of the journey map asks: whom it is narrowed to, and what is compared."""

from datetime import date

import msgspec
import polars as pl
from starlette.exceptions import HTTPException

from waypost.journey import Journey, Of
from waypost.measure import Grain, Level
from waypost.show.addresses import piece, with_query
from waypost.show.rosters import members_of
from waypost.show.visit import Visit

COMPARED = {"month": "Month of access", "role": "Role", "tier": "Tier", "segment": "In the segment or not"}
MONTHS = 12
PAIRS = {"person_id": pl.String, "account_id": pl.String}


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the map is about: a segment, the month in which they got access, and by what groups are compared."""

    journey: Journey
    segment: str
    month: date | None
    compare: str
    pairs: pl.DataFrame
    accounts: pl.DataFrame

    @property
    def key(self) -> tuple[str, str, date | None, str]:
        """What an answer about them is kept by."""
        return self.journey.key, self.segment, self.month, self.compare

    @property
    def everybody(self) -> bool:
        """Whether no segment narrows it; to compare in with out, all are looked at."""
        return not self.segment or self.compare == "segment"

    @property
    def until(self) -> date | None:
        """The first day after that month."""
        return Grain.MONTH.ahead(self.month, 1) if self.month else None

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Who is in the segment, as questions read it."""
        return {"pairs": self.pairs, "chosen_accounts": self.accounts}

    @property
    def of_people(self) -> bool:
        """Whether people go the journey, and not accounts."""
        return self.journey.of is Of.PEOPLE

    def who_href(self, **more: str | None) -> str:
        """Return the address of the list behind a count, of people or accounts."""
        month = f"{self.month:%Y-%m}" if self.month else None
        segment = None if self.everybody else self.segment
        query = {"milestone": None, **more, "segment": segment, "month": month}
        return with_query(f"/journeys/{piece(self.journey.key)}/who", query)

    def times_href(self, **more: str | None) -> str:
        """Return the address of the list behind a time to a milestone, of people or accounts."""
        month = f"{self.month:%Y-%m}" if self.month else None
        query = {**more, "segment": self.segment or None, "month": month, "compare": self.compare or None}
        return with_query(f"/journeys/{piece(self.journey.key)}/times/who", query)

    def people_href(self, **more: str | None) -> str:
        """Return the address of the list of the people meant."""
        until = self.until
        narrowed = {
            "segment": None if self.everybody else self.segment,
            "from": self.month.isoformat() if self.month else None,
            "until": until.isoformat() if until else None,
        }
        return with_query("/people", {"journey": self.journey.key, **more, **narrowed})


def journey_of(visit: Visit) -> Journey:
    """Return the journey that the address names; 404 when there is none."""
    found = visit.rules.journeys.get(visit.request.path_params["journey"])
    if found is None:
        raise HTTPException(404, "there is no journey of this key; it may have been withdrawn")
    return found


def narrowed(visit: Visit) -> Narrowed:
    """Return what the address asks for; what makes no sense is passed over."""
    journey = journey_of(visit)
    segment = next((each for each in visit.rules.segments if each.key == visit.asked("segment")), None)
    pairs, accounts = pl.DataFrame(schema=PAIRS), pl.DataFrame(schema={"account_id": pl.String})
    if segment is not None:
        members = members_of(visit, segment)
        if segment.of is Level.PEOPLE:
            pairs = members.select("person_id", "account_id")
        else:
            accounts = members.select("account_id")
    compare = visit.asked("compare")
    if compare not in COMPARED or (compare == "segment" and segment is None) or journey.of is Of.ACCOUNTS:
        compare = ""
    return Narrowed(
        journey=journey,
        segment=segment.key if segment else "",
        month=_month(visit.asked("month")) if journey.of is Of.PEOPLE else None,
        compare=compare,
        pairs=pairs,
        accounts=accounts,
    )


def months(today: date) -> list[date]:
    """Return the first days of the last twelve months, newest first."""
    return [Grain.MONTH.ahead(today.replace(day=1), -back) for back in range(MONTHS)]


def group_name(visit: Visit, asked: Narrowed, key: str) -> str:
    """Return a group in words."""
    match asked.compare:
        case "tier":
            return visit.rules.tiers.name_of(key)
        case "month":
            first = _month(key)
            return f"{first:%B %Y}" if first else key
        case "segment":
            named = next((each.name for each in visit.rules.segments if each.key == asked.segment), key)
            return f"{'In' if key == 'in' else 'Not in'} {named}"
        case _:
            return key.replace("_", " ").capitalize()


def group_href(asked: Narrowed, key: str, standing: str) -> str:
    """Return where the people of a group are listed; none for those outside a segment."""
    first = _month(key)
    match asked.compare:
        case "month" if first:
            one = msgspec.structs.replace(asked, month=first)
            return one.people_href(standing=standing)
        case "segment":
            within = with_query(
                "/people", {"journey": asked.journey.key, "standing": standing, "segment": asked.segment}
            )
            return within if key == "in" else ""
        case _:
            return asked.people_href(standing=standing, **{asked.compare: key})


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
