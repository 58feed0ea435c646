"""Adding a source: the kinds there are, and those that send by themselves and only need a key."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.collect import HOOKS
from waypost.core import StoreError
from waypost.show.addresses import source_address
from waypost.show.pages.connect_query import name_wrong, owners_only
from waypost.show.pages.snippets import KEY, PROTOCOLS
from waypost.show.query_form import MOST_NAME
from waypost.show.visit import Visit
from waypost.store import Keys, SourceChanges

DRAIN = "drain"
#: What vendors call themselves.
VENDORS = {
    "zendesk": "Zendesk",
    "intercom": "Intercom",
    "freshdesk": "Freshdesk",
    "jira": "Jira Service Management",
    "stripe": "Stripe",
    "delighted": "Delighted",
    "typeform": "Typeform",
    "qualtrics": "Qualtrics",
    "segment": "Segment (webhook destinations)",
    "customerio": "Customer.io (reporting webhooks)",
    "postmark": "Postmark",
    "mailgun": "Mailgun",
    "sendgrid": "SendGrid",
    "ses": "Amazon SES",
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "surveymonkey": "SurveyMonkey",
}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source to choose from."""

    name: str
    says: str
    href: str


KINDS = (
    Kind(
        name="An SDK in your product",
        says="Segment, PostHog, Amplitude, Mixpanel, OpenTelemetry and more: only their address and key change.",
        href="/connect/sdk",
    ),
    Kind(
        name="A log file",
        says="The access log of a server on this machine, followed while it is written.",
        href="/connect/log",
    ),
    Kind(
        name="A drain of logs",
        says="A platform without files posts its lines: Heroku, Vercel, Cloudflare.",
        href="/connect/drain",
    ),
    Kind(
        name="A database query",
        says="One SELECT, asked again and again for what is new: PostgreSQL, MySQL, MariaDB, SQLite.",
        href="/connect/query",
    ),
    Kind(
        name="A vendor’s webhook",
        says="Tickets, contracts, answers and mail: Zendesk, Stripe, Salesforce, Typeform and more.",
        href="/connect/hook",
    ),
    Kind(
        name="A file, once",
        says="A table as CSV, an export or an old log, taken in whole; a CSV can be undone.",
        href="/connect/file",
    ),
)


def kinds(visit: Visit) -> Response:
    """List the kinds of sources."""
    return visit.page("connect.html", kinds=KINDS)


def file(visit: Visit) -> Response:
    """Say how a file is taken in."""
    return visit.page("connect_file.html")


def keyed(visit: Visit) -> Response:
    """Ask for what a source that sends by itself needs."""
    owners_only(visit)
    return _draw(visit, _way(visit))


def make(visit: Visit) -> Response:
    """Make the key of such a source, keep its secret, and show how to send; the key is shown this once."""
    way = _way(visit)
    name, secret = visit.form.get("name", "").strip()[:MOST_NAME], visit.form.get("secret", "").strip()
    family = visit.form.get("family", "")
    wrong = {}
    if problem := name_wrong(visit, _source(way, family, name) if name else ""):
        wrong["name"] = problem
    if family not in _families(way):
        wrong["family"] = "Choose one of these"
    key = ""
    if not wrong:
        try:
            key = Keys(visit.desk.operations).create(name, now=visit.now, source=_source(way, family, name))
            _keep(visit, _source(way, family, name), secret)
        except StoreError as error:
            wrong["name"] = str(error)
    return _draw(visit, way, wrong=wrong, key=key)


def _keep(visit: Visit, source: str, secret: str) -> None:
    changes = SourceChanges(visit.desk.operations)
    changes.note(source, "made its write key", by=visit.whoever.email, now=visit.now)
    if secret and visit.desk.signing:
        visit.desk.signing.put(source, secret, now=visit.now)
        changes.note(source, "set its signing secret", by=visit.whoever.email, now=visit.now)


def _way(visit: Visit) -> str:
    way: str = visit.request.path_params["way"]
    if way not in ("sdk", DRAIN, "hook"):
        raise HTTPException(404, "there is no such kind of source")
    return way


def _families(way: str) -> dict[str, str]:
    match way:
        case "sdk":
            return {key: each.name for key, each in PROTOCOLS.items()}
        case "hook":
            return {key: VENDORS[key] for key in sorted(HOOKS, key=lambda each: VENDORS[each].casefold())}
        case _:
            return {DRAIN: "A drain of logs"}


def _source(way: str, family: str, name: str) -> str:
    """Return what the source is called: as its key, with the SDK's family before it."""
    return f"{family}:{name}" if way == "sdk" else name


def _draw(visit: Visit, way: str, *, wrong: dict[str, str] | None = None, key: str = "") -> Response:
    families = _families(way)
    family = visit.form.get("family") or visit.asked("family") or next(iter(families))
    name = visit.form.get("name", "").strip()[:MOST_NAME]
    collector = visit.desk.collector_url.rstrip("/")
    snippets = PROTOCOLS[family].at(collector) if way == "sdk" and key and family in PROTOCOLS else []
    source = _source(way, family, name)
    return visit.page(
        "connect_key.html",
        status=422 if wrong else 200,
        way=way,
        families=families,
        family=family,
        name=name,
        wrong=wrong or {},
        key=key,
        signs=visit.desk.signing is not None,
        source=source,
        home=source_address(source) if name else "",
        address=f"{collector}/in/hooks/{family}/{key}" if way == "hook" else f"{collector}/in/logs?key={key}",
        snippets=[(each, each.code.replace(KEY, key)) for each in snippets if each.key != "logs"],
    )
