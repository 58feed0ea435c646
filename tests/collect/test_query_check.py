import pytest

from waypost.collect.query_check import one_select
from waypost.core import ImportRefusedError


@pytest.mark.parametrize(
    "query",
    [
        "select id, at from runs",
        "SELECT id FROM runs WHERE note = 'drop; delete' -- update later",
        "with done as (select * from runs where status = 'done') select * from done;",
        'select "update" from runs /* into nowhere; */',
        "select truncate(amount, 2) from sales",
        "select $tag$ ; delete $tag$ as note",
        "  -- the runs of a job\nselect replace(name, 'a', 'b') from runs",
    ],
)
def test_one_select_is_let_through(query: str) -> None:
    assert one_select(query) == query.strip().rstrip(";")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "must be a SELECT"),
        ("delete from runs", "must be a SELECT"),
        ("pragma table_info(runs)", "must be a SELECT"),
        ("selection", "must be a SELECT"),
        ("select 1; select 2", "several statements"),
        ("with gone as (delete from runs returning *) select * from gone", "it says DELETE"),
        ("select * into copy_of_runs from runs", "it says INTO"),
        ("select * from runs for update", "it says UPDATE"),
        ("select '" + "x" * 20_000 + "'", "longer than 20,000"),
    ],
)
def test_anything_else_is_refused_in_words(query: str, says: str) -> None:
    with pytest.raises(ImportRefusedError, match=says):
        one_select(query)
