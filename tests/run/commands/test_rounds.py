import pytest

from tests.run.conftest import Type


@pytest.mark.usefixtures("anyhow")
@pytest.mark.parametrize("command", ["round", "replay"])
def test_a_round_says_what_it_did(type_in: Type, command: str) -> None:
    done = type_in(command)
    assert done.code == 0
    assert done.out.startswith("0 events taken in, 0 of them new")


@pytest.mark.usefixtures("anyhow")
def test_learning_says_how_many_are_underway_and_what_history_lacks(type_in: Type) -> None:
    done = type_in("learn")
    assert done.code == 0
    assert done.out.startswith(
        "0 people underway, 0 of them at risk; 0 milestones, 0 of them by the rule of thumb"
    )
