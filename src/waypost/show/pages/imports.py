"""Imports: which files were taken in, what became of each, and taking one back."""

from datetime import UTC, datetime

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import StoreError
from waypost.show import import_words
from waypost.show.jobs import Job
from waypost.show.rows import rows_of
from waypost.show.uploads import MOST_BYTES, MiB
from waypost.show.visit import Visit
from waypost.store import Import, Imports, ImportState

HOME = "/sources/imports"


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What of an import holds by now: its events, of whom and when."""

    events: int = 0
    people: int = 0
    accounts: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def page(visit: Visit, wrong: str = "") -> Response:
    """Draw the imports, the files that wait, and the form for another."""
    return visit.page(
        "imports.html",
        status=422 if wrong else 200,
        imports=Imports(visit.desk.operations).newest(),
        waiting=visit.house.uploads.all(),
        words_of=import_words,
        most_mb=MOST_BYTES // MiB,
        wrong=wrong,
        home=HOME,
    )


def receive(visit: Visit) -> Response:
    """Go on with a file that was received."""
    upload = visit.form.get("upload")
    if not upload:
        return page(visit, "Choose a file")
    return visit.go(f"{HOME}/uploads/{upload}")


def one(visit: Visit, wrong: str = "") -> Response:
    """Draw one import."""
    found = _import_of(visit)
    holding = rows_of(
        visit.desk.warehouse.ask("show/import_events", {"import_id": found.import_id}), Holding
    )[0]
    return visit.page(
        "import.html",
        status=422 if wrong else 200,
        each=found,
        holding=msgspec.structs.replace(
            holding,
            first_at=holding.first_at and holding.first_at.replace(tzinfo=UTC),
            last_at=holding.last_at and holding.last_at.replace(tzinfo=UTC),
        ),
        at_work=found.state in (ImportState.RUNNING, ImportState.UNDOING),
        job=visit.house.jobs.of(_key(found)) or visit.house.jobs.of(_undo_key(found)),
        words_of=import_words,
        wrong=wrong,
        home=HOME,
    )


def undo(visit: Visit) -> Response:
    """Take an import back."""
    found, by = _import_of(visit), visit.whoever.email

    def work(_job: Job) -> None:
        visit.desk.undo_import(found.import_id, by)
        visit.desk.nudge_round()

    job = visit.house.jobs.begin(_undo_key(found), work)
    if job.problem:
        return one(visit, job.problem)
    return visit.go(f"{HOME}/{found.import_id}")


def _import_of(visit: Visit) -> Import:
    try:
        return Imports(visit.desk.operations).get(int(visit.request.path_params["number"]))
    except (StoreError, ValueError):
        raise HTTPException(404, "there is no import of this number") from None


def _key(found: Import) -> str:
    return f"import {found.import_id}"


def _undo_key(found: Import) -> str:
    return f"undo {found.import_id}"
