import pytest

from tests.run.conftest import Type


@pytest.mark.usefixtures("anyhow")
def test_the_tables_are_brought_up_to_date_and_their_version_is_told(type_in: Type) -> None:
    assert type_in("migrate").out.startswith("the tables are up to date, at version 00")
