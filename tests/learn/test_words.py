from waypost.learn import RULE_USED, in_percent, interval, said_of


def test_nobody_is_quite_certain() -> None:
    assert [in_percent(odds) for odds in (0.001, 0.17, 0.999)] == ["under 1%", "17%", "over 99%"]
    assert (interval(0.08, 0.31), interval(0.001, 0.004)) == ("8% to 31%", "under 1%")


def test_odds_never_stand_without_interval_and_count() -> None:
    assert said_of(0.17, 0.08, 0.31, 1412) == "17% likely in time (8% to 31%), from 1,412 people before"
    assert said_of(0.17, 0.08, 0.31, 140, of="accounts").endswith("from 140 accounts before")


def test_without_odds_the_rule_is_named() -> None:
    assert said_of(None, None, None, None) == RULE_USED == "not enough history: rule used"
