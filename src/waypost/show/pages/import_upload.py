"""A file before it is taken in: what its columns mean, what that would change, and the confirmation."""

from pathlib import Path
from typing import Any

import msgspec
from starlette.responses import Response

from waypost.collect import CsvImport, StoredIn, csv_mapping_of, first_rows, guess, recorded
from waypost.core import ImportRefusedError
from waypost.show import import_words
from waypost.show.import_form import document_of_form, left_unsaid, rows_of_form
from waypost.show.jobs import Job
from waypost.show.pages.imports import HOME
from waypost.show.uploads import Upload
from waypost.show.visit import Visit
from waypost.store import QuerySnapshots

ROWS_GUESSED_BY = 200
_MOST_NAME = 60


def mapping(visit: Visit, wrong: str = "", typed: dict[str, Any] | None = None) -> Response:
    """Draw the columns of a file, each with what it is; guessed, unless somebody has said it."""
    upload = _upload_of(visit)
    try:
        columns, rows = first_rows(visit.house.uploads.file(upload.upload_id), ROWS_GUESSED_BY)
    except ImportRefusedError as error:
        return visit.page("import_unreadable.html", status=422, upload=upload, wrong=str(error), home=HOME)
    becomes = visit.asked("becomes")
    document = typed or upload.mapping
    if not document or (becomes in import_words.BECOMES and becomes != document["becomes"]):
        document = guess(columns, rows, becomes if becomes in import_words.BECOMES else None)
    return visit.page(
        "import_mapping.html",
        status=422 if wrong else 200,
        upload=upload,
        columns=rows_of_form(columns, rows, document),
        document=document,
        source=visit.form.get("source", upload.source),
        words_of=import_words,
        wrong=wrong,
        home=HOME,
    )


def say(visit: Visit) -> Response:
    """Keep what was said of the columns, and try it out."""
    upload = _upload_of(visit)
    document: dict[str, Any] | None = None
    try:
        columns, _ = first_rows(visit.house.uploads.file(upload.upload_id), 1)
        document = document_of_form(visit.form, columns)
        if left := left_unsaid(document):
            return mapping(visit, left, document)
        csv_mapping_of(document).check(columns)
    except ImportRefusedError as error:
        return mapping(visit, str(error), document)
    source = visit.form.get("source", "").strip()[:_MOST_NAME]
    if not source:
        return mapping(visit, "name the source, such as crm", document)
    upload = msgspec.structs.replace(upload, source=source, mapping=document)
    visit.house.uploads.put(upload)
    visit.house.jobs.begin(_try_key(upload), lambda job: _try(visit, upload, job))
    return visit.go(f"{HOME}/uploads/{upload.upload_id}/dry-run")


def dry_run(visit: Visit, wrong: str = "") -> Response:
    """Draw what taking the file in would change."""
    upload = _upload_of(visit)
    if not upload.mapping:
        return visit.go(f"{HOME}/uploads/{upload.upload_id}")
    job = visit.house.jobs.begin(_try_key(upload), lambda job: _try(visit, upload, job), anew=False)
    return visit.page(
        "import_dry_run.html",
        status=422 if wrong else 200,
        upload=upload,
        job=job,
        tried=job.found,
        words_of=import_words,
        wrong=wrong or job.problem,
        text_of=lambda raw: bytes(raw).decode(errors="replace"),
        home=HOME,
    )


def confirm(visit: Visit) -> Response:
    """Take the file in."""
    upload = visit.house.uploads.get(visit.form.get("upload", ""))
    job = visit.house.jobs.begin(f"take {upload.upload_id}", lambda job: _take_in(visit, upload, job))
    job.numbered.wait()
    if job.number is None:
        visit.request.path_params["upload"] = upload.upload_id
        return dry_run(visit, job.problem)
    return visit.go(f"{HOME}/{job.number}")


def discard(visit: Visit) -> Response:
    """Let go of a file."""
    visit.house.uploads.remove(_upload_of(visit).upload_id)
    return visit.go(f"{HOME}?act=discarded_file")


def _upload_of(visit: Visit) -> Upload:
    return visit.house.uploads.get(visit.request.path_params["upload"])


def _try_key(upload: Upload) -> str:
    return f"try {upload.upload_id} {hash(msgspec.json.encode(upload))}"


def _try(visit: Visit, upload: Upload, job: Job) -> None:
    job.found = _import_of(visit, upload).try_out(StoredIn(visit.desk.warehouse), job.tell)


def _take_in(visit: Visit, upload: Upload, job: Job) -> None:
    desk = visit.desk
    with recorded(
        desk.operations,
        source=upload.source,
        file=upload.name,
        format="csv",
        mapping=upload.mapping,
        by=upload.by,
        now=desk.now,
    ) as under_way:
        visit.house.jobs.name(f"import {under_way.import_id}", job)
        job.is_number(under_way.import_id)
        asked = _import_of(visit, upload)
        under_way.report = asked.take_in(desk.inbox, import_id=under_way.import_id, progress=job.tell)
    visit.house.uploads.remove(upload.upload_id)
    desk.nudge_round()


def _import_of(visit: Visit, upload: Upload) -> CsvImport:
    file: Path = visit.house.uploads.file(upload.upload_id)
    return CsvImport(
        file=file,
        source=upload.source,
        mapping=csv_mapping_of(upload.mapping),
        snapshots=QuerySnapshots(visit.desk.operations),
        now=visit.desk.now(),
    )
