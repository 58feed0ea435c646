import io
import json

import polars as pl
import pytest

from tests.run.conftest import Type

pytestmark = pytest.mark.usefixtures("anyhow")
QUESTION = "select 1 as a, 'x' as b union all select 2, null order by a"


def test_an_answer_is_a_table_with_tabs_where_nobody_reads_it(type_in: Type) -> None:
    assert type_in("sql", QUESTION).lines == ["a\tb", "1\tx", "2\t"]


def test_an_answer_can_be_csv_json_or_parquet(
    type_in: Type, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert type_in("sql", QUESTION, "--format", "csv").out == "a,b\n1,x\n2,\n"
    rows = json.loads(type_in("sql", QUESTION, "--format", "json").out)
    assert rows == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]


def test_parquet_is_read_back_as_it_was(type_in: Type, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from waypost.run.main import main  # noqa: PLC0415 -- its bytes must not pass through text

    with pytest.raises(SystemExit):
        main(["sql", QUESTION, "--format", "parquet"])
    out, _err = capfdbinary.readouterr()
    assert pl.read_parquet(io.BytesIO(out)).rows() == [(1, "x"), (2, None)]


@pytest.mark.parametrize(
    "question", ["delete from events", "select * from read_text('/etc/hostname')", "attach 'a'"]
)
def test_whatever_does_more_than_read_fails_in_one_line(type_in: Type, question: str) -> None:
    refused = type_in("sql", question)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("waypost: only a single SELECT is answered here")
    assert refused.err.count("\n") == 1


def test_long_tables_are_cut_and_say_so(type_in: Type) -> None:
    answer = type_in("sql", "select i from range(300) numbers(i)")
    assert len(answer.lines) == 201
    assert answer.err == "100 more rows; --format csv writes all of them\n"


def test_a_question_may_be_given_less_time(type_in: Type) -> None:
    endless = (
        "select count(*) from range(1000000000) a(i), range(1000000) b(i) where hash(a.i) = hash(b.i) + 1"
    )
    assert "no answer within 0.3 s" in type_in("sql", endless, "--within-s", "0.3").err
