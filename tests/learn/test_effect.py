"""Reference numbers come from the formulas written out with dense matrices (numpy) and from scipy.stats."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from waypost.learn import effect
from waypost.learn.effect import chance_of_groups, error_of, share_of

TODAY = date(2026, 11, 4)

Cluster = tuple[int, int]  # people, and how many of them reached the goal


def subjects(treated: Sequence[Cluster], held_out: Sequence[Cluster], *, share: float = 0.5) -> pl.DataFrame:
    """One row for each person, accounts numbered."""
    rows = [
        (f"{'h' if held else 't'}{nr}", held, person < reached)
        for held, side in ((False, treated), (True, held_out))
        for nr, (people, reached) in enumerate(side)
        for person in range(people)
    ]
    schema = {"account_id": pl.String, "held_out": pl.Boolean, "reached": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        closed=pl.lit(value=True),
        contacted=~pl.col("held_out"),
        decided_on=pl.lit(TODAY - timedelta(days=28)),
        share=pl.lit(share),
    )


def clusters(side: Sequence[Cluster]) -> pl.DataFrame:
    return pl.DataFrame(side, schema={"people": pl.Int64, "reached": pl.Int64}, orient="row")


UNEVEN_T: list[Cluster] = [(9, 8), (2, 0), (5, 4), (3, 3), (7, 1), (4, 0), (6, 5), (8, 2), (2, 2)]
UNEVEN_H: list[Cluster] = [(6, 5), (3, 0), (8, 0), (2, 2), (5, 0), (4, 3), (7, 1), (1, 0)]


def by_matrices(side: Sequence[Cluster]) -> tuple[float, float]:
    """CR2 variance and Bell-McCaffrey degrees of freedom of a mean, as Imbens and Kolesar (2016) define them."""
    n = sum(people for people, _ in side)
    y = np.concatenate([np.r_[np.ones(reached), np.zeros(people - reached)] for people, reached in side])
    groups = np.repeat(np.arange(len(side)), [people for people, _ in side])
    hat = np.full((n, n), 1 / n)
    residual = (np.eye(n) - hat) @ y
    variance, columns = 0.0, []
    for g in range(len(side)):
        rows = groups == g
        block = np.eye(rows.sum()) - hat[np.ix_(rows, rows)]
        values, vectors = np.linalg.eigh(block)
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        ones = np.ones(rows.sum()) / n
        variance += float((ones @ root @ residual[rows]) ** 2)
        columns.append((np.eye(n) - hat)[rows].T @ root @ ones)
    gram = np.array(columns) @ np.array(columns).T
    eigen = np.linalg.eigvalsh(gram)
    return variance, float(eigen.sum() ** 2 / (eigen**2).sum())


def test_the_error_is_that_of_the_formulas_written_out() -> None:
    (v_t, df_t), (v_h, df_h) = by_matrices(UNEVEN_T), by_matrices(UNEVEN_H)
    error, freedom = error_of(clusters(UNEVEN_T), clusters(UNEVEN_H))
    assert error == pytest.approx((v_t + v_h) ** 0.5, rel=1e-12)
    assert freedom == pytest.approx((v_t + v_h) ** 2 / (v_t**2 / df_t + v_h**2 / df_h), rel=1e-9)


def test_the_interval_is_the_t_interval_of_that_error() -> None:
    found = effect(subjects(UNEVEN_T, UNEVEN_H), today=TODAY)
    assert found.difference == pytest.approx(25 / 46 - 11 / 36)
    assert found.error is not None
    assert found.freedom is not None
    reach = stats.t.ppf(0.975, found.freedom) * found.error
    assert found.difference is not None
    assert found.low == pytest.approx(found.difference - reach)
    assert found.high == pytest.approx(found.difference + reach)
    assert (found.treated.people, found.treated.accounts, found.treated.reached) == (46, 9, 25)
    assert (found.held_out.people, found.held_out.accounts, found.held_out.share) == (36, 8, 11 / 36)


def test_accounts_of_one_size_give_welchs_t_test_over_accounts() -> None:
    treated: list[Cluster] = [(5, k) for k in (5, 4, 0, 3, 5, 1, 4, 2)]
    held_out: list[Cluster] = [(5, k) for k in (0, 1, 5, 0, 2, 0, 3, 0, 1)]
    found = effect(subjects(treated, held_out), today=TODAY)
    welch = stats.ttest_ind([k / 5 for _, k in treated], [k / 5 for _, k in held_out], equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert found.low == pytest.approx(interval.low)
    assert found.high == pytest.approx(interval.high)


def test_an_interval_stays_within_what_shares_can_be() -> None:
    found = effect(subjects([(3, 3)] * 8, [(3, 0)] * 8), today=TODAY)
    assert found.difference == 1.0
    assert found.high == 1.0
    assert found.low is not None
    assert 0.5 < found.low < 1.0  # nobody is certain after 24 people each
    assert found.clear


def test_a_group_in_which_nobody_arrived_has_an_error_all_the_same() -> None:
    nobody = clusters([(5, 0)] * 8)
    error, _ = error_of(nobody, nobody)
    assert error == pytest.approx((2 * (1 / 42) * (41 / 42) / 42) ** 0.5)


def test_windows_that_are_open_are_counted_apart() -> None:
    whole = subjects([(5, 3)] * 10, [(5, 1)] * 10)
    opened = whole.with_columns(closed=pl.col("account_id") != "t9")
    found = effect(opened, today=TODAY)
    assert (found.treated.people, found.treated.waiting, found.held_out.waiting) == (45, 5, 0)
    assert found.difference == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("treated", "held_out"),
    [
        ([(5, 2)] * 7, [(5, 2)] * 20),  # too few accounts
        ([(2, 1)] * 9, [(5, 2)] * 20),  # too few people
        ([(5, 2)] * 20, [(5, 2)] * 3),
        ([(5, 0)] * 20, [(5, 0)] * 20),  # nobody reached it
        ([(5, 5)] * 20, [(5, 5)] * 20),  # everybody did
        ([], []),
    ],
)
def test_too_little_gives_no_number(treated: list[Cluster], held_out: list[Cluster]) -> None:
    found = effect(subjects(treated, held_out), today=TODAY)
    assert not found.enough
    assert (found.difference, found.low, found.high, found.clear) == (None, None, None, False)


def test_the_weeks_left_follow_the_present_rate() -> None:
    # In four weeks 5 accounts and 10 people were held out; 8 accounts and 20 people are needed.
    found = effect(subjects([(5, 2)] * 20, [(2, 1)] * 5), today=TODAY)
    assert found.weeks_left == 4
    assert effect(subjects([(5, 2)] * 20, []), today=TODAY).weeks_left is None
    assert effect(subjects([], []), today=TODAY).weeks_left is None


def test_groups_as_drawn_are_likely_and_others_are_suspect() -> None:
    as_drawn = subjects([(2, 1)] * 80, [(2, 1)] * 20, share=0.2)
    assert chance_of_groups(as_drawn) == pytest.approx(1.0)
    off = subjects([(2, 1)] * 60, [(2, 1)] * 40, share=0.2)
    expected = stats.chisquare([60, 40], [80, 20]).pvalue
    assert chance_of_groups(off) == pytest.approx(expected)
    assert effect(off, today=TODAY).suspect
    assert not effect(as_drawn, today=TODAY).suspect
    assert chance_of_groups(subjects([(2, 1)] * 9, [], share=0.0)) is None


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """A thousand companies in which nothing works: accounts differ in size and in how eager their people are.

    The held-out side is small (10 accounts), as it is in life. Over 6,000 such companies numpy gave 94.1 %; here it
    must be that, give or take three standard errors of the simulation. The interval that takes people for
    independent is shown to fail.
    """
    dice = np.random.default_rng(20261104)
    covered = naive_covered = 0
    tries = 1_000
    for _ in range(tries):
        sides = []
        for accounts in (30, 10):
            people = 1 + dice.poisson(5, accounts)
            reached = dice.binomial(people, dice.beta(0.8, 1.2, accounts))
            sides.append(clusters(list(zip(people.tolist(), reached.tolist(), strict=True))))
        difference = share_of(sides[0]) - share_of(sides[1])
        error, freedom = error_of(*sides)
        covered += abs(difference) <= stats.t.ppf(0.975, freedom) * error
        naive = [share_of(side) * (1 - share_of(side)) / float(side["people"].sum()) for side in sides]
        naive_covered += abs(difference) <= 1.96 * sum(naive) ** 0.5
    tolerance = 3 * (0.941 * 0.059 / tries) ** 0.5
    assert covered / tries == pytest.approx(0.941, abs=tolerance)
    assert naive_covered / tries < 0.85


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=8, max_size=15),
    st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=8, max_size=15),
)
def test_swapping_the_groups_turns_the_result_round(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    first: list[Cluster] = [(people, round(people * part)) for people, part in one]
    second: list[Cluster] = [(people, round(people * part)) for people, part in other]
    there = effect(subjects(first, second), today=TODAY)
    back = effect(subjects(second, first), today=TODAY)
    assert there.enough == back.enough
    if there.difference is not None and back.difference is not None:
        assert there.difference == pytest.approx(-back.difference)
        assert there.low is not None
        assert back.high is not None
        assert there.low == pytest.approx(-back.high)
        assert there.low <= there.difference
