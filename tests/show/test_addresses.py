"""Addresses hold any id, and lead nowhere but here."""

from hypothesis import given
from hypothesis import strategies as st

from waypost.show.addresses import account_address, local, piece, source_address, unpiece, with_query


@given(st.text(min_size=1))
def test_any_id_comes_back_as_it_was(identity: str) -> None:
    surviving = identity.encode("utf-8", "replace").decode()
    assert unpiece(piece(surviving)) == surviving
    assert "/" not in piece(surviving)
    assert "." not in piece(surviving)


def test_an_account_with_a_slash_has_one_piece() -> None:
    assert account_address("osprey/media") == "/accounts/osprey~2Fmedia"


def test_a_source_that_is_called_as_a_page_of_all_sources_has_its_own() -> None:
    assert source_address("refused") == "/sources/~72efused"
    assert unpiece("~72efused") == "refused"
    assert source_address("refused:web") == "/sources/refused~3Aweb"


def test_only_query_values_that_are_set_are_written() -> None:
    assert with_query("/accounts", {"band": "watch", "page": None}) == "/accounts?band=watch"
    assert with_query("/accounts", {}) == "/accounts"


def test_a_target_elsewhere_becomes_the_fallback() -> None:
    assert [local(target) for target in ("/x", "//x", "/\\x", "x", None, "https://x")] == [
        "/x",
        "/",
        "/",
        "/",
        "/",
        "/",
    ]
