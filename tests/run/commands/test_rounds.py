import pytest

from tests.run.conftest import Type


@pytest.mark.usefixtures("anyhow")
@pytest.mark.parametrize("command", ["round", "replay"])
def test_a_round_says_what_it_did(type_in: Type, command: str) -> None:
    done = type_in(command)
    assert done.code == 0
    assert done.out.startswith("0 events taken in, 0 of them new")
