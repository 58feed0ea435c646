"""Receiving a file that somebody gives on a page."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from waypost.show.security import fits
from waypost.show.uploads import MOST_BYTES, MiB
from waypost.show.visit import Visit

MOST_FIELDS = 10


async def received(visit: Visit) -> dict[str, str]:
    """Return the fields of a form with a file, which is kept on disk under the field `upload`.

    Raises HTTPException when the file is too large, or its size is not said.
    """
    length = visit.request.headers.get("content-length")
    if length is None:
        raise HTTPException(411, "the size of the file must be said before it")
    if int(length) > MOST_BYTES:
        raise HTTPException(
            413, f"a file may have {MOST_BYTES // MiB} MB here; `waypost import` takes larger ones"
        )
    async with visit.request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        given = form.get("file")
        # What another site makes a browser send is not kept at all.
        if isinstance(given, UploadFile) and given.filename and fits(visit.cookie, fields.get("form_token")):
            kept = await run_in_threadpool(
                visit.house.uploads.keep, given.file, given.filename, by=visit.whoever.email, now=visit.now
            )
            fields["upload"] = kept.upload_id
    return fields
