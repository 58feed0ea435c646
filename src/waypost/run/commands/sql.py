"""`waypost sql`: a question of one's own."""

import io
import sys
from enum import StrEnum
from typing import Annotated

import polars as pl
from cyclopts import Parameter
from msgspec import Struct

from waypost.core import WaypostError
from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace

MOST_ROWS_DRAWN = 200


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Question(Struct, frozen=True, kw_only=True):
    """One SELECT, and how long it may take."""

    sql: str
    within_s: float


def _look(workspace: Workspace, asked: Question, _tell: Tell) -> bytes:
    answer = io.BytesIO()
    workspace.warehouse.look(asked.sql, within_s=asked.within_s).write_ipc(answer, compression="zstd")
    return answer.getvalue()


LOOK = Act(name="sql", asks=Question, answers=bytes, do=_look)


def sql(
    question: Annotated[str, Parameter(help='One SELECT, in quotes. The tables: "show tables".')],
    /,
    *,
    format: Annotated[Format, Parameter(help="How the answer is written.")] = Format.TABLE,  # noqa: A002 -- the option's name
    within_s: Annotated[float, Parameter(help="Give up after this many seconds.")] = 60,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Answer one SELECT on events and everything derived from them; nothing can be changed by it."""
    if format is Format.PARQUET and sys.stdout.isatty():
        raise WaypostError("parquet is not for reading; send it to a file with > answer.parquet")
    frame = pl.read_ipc(session.ask(LOOK, Question(sql=question, within_s=within_s)))
    match format:
        case Format.TABLE:
            session.table(frame.columns, frame.head(MOST_ROWS_DRAWN).rows())
            if frame.height > MOST_ROWS_DRAWN:
                session.err.print(
                    f"{frame.height - MOST_ROWS_DRAWN} more rows; --format csv writes all of them"
                )
        case Format.CSV:
            frame.write_csv(sys.stdout.buffer)
        case Format.JSON:
            sys.stdout.write(frame.write_json() + "\n")
        case Format.PARQUET:
            frame.write_parquet(sys.stdout.buffer)
