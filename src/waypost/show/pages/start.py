"""The first run: from nothing to one true score, step by step, with the next step in sight."""

from datetime import datetime

import msgspec
from starlette.responses import Response

from waypost.show import freshness
from waypost.show.pages.snippets import PROTOCOLS
from waypost.show.visit import Visit
from waypost.store import Keys


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the checklist."""

    key: str
    name: str
    done: bool
    says: str


def start(visit: Visit) -> Response:
    """Draw the checklist."""
    protocol = visit.choice("protocol", tuple(PROTOCOLS))
    snippets = PROTOCOLS[protocol].at(visit.desk.collector_url)
    return visit.page(
        "start.html",
        steps=_steps(visit),
        protocols=PROTOCOLS,
        protocol=protocol,
        snippets=snippets,
        chosen=visit.choice("language", tuple(each.key for each in snippets)),
        has_sample=visit.desk.has_sample(),
        has_key=bool(_keys(visit)),
        got=_got(visit, protocol),
    )


def waiting(visit: Visit) -> Response:
    """Draw only the line that waits for an event, for the page to ask again and again."""
    protocol = visit.choice("protocol", tuple(PROTOCOLS))
    return visit.page("start_waiting.html", protocols=PROTOCOLS, protocol=protocol, got=_got(visit, protocol))


def removal(visit: Visit) -> Response:
    """Ask whether the sample may really go."""
    return visit.page("sample_removal.html")


def remove_sample(visit: Visit) -> Response:
    """Remove the sample."""
    visit.desk.remove_sample()
    return visit.go("/start?act=sample_gone")


def _keys(visit: Visit) -> list[str]:
    return [each.name for each in Keys(visit.desk.operations).list() if each.revoked_at is None]


def _got(visit: Visit, protocol: str) -> tuple[str, datetime] | None:
    """Return the source and instant of the newest event of the protocol chosen, or of a file if that is chosen."""
    return visit.desk.inbox.last_by("" if visit.asked("language") == "logs" else protocol)


def _steps(visit: Visit) -> list[Step]:
    rules = visit.rules
    seen = bool(freshness.sources(visit.desk))
    scored = not visit.desk.warehouse.ask("show/any_score").is_empty()
    return [
        Step(key="owner", name="Make the owner", done=True, says=f"{visit.whoever.name} signs in here."),
        Step(
            key="key",
            name="Make a write key",
            done=bool(_keys(visit)),
            says="A key says which product an event comes from.",
        ),
        Step(
            key="event", name="Send a first event", done=seen, says="Any event will do; copy one from below."
        ),
        Step(
            key="journey",
            name="Name the milestones",
            done=bool(rules.journeys),
            says="A form asks what should be done by when, and shows whom it would call a stray.",
        ),
        Step(
            key="score",
            name="See one true score",
            done=scored,
            says="A scorecard makes a score for each account at the next round.",
        ),
    ]
