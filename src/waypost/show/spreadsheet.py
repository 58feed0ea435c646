"""CSV of any table: all columns, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from starlette.responses import Response, StreamingResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 1_000


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Send rows as a file to keep, piece by piece; instants are ISO 8601 with their offset."""
    kept = {"content-disposition": f'attachment; filename="{name}"'}
    pieces = csv_pieces(head, rows)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=kept)


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a head and rows as text, so many rows at once that a file of any length takes little memory."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
