"""Looking at real servers before a source is kept: what a page is shown, and told when they do not answer."""

import pytest

from tests.collect.databases import Server
from waypost.collect import AddressRefusedError, allowed_from_pages, look_at_query
from waypost.core import ImportRefusedError

pytestmark = [pytest.mark.databases, pytest.mark.xdist_group("databases")]


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    served: Server = request.getfixturevalue(request.param)
    return served


def test_the_first_rows_are_shown_and_the_columns_without_any(server: Server) -> None:
    allowed_from_pages(server.reading_url, [])
    looked = look_at_query(server.reading_url, "select 1 as id, 'ada' as who union all select 2, 'ben'")
    assert looked.columns == ["id", "who"]
    assert sorted(looked.rows, key=lambda row: row["id"]) == [
        {"id": 1, "who": "ada"},
        {"id": 2, "who": "ben"},
    ]
    none = look_at_query(server.reading_url, "select 1 as id, 'ada' as who where 1 = 0")
    assert (none.columns, none.rows) == (["id", "who"], [])


def test_a_wrong_query_is_told_apart_from_a_wrong_address(server: Server) -> None:
    with pytest.raises(ImportRefusedError, match=r"does not take the query: .*nowhere") as told:
        look_at_query(server.reading_url, "select * from nowhere")
    assert not isinstance(told.value, AddressRefusedError)
    away = server.reading_url.replace(str(server.port), "1").replace("@", ":pa55-word@")
    with pytest.raises(AddressRefusedError, match="did not answer") as refused:
        look_at_query(away, "select 1 as id")
    assert "pa55-word" not in str(refused.value)
