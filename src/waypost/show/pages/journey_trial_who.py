"""The people (or accounts) behind a count of a preview or a back-test: of the draft, or of the version in force."""

from datetime import date

import polars as pl
from starlette.exceptions import HTTPException

from waypost.journey import Journey, Of
from waypost.learn import LATER_DAYS, Counted
from waypost.measure import Crowd, Level
from waypost.show import words
from waypost.show.addresses import piece
from waypost.show.members import Listing, Side
from waypost.show.pages.journey_editor import editing_of
from waypost.show.pages.journey_editor_trial import who_href
from waypost.show.visit import Visit

WITHIN = f"within {LATER_DAYS} days"
#: What is counted: all of them in words, and those of them that a share counts.
SAID = {
    Counted.THERE: ("on it", "off the path today"),
    Counted.STRAYS: ("off the path today", "lost after straying"),
    Counted.STRAYED: ("strayed", "not lost before"),
    Counted.LOST_LATER: ("strayed, not lost before", f"lost {WITHIN}"),
    Counted.MISSED: ("lost", f"not flagged {WITHIN} before"),
    Counted.OTHERWISE: ("on the path as a month began", f"lost {WITHIN}"),
}
#: Of these, both sides are told; of the others there is one list.
SHARES = (Counted.STRAYS, Counted.LOST_LATER, Counted.MISSED, Counted.OTHERWISE)


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    journey, version = _rules(visit)
    what, month = _what(visit), _month(visit)
    tries = visit.desk.trials
    if tries is None:
        raise HTTPException(
            409, "this workspace is not served by Waypost itself, so rules cannot be tried out"
        )
    found = tries.cases(journey).behind(what, month)
    hits = visit.asked("side") == "hits"
    shown = found.filter("hit") if hits else found
    of_people = journey.of is Of.PEOPLE
    one, many = ("person", "people") if of_people else ("account", "accounts")
    said = SAID[what][hits]
    when = f", {month:%B %Y}" if month else ""
    base = f"/journeys/{piece(journey.key)}/back-test/who"
    return Listing(
        title=f"{words.plural(shown.height, one, many)} {said}{when}",
        sub=f"By {version}. Whoever was it twice is listed twice.",
        crumbs=(
            ("Journeys", "/journeys"),
            (journey.name, f"/journeys/{piece(journey.key)}/edit"),
            ("Back-test", f"/journeys/{piece(journey.key)}/edit#back-test"),
            (said.capitalize(), ""),
        ),
        sides=_sides(visit, what, found, month) if what in SHARES else (),
        heads=("From", "Lost on"),
        rows=shown.sort("began_on", "person_id", "account_id", nulls_last=True)
        .select("began_on", "lost_on", unit="person_id")
        .select("unit", "began_on", "lost_on"),
        crowd=Crowd(unit=Level.PEOPLE if of_people else Level.ACCOUNTS),
        segment_name=f"{journey.name}, {said}{when}",
        base=base,
    )


def _sides(visit: Visit, what: Counted, found: pl.DataFrame, month: date | None) -> tuple[Side, ...]:
    key, hits = visit.request.path_params["journey"], visit.asked("side") == "hits"
    published = visit.asked("rules") == "published"
    counts = (found.height, found.filter("hit").height)
    return tuple(
        Side(
            name=SAID[what][place][:1].upper() + SAID[what][place][1:],
            count=counts[place],
            href=who_href(key, what, hits=place == 1, published=published, month=month),
            current=hits == (place == 1),
        )
        for place in (0, 1)
    )


def _rules(visit: Visit) -> tuple[Journey, str]:
    """Return the rules that are meant, and what they are called."""
    editing = editing_of(visit)
    if visit.asked("rules") == "published":
        if editing.published is None:
            raise HTTPException(404, "no version of this journey is in force")
        return editing.published, f"version {editing.version}, for the whole year"
    if editing.found.journey is None:
        raise HTTPException(409, "the draft does not read yet; see what is missing in the editor")
    return editing.found.journey, "the rules of the draft, for the whole year"


def _what(visit: Visit) -> Counted:
    try:
        return Counted(visit.asked("what"))
    except ValueError:
        raise HTTPException(404, f"say what is counted: what, one of {', '.join(Counted)}") from None


def _month(visit: Visit) -> date | None:
    try:
        return date.fromisoformat(f"{visit.asked('month')}-01")
    except ValueError:
        return None
