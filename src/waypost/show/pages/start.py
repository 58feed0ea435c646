"""The first run: from nothing to one true score, step by step, with the next step in sight."""

import msgspec
from starlette.responses import Response

from waypost.show import freshness
from waypost.show.visit import Visit
from waypost.store import Keys

KEY = "YOUR_WRITE_KEY"
LANGUAGES = ("curl", "python", "node", "browser", "logs")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the checklist."""

    key: str
    name: str
    done: bool
    says: str


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """How to send a first event from one language."""

    key: str
    name: str
    code: str


def start(visit: Visit) -> Response:
    """Draw the checklist."""
    return visit.page(
        "start.html",
        steps=_steps(visit),
        snippets=snippets(visit.desk.collector_url),
        chosen=visit.choice("language", LANGUAGES),
        has_sample=visit.desk.has_sample(),
        has_key=bool(_keys(visit)),
        newest=_newest(visit),
    )


def waiting(visit: Visit) -> Response:
    """Draw only the line that waits for an event, for the page to ask again and again."""
    return visit.page("start_waiting.html", newest=_newest(visit))


def removal(visit: Visit) -> Response:
    """Ask whether the sample may really go."""
    return visit.page("sample_removal.html")


def remove_sample(visit: Visit) -> Response:
    """Remove the sample."""
    visit.desk.remove_sample()
    return visit.go("/start?act=sample_gone")


def snippets(collector: str) -> list[Snippet]:
    """Return a first event in five languages, ready to copy."""
    address = collector.rstrip("/")
    return [
        Snippet(
            key="curl",
            name="curl",
            code=f"""curl {address}/v1/track -u {KEY}: \\
  -H 'content-type: application/json' \\
  -d '{{"userId": "ada", "event": "Signed In", "context": {{"groupId": "acme"}}}}'""",
        ),
        Snippet(
            key="python",
            name="Python",
            code=f"""import segment.analytics as analytics

analytics.write_key = "{KEY}"
analytics.host = "{address}"
analytics.track("ada", "Signed In", context={{"groupId": "acme"}})
analytics.flush()""",
        ),
        Snippet(
            key="node",
            name="Node.js",
            code=f"""import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{KEY}", host: "{address}" }});
analytics.track({{ userId: "ada", event: "Signed In", context: {{ groupId: "acme" }} }});
await analytics.closeAndFlush();""",
        ),
        Snippet(
            key="browser",
            name="Browser",
            code=f"""fetch("{address}/v1/track", {{
  method: "POST",
  headers: {{ "content-type": "text/plain" }},
  body: JSON.stringify({{
    writeKey: "{KEY}", userId: "ada", event: "Signed In", context: {{ groupId: "acme" }},
  }}),
}});""",
        ),
        Snippet(
            key="logs",
            name="Log file",
            code="waypost import access.log --format apache-combined --source web",
        ),
    ]


def _keys(visit: Visit) -> list[str]:
    return [each.name for each in Keys(visit.desk.operations).list() if each.revoked_at is None]


def _newest(visit: Visit) -> freshness.Source | None:
    return max(freshness.sources(visit.desk), key=lambda each: each.last_at, default=None)


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
