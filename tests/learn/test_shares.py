import numpy as np
import polars as pl
import pytest

from waypost.learn.shares import Share, share, share_of_sums, wilson


def test_wilsons_interval_is_that_of_the_textbooks() -> None:
    # R 4.4, prop.test(8, 10, correct = FALSE)$conf.int
    assert wilson(0.8, 10, 0.95) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_nobody_has_no_share() -> None:
    nobody = pl.DataFrame(schema={"account_id": pl.String, "person_id": pl.String, "hit": pl.Boolean})
    assert share(nobody, "hit") == Share(of=0, count=0, accounts=0)
    assert share(nobody, "hit").share is None
    assert share_of_sums(nobody.select("account_id", n=0, hits=0)) == Share(of=0, count=0, accounts=0)


def test_sums_of_accounts_say_what_their_people_say() -> None:
    people = pl.DataFrame(
        {"account_id": list("aaabb"), "person_id": list("vwxyz"), "hit": [True, True, False, True, False]}
    )
    sums = pl.DataFrame({"account_id": ["a", "b"], "n": [3, 2], "hits": [2, 1]})
    assert share_of_sums(sums) == share(people, "hit")


def test_one_account_is_taken_as_its_people() -> None:
    one = pl.DataFrame({"account_id": ["a"] * 4, "person_id": list("wxyz"), "hit": [True, True, True, False]})
    found = share(one, "hit")
    assert (found.count, found.of, found.share) == (3, 4, 0.75)
    assert (found.low, found.high) == pytest.approx(wilson(0.75, 4, 0.95))


def test_a_person_counted_twice_is_not_two_people() -> None:
    once = pl.DataFrame({"account_id": ["a", "b"], "person_id": ["x", "y"], "hit": [True, True]})
    assert share(pl.concat([once] * 9), "hit").low == share(once, "hit").low


def test_intervals_cover_the_truth_where_accounts_differ() -> None:
    # 400 draws of 40 accounts with 3 to 20 people each; a plain interval would cover about 70 %.
    chance = np.random.default_rng(2)
    covered = []
    for _ in range(400):
        sizes = chance.integers(3, 21, 40)
        part = chance.beta(1.5, 2.5, 40)
        account = np.repeat(np.arange(40), sizes)
        hits = chance.random(len(account)) < part[account]
        cases = pl.DataFrame({"account_id": account, "person_id": np.arange(len(account)), "hit": hits})
        found = share(cases, "hit")
        assert found.low is not None
        assert found.high is not None
        covered.append(found.low <= 1.5 / 4 <= found.high)
    assert 0.90 <= np.mean(covered) <= 0.98
