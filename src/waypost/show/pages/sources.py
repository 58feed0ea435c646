"""Sources: is what we see true and fresh? And the keys with which products send events."""

from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.collect import NOBODY, SAYS
from waypost.core import StoreError
from waypost.measure import Span, State
from waypost.show import freshness, source_words
from waypost.show.addresses import source_address, unpiece
from waypost.show.affected import Affected, affected
from waypost.show.freshness import Source
from waypost.show.kept import Keeping
from waypost.show.rows import rows_of
from waypost.show.visit import Visit
from waypost.store import Followed, Keys, Outcome, SourcePauses

DAYS = 30
MOST_QUARANTINED = 30
MOST_PAYLOAD = 1_200
MOST_NAME = 60
#: The worst first, and paused ones last: nobody waits for them.
ORDER = (State.DOWN, State.LATE, State.UP, State.NEW, State.PAUSED)


class Unmatched(msgspec.Struct, frozen=True, kw_only=True):
    """Whose events of a source belong to nobody known: devices without a person, people without an account."""

    source: str = ""
    devices: int = 0
    device_events: int = 0
    people: int = 0
    people_events: int = 0


class Row(msgspec.Struct, kw_only=True):
    """One source: how it is, what the door counted over 30 days, who is unmatched, and what hangs on it."""

    source: Source
    accepted: int = 0
    today: int = 0
    refused: dict[str, int] = {}
    noise: dict[str, int] = {}
    unmatched: Unmatched = Unmatched()
    affected: Affected = Affected()

    @property
    def name(self) -> str:
        """Its name."""
        return self.source.name

    @property
    def href(self) -> str:
        """Where its own page is."""
        return source_address(self.name)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of what was refused, cut to a readable size."""

    source: str
    reason: str
    says: str
    payload: str
    cut: bool
    at: datetime


def sources(visit: Visit, new_key: str = "", wrong: str = "") -> Response:
    """Draw the sources, the quarantine and the keys."""
    chosen = visit.asked("source") or None
    every = rows_of_sources(visit)
    rows = [row for row in every if row.name != NOBODY]
    return visit.page(
        "sources.html",
        status=422 if wrong else 200,
        rows=rows,
        # What came without a key that is known came from no source.
        nobodys=next((row for row in every if row.name == NOBODY), None),
        late=[row for row in rows if row.source.late],
        failing=[each for each in visit.desk.sources.all() if each.problem] if visit.desk.sources else [],
        obstacles=[each for each in Followed(visit.desk.operations).all() if each.problem],
        hanging=[row for row in rows if row.affected.features],
        chosen=chosen,
        quarantined=quarantined(visit, chosen),
        any_refused=any(row.refused for row in every if chosen in (None, row.name)),
        words_of=source_words,
        days=DAYS,
        keys=Keys(visit.desk.operations).list(),
        new_key=new_key,
        wrong=wrong,
        collector=visit.desk.collector_url,
    )


def page(visit: Visit) -> Response:
    """Draw the sources."""
    return sources(visit)


def create_key(visit: Visit) -> Response:
    """Make a write key; it is shown this once."""
    name = visit.form.get("name", "").strip()[:MOST_NAME]
    if not name:
        return sources(visit, wrong="Give the key a name, such as that of the product that will use it")
    try:
        return sources(visit, new_key=Keys(visit.desk.operations).create(name, now=visit.now))
    except StoreError as error:
        return sources(visit, wrong=str(error))


def revoke_key(visit: Visit) -> Response:
    """Take a key out of force."""
    try:
        Keys(visit.desk.operations).revoke(visit.form.get("name", ""), now=visit.now)
    except StoreError as error:
        return sources(visit, wrong=str(error))
    return visit.go("/sources?act=revoked")


def pause(visit: Visit) -> Response:
    """Wait for a source no more, until a member resumes it."""
    name = source_of(visit).name
    SourcePauses(visit.desk.operations).pause(name, by=visit.whoever.email, now=visit.now)
    return visit.go(f"{source_address(name)}?act=paused")


def resume(visit: Visit) -> Response:
    """Wait for a source again."""
    name = source_of(visit).name
    SourcePauses(visit.desk.operations).resume(name, by=visit.whoever.email, now=visit.now)
    return visit.go(f"{source_address(name)}?act=resumed")


def source_of(visit: Visit) -> Source:
    """Return the source that the address names; 404 when it sent nothing and has neither key, query nor files."""
    name = unpiece(visit.request.path_params["source"])
    found = next((each for each in all_sources(visit) if each.name == name), None)
    if found is None:
        raise HTTPException(404, "nothing has come from a source of this name")
    return found


def all_sources(visit: Visit) -> list[Source]:
    """Return every source that sent something, and those of keys in force, followed files and queries that did not."""
    found = {each.name: each for each in freshness.sources(visit.desk)}
    keyed = {key.source for key in Keys(visit.desk.operations).list() if key.revoked_at is None}
    counted = {each.source for each in visit.desk.inbox.door_counts(_since(visit))} - {freshness.OURS}
    followed = {each.source for each in Followed(visit.desk.operations).all()}
    asked = {each.name for each in visit.desk.sources.all()} if visit.desk.sources else set()
    for name in (keyed | counted | followed | asked) - found.keys():
        found[name] = Source(name=name, last_at=None, state=State.NEW)
    return [found[name] for name in sorted(found)]


def rows_of_sources(visit: Visit) -> list[Row]:
    """Return every source with its counts, the worst first."""
    found = {each.name: Row(source=each) for each in all_sources(visit)}
    counted: dict[tuple[str, Outcome], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    today = visit.now.date().isoformat()
    for count in visit.desk.inbox.door_counts(_since(visit)):
        if count.source not in found:
            continue
        if count.outcome is Outcome.ACCEPTED:
            found[count.source].accepted += count.n
            found[count.source].today += count.n if count.day == today else 0
        else:
            counted[count.source, count.outcome][count.reason] += count.n
    for (name, outcome), reasons in counted.items():
        by_count = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        if outcome is Outcome.REFUSED:
            found[name].refused = by_count
        else:
            found[name].noise = by_count
    span = {**Span.up_to(visit.today).params, "ours": freshness.OURS}
    for each in rows_of(Keeping(visit).ask("show/source_unmatched", span), Unmatched):
        if each.source in found:
            found[each.source].unmatched = each
    for name, hanging in affected(visit).items():
        if name in found:
            found[name].affected = hanging
    return sorted(found.values(), key=lambda row: (ORDER.index(row.source.state), row.name))


def quarantined(visit: Visit, source: str | None, most: int = MOST_QUARANTINED) -> list[Refused]:
    """Return the newest samples of what was refused, of one source or of all."""
    return [
        Refused(
            source=each.source,
            reason=each.reason,
            says=_says(each.reason, each.detail),
            payload=each.payload[:MOST_PAYLOAD],
            cut=len(each.payload) > MOST_PAYLOAD,
            at=each.received_at,
        )
        for each in visit.desk.inbox.quarantined(source, most)
    ]


def _since(visit: Visit) -> str:
    return (visit.now - timedelta(days=DAYS)).date().isoformat()


def _says(reason: str, detail: str) -> str:
    known = {each.value: said for each, said in SAYS.items()}
    said = known.get(reason, reason.replace("_", " "))
    return f"{said} ({detail})" if detail and detail != said else said
