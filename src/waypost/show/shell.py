"""The shell around every page: places, views, the freshness note, and what the last act says."""

import msgspec

from waypost.show import freshness, words
from waypost.show.visit import Visit
from waypost.store import Touches

MOST_COUNTED = 500


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A ready view of a place."""

    name: str
    href: str
    current: bool


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the rail."""

    name: str
    href: str
    icon: str
    current: bool
    count: int = 0
    late: bool = False
    views: list[View] = []


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """What the shell draws."""

    places: list[Place]
    foot: list[Place]
    phone: list[Place]
    fresh: str
    fresh_short: str
    late: bool


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What the last act says, and the address that takes it back."""

    says: str
    undo: str = ""


ACTS = {
    "done": "Touch done.",
    "snoozed": "Touch snoozed.",
    "skipped": "Touch skipped.",
    "noted": "Note kept.",
    "gone": "Somebody else acted on this touch already.",
    "undone": "Taken back.",
    "revoked": "Key revoked. Collectors refuse it within two seconds.",
    "paused": "Paused. Its events still come in; nobody waits for them.",
    "resumed": "Resumed. It is waited for again.",
    "wanted": "It is asked within seconds; the run then stands on top of the list.",
    "source_added": "Source added. It is asked within seconds.",
    "files_followed": "Files are followed from now on.",
    "removed": "Member removed and signed out everywhere.",
    "kept": "Saved.",
    "created": "Key made.",
    "published": "Published. The next round works everything out by it.",
    "discarded": "Draft discarded.",
    "draft_kept": "Draft kept.",
    "withdrawn": "Journey withdrawn. Its versions are kept.",
    "sample_gone": "The sample is gone.",
    "discarded_file": "File discarded. Nothing of it was taken in.",
    "retired": "Segment retired. Its versions are kept.",
}


def shell_of(visit: Visit) -> Shell:
    """Return the shell for a visit."""
    path = visit.request.url.path
    if path.startswith("/connect"):
        path = "/sources"  # where sources are added, too: at an address that no source can have
    waiting = len(Touches(visit.desk.operations).open(visit.now, most=MOST_COUNTED))
    found = freshness.sources(visit.desk)
    late = any(each.late for each in found)

    def place(name: str, href: str, icon: str) -> Place:
        here = path == href if href == "/" else path == href or path.startswith(f"{href}/")
        count = waiting if href == "/" else 0
        return Place(name=name, href=href, icon=icon, current=here, count=count)

    today, accounts = place("Today", "/", "inbox"), place("Accounts", "/accounts", "building")
    journeys = place("Journeys", "/journeys", "signpost")
    accounts = msgspec.structs.replace(accounts, views=_views(visit))
    catalogue = place("Catalogue", "/catalogue", "rows")
    sources = msgspec.structs.replace(place("Sources", "/sources", "plug"), late=late)
    return Shell(
        places=[
            today,
            accounts,
            place("People", "/people", "people"),
            journeys,
            place("Retention", "/retention", "stay"),
            place("Funnel", "/funnel", "funnel"),
            place("Interventions", "/interventions", "reach"),
            place("Segments", "/segments", "filter"),
        ],
        foot=[
            catalogue,
            place("Measures", "/measures", "list"),
            sources,
            place("Settings", "/settings", "gear"),
        ],
        phone=[today, accounts, journeys, place("Find", "/find", "find")],
        fresh=freshness.said(found, visit.desk) + _as_of(visit),
        fresh_short=freshness.said_short(found, visit.desk) + _as_of(visit),
        late=late or not found,
    )


def _as_of(visit: Visit) -> str:
    """Return of which instant this page is, when it shows what was worked out a moment ago (`kept`)."""
    if visit.as_of is None:
        return ""
    return f", this page of {words.clock_to_the_second(visit.as_of, visit.desk.zone)}"


def done_of(visit: Visit) -> Done | None:
    """Return what the last act says, None when this page was not reached by one."""
    act, did = visit.asked("act"), visit.asked("did")
    if act not in ACTS:
        return None
    undo = ""
    if act in ("done", "snoozed", "skipped") and did:
        undo = f"/touches/{did}/undo"
    if act == "noted" and did:
        undo = f"/notes/{did}/undo"
    return Done(says=ACTS[act], undo=undo)


def _views(visit: Visit) -> list[View]:
    owner = visit.member.email if visit.member else ""
    ready = (
        ("Mine, falling", f"owner={owner}&moved=fell"),
        ("Renewing in 90 days", "renews=90"),
        ("At risk", "band=at_risk"),
    )
    here = visit.request.url.path == "/accounts"
    query = str(visit.request.url.query)
    return [View(name=name, href=f"/accounts?{said}", current=here and query == said) for name, said in ready]
