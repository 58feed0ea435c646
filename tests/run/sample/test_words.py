import pytest

from waypost.run.sample.words import plain, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zając", "zajac"),
        ("O'Rourke", "orourke"),
        ("Groß", "gross"),
        ("Sørensen", "sorensen"),
        ("Đặng", "dang"),
        ("佐藤", ""),
    ],
)
def test_names_become_plain_letters(name: str, expected: str) -> None:
    assert plain(name) == expected


def test_no_list_holds_a_word_twice() -> None:
    lists = [
        *(side for both in words()["names"].values() for side in both.values()),
        words()["accounts"]["first"],
    ]
    assert all(len(set(each)) == len(each) for each in lists)
    assert '"' not in str(words()["comments"])
