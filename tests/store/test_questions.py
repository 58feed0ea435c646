import pytest

from waypost.core import StoreError
from waypost.store import question


def test_a_question_is_a_file_named_by_its_folders() -> None:
    assert "from progress" in question("facts/last_arrival")


@pytest.mark.parametrize("name", ["facts/never_asked", "facts", ""])
def test_a_question_that_nobody_wrote_is_a_fault_of_ours(name: str) -> None:
    with pytest.raises(StoreError, match="there is no question named"):
        question(name)
