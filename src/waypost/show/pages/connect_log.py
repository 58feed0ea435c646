"""Adding log files: which are followed, what their first lines would become, and then they are."""

from pathlib import Path

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.collect import SAYS, Format, Gathering, TurnedAway, files_allowed, named_by
from waypost.core import Event, ImportRefusedError, WaypostError
from waypost.show.addresses import source_address
from waypost.show.desk import Follows, LogFiles
from waypost.show.pages.connect_query import name_wrong, owners_only
from waypost.show.query_form import MOST_NAME
from waypost.show.visit import Visit

LINES = 20
MOST_LINE = 200
_WILD = set("*?[")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line and what it would become: an event, noise by a rule, or nothing for a reason."""

    written: str
    event: Event | None = None
    noise: str = ""
    refused: str = ""


def page(visit: Visit) -> Response:
    """Ask for files."""
    owners_only(visit)
    return _draw(visit, {})


def preview(visit: Visit) -> Response:
    """Show what the first lines would become."""
    wrong = _wrong(visit)
    lines = None
    if not wrong:
        try:
            lines = [_line(*each) for each in _follows(visit).preview(_files(visit), most=LINES)]
        except WaypostError as error:
            wrong["files"] = str(error)
    return _draw(visit, wrong, lines)


def follow(visit: Visit) -> Response:
    """Have the files followed."""
    wrong = _wrong(visit)
    if not wrong:
        try:
            _follows(visit).follow(_files(visit), by=visit.whoever.email)
        except WaypostError as error:
            wrong["files"] = str(error)
    if wrong:
        return _draw(visit, wrong)
    return visit.go(f"{source_address(_files(visit).source)}?act=files_followed")


def _follows(visit: Visit) -> Follows:
    if visit.desk.follows is None:
        raise HTTPException(404, "files are not followed here")
    return visit.desk.follows


def _files(visit: Visit) -> LogFiles:
    said = {name: visit.form.get(name, "").strip() for name in ("name", "files", "format", "zone", "written")}
    return LogFiles(
        source=said["name"][:MOST_NAME],
        patterns=tuple(line.strip() for line in said["files"].splitlines() if line.strip()),
        format=Format(said["format"]) if said["format"] in set(Format) else None,
        zone=said["zone"] or None,
        written=said["written"] or None,
        from_end=visit.form.get("from_end") == "yes",
    )


def _wrong(visit: Visit) -> dict[str, str]:
    files = _files(visit)
    wrong = {}
    if problem := name_wrong(visit, files.source):
        wrong["name"] = problem
    if not files.patterns:
        wrong["files"] = "Name a file, such as /var/log/nginx/access.log"
        return wrong
    try:
        # The folder first: what lies outside of the open ones is not even looked for.
        files_allowed([_fixed(each) for each in files.patterns], visit.desk.readable)
        files_allowed([file for each in files.patterns for file in named_by(each)], visit.desk.readable)
    except WaypostError as error:
        wrong["files"] = str(error)
    return wrong


def _fixed(pattern: str) -> Path:
    """Return the folder above the first wild piece of a pattern, or the file itself when nothing is wild.

    Raises ImportRefusedError when the pattern steps back up, which could lead anywhere.
    """
    found = Path(pattern)
    if ".." in found.parts:
        raise ImportRefusedError("name the files by their whole path, without ..")
    wild = [each for each in (found, *found.parents) if _WILD & set(each.name)]
    return wild[-1].parent if wild else found


def _line(line: bytes, became: Gathering) -> Line:
    written = line[:MOST_LINE].decode(errors="replace")
    if became.events:
        return Line(written=written, event=became.events[0])
    if became.noise:
        return Line(written=written, noise=next(iter(became.noise)))
    found = next(iter(became.samples), None)
    if found is None:
        return Line(written=written, noise="says nothing")
    return Line(written=written, refused=found.detail or SAYS[TurnedAway(found.reason)])


def _draw(visit: Visit, wrong: dict[str, str], lines: list[Line] | None = None) -> Response:
    return visit.page(
        "connect_log.html",
        status=422 if wrong else 200,
        files=_files(visit),
        wrong=wrong,
        formats=[each for each in Format if each is not Format.FLURRY_CSV],
        readable=visit.desk.readable,
        lines=lines,
        kept=sum(each.event is not None for each in lines or ()),
    )
