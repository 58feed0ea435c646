"""Adding a query source: paste, test, say what the columns mean, preview, save."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.collect import (
    SAYS,
    AddressRefusedError,
    Looked,
    TurnedAway,
    add_query_source,
    allowed_from_pages,
    look_at_query,
    preview_query_source,
)
from waypost.core import Event, ImportRefusedError, StoreError
from waypost.show.addresses import source_address
from waypost.show.pages.source_runs import sources_of
from waypost.show.pages.sources import all_sources
from waypost.show.query_form import BECOMES, QueryForm, guessed, read_form
from waypost.show.visit import Visit
from waypost.store import Schedule, ScheduleError

MOST_CELL = 60
MOST_SHOWN = 5


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What a row would become; `refused` says why it would not become anything."""

    event: Event | None = None
    reason: str = ""
    refused: str = ""

    @property
    def facts(self) -> str:
        """Its properties, short enough for a row."""
        said = bytes(self.event.properties).decode() if self.event else "{}"
        return "" if said == "{}" else said[: MOST_CELL * 2]


def page(visit: Visit) -> Response:
    """Ask for a database and a query."""
    owners_only(visit)
    return _draw(visit, QueryForm(zone=visit.desk.zone), {})


def test(visit: Visit) -> Response:
    """Ask the database, read-only, and show its columns with what they probably mean."""
    form, wrong = _typed(visit)
    looked = None if wrong else _look(form, wrong)
    if looked is None:
        return _draw(visit, form, wrong)
    return _draw(visit, guessed(_with_columns(form, looked)), {}, looked=looked)


def preview(visit: Visit) -> Response:
    """Show what the first rows would become."""
    form, wrong, looked = _asked(visit)
    mapped = None if wrong else _mapped(visit, form, wrong)
    return _draw(visit, form, wrong, looked=looked, mapped=mapped)


def save(visit: Visit) -> Response:
    """Keep the source, and have it asked."""
    form, wrong, looked = _asked(visit)
    if not wrong:
        try:
            add_query_source(
                form.name,
                form.question,
                schedule=Schedule.of(form.when),
                sources=sources_of(visit),
                by=visit.whoever.email,
                now=visit.now,
            )
        except ImportRefusedError as error:
            wrong["mapping"] = str(error)
    if wrong:
        return _draw(visit, form, wrong, looked=looked)
    visit.desk.ask_sources()
    return visit.go(f"{source_address(form.name)}?act=source_added")


def owners_only(visit: Visit) -> None:
    """Turn away whoever may not add sources."""
    if not visit.whoever.is_owner:
        raise HTTPException(403, "only an owner adds sources")


def name_wrong(visit: Visit, name: str) -> str:
    """Return what is wrong with the name of a new source, in words; nothing when it will do."""
    if not name:
        return "Give the source a name, such as product-db"
    if any(each.name == name for each in all_sources(visit)):
        return f"There is a source named {name} already; choose another name"
    return ""


def _typed(visit: Visit) -> tuple[QueryForm, dict[str, str]]:
    """Return what was typed, and what is wrong with it before anybody is asked."""
    wrong: dict[str, str] = {}
    form = read_form(visit.form, url=_url(visit, wrong))
    if form.url and "url" not in wrong:
        try:
            allowed_from_pages(form.url, visit.desk.readable)
        except ImportRefusedError as error:
            wrong["url"] = str(error)
    if problem := name_wrong(visit, form.name):
        wrong["name"] = problem
    if not form.query:
        wrong["query"] = "Paste one SELECT"
    try:
        Schedule.of(form.when)
    except ScheduleError as error:
        wrong["when"] = f"{str(error)[:1].upper()}{str(error)[1:]}"
    try:
        ZoneInfo(form.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong["zone"] = f"There is no time zone {form.zone}; name one such as Europe/Berlin"
    return form, wrong


def _url(visit: Visit, wrong: dict[str, str]) -> str:
    """Return the address: as it was typed, or as it was sealed into the page by the step before."""
    typed, sealed = visit.form.get("url", "").strip(), visit.form.get("sealed", "")
    if not typed and sealed:
        try:
            return sources_of(visit).unseal(sealed)
        except StoreError as error:
            wrong["url"] = str(error)
    elif not typed:
        wrong["url"] = "Paste the address of the database"
    return typed


def _asked(visit: Visit) -> tuple[QueryForm, dict[str, str], Looked | None]:
    """Return what was typed with the columns that the query gives now, and what is wrong with it."""
    form, wrong = _typed(visit)
    looked = None if wrong else _look(form, wrong)
    if looked is None:
        return form, wrong, None
    form = _with_columns(form, looked)
    return form, form.missing(), looked


def _look(form: QueryForm, wrong: dict[str, str]) -> Looked | None:
    try:
        return look_at_query(form.url, form.query)
    except AddressRefusedError as error:
        wrong["url"] = str(error)
    except ImportRefusedError as error:
        wrong["query"] = str(error)
    return None


def _mapped(visit: Visit, form: QueryForm, wrong: dict[str, str]) -> list[Mapped] | None:
    asked = form.question
    try:
        rows = preview_query_source(asked.url, asked.query, asked.mapping, now=visit.now)
    except ImportRefusedError as error:
        wrong["mapping"] = str(error)
        return None
    return [_row(each) for each in rows]


def _row(row: Event | tuple[TurnedAway, str]) -> Mapped:
    if isinstance(row, Event):
        return Mapped(event=row)
    why, detail = row
    return Mapped(reason=why.value, refused=f"{SAYS[why]}: {detail}" if detail else SAYS[why])


def _with_columns(form: QueryForm, looked: Looked) -> QueryForm:
    return msgspec.structs.replace(form, columns=tuple(looked.columns))


def _draw(
    visit: Visit,
    form: QueryForm,
    wrong: dict[str, str],
    *,
    looked: Looked | None = None,
    mapped: list[Mapped] | None = None,
) -> Response:
    keeps = form.url and "url" not in wrong
    first = looked.rows[:MOST_SHOWN] if looked else []
    return visit.page(
        "connect_query.html",
        status=422 if wrong else 200,
        form=form,
        wrong=wrong,
        sealed=sources_of(visit).seal(form.url) if keeps else "",
        becomes=BECOMES,
        looked=looked,
        shown=[[_cell(row[name]) for name in form.columns] for row in first],
        fields=form.fields(wrong) if looked else [],
        when=None if "when" in wrong else Schedule.of(form.when).says,
        mapped=mapped,
        refused=sum(not each.event for each in mapped or ()),
    )


def _cell(value: object) -> str:
    said = "" if value is None else str(value)
    return said if len(said) <= MOST_CELL else f"{said[:MOST_CELL]}…"
